# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: "make run": a PV and a PVH domU are resized from outside and from inside
# guests: host
# timeout: 240
# dom0_mem: 768M
# append: DOMU_MEMORY=640 DOMU_MAXMEM=768
. /lab/run-show.sh

# xl takes its time to look up a number that does not change.
DOMID_PV=$(domid_of pv)
DOMID_PVH=$(domid_of pvh)
domid_of()
{
	if [ "$1" = pv ]; then echo "$DOMID_PV"; else echo "$DOMID_PVH"; fi
}

inside()
{
	in_domu "$1" ". /lab/run-inside.sh; $2" 2>/dev/null
}

xen_kb()
{
	xl_mem "$1"
}

guest_look()
{
	inside "$1" look
}

# by_xl DOMAIN MIB: the toolstack asks.
by_xl()
{
	report "doing xl mem-set $1 ${2}m"
	inside "$1" "expect_xl_move $(($2 * 1024))" || give_up "$1: the guest does not answer"
	xl mem-set "$1" "${2}m" || give_up "xl mem-set $1 ${2}m failed"
	follow "$1" "xl mem-set $1 ${2}m"
}

# by_sysfs DOMAIN MIB: someone in the guest asks.
by_sysfs()
{
	report "doing in $1: echo ${2}M > target"
	inside "$1" "expect_move $(($2 * 1024)); echo ${2}M >\$M/target" ||
		give_up "$1: the guest refuses a target of $2 MiB"
	follow "$1" "echo ${2}M > target"
}

for kind in pv pvh; do
	report "doing insmod xen-memfront.ko in $kind"
	inside $kind 'load xen-memfront && wait_until 30 reached && : >/run/move' ||
		give_up "$kind: xen-memfront does not load"
	show $kind
done
for kind in pv pvh; do
	by_xl $kind 256
	by_xl $kind "$DOMU_MEMORY"
	by_xl $kind "$DOMU_MAXMEM"
	by_sysfs $kind 384
	by_sysfs $kind 700
done
expect "all moves were made" true
