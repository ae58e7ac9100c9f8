# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs of the benchmarks, in the guest. A measurement is reported in a line of three
# words: driver, metric, figure. Times are in nanoseconds.
. /lab/balloon.sh

B=/sys/module/membench/parameters

# What is read at boot is the most that every guest can have again.
# shellcheck disable=SC2034 # FULL is for the benchmark
bench_start()
{
	echo 1 >/proc/sys/vm/drop_caches
	FULL=$(($(cat $S/info/current_kb) / 4))
	expect "the stop-watch loads" insmod /lab/bench/membench.ko || stop
}

# bench COMMAND: one of the stop-watch's; its answer in ANSWER.
bench()
{
	echo "$1" >$B/run 2>/dev/null && ANSWER=$(cat $B/result)
}

# timed DRIVER METRIC PAGES: move there.
timed()
{
	bench "move $3" || {
		result_bad "$1: $2 (the target was not reached)"
		stop
	}
	report "$1 $2 ${ANSWER#ns }"
}

# untimed PAGES: move there too, without a report.
untimed()
{
	bench "move $1" || {
		result_bad "back to where it starts (the target was not reached)"
		stop
	}
}

ours_loads()
{
	load xen-memfront && wait_until 30 reached
}

# Ours again, or the stock driver again. Only troubles are results.
with_ours()
{
	ours_loads || {
		result_bad "xen-memfront loads"
		stop
	}
}

with_stock()
{
	unload xen_memfront || {
		result_bad "xen-memfront unloads"
		stop
	}
}
