# SPDX-License-Identifier: GPL-2.0
# about: says that all is well, then the kernel panics
# timeout: 90
expect_eq 1 1 "one is one"
finish
if [ -e /proc/sysrq-trigger ]; then
	echo c >/proc/sysrq-trigger
else
	echo 2 >/proc/sys/vm/panic_on_oom
	echo 1 >/proc/sys/vm/overcommit_memory
	memhold 1024
fi
