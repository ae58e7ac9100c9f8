# SPDX-License-Identifier: GPL-2.0
# about: PV and PVH domUs share pages by grants, in all pairings, whatever becomes of either
# guests: host
# timeout: 900
# dom0_mem: 640M
# smp: 1
# append: DOMU_MEMORY=256 DOMU_MAXMEM=256 DOMU_TIMEOUT=150 DOMU_BOOT=150

# These share with those. Those have a grant table of few frames, and few handles.
GIVERS="pv pvh"
TAKERS="pv2 pvh2"
LIMITS="max_grant_frames=4;max_maptrack_frames=20"
# pv2 has its table in version 2. The kernel's choice, 1, is what the others have: in a PVH guest
# Linux 6.1 does not map the status frames of version 2, and falls over them.
SECOND='extra += " grant_table.version=2"'
ROUNDS=10000
# So much do the balloons move down, and up again.
MOVE_KB=49152
SEED=100

# xl takes its time to look up what does not change: the number, and what the toolstack wants
# the domain to have.
remember()
{
	local id

	id=$(xl domid "$1")
	eval "DOMID_$1=$id TARGET_$1=$(xenstore-read "/local/domain/$id/memory/target")"
}

DOMID_dom0=0

domid_of()
{
	eval "echo \$DOMID_$1"
}

# inside NAME COMMAND: with the verbs of pair.sh, in a domU or in dom0. What it has to say is
# left in ANSWER, and told if it fails.
inside()
{
	local text=". /lab/pair.sh; $2"

	if [ "$1" = dom0 ]; then
		ANSWER=$(TRIAL=granttrial sh -c "$text" 2>&1)
	else
		ANSWER=$(in_domu "$1" "TRIAL=granttrial; $text")
	fi || {
		note "$1: $ANSWER"
		return 1
	}
}

# shares NAME COMMAND: the same; the lists that its shares tell are left in L0, L1, ...
shares()
{
	local nr=0 line

	inside "$@" || return
	while read -r line; do
		eval "L$nr='$(domid_of "$1") $line'"
		nr=$((nr + 1))
	done <<-END
		$ANSWER
	END
}

# account NAME: have what the frontend of a domain says of itself, for told.
account()
{
	inside "$1" 'cat /sys/kernel/debug/xen-memfront/grants'
}

# told FIGURE...
told()
{
	echo "$ANSWER" | awk -v names="$*" '
		{ figures[$1] = $2 }
		END {
			nr = split(names, name, " ")
			for (i = 1; i <= nr; i++)
				printf "%s%s", (i > 1 ? " " : ""), figures[name[i]]
		}'
}

# xen_counts: of each domain the pages that it has, as debug key q prints it, and how many of
# them others use by grants, as g does.
xen_counts()
{
	xl dmesg -c >/dev/null
	xl debug-keys q
	xl debug-keys g
	xl dmesg | awk '
		/General information for domain/ { id = $NF + 0 }
		/nr_pages=/ { sub(/.*nr_pages=/, ""); pages[id] = $0 + 0 }
		/grant-table for remote/ { sub(/.*remote d/, ""); id = $0 + 0 }
		/^\(XEN\) \[0x[0-9a-f]*\] / { grants[id]++ }
		END {
			for (id in pages)
				if (pages[id])
					printf "d%d:%d:%d ", id, pages[id], grants[id]
		}'
}

# set_targets KB: all balloons are to be so far below what they were. Guests see no more than
# this of xl mem-set, and here it is one program for all.
set_targets()
{
	local name words=""

	for name in $GIVERS $TAKERS; do
		eval "words=\"\$words /local/domain/\$DOMID_$name/memory/target \$((TARGET_$name - $1))\""
	done
	xenstore-write $words
}

# The balloons go down and up, until they are told to stop.
move_balloons()
{
	while [ -e /run/moving ]; do
		set_targets $MOVE_KB
		sleep 3
		set_targets 0
		sleep 3
	done
}

