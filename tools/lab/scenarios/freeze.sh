# SPDX-License-Identifier: GPL-2.0
# about: nothing moves while the guest is frozen for a suspend, and all goes on afterwards
# guests: plain
# timeout: 120
. /lab/balloon.sh

[ -w /sys/power/pm_test ] || skip "this kernel cannot test a suspend"
load xen-memcore && load xen-memfront || stop
start=$(cat $M/current_kb)
echo freezer >/sys/power/pm_test

# The test freezes all, waits five seconds and thaws all; we run again as the worker does.
for less in 409600 204800 307200; do
	echo $((start - less)) >$M/target_kb
	mark_log
	expect "freezes and thaws in the middle of a move" sh -c 'echo freeze >/sys/power/state'
	expect_log "suspend exit" "it was a suspend"
	expect "and the move is brought to its end" wait_until 30 reached
	expect "back" reach "$start"
done
expect_eq "$(stat call_errors)$(stat stuck)" 00 "no call went wrong"
