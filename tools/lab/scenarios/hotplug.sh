# SPDX-License-Identifier: GPL-2.0
# about: memory that has pages in the balloon cannot be taken offline under it
# guests: plain pvh
# timeout: 240
. /lab/balloon.sh

BLOCKS=/sys/devices/system/memory

try_offline()
{
	for block in $BLOCKS/memory[0-9]*; do
		echo offline 2>/dev/null >"$block/state" && echo "$block"
	done
}

[ -e $BLOCKS/memory0/state ] || skip "this kernel has no memory hotplug"
total=$(meminfo MemTotal)
[ "$LAB_GUEST" != plain ] || load xen-memcore || stop
expect "loads" load xen-memfront || stop
start=$(cat $M/current_kb)

# So much that there is not a block without a hole.
echo 0 >$M/target_kb
expect "inflates as far as it may" wait_until 120 has state waiting
note "$(ls -d $BLOCKS/memory[0-9]* | wc -l) blocks, $(cat $M/reason) at $(cat $M/current_kb) KiB"
gone=$(try_offline)
note "offline: ${gone:-none}"
for block in $gone; do
	echo online >"$block/state"
done
expect "deflates" reach "$start"
expect_within "$(meminfo MemTotal)" "$total" 64 "MemTotal is what it was"
expect_eq "$(stat call_errors)$(stat stuck)" 00 "no call went wrong"
