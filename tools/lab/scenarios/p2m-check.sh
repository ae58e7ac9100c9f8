# SPDX-License-Identifier: GPL-2.0
# about: the check of the P2M finds nothing on a healthy guest, still or moving
# guests: pv pvh
# timeout: 400
. /lab/balloon.sh

CHECK=/sys/kernel/debug/xen-memfront/p2m_check

# check: all of the walk, its summary kept; pass if there is no disagreement.
check()
{
	cat $CHECK >/tmp/check || return 1
	note "$(tail -n 1 /tmp/check)"
	[ "$(grep -c . /tmp/check)" = 1 ] && grep -q '^summary: .* disagreements 0$' /tmp/check && return
	head -n 20 /tmp/check
	return 1
}

# field NAME: a figure of the summary that was kept.
field()
{
	sed -n "s/.* $1 \([0-9]*\).*/\1/p" /tmp/check
}

# check_while KB: the check again and again while the balloon moves.
check_while()
{
	local rounds=0

	echo "$1" >$M/target_kb
	while :; do
		check || return 1
		rounds=$((rounds + 1))
		! reached || break
	done
	note "$rounds times on the way to $1 KiB"
}

note_start
expect "loads" load xen-memfront || stop
expect "is readable by root alone" [ "$(ls -l $CHECK | cut -c 1-10)" = -r-------- ]
expect "agrees with Xen" check
full=$(field ram)
# Shared info and grant tables look like the guest's own to a PVH guest.
[ "$LAB_GUEST" = pvh ] || expect_eq "$(field reservation)" "$full" "the frames found are those that Xen counts"

expect "agrees on the way down" check_while 524288
expect "and with the balloon filled" check
expect_eq $((full - $(field ram))) $(((START_KB - 524288) / 4)) "which shows in the frames found"
expect "agrees on the way up" check_while "$START_KB"
expect "and with all of it back" check
expect_eq "$(field ram)" "$full" "the frames are as many as before"
expect "unloads" unload xen_memfront
expect "and takes the file along" [ ! -e $CHECK ]
