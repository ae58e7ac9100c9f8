# SPDX-License-Identifier: GPL-2.0
# about: a guest gets more memory than it was started with, and gives it back
# guests: pvh
# timeout: 300
# dom0_mem: 512M
. /lab/balloon.sh

BLOCKS=/sys/devices/system/memory
UNIT_KB=131072

blocks()
{
	ls -d $BLOCKS/memory[0-9]* | wc -l
}

offline_blocks()
{
	grep -l offline $BLOCKS/memory[0-9]*/state
}

note_start
BLOCKS_BEFORE=$(blocks)
LANDSCAPE=$(landscape)
note "$(cat $BLOCKS/auto_online_blocks) is what becomes of memory that comes, $BLOCKS_BEFORE blocks, $(($(stock_holes) / 1024)) MiB of holes"
expect "loads" load xen-memfront || stop
expect_eq "$(cat $M/grown_kb)" 0 "nothing has grown"
expect "all that the guest was started with" reach "$WHOLE_KB"
MEMTOTAL_WHOLE_KB=$(meminfo MemTotal)

expect "300 MiB more" reach $((WHOLE_KB + 307200))
expect_eq "$(cat $M/grown_kb)" $((3 * UNIT_KB)) "three units have come"
expect_eq "$(blocks)" $((BLOCKS_BEFORE + 3)) "three blocks"
expect_eq "$(offline_blocks)" "" "all online"
expect_eq "$(($(meminfo MemTotal) - MEMTOTAL_WHOLE_KB))" 307200 "MemTotal says so"
expect_eq "$(($(cat $M/current_kb) + $(cat $M/overhead_kb)))" "$(cat $M/xen_kb)" "so does Xen"
expect_eq "$(($(cat $S/info/current_kb) + $(stock_holes)))" $((WHOLE_KB + 3 * UNIT_KB)) \
	"what is there and what is in the balloon make up the whole"
expect "a program has more than the guest was started with" hold $(((WHOLE_KB + 102400) / 1024))
expect "its memory is its own" held
expect "p2m_check agrees" p2m_agrees

note "back, while a program has some of it"
expect "a program holds 250 MiB" hold 250
expect "back" reach "$WHOLE_KB"
expect "what has grown goes" wait_until 30 has grown_kb 0
expect "the program's memory is its own" held
expect_eq "$(landscape)" "$LANDSCAPE" "RAM is where it was"
expect_eq "$(meminfo MemTotal)" "$MEMTOTAL_WHOLE_KB" "MemTotal is what it was"

note "again and again"
for round in 1 2 3 4 5; do
	echo $((WHOLE_KB + round * UNIT_KB / 2)) >$M/target_kb
	wait_until 60 reached || expect "round $round up" false
	echo $((WHOLE_KB - 8192)) >$M/target_kb
	wait_until 60 reached || expect "round $round down" false
done
expect_eq "$(cat $M/grown_kb)" 0 "nothing stays"
expect_eq "$(landscape)" "$LANDSCAPE" "in no place"

note "part of it, and others' targets"
expect "up by a unit and a half" reach $((WHOLE_KB + UNIT_KB * 3 / 2))
expect "down by half a unit" reach $((WHOLE_KB + UNIT_KB - 4096))
expect "one unit went" wait_until 30 has grown_kb $UNIT_KB
echo $((WHOLE_KB + 256)) >$S/target_kb
expect "a target of the stock file" wait_until 60 reached
expect_eq "$(cat $M/grown_kb)" $UNIT_KB "a unit is there as long as a page of it is needed"
expect "all that the guest was started with" reach "$WHOLE_KB"
expect_eq "$(cat $M/grown_kb)" 0 "and then not"
echo $((WHOLE_KB + 1024)) >$M/target_kb
expect "what costs more than it brings is not done" wait_until 30 waits_for no-holes
expect_eq "$(cat $M/grown_kb)" 0 "nothing grows for it"

note "what has grown stays when the module goes"
expect "up by two units" reach $((WHOLE_KB + 2 * UNIT_KB))
expect "unloads" rmmod xen-memfront
expect_eq "$(($(cat $S/info/current_kb) + $(stock_holes)))" $((WHOLE_KB + 2 * UNIT_KB)) "the stock driver has it"
echo "$WHOLE_KB" >$S/target_kb
expect "which inflates" wait_until 90 stock_reached
expect "loads" load xen-memfront
expect "and fills it again" reach $((WHOLE_KB + 2 * UNIT_KB))
expect_eq "$(cat $M/grown_kb)" 0 "with nothing new"
expect_eq "$(stat call_errors)$(stat stuck)" 00 "no call went wrong"
expect_eq "$(dmesg | grep -c -e WARNING -e BUG)" 0 "the kernel has nothing to complain about"
