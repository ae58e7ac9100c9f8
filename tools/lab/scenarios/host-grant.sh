# SPDX-License-Identifier: GPL-2.0
# about: PV and PVH domUs share pages by grants, in all pairings, whatever becomes of either
# guests: host
# timeout: 900
# append: DOMU_MEMORY=256 DOMU_MAXMEM=256

T=/sys/module/granttrial/parameters
# These share with those. Those have a grant table of 4 frames, and few handles.
GIVERS="pv pvh"
TAKERS="pv2 pvh2"
FRAMES=4 ENTRIES_PER_FRAME=512
MAPTRACK_FRAMES=20
MIB=256 LESS_MIB=208
SEED=100
# Hits, misses and evictions in a domU that uses 8 pages 100 times through a cache that has
# room for all of them and 10 times through one for 4; and that for two others.
CACHED="$((2 * 792)) $((2 * (8 + 80))) $((2 * 76))"

# xl takes its time to look up a number that does not change.
remember()
{
	eval "DOMID_$1=$(domid_of "$1")"
}

DOMID_dom0=0

id_of()
{
	eval "echo \$DOMID_$1"
}

# in_domain NAME COMMAND: in a domU or in dom0.
in_domain()
{
	if [ "$1" = dom0 ]; then sh -c "$2" 2>&1; else in_domu "$1" "$2"; fi
}

# shell NAME COMMAND: with the verbs.
shell()
{
	in_domain "$1" ". /lab/verbs.sh; . /lab/balloon.sh; $2"
}

# inside NAME COMMAND...: commands for granttrial there, until one fails. The answers, and the
# error, if any, are left in ANSWER.
inside()
{
	local name=$1 line text=

	shift
	for line; do
		text="$text echo '$line' >$T/run && cat $T/result || exit 1;"
	done
	ANSWER=$(in_domain "$name" "$text")
}

# refused ERROR NAME COMMAND: it fails, and with this error.
refused()
{
	local error=$1

	shift
	! inside "$@" && case $ANSWER in *"$error"*) ;; *) note "$*: $ANSWER" && false ;; esac
}

# answers WANTED NAME COMMAND
answers()
{
	local wanted=$1

	shift
	inside "$@" && [ "$ANSWER" = "$wanted" ] || {
		note "'$*' answered: $ANSWER"
		false
	}
}

# look_at NAME: have the frontend's own account of it, for told.
look_at()
{
	in_domain "$1" 'cat /sys/kernel/debug/xen-memfront/grants' >/run/grants
}

# told FIGURE...
told()
{
	for figure; do
		awk -v name="$figure" '$1 == name { printf "%s ", $2 }' /run/grants
	done
}

queue_is_empty()
{
	look_at "$1" && [ "$(told queue_pages)" = "0 " ]
}

# xen_counts: of each domain the pages that it has, as debug key q prints it, and the grants
# of others that are in use, as g does.
xen_counts()
{
	xl dmesg -c >/dev/null
	xl debug-keys q
	xl debug-keys g
	xl dmesg >/run/xen-counts
	awk '
		/General information for domain/ { id = $NF + 0 }
		/nr_pages=/ { sub(/.*nr_pages=/, ""); pages[id] = $0 + 0 }
		/grant-table for remote/ { sub(/.*remote d/, ""); giver = $0 + 0; grants[giver] += 0 }
		/^\(XEN\) \[0x[0-9a-f]*\] / { grants[giver]++ }
		END {
			for (id in pages)
				if (pages[id])
					printf "d%d:%d:%d ", id, pages[id], grants[id]
		}' /run/xen-counts
}

# The balloons go up and down, until they are told to stop.
move_balloons()
{
	while [ -e /run/moving ]; do
		for name in $GIVERS $TAKERS; do
			xl mem-set "$name" "$1"
		done
		set -- "$2" "$1"
		sleep 1
	done
	for name in $GIVERS $TAKERS; do
		xl mem-set "$name" ${MIB}m
	done
}

is_at_rest()
{
	[ "$(xenstore-read "/local/domain/$(id_of "$1")/data/memfront/state")" = idle ]
}

# at_rest: all are where they were in the beginning.
at_rest()
{
	for name in $GIVERS $TAKERS; do
		wait_until 60 is_at_rest "$name" || return 1
	done
}

bring_up()
{
	for name in $TAKERS; do
		domu_create "$name" "max_grant_frames = $FRAMES" "max_maptrack_frames = $MAPTRACK_FRAMES" ||
			return 1
	done
	domus_ready $TAKERS || return 1
	for name in $GIVERS $TAKERS; do
		remember "$name"
	done
	for name in $GIVERS $TAKERS dom0; do
		step shell "$name" 'load xen-memfront && load granttrial' || return 1
	done
	for name in $GIVERS; do
		step inside "$name" "make 4096" || return 1
	done
	for name in $TAKERS; do
		step inside "$name" "make 512" || return 1
	done
}

