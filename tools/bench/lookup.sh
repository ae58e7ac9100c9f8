# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: the P2M against a plain read of the list that it is in, and the kernel's function
# guests: pv
# clocks: icount wall
# timeout: 300
# memory: 2048
# dom0_mem: 1024M
. /lab/bench/guest.sh

ROUNDS=5
# Ordinary RAM, above what the kernel lies in.
FIRST=131072

# report_way WAY ORDER FIGURE SUFFIX: ours, beside the others' figures that end so.
report_way()
{
	report "ours lookup_$1_$2 $3"
	eval "report \"limit lookup_$1_$2 \$READ_$4\""
	eval "report \"stock lookup_$1_$2 \$KERNEL_$4\""
}

front_start
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	front_figures lookup $FIRST
	report_way single seq "$SINGLE_SEQ" SEQ
	report_way array seq "$ARRAY_SEQ" SEQ
	report_way range seq "$RANGE_SEQ" SEQ
	report_way single random "$SINGLE_RANDOM" RANDOM
	report_way array random "$ARRAY_RANDOM" RANDOM
done
front_end
expect "all rounds were measured" true
