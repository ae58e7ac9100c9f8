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

P=/sys/module/mmubench/parameters
F=/sys/module/frontbench/parameters
C=/sys/kernel/debug/xen-memcore

# paging_start [PARAMETER...]: the stop-watch for direct paging, on Xen; or on the core,
# with such parameters. WHO is measured is set.
paging_start()
{
	WHO=xen
	if [ "$LAB_GUEST" = plain ]; then
		WHO=core
		expect "the core adopts this kernel" load xen-memcore adopt=pv "$@" || stop
	fi
	expect "the stop-watch loads" insmod /lab/bench/mmubench.ko || stop
}

# paging_end: all is as it was.
paging_end()
{
	[ $WHO = xen ] || expect "the core's audit finds nothing" audit
	expect "the stop-watch unloads" unload mmubench || stop
	[ $WHO = xen ] || expect "the core unloads" unload xen_memcore || stop
}

# audit: one read is one audit.
audit()
{
	read -r LINE <$C/audit && [ "$LINE" = ok ]
}

# figures COMMAND ARGUMENT: one of that stop-watch's; each figure of its answer in a
# variable named after it.
figures()
{
	figures_of $P "$@"
}

# front_figures COMMAND ARGUMENT...: likewise, of the stop-watch for xen-memfront.
front_figures()
{
	figures_of $F "$@"
}

figures_of()
{
	local where=$1

	shift
	echo "$*" >"$where/run" || {
		result_bad "$* (something was refused)"
		stop
	}
	# shellcheck disable=SC2046 # words: name, figure, name, figure
	set_figures $(tr a-z A-Z <"$where/result")
}

# set_figures NAME FIGURE...: in variables named so.
set_figures()
{
	while [ $# -gt 0 ]; do
		eval "$1=$2"
		shift 2
	done
}

front_start()
{
	expect "xen-memfront loads" load xen-memfront || stop
	expect "the stop-watch for it loads" insmod /lab/bench/frontbench.ko || stop
}

front_end()
{
	expect "it unloads" unload frontbench || stop
	expect "xen-memfront unloads" unload xen_memfront || stop
}

# flat_round MIB: an entry's cost in a machine of that size.
flat_round()
{
	figures mmu 512
	report "core flat_mmu_map_$1 $MAP"
	report "core flat_mmu_change_$1 $CHANGE"
	report "core flat_mmu_unmap_$1 $UNMAP"
	figures va 512
	report "core flat_va_map_$1 $MAP"
	report "core flat_va_change_$1 $CHANGE"
	report "core flat_va_unmap_$1 $UNMAP"
}

# flat_machine MIB: the same with so much memory besides the guest's own.
flat_machine()
{
	paging_start spare_mb="$1"
	size=$(awk '$1 == "nr_frames" { print int($2 / 256) }' $C/status)
	for round in 1 2 3; do
		flat_round "$size"
	done
	paging_end
}