# at_rest: the balloons are where they were in the beginning.
at_rest()
{
	for name in $GIVERS $TAKERS; do
		inside "$name" 'wait_until 60 reached' || return 1
	done
}

bring_up()
{
	domu_create pv2 "$LIMITS" "$SECOND" && domu_create pvh2 "$LIMITS" || return 1
	for name in $GIVERS $TAKERS; do
		remember "$name"
	done
	domus_ready $TAKERS || return 1
	for name in dom0 $GIVERS $TAKERS; do
		step inside "$name" 'load xen-memfront && load granttrial && run make 4096' || return 1
	done
}

# Each sees the other's writing, in many pages as in one, and in pages that are shared twice.
see_each_other()
{
	local s1=$((SEED + 1)) s2=$((SEED + 2))

	expect "$AB: 1, 129 and 4096 pages are shared" shares "$A" "
		wait_until 30 is_figure grants queue_pages 0 || fails 'something is still given back'
		run give-fill $SEED
		run share 0 $TO rw 1; run share 1 $TO rw 129; run share 2 $TO rw 4096" || return
	expect "$AB: mapped, they have what was written; B writes" inside "$B" "
		run map 0 rw $L0; run map 1 rw $L1; run map 2 rw $L2
		run check 0 $SEED; run check 1 $SEED; run check 2 $SEED
		run fill 2 $s1; run check 0 $s1; run check 1 $s1"
	note "$AB:" $ANSWER
	expect "$AB: A sees it, and writes" inside "$A" "run give-check 4096 $s1; run give-fill $s2"
	expect "$AB: B sees that, and lets go" inside "$B" "
		run check 0 $s2; run check 1 $s2; run check 2 $s2
		run unmap 0; run unmap 1; run unmap 2"
	note "$AB:" $ANSWER
	expect "$AB: A takes them back" inside "$A" "
		gives 'revoked 0' revoke 0; gives 'revoked 0' revoke 1; gives 'revoked 0' revoke 2
		gives 'held 0' held"
	SEED=$((SEED + 3))
}

# Readers and copies, many rounds, caches, and pages that are revoked while they are mapped.
see_uses()
{
	local s1=$((SEED + 1))

	expect "$AB: pages are shared to be read, and to be written" shares "$A" "
		run give-fill $SEED
		run share 0 $TO ro 64; run share 1 $TO rw 300; run share 2 $TO rw 1
		run share 3 $TO rw 8; run share 4 $TO rw 200" || return
	expect "$AB: what is to be read is not written, by mapping or by copy" inside "$B" "
		refused 'Permission denied' map 0 rw $L0
		run map 0 ro $L0; run check 0 $SEED; gives ro look 0 63; refused 'Bad address' poke 0 63
		run unmap 0
		refused 'Permission denied' copy out 1 $L0; run copy in $SEED $L0"
	expect "$AB: what is to be written is, by copy" inside "$B" "
		run copy in $SEED $L1; run copy out $s1 $L1; run copy in $s1 $L1"
	expect "$AB: $ROUNDS times mapped and unmapped" inside "$B" "run rounds $ROUNDS $s1 $L2"
	note "$AB: $ANSWER"
	expect "$AB: and used through caches" inside "$B" "
		run cache 8 100 $s1 $L3; run cache 4 10 $s1 $L3
		run map 4 rw $L4; run check 4 $s1"
	note "$AB:" $ANSWER
	expect "$AB: A takes back what is mapped no more; the rest waits, and stays A's" inside "$A" "
		run give-check 300 $s1
		for slot in 0 1 2 3; do gives 'revoked 0' revoke \$slot; done
		gives 'revoked 115' revoke 4; gives 'held 200' held
		is_figure grants queue_pages 200 || fails 'the queue is not told'"
	expect "$AB: B still has it, and lets go; what was taken back it cannot map" inside "$B" "
		run check 4 $s1; run unmap 4; refused 'Permission denied' map 0 ro $L1"
	expect "$AB: then it is A's alone" inside "$A" "
		wait_until 30 is_figure grants queue_pages 0 || fails 'it stays'
		gives 'held 0' held; run give-check 300 $s1"
	SEED=$((SEED + 2))
}

