# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: granted pages, mapped and unmapped, by how many go into a call and by the domains
# guests: pv plain
# clocks: icount
# timeout: 600
# memory: 2048
# dom0_mem: 1024M
. /lab/bench/guest.sh

ROUNDS=3

# Beside the guest itself; the core has room for 64 in all.
DOMAINS="0 7 31 63"

grants()
{
	for batch in 1 8 32 256; do
		figures grants $batch
		report "$WHO grant_map_$batch $MAP"
		report "$WHO grant_unmap_$batch $UNMAP"
	done
}

by_domains()
{
	for more in $DOMAINS; do
		figures domains "$more"
		figures grants 32
		report "$WHO domains_grant_map_$((more + 1)) $MAP"
		report "$WHO domains_grant_unmap_$((more + 1)) $UNMAP"
	done
	figures domains 0
}

paging_start control=1
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	grants
	by_domains
done
paging_end
expect "all rounds were measured" true
