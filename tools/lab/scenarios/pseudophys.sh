# SPDX-License-Identifier: GPL-2.0
# about: frames of every kind from the allocator, and all of it given back
# guests: pv pvh
# timeout: 600
# dom0_mem: 1024M,max:1024M
. /lab/balloon.sh

T=/sys/module/pseudophystrial/parameters
D=/sys/kernel/debug/xen-memfront
SECTION_FRAMES=32768

# trial COMMAND: its answer in ANSWER, its error, if any, too.
trial()
{
	ANSWER=$(sh -c "echo '$1' >$T/run" 2>&1) && ANSWER=$(cat $T/result)
}

# told NAME: a figure of the allocator's own account.
told()
{
	awk -v name="$1" '$1 == name { print $2; exit }' $D/pseudophys
}

has_told()
{
	[ "$(told "$1")" = "$2" ]
}

reservation()
{
	trial reservation && echo "$ANSWER"
}

# iomem: the tree of resources, which names our address space.
iomem()
{
	cat /proc/iomem
}

# check: the P2M agrees with Xen; the frames that it has in RAM.
check()
{
	cat $D/p2m_check >/tmp/check || return 1
	note "$(tail -n 1 /tmp/check)"
	grep -q '^summary: .* disagreements 0$' /tmp/check || {
		head -n 20 /tmp/check
		return 1
	}
	RAM=$(sed -n 's/.* ram \([0-9]*\).*/\1/p' /tmp/check)
}

# expect_given_back WHAT: no section is left, and all is as at the start.
expect_given_back()
{
	expect "$1: the sections go by themselves" wait_until 30 has_told sections 0
	expect_eq "$(iomem)" "$IOMEM" "$1: address space is as at the start"
	expect_eq "$(told sections_stuck) $(told bad_frees)" "0 0" "$1: nothing is stuck"
	expect_eq "$(reservation)" "$RESERVATION" "$1: Xen counts as many frames as at the start"
	expect_eq "$(meminfo MemTotal)" "$MEMTOTAL_KB" "$1: MemTotal is as at the start"
}

# What has no RAM comes from address space while there is no hole.
see_address_space()
{
	expect "one frame" trial "frames 0 1"
	note "$ANSWER"
	expect_eq "$(told sections)" 1 "takes a section"
	expect_eq "$(iomem | grep -c xen-memfront)" 1 "which has a name in the tree of resources"
	expect "300 frames" trial "frames 1 300"
	expect "1000 pages" trial "pages 2 1000"
	slot=3
	for order in 0 1 4 8 9; do
		expect "3 blocks of order $order" trial "blocks $slot 3 $order"
		slot=$((slot + 1))
	done
	expect "more than the section has" trial "pages 8 $SECTION_FRAMES"
	expect_eq "$(told sections)" 2 "takes another"
	expect_eq "$(reservation)" "$RESERVATION" "Xen has not been asked for a frame, nor given one"
	expect_eq "$(told holes_lent)" 0 "there are no holes to lend"
	for slot in 0 1 2 3 4 5 6 7 8; do
		expect "slot $slot goes back" trial "free $slot"
	done
	expect_given_back "without RAM"
}

# What has RAM is the kernel's.
see_populated()
{
	expect "a page with RAM" trial "populated 0 0 0 -1"
	expect "4 pages at a 2 MiB boundary" trial "populated 1 2 9 -1"
	expect "2 MiB of node 0" trial "populated 2 9 9 0"
	expect_fail "a node that is not there" trial "populated 3 0 0 99"
	expect_fail "a page that is aligned less than it is large" trial "populated 3 4 3 -1"
	for slot in 0 1 2; do
		expect "slot $slot goes back" trial "free $slot"
	done
	expect_given_back "with RAM"
}

see_contiguous()
{
	if [ "$LAB_GUEST" = pvh ]; then
		expect_fail "a translated guest knows no machine frames" trial "contiguous 0 2 32"
		return
	fi
	slot=0
	for order in 0 3 6 9; do
		expect "$((1 << order)) neighbours in the machine below 4 GiB" trial "contiguous $slot $order 32"
		note "$ANSWER"
		slot=$((slot + 1))
	done
	expect_fail "below 64 KiB there are none" trial "contiguous 4 0 16"
	expect_eq "$(reservation)" "$RESERVATION" "frame for frame"
	expect "P2M and M2P agree" check
	for slot in 0 1 2 3; do
		expect "slot $slot goes back" trial "free $slot"
	done
	expect_eq "$(told frames_not_exchanged)" 0 "Xen has all of them back"
	expect "P2M and M2P agree again" check
	expect_given_back "neighbours"
}

# Holes first: those of broken blocks, then whole ones; address space at last.
see_holes()
{
	super=$(stat released_super)
	expect "64 MiB and some pages leave the guest" reach $((START_KB - 65536 - 400))
	holes=$(((65536 + 400) / 4))
	now=$(reservation)
	expect "50 frames are holes of a broken block" trial "frames 0 50"
	expect_eq "$(told holes_lent) $(told sections)" "50 0" "no address space is taken"
	expect "all the other holes" trial "pages 1 $((holes - 50))"
	expect_eq "$(told holes_lent) $(told sections)" "$holes 0" "still none is"
	expect "one frame more" trial "frames 2 1"
	expect_eq "$(told holes_lent) $(told sections)" "$holes 1" "is address space"
	expect_eq "$(reservation) $(stat released_super)" "$now $((super + 32))" \
		"no 2 MiB block was broken for it"
	echo "$START_KB" >$M/target_kb
	expect "growth waits for what is lent" wait_until 30 waits_for holes-lent
	for slot in 0 1 2; do
		expect "slot $slot goes back" trial "free $slot"
	done
	expect "and the guest grows to what it was" wait_until 90 reached
	expect_given_back "holes"
}

# A table page that is not writable, or a page that is still mapped, shows itself.
see_memory_used()
{
	expect "200 MiB can be written" hold 200
	expect "and read" held
}

see_random()
{
	seed=${LAB_SEED:-$(now_ms)}
	note "seed $seed"
	for round in 1 2 3; do
		expect "300 takes and gives of every kind" trial "rounds 300 $((seed + round))"
		note "$ANSWER"
		expect_given_back "round $round"
		see_memory_used
	done
}

note_start
IOMEM=$(iomem)
expect "loads" load xen-memfront || stop
wait_until 30 reached
expect "the trial loads" load pseudophystrial || stop
RESERVATION=$(reservation)
MEMTOTAL_KB=$(meminfo MemTotal)
expect "the P2M agrees with Xen" check
ram_before=$RAM
see_address_space
see_memory_used
see_populated
see_contiguous
see_holes
see_random
expect "the P2M agrees with Xen" check
[ "$LAB_GUEST" = pvh ] || expect_eq "$RAM" "$ram_before" "as many frames as at the start"
note "$(grep -v ^section $D/pseudophys | tr '\n' ' ')"
expect_eq "$(stat call_errors)$(stat stuck)" 00 "no call went wrong"
expect "frames are out" trial "frames 0 40"
expect "the trial unloads with them" unload pseudophystrial
expect "and the frontend" unload xen_memfront
expect_eq "$(iomem)" "$IOMEM" "address space is as before it"
expect_eq "$(stock_holes)" "$((WHOLE_KB - START_KB))" "the stock balloon has its pages again"
