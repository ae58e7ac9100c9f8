# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs for scenarios about the balloon, in the guest under test or in a domU.

M=/sys/devices/system/xen_memfront/xen_memfront0
S=/sys/devices/system/xen_memory/xen_memory0

# has FILE VALUE: a file of ours holds it.
has()
{
	[ "$(cat "$M/$1")" = "$2" ]
}

reached()
{
	has state idle && has current_kb "$(cat $M/target_kb)"
}

# reach KB: set the target and wait until it is reached.
reach()
{
	echo "$1" >$M/target_kb && wait_until 90 reached
}

waits_for()
{
	has state waiting && has reason "$1"
}

stock_reached()
{
	[ "$(cat $S/info/current_kb)" = "$(cat $S/target_kb)" ]
}

# stock_holes: KiB in the balloon, as the stock files have it.
stock_holes()
{
	echo $(($(cat $S/info/low_kb) + $(cat $S/info/high_kb)))
}

# set_fails FILE VALUE: the write is refused and the value stays.
set_fails()
{
	local before after

	before=$(cat "$M/$1")
	if echo "$2" >"$M/$1" 2>/dev/null; then return 1; fi
	after=$(cat "$M/$1")
	[ "$before" = "$after" ]
}

# stat NAME: one of our counters.
stat()
{
	cat "$M/stats/$1"
}

# expect_true_figures WHAT: every account of the memory tells the same.
expect_true_figures()
{
	expect_eq "$(cat $S/info/current_kb)" "$(cat $M/current_kb)" "$1: stock current_kb is ours"
	expect_eq "$(($(cat $M/current_kb) + $(cat $M/overhead_kb)))" "$(cat $M/xen_kb)" \
		"$1: with the overhead it is Xen's figure"
	expect_eq "$(($(cat $S/info/current_kb) + $(stock_holes)))" "$WHOLE_KB" \
		"$1: what is there and what is in the balloon make up the whole"
	expect_eq "$(($(meminfo MemTotal) - MEMTOTAL_KB))" "$(($(cat $M/current_kb) - START_KB))" \
		"$1: MemTotal has moved by as much"
}

# note_start: remember what expect_true_figures compares with.
note_start()
{
	START_KB=$(cat $S/info/current_kb)
	WHOLE_KB=$((START_KB + $(stock_holes)))
	MEMTOTAL_KB=$(meminfo MemTotal)
}

# hold MIB: a program fills memory and keeps verifying it.
hold()
{
	rm -f /run/memhold.log # else an earlier one's "ready" may be seen before this one's
	memhold "$1" "$(now_ms)" >/run/memhold.log 2>&1 &
	HOLDER=$!
	wait_until 90 grep -q ready /run/memhold.log
}

# held: end it; fails if a byte has changed.
held()
{
	kill -TERM "$HOLDER" && wait "$HOLDER" && grep -q verified /run/memhold.log
}

# random BELOW: a number, from a seed that was noted: RANDOM_STATE.
random()
{
	RANDOM_STATE=$(((RANDOM_STATE * 1103515245 + 12345) % 2147483648))
	RANDOM_NUMBER=$((RANDOM_STATE / 65536 % $1))
}

# ended: the same, of one that another shell has begun; its number is in a file.
ended()
{
	kill -TERM "$(cat /run/holder)" && wait_until 30 grep -q verified /run/memhold.log &&
		! grep -q CHANGED /run/memhold.log
}

# landscape: where the guest has RAM, and in how many blocks the kernel has it.
landscape()
{
	grep 'System RAM' /proc/iomem
	ls -d /sys/devices/system/memory/memory[0-9]* | wc -l
}

p2m_agrees()
{
	grep -q 'disagreements 0' /sys/kernel/debug/xen-memfront/p2m_check
}
