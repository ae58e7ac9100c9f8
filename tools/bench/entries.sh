# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: page-table entries, by how many go into a call, and whole trees
# guests: pv plain
# clocks: icount
# timeout: 600
# memory: 2048
# dom0_mem: 1024M
. /lab/bench/guest.sh

ROUNDS=3

# An L3 table, an L2 table, 512 L1 tables: a full gigabyte of mappings.
TABLES=512

entries()
{
	for batch in 1 8 32 128 512; do
		figures mmu $batch
		report "$WHO mmu_map_$batch $MAP"
		report "$WHO mmu_change_$batch $CHANGE"
		report "$WHO mmu_unmap_$batch $UNMAP"
		figures va $batch
		report "$WHO va_map_$batch $MAP"
		report "$WHO va_change_$batch $CHANGE"
		report "$WHO va_unmap_$batch $UNMAP"
	done
}

# report_front METRIC BATCH: what an entry costs through xen-memfront.
report_front()
{
	report "ours $1_map_$2 $MAP"
	report "ours $1_change_$2 $CHANGE"
	report "ours $1_unmap_$2 $UNMAP"
}

# report_each METRIC: what an entry costs with a call of its own.
report_each()
{
	report "$WHO $1_map_1 $MAP"
	report "$WHO $1_change_1 $CHANGE"
	report "$WHO $1_unmap_1 $UNMAP"
}

# The least that Xen allows is an mmu_update of the same size, filled by hand; others
# make one call for each entry, by either way.
batches()
{
	figures vaflush 1
	report_each vaflush
	for batch in 8 32 128 512; do
		front_figures pte $batch
		report_front pte $batch
		front_figures ptes $batch
		report_front ptes $batch
	done
}

calls_and_trees()
{
	figures empty 16384
	report "$WHO call_empty $CALL"
	figures tree $TABLES
	report "$WHO pin_entry $PIN"
	report "$WHO unpin_entry $UNPIN"
}

paging_start
[ $WHO = core ] || front_start
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	entries
	[ $WHO = core ] || batches
	calls_and_trees
done
[ $WHO = core ] || front_end
paging_end
expect "all rounds were measured" true
