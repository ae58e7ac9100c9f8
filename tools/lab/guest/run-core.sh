# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: "make run HYPERVISOR=core": the in-tree core stands in for Xen
# guests: plain
# timeout: 120
. /lab/run-inside.sh
. /lab/run-show.sh

xen_kb()
{
	cat $M/xen_kb
}

guest_look()
{
	look
}

# by_sysfs TYPE MIB
by_sysfs()
{
	report "doing in $1: echo ${2}M > target"
	expect_move $(($2 * 1024))
	echo "${2}M" >$M/target || give_up "$1: a target of $2 MiB is refused"
	follow "$1" "echo ${2}M > target"
}

for type in pv translated; do
	report "doing insmod xen-memcore.ko adopt=$type; insmod xen-memfront.ko"
	load xen-memcore adopt=$type || give_up "$type: xen-memcore does not load"
	load xen-memfront || give_up "$type: xen-memfront does not load"
	wait_until 30 reached && : >/run/move
	show $type
	FULL_KB=$GUEST_KB
	by_sysfs $type 512
	by_sysfs $type 768
	by_sysfs $type 256
	by_sysfs $type $((FULL_KB / 1024))
	unload xen_memfront || give_up "$type: xen-memfront does not unload"
	unload xen_memcore || give_up "$type: xen-memcore does not unload"
done
expect "all moves were made" true
