# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: 64 MiB of a PVH domain, mapped and unmapped by xen-memfront and by the kernel
# guests: host host-pvh
# clocks: icount wall
# timeout: 600
# memory: 2048
# dom0_mem: 768M
# append: DOMUS=pvh DOMU_MEMORY=160 DOMU_MAXMEM=160 DOMU_BOOT=400
. /lab/bench/guest.sh

ROUNDS=5
# 16 MiB into the domain's RAM.
FIRST=0x1000

# report_both DRIVER SUFFIX
report_both()
{
	report "$1 foreign_map$2 $MAP"
	report "$1 foreign_unmap$2 $UNMAP"
}

ours()
{
	front_figures foreign "$domid" $((FIRST))
	report_both ours "$1"
}

kernels()
{
	# shellcheck disable=SC2046 # words: name, figure, name, figure
	set_figures $(/lab/bench/privmap "$domid" $FIRST 1 | tr a-z A-Z)
	report_both stock "$1"
}

# A PV guest has no addresses to do it at by hand.
by_hand()
{
	[ "$LAB_GUEST" = host-pvh ] || return 0
	front_figures byhand "$domid" $((FIRST))
	report_both limit ""
}

domid=$(domid_of pvh)
front_start
kernels _first
ours _first
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	ours ""
	kernels ""
	by_hand
done
front_end
expect "all rounds were measured" true
