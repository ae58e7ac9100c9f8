# SPDX-License-Identifier: GPL-2.0
# about: never ends
# timeout: 15
expect_eq 1 1 "one is one"
sleep 1000
