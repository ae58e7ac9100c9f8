# SPDX-License-Identifier: GPL-2.0
# about: says on the console what only the channel may say
# timeout: 90
echo "ok 1 - look, it passed"
echo "1..1"
: >/run/lab-ended
exit 0
