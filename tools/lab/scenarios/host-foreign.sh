# SPDX-License-Identifier: GPL-2.0
# about: dom0 maps frames of a PV and of a PVH domU, whatever becomes of the domU meanwhile
# guests: host host-pvh
# timeout: 600
. /lab/balloon.sh

T=/sys/module/foreigntrial/parameters
NR=96 DROPPED=64

# trial COMMAND: in dom0; its answer in ANSWER, its error, if any, too.
trial()
{
	ANSWER=$(sh -c "echo '$1' >$T/run" 2>&1) && ANSWER=$(cat $T/result)
}

# refused ERROR COMMAND: it fails, and with this error.
refused()
{
	! trial "$2" && case $ANSWER in *"$1"*) ;; *) false ;; esac
}

# inside pv|pvh COMMAND: the same in a domU.
inside()
{
	in_domu "$1" "echo '$2' >$T/run && cat $T/result"
}

# pages_of DOMID: frames that the domain has, as Xen's own dump of it says.
pages_of()
{
	xl debug-keys q
	xl dmesg | sed -n "/General information for domain $1:/,/General information for/s/.*nr_pages=\([0-9]*\).*/\1/p" |
		tail -n 1
}

# answers WANTED COMMAND
answers()
{
	trial "$2" && [ "$ANSWER" = "$1" ] || {
		note "'$2' answered: $ANSWER"
		false
	}
}

# What dom0 and the domU see of each other's writing.
see_each_other()
{
	expect "$1: all $NR frames are mapped" trial "map 0 $ID rw all $FRAMES" || return
	expect "$1: dom0 reads what the domU wrote" trial "check 0 11"
	inside $1 'give-fill 12'
	expect "$1: and what it writes afterwards" trial "check 0 12"
	expect_fail "$1: (the old pattern is not there)" trial "check 0 11"
	expect "$1: dom0 writes" trial "fill 0 13"
	expect "$1: and the domU reads it" inside $1 'give-check 13'
	expect "$1: mapped a second time, to read only" trial "map 1 $ID ro all $FRAMES"
	expect "$1: with the same to see" trial "check 1 13"
	expect "$1: the first can be written" answers rw "look 0 0"
	expect "$1: the second cannot" answers ro "look 1 $((NR - 1))"
	expect_eq "$(grep -c "^map domid $ID frames $NR mapped $NR" /sys/kernel/debug/xen-memfront/foreign)" 2 \
		"$1: the frontend tells of both"
}

see_errors()
{
	local bad=fffffffff

	set -- $1 $FRAMES
	expect "$1: frames that are none have an error each, the others are mapped" \
		trial "map 2 $ID rw some $bad $2 $3 $bad $4 $bad"
	note "$1: $ANSWER"
	case $ANSWER in
	"mapped 3 errs -"*" 0 0 -"*" 0 -"*) result_good "$1: in the right places" ;;
	*) result_bad "$1: in the right places ($ANSWER)" ;;
	esac
	expect "$1: where there is none, nothing can be touched" answers none "look 2 0"
	expect "$1: nor in the middle" answers none "look 2 3"
	expect "$1: beside it, all can" answers rw "look 2 4"
	expect "$1: they go" trial "unmap 2"
	expect_fail "$1: all or nothing is nothing" trial "map 2 $ID rw all $2 $3 $bad"
	expect "$1: no frame of a domain that is not there" refused "No such process" "map 2 999 rw some $2"
}

# The frames that are mapped go from the domU: what dom0 has stays.
see_ballooning()
{
	expect "$1: the domU gives $DROPPED of the frames back" inside $1 "drop $DROPPED"
	xl mem-set $1 300m
	expect "$1: and others" wait_until 60 eval '[ $(xl_mem '$1') -lt 312000 ]'
	expect "$1: dom0 still sees them" trial "check 0 13"
	expect "$1: both times" trial "check 1 13"
	expect "$1: and writes" trial "fill 0 14"
	expect "$1: the first mapping goes" trial "unmap 0"
	note "$1: $ANSWER"
	expect "$1: the second has what was written" trial "check 1 14"
	expect "$1: and goes" trial "unmap 1"
	set -- $1 $FRAMES
	expect_fail "$1: frames that the domU gave back are no longer its own" trial "map 2 $ID rw some $2 $3 $4"
	note "$1: $ANSWER"
	xl mem-set $1 ${DOMU_MEMORY}m
}