# The second example. In the end B is last to let go of the ring.
see_ring()
{
	local ring=/sys/module/memfront_ring/parameters

	expect "$AB: the example has a ring" inside "$A" "
		dmesg -c >/dev/null
		load memfront-ring peer=$TO && echo ref=\$(cat $ring/ref) port=\$(cat $ring/port)" || return
	expect "$AB: it is answered" inside "$B" "load memfront-ring peer=$(domid_of "$A") $ANSWER"
	expect "$AB: all answers are right, and it unloads" inside "$A" "
		wait_until 30 eval 'dmesg | grep -q memfront_ring:.done' && unload memfront_ring
		dmesg | grep 'memfront_ring: done: 10000 answers, 0 wrong'"
	expect "$AB: in B, too" inside "$B" 'unload memfront_ring'
}

# B has handles for 4096 pages and some.
see_handles_run_out()
{
	expect "$AB: 4096 pages are shared" shares "$A" "run share 0 $TO rw 4096" || return
	expect "$AB: B has handles for once, not for twice, and then for once again" inside "$B" "
		run map 0 rw $L0
		refused 'No space left' map 1 rw $L0; refused 'No space left' map 1 rw $L0
		run unmap 0; run map 1 rw $L0; run unmap 1"
	expect "$AB: A takes them back" inside "$A" "gives 'revoked 0' revoke 0; gives 'held 0' held"
}

# see_entries_run_out PART: A has entries for three times so many pages, not for four times.
see_entries_run_out()
{
	local all="run share 0 $TO rw $1; run share 1 $TO rw $1; run share 2 $TO rw $1
		refused 'No space left' share 3 $TO rw $1; refused 'No space left' share 3 $TO rw 4096"
	local none="gives 'revoked 0' revoke 0; gives 'revoked 0' revoke 1; gives 'revoked 0' revoke 2
		gives 'held 0' held"

	expect "$AB: A has entries for $((3 * $1)) pages, not for more" shares "$A" "run give-fill $SEED; $all" || return
	expect "$AB: those are good" inside "$B" "run map 0 rw $L2; run check 0 $SEED; run unmap 0"
	expect "$AB: it takes them back, and shares as many" inside "$A" "$none; $all; $none"
}

# What the frontend has to say, before its domain goes.
see_account()
{
	account "$1"
	note "$1:" $ANSWER
	expect_eq "$(told maps)" "$(told unmaps)" "$1: every mapping was taken away"
	expect_eq "$(told shares)" "$(told revokes)" "$1: every share was revoked"
	expect_eq "$(told unmap_failures queue_pages revokes_refused)" "0 0 0" "$1: nothing stays"
}

# see_caches NAME NR: hits, misses and evictions in a domain that has used 8 pages 100 times
# through a cache with room for them all, and 10 times through one for 4; and that so often.
see_caches()
{
	account "$1"
	expect_eq "$(told cache_hits cache_misses cache_evictions cache_mapped)" \
		"$(($2 * 792)) $(($2 * (8 + 80))) $(($2 * 76)) 0" "$1: caches did as they should"
}

