# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: 512 MiB out and in: the stock driver, ours, and the least that Xen allows
# guests: pv pvh
# clocks: icount wall
# timeout: 600
# memory: 2048
# dom0_mem: 1024M
. /lab/bench/guest.sh

SIZE_MIB=512
ROUNDS=3

stock_cycle()
{
	timed stock inflate "$LOW"
	timed stock deflate "$FULL"
}

ours_cycle()
{
	timed ours inflate "$LOW"
	timed ours deflate "$FULL"
}

limit()
{
	bench "limit $SIZE_MIB" || {
		result_bad "the bare hypercalls"
		stop
	}
	# zero N release N populate N
	set -- $ANSWER
	report "limit inflate $(($2 + $4))"
	report "limit deflate $6"
}

# count_stock METRIC PAGES: a move whose hypercalls are counted; too slow to be timed.
count_stock()
{
	bench "count 1" || {
		result_bad "probes on the stock driver"
		stop
	}
	untimed "$2"
	bench "count 0"
	report "stock hypercalls_$1 ${ANSWER#calls }"
}

count_ours()
{
	local before

	before=$(stat hypercalls)
	untimed "$2"
	report "ours hypercalls_$1 $(($(stat hypercalls) - before))"
}

count_calls()
{
	count_stock inflate "$LOW"
	count_stock deflate "$FULL"
	with_ours
	count_ours inflate "$LOW"
	count_ours deflate "$FULL"
	with_stock
}

bench_start
LOW=$((FULL - SIZE_MIB * 256))
report "both pages $((SIZE_MIB * 256))"
# Not timed, and the warm-up of what comes after.
count_calls
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	stock_cycle
	with_ours
	ours_cycle
	with_stock
	limit
done
expect "all rounds were measured" true
