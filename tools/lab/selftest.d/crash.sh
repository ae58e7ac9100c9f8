# SPDX-License-Identifier: GPL-2.0
# about: says that all is well, then the kernel panics
# timeout: 40
expect_eq 1 1 "one is one"
finish
echo c >/proc/sysrq-trigger
