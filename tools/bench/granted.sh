# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: granted pages, mapped and unmapped by xen-memfront, by the kernel and by hand
# guests: pv pvh
# clocks: icount
# timeout: 600
# memory: 2048
# dom0_mem: 1024M
. /lab/bench/guest.sh

ROUNDS=3

# report_ways METRIC
report_ways()
{
	report "ours $1 $OURS"
	report "stock $1 $STOCK"
	report "limit $1 $LIMIT"
}

granted()
{
	for batch in 1 8 32 256; do
		front_figures gmap $batch
		report_ways granted_map_$batch
	done
	for batch in 1 32; do
		front_figures gcopy $batch
		report_ways granted_copy_$batch
	done
	front_figures ghit 1
	report "ours granted_hit $HIT"
}

front_start
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	granted
done
front_end
expect "all rounds were measured" true
