# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: memory given to a domain and taken, by size of extent, broken heap, and domains
# guests: pv plain
# clocks: icount
# timeout: 600
# memory: 2048
# dom0_mem: 1024M
. /lab/bench/guest.sh

ROUNDS=3

# Pages that a heap is broken into.
BROKEN=16384

# Beside the guest itself and the one that is given memory; the core has room for 64.
DOMAINS="0 6 30 62"

by_order()
{
	for order in 0 1 2 3 4 5 6 7 8 9; do
		figures reserve $order
		report "$WHO reserve_populate_$order $POPULATE"
		report "$WHO reserve_decrease_$order $DECREASE"
	done
}

from_broken_heap()
{
	figures fragment $BROKEN
	for order in 0 9; do
		figures reserve $order
		report "$WHO reserve_broken_populate_$order $POPULATE"
		report "$WHO reserve_broken_decrease_$order $DECREASE"
	done
	figures fragment 0
}

by_domains()
{
	for more in $DOMAINS; do
		figures domains "$more"
		figures reserve 0
		report "$WHO domains_populate_$((more + 2)) $POPULATE"
		report "$WHO domains_decrease_$((more + 2)) $DECREASE"
	done
	figures domains 0
}

paging_start control=1
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	by_order
	from_broken_heap
	by_domains
done
paging_end
expect "all rounds were measured" true
