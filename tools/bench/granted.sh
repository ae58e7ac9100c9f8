# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: granted pages, mapped and unmapped by xen-memfront, by the kernel and by hand
# guests: pv host-pvh
# clocks: icount
# timeout: 600
# memory: 2048
# dom0_mem: 768M
# append: DOMUS=pvh DOMU_MEMORY=160 DOMU_MAXMEM=160 DOMU_BOOT=400
. /lab/bench/guest.sh

ROUNDS=3

# A PV guest grants itself; a translated one has a domain for that. There Xen's part depends
# on where the pages are: seen between 23 and 28 us a page from batches of 8 on, for copies
# between 11 and 13, and different for each way in one boot, so what is within a tenth of
# another is as fast.
GRANTOR=0
[ "$LAB_GUEST" = pv ] || GRANTOR=$(domid_of pvh)

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
		front_figures gmap $batch "$GRANTOR"
		report_ways granted_map_$batch
	done
	for batch in 1 8 32 256; do
		front_figures gcopy $batch "$GRANTOR"
		report_ways granted_copy_$batch
	done
	front_figures ghit 1 "$GRANTOR"
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