# see_giver_and_taker_die NAME: while it has pages of both givers mapped, and they have its.
see_giver_and_taker_die()
{
	local to maps="" slot=0 s1=$((SEED + 1)) s2=$((SEED + 2))

	to=$(domid_of "$1")
	for name in $GIVERS; do
		expect "$name->$1: 1000 pages are shared" shares "$name" "
			run give-fill $SEED; run share 0 $to rw 1000" || return
		maps="$maps run map $slot rw $L0; run check $slot $SEED;"
		slot=$((slot + 1))
	done
	expect "$1: has both mapped" inside "$1" "$maps"
	expect "$1: shares 100 with each" shares "$1" "
		run give-fill $s1
		run share 0 $(domid_of pv) rw 100; run share 1 $(domid_of pvh) rw 100" || return
	expect "$1->pv: mapped" inside pv "run map 0 rw $L0; gives 'revoked 115' revoke 0"
	expect "$1->pvh: mapped" inside pvh "run map 0 rw $L1; gives 'revoked 115' revoke 0"
	expect "$1: is destroyed" xl destroy "$1"
	for name in $GIVERS; do
		expect "$name->$1: what it had is $name's alone" inside "$name" "
			wait_until 30 is_figure grants queue_pages 0 || fails 'it stays'
			gives 'held 0' held; run give-check 1000 $SEED"
	done
	expect "$1: stays for its own pages" wait_until 20 has_zombie
	expect "$1->pv: they are read and written" inside pv "run check 0 $s1; run fill 0 $s2"
	expect "$1->pvh: that is seen, and pvh lets go" inside pvh "run check 0 $s2; run unmap 0"
	expect "$1: still stays" has_zombie
	expect "$1->pv: pv lets go" inside pv "run check 0 $s2; run unmap 0"
	expect "$1: then it is gone" wait_until 20 has_no_zombie
	expect "$1: and shares nothing" inside pv "refused 'No such process' map 0 rw $L0"
	SEED=$((SEED + 3))
}

# A dies while B has its pages mapped.
see_giver_die()
{
	expect "$AB: 1000 pages are shared" shares "$A" "run give-fill $SEED; run share 0 $TO rw 1000" || return
	expect "$AB: mapped" inside "$B" "run map 0 rw $L0"
	expect "$AB: A is destroyed" xl destroy "$A"
	expect "$AB: and stays for them" wait_until 20 has_zombie
	expect "$AB: B reads and writes" inside "$B" "run check 0 $SEED; run fill 0 1; run check 0 1"
	expect "$AB: A still stays" has_zombie
	expect "$AB: B lets go" inside "$B" "run unmap 0"
	expect "$AB: then A is gone" wait_until 20 has_no_zombie
}

# with A B COMMAND...: of these two.
with()
{
	A=$1 B=$2 AB="$1->$2" TO=$(domid_of "$2")
	shift 2
	"$@"
}

bring_up || {
	result_bad "the domains come up, with the modules"
	stop
}
for name in pv pvh pvh2; do
	expect "$name: its grant table is of version 1" inside "$name" 'has grants/version 1'
done
expect "pv2: its grant table is of version 2" inside pv2 'has grants/version 2'
expect "the balloons are at rest" at_rest
before=$(xen_counts)
note "Xen counts, domain:pages:grants, $before"
: >/run/moving
move_balloons &
for a in $GIVERS; do
	for b in $TAKERS; do
		with "$a" "$b" see_each_other
		with "$a" "$b" see_uses
		with "$a" "$b" see_ring
	done
done
with pv pvh2 see_handles_run_out
with pvh pv2 see_handles_run_out
for b in $GIVERS; do
	with pv2 "$b" see_uses
	with pv2 "$b" see_ring
done
with pv2 pvh see_entries_run_out 256
with pvh2 pv see_entries_run_out 512
rm /run/moving
wait
expect "the balloons are at rest again" at_rest
expect_eq "$(xen_counts)" "$before" "Xen counts as many pages and grants as before"
for name in $GIVERS $TAKERS; do
	see_account "$name"
	expect "$name: its balloon has moved, and lost nothing" inside "$name" \
		'[ $(stat released_single)$(stat released_super) != 00 ] && [ $(stat call_errors)$(stat stuck) = 00 ]'
done
see_caches pv 1
see_caches pvh 1
see_caches pv2 2
see_caches pvh2 2
see_giver_and_taker_die pv2
see_giver_and_taker_die pvh2
see_account pv
with pv pvh see_giver_die
see_account pvh
# dom0 is a PV guest here.
with pvh dom0 see_giver_die
see_account dom0
expect_eq "$(xen_counts)" "${before%% *} " "Xen counts as much as before, and nobody but dom0"
expect "dom0: unloads" inside dom0 'unload granttrial && unload xen_memfront'