# share SLOT rw|ro NR [COMMAND...]: A shares, after these commands, the list is left in LIST.
share()
{
	local command

	command="share $1 $(id_of "$B") $2 $3"
	shift 3
	inside "$A" "$@" "$command" && LIST="$(id_of "$A") $(echo "$ANSWER" | tail -n 1)"
}

# Both sides see each other's writing.
see_each_other()
{
	local seed=$SEED

	SEED=$((SEED + 3))
	expect "$AB: $1 pages are shared" share 0 rw "$1" "give-fill $seed" || return
	expect "$AB: mapped, they have what was written; B writes" \
		inside "$B" "map 0 rw $LIST" "check 0 $seed" "fill 0 $((seed + 1))"
	[ "$1" = 1 ] || note "$AB: $1 pages: $ANSWER"
	expect "$AB: A sees it, and writes" inside "$A" "give-check $1 $((seed + 1))" "give-fill $((seed + 2))"
	expect "$AB: B sees that" inside "$B" "check 0 $((seed + 2))"
	expect "$AB: B lets go" inside "$B" "unmap 0"
	expect "$AB: A takes them back" answers "revoked 0" "$A" "revoke 0"
	expect "$AB: and B cannot have them any more" refused "Permission denied" "$B" "map 0 rw $LIST"
}

see_read_only()
{
	expect "$AB: pages to be read only" share 0 ro 64 "give-fill $SEED"
	expect "$AB: are not mapped to be written" refused "Permission denied" "$B" "map 0 rw $LIST"
	expect "$AB: are mapped to be read" inside "$B" "map 0 ro $LIST" "check 0 $SEED"
	expect "$AB: writing faults" refused "Bad address" "$B" "poke 0 63"
	expect "$AB: nor are they copied to" refused "Permission denied" "$B" "copy out 1 $LIST"
	expect "$AB: but from" inside "$B" "copy in $SEED $LIST" "unmap 0"
	expect "$AB: A still has what it had" inside "$A" "give-check 64 $SEED" "revoke 0"
}

see_copies_and_rounds()
{
	local next=$((SEED + 1))

	expect "$AB: 300 pages for copies" share 0 rw 300 "give-fill $SEED"
	expect "$AB: are copied from, and to" inside "$B" "copy in $SEED $LIST" "copy out $next $LIST"
	expect "$AB: A sees it" inside "$A" "give-check 300 $next" "revoke 0"
	expect "$AB: 8 pages for rounds" share 0 rw 8
	expect "$AB: 2500 times mapped and unmapped" inside "$B" "rounds 2500 $next $LIST"
	note "$AB: $ANSWER"
	expect "$AB: by a cache" inside "$B" "cache 8 100 $next $LIST" "cache 4 10 $next $LIST"
	note "$AB: $ANSWER"
	expect "$AB: nothing of a cache is mapped when it is gone" answers "revoked 0" "$A" "revoke 0"
}

see_revoking()
{
	expect "$AB: 200 pages are mapped" share 0 rw 200 "give-fill $SEED" && inside "$B" "map 0 rw $LIST"
	expect "$AB: A revokes them: in progress" answers "revoked 115" "$A" "revoke 0"
	look_at "$A"
	expect_eq "$(told queue_pages)" "200 " "$AB: that is told"
	expect "$AB: A keeps the pages" answers "held 200" "$A" held
	expect "$AB: and B sees them" inside "$B" "check 0 $SEED"
	expect "$AB: B lets go" inside "$B" "unmap 0"
	expect "$AB: the revocation completes" wait_until 30 queue_is_empty "$A"
	expect "$AB: and the pages are A's" answers "held 0" "$A" held
}

# see_ring: the second example, in A and B.
see_ring()
{
	local ring=/sys/module/memfront_ring/parameters
	local ended='dmesg | grep -q "memfront_ring: done: 10000 answers, 0 wrong"'

	named=$(shell "$A" "dmesg -c >/dev/null; load memfront-ring peer=$(id_of "$B") && echo ref=\$(cat $ring/ref) port=\$(cat $ring/port)")
	expect "$AB: the example has a ring" [ "${named%%=*}" = ref ] || return
	expect "$AB: it is answered" shell "$B" "load memfront-ring peer=$(id_of "$A") $named"
	expect "$AB: all answers are right" shell "$A" "wait_until 30 eval '$ended'"
	expect "$AB: it unloads in A" shell "$A" 'unload memfront_ring'
	expect "$AB: and in B" shell "$B" 'unload memfront_ring'
	expect "$AB: then the ring is no more" wait_until 30 queue_is_empty "$A"
}