# A quarter of the domU at once, with whatever is in it.
see_range()
{
	local first nr=16384

	set -- $1 $FRAMES
	first=$(printf '%x' $((0x$2 & ~(nr - 1))))
	for round in 1 2; do
		expect "$1: $nr frames from $first on" trial "range 3 $ID $first $nr"
		note "$1: $ANSWER"
		expect "$1: they go" trial "unmap 3"
		note "$1: $ANSWER"
	done
}

# The domU goes while its frames are mapped.
see_death()
{
	inside $1 'give-fill 15'
	FRAMES=$(inside $1 frames)
	expect "$1: what is left is mapped" trial "map 0 $ID rw all $FRAMES"
	expect "$1: and right" trial "check 0 15"
	expect "$1: the domU is destroyed" xl destroy $1
	expect "$1: and stays for its mapped frames" wait_until 20 has_zombie
	expect "$1: which dom0 still reads" trial "check 0 15"
	expect "$1: and writes" trial "fill 0 16"
	# A frame that somebody has is there to be had, even of a dead PV domain.
	if trial "map 2 $ID rw some $FRAMES"; then
		expect "$1: mapped again, they show the same" trial "check 2 16"
		expect "$1: and go again" trial "unmap 2"
	else
		expect "$1: nothing can be mapped any more" [ "$1" = pvh ]
		note "$1: $ANSWER"
	fi
	expect "$1: it still stays" has_zombie
	expect "$1: they go" trial "unmap 0"
	expect "$1: and then the domU is gone" wait_until 20 has_no_zombie
}

# told NAME: a figure of the frontend's own account.
told()
{
	awk -v name="$1" '$1 == name { print $2 }' /sys/kernel/debug/xen-memfront/foreign
}

# allocator NAME: a figure of the allocator of frames without RAM.
allocator()
{
	awk -v name="$1" '$1 == name { print $2; exit }' /sys/kernel/debug/xen-memfront/pseudophys
}

has_no_section()
{
	[ "$(allocator sections) $(allocator sections_stuck)" = "0 0" ]
}

# Where a translated dom0 put the frames, it had no use for otherwise.
see_address_space_given_back()
{
	expect "address space for them goes by itself" wait_until 60 has_no_section
	expect_eq "$(grep -c xen-memfront /proc/iomem)" 0 "the tree of resources has no name of ours"
	[ "$LAB_GUEST" = host ] || expect "there was some" [ "$(allocator sections_removed)" -gt 0 ]
	expect_eq "$(allocator bad_frees)" 0 "each page was given back once"
	note "$(grep -v ^section /sys/kernel/debug/xen-memfront/pseudophys | tr '\n' ' ')"
}

load xen-memfront && load foreigntrial || {
	result_bad "the modules load in dom0"
	stop
}
wait_until 30 reached
before_dom0=$(pages_of 0)
for kind in pv pvh; do
	in_domu $kind '. /lab/verbs.sh; load xen-memfront && load foreigntrial' ||
		result_bad "$kind: the modules load" || continue
	ID=$(domid_of $kind)
	before=$(pages_of $ID)
	inside $kind "make $NR" && inside $kind 'give-fill 11' && FRAMES=$(inside $kind frames) ||
		result_bad "$kind: tells its frames" || continue
	see_each_other $kind
	see_errors $kind
	expect_eq "$(pages_of $ID)" "$before" "$kind: Xen counts as many frames as before ($before)"
	see_range $kind
	expect_eq "$(pages_of $ID)" "$before" "$kind: and after $kind's whole range"
	see_ballooning $kind
	see_death $kind
done
expect_eq "$(pages_of 0)" "$before_dom0" "dom0: Xen counts as many frames as before ($before_dom0)"
expect_eq "$(xl list | tail -n +2 | wc -l)" 1 "no domain is left but dom0"
note "$(tr '\n' ' ' </sys/kernel/debug/xen-memfront/foreign)"
expect_eq "$(told maps)" "$(told unmaps)" "every mapping was taken away"
expect_eq "$(told unmap_failures) $(told pages_lost) $(told windows_lost)" "0 0 0" "nothing was lost"
see_address_space_given_back
expect "unloads" unload foreigntrial
expect "and the frontend" unload xen_memfront
