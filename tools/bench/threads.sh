# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: the core: threads that work as domains of their own, on two CPUs
# guests: plain
# clocks: wall
# timeout: 300
# memory: 512
# smp: 2
. /lab/bench/guest.sh

ROUNDS=5

paging_start control=1
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	for threads in 1 2 3 4; do
		figures threads $threads
		report "core threads_entry_$threads $ENTRY"
		figures gthreads $threads
		report "core threads_grant_$threads $ENTRY"
		figures control $threads
		report "core threads_control_$threads $ENTRY"
	done
done
paging_end
expect "all rounds were measured" true
