# SPDX-License-Identifier: GPL-2.0
# about: xl mem-set on a PV and a PVH domU that have the module loaded
# guests: host
# timeout: 900
# smp: 1
. /lab/balloon.sh

RANDOM_STATE=${LAB_SEED:-$(now_ms)}
note "seed $RANDOM_STATE"

# inside pv|pvh COMMAND: with the verbs.
inside()
{
	in_domu "$1" ". /lab/verbs.sh; . /lab/balloon.sh; $2" 2>/dev/null
}

# near pv|pvh KB: Xen's figure, less what the builder put beside the RAM.
near()
{
	[ "$(xl_mem "$1")" = $(($2 + BESIDE_KB)) ]
}

published()
{
	xenstore-read "/local/domain/$(domid_of "$1")/data/memfront/$2"
}

# settles pv|pvh: until xenstore says that it is done, as a toolstack would.
settles()
{
	wait_until 90 is_settled "$1" "$2"
}

is_settled()
{
	[ "$(published "$1" state)" = idle ] && near "$1" "$2"
}

# put_target pv|pvh TEXT: whatever a broken toolstack may write.
put_target()
{
	xenstore-write "/local/domain/$(domid_of "$1")/memory/target" "$2"
}

for kind in pv pvh; do
	BESIDE_KB=$(($(xl_mem $kind) - DOMU_MEMORY * 1024))
	expect "$kind: loads" inside $kind 'load xen-memfront' || continue
	note "$kind: Xen has $BESIDE_KB KiB beside the target; $(inside $kind 'cat $M/hypervisor $M/overhead_kb $M/xenstore_offset_kb $M/max_kb' | tr '\n' ' ')"
	expect "$kind: settled, and the state is in xenstore" settles $kind $((DOMU_MEMORY * 1024))

	xl mem-set $kind 256m
	expect "$kind: down to 256 MiB, to the page" settles $kind 262144
	expect_eq "$(published $kind target)" "$(published $kind current)" "$kind: published figures agree"
	xl mem-set $kind ${DOMU_MAXMEM}m
	expect "$kind: up to maxmem" settles $kind $((DOMU_MAXMEM * 1024))
	expect_fail "$kind: xl refuses more" xl mem-set $kind $((DOMU_MAXMEM * 2))m
	put_target $kind $((DOMU_MAXMEM * 2048))
	expect "$kind: a target beyond max waits and says why" wait_until 30 \
		eval '[ "$(published $kind state)" = waiting ]'
	note "$kind: $(published $kind reason)"
	expect "$kind: and keeps what it has" near $kind $((DOMU_MAXMEM * 1024))
	xl mem-set $kind 300m
	expect "$kind: the next target is pursued" settles $kind 307200

	note "$kind: garbage in memory/target"
	for value in garbage -5 '' 99999999999999999999999 0x4000 '300000 x'; do
		put_target $kind "$value"
	done
	sleep 1
	expect "$kind: changes nothing" is_settled $kind 307200
	expect_eq "$(inside $kind 'cat $S/target_kb')" "$(inside $kind 'cat $M/target_kb')" \
		"$kind: nor does the stock file show it"
	i=0
	while [ $i -lt 100 ]; do
		i=$((i + 1))
		put_target $kind $((262144 + i * 256))
	done
	expect "$kind: of 100 rapid targets the last is reached" settles $kind 287744

	note "$kind: under load"
	expect "$kind: a program holds 100 MiB" inside $kind 'hold 100; echo $HOLDER >/run/holder'
	failed=0
	i=0
	while [ $i -lt 50 ]; do
		i=$((i + 1))
		random 64
		mib=$((256 + RANDOM_NUMBER * 4))
		xl mem-set $kind ${mib}m
		settles $kind $((mib * 1024)) || failed=$((failed + 1))
	done
	expect_eq $failed 0 "$kind: 50 random targets in a row"
	expect "$kind: no byte has changed" inside $kind ended
	xl mem-set $kind ${DOMU_MEMORY}m
	expect "$kind: back to the start" settles $kind $((DOMU_MEMORY * 1024))

	note "$kind: beyond what it was started with"
	before=$(inside $kind landscape)
	xl mem-max $kind 800
	for round in 1 2 3; do
		xl mem-set $kind 700m
		expect "$kind: up to 700 MiB, to the page" settles $kind 716800
		expect_eq "$(inside $kind 'cat $M/grown_kb')" 262144 "$kind: of it two units have grown"
		expect "$kind: a program fills it" inside $kind 'hold 520 && held'
		expect "$kind: p2m_check agrees" inside $kind 'p2m_agrees'
		expect "$kind: a program has some of it" inside $kind 'hold 250; echo $HOLDER >/run/holder'
		xl mem-set $kind ${DOMU_MEMORY}m
		expect "$kind: back" settles $kind $((DOMU_MEMORY * 1024))
		expect "$kind: no byte has changed" inside $kind ended
		expect_eq "$(inside $kind 'cat $M/grown_kb')" 0 "$kind: what has grown went"
		expect_eq "$(inside $kind landscape)" "$before" "$kind: its address space is what it was"
	done
	xl mem-max $kind $DOMU_MAXMEM
	expect_eq "$(inside $kind 'echo $(stat call_errors)$(stat stuck)')" 00 "$kind: no call went wrong"
	expect "$kind: unloads" inside $kind 'unload xen_memfront'
	expect_fail "$kind: and its state is gone from xenstore" published $kind state
	xl mem-set $kind 320m
	expect "$kind: the stock driver goes on" wait_until 60 near $kind 327680
done