# More than the domain has room for is refused as a whole, on either side.
see_exhaustion()
{
	local room

	expect "$AB: 4096 pages" share 0 rw 4096
	expect "$AB: are mapped once" inside "$B" "map 0 rw $LIST"
	expect "$AB: twice, handles run out" refused "No space left" "$B" "map 1 rw $LIST"
	expect "$AB: and again" refused "No space left" "$B" "map 1 rw $LIST"
	expect "$AB: after that, they are mapped" inside "$B" "unmap 0" "map 1 rw $LIST" "unmap 1"
	expect "$AB: and taken back" answers "revoked 0" "$A" "revoke 0"

	set -- "$B" "$A"
	A=$1 B=$2
	for round in 1 2; do
		room=0
		while [ $room -lt $FRAMES ] && share $room rw $ENTRIES_PER_FRAME; do
			room=$((room + 1))
		done
		expect_eq $room $((FRAMES - 1)) "$A: has room for so many in $FRAMES frames"
		expect "$A: and for no more" refused "No space left" "$A" \
			"share $room $(id_of "$B") rw $ENTRIES_PER_FRAME"
		expect "$A: those before are good" inside "$B" "map 0 rw $LIST" "unmap 0"
		while [ $room -gt 0 ]; do
			room=$((room - 1))
			inside "$A" "revoke $room"
		done
		expect "$A: nothing is held" answers "held 0" "$A" held
	done
}

# What the frontend itself says, before a domain goes.
see_account()
{
	look_at "$1"
	note "$1: $(tr '\n' ' ' </run/grants)"
	expect_eq "$(told maps)" "$(told unmaps)" "$1: every mapping was taken away"
	expect_eq "$(told shares)" "$(told revokes)" "$1: every share was revoked"
	expect_eq "$(told unmap_failures queue_pages revokes_refused)" "0 0 0 " "$1: nothing stays"
}

# The balloon has moved, and lost nothing by it.
see_balloon()
{
	expect "$1: its balloon has moved" shell "$1" '[ $(stat released_single)$(stat released_super) != 00 ]'
	expect_eq "$(shell "$1" 'echo $(stat call_errors)$(stat stuck)')" 00 "$1: and lost nothing"
}

# B dies while it has A's pages mapped.
see_taker_die()
{
	expect "$AB: 1000 pages are mapped" share 0 rw 1000 "give-fill $SEED" && inside "$B" "map 0 rw $LIST"
	expect "$AB: A revokes them: in progress" answers "revoked 115" "$A" "revoke 0"
	expect "$AB: B is destroyed" xl destroy "$B"
	expect "$AB: the revocation completes" wait_until 30 queue_is_empty "$A"
	expect "$AB: and the pages are A's" answers "held 0" "$A" held
	expect "$AB: with what was in them" inside "$A" "give-check 1000 $SEED"
}

# A dies while B has its pages mapped.
see_giver_die()
{
	expect "$AB: 1000 pages are mapped" share 0 rw 1000 "give-fill $SEED" && inside "$B" "map 0 rw $LIST"
	expect "$AB: A is destroyed" xl destroy "$A"
	expect "$AB: and stays for them" wait_until 20 has_zombie
	expect "$AB: B reads and writes" inside "$B" "check 0 $SEED" "fill 0 $((SEED + 1))" "check 0 $((SEED + 1))"
	expect "$AB: A still stays" has_zombie
	expect "$AB: B lets go" inside "$B" "unmap 0"
	expect "$AB: and then A is gone" wait_until 20 has_no_zombie
}

bring_up || {
	result_bad "the domains come up with the modules"
	stop
}
expect "the balloons are at rest" at_rest
before=$(xen_counts)
note "Xen counts, domain:pages:grants, $before"
: >/run/moving
move_balloons ${LESS_MIB}m ${MIB}m &
for A in $GIVERS; do
	for B in $TAKERS; do
		AB="$A->$B"
		for nr in 1 129 4096; do
			see_each_other $nr
		done
		see_read_only
		see_copies_and_rounds
		see_revoking
		see_ring
	done
done
for pair in "pv pvh2" "pvh pv2"; do
	set -- $pair
	A=$1 B=$2 AB="$1->$2"
	see_exhaustion
done
rm /run/moving
wait
expect "the balloons are at rest again" at_rest
expect_eq "$(xen_counts)" "$before" "Xen counts as many pages and grants as before"
for name in $GIVERS $TAKERS; do
	see_account "$name"
	see_balloon "$name"
done
for name in $TAKERS; do
	look_at "$name"
	expect_eq "$(told cache_hits cache_misses cache_evictions cache_mapped)" "$CACHED 0 " \
		"$name: caches did as they should"
done

A=pv B=pvh2 AB="pv->pvh2"
see_taker_die
A=pvh B=pv2 AB="pvh->pv2"
see_taker_die
A=pv B=pvh AB="pv->pvh"
see_giver_die
see_account pvh
# dom0 is PV here.
A=pvh B=dom0 AB="pvh->dom0"
see_giver_die
see_account dom0
expect_eq "$(xen_counts)" "${before%% *} " "Xen counts as much as before, and no domain but dom0"
expect "unloads" unload granttrial
expect "and the frontend" unload xen_memfront
