# SPDX-License-Identifier: GPL-2.0
# about: scripts of hypercalls run, are undone, and cannot take the guest down
# guests: pv uml plain
# timeout: 300
D=/sys/kernel/debug/xen-memreplay

# replay: the script on standard input.
replay()
{
	cat >$D/run
}

# expect_run WHAT: the script on standard input runs, and nothing is lost.
expect_run()
{
	replay
	expect_eq "$(cat $D/status)" ok "$1"
}

# A control domain may map the hole. Behind it is what the machine has there, and what is
# written to the first word, all that random statements write, may stay.
clear_hole()
{
	replay <<-EOF
	frame F
	va @F = hole|pw
	mmuext INVLPG_LOCAL @F
	access w 8 @F 0
	EOF
}

# expect_error LINE WHAT: the script on standard input is refused, and nothing of it runs.
expect_error()
{
	local before after

	before=$(cat $D/counts)
	replay
	after=$(cat $D/counts)
	case $(cat $D/status) in
	"error: line $1: "*) expect_eq "$after" "$before" "$2" ;;
	*) expect_eq "$(cat $D/status)" "error: line $1" "$2" ;;
	esac
	expect_eq "$(cat $D/transcript)" "" "$2: and has no transcript"
}

# A shell's worth of page tables is made and dropped.
guest_works()
{
	local i

	for i in 1 2 3 4 5 6 7 8; do
		(ls /proc >/dev/null) || return 1
	done
	[ "$(meminfo MemFree)" -gt 1000 ]
}

mount -t debugfs none /sys/kernel/debug 2>/dev/null
if [ "$LAB_GUEST" != pv ]; then
	expect_fail "no hypervisor, no replay" load xen-memreplay
	expect_log "neither a guest of Xen" "and the log says why"
	expect "scripts can be read without one" load xen-memreplay dry=1
	expect_run "and one is" <<EOF
frame A
EOF
	expect_error 1 "and one is not" <<EOF
frame a
EOF
	expect "unloads" unload xen_memreplay
	expect "the core adopts this kernel as translated" load xen-memcore adopt=translated
	expect "it loads there" load xen-memreplay
	expect_run "a script for a translated guest runs" <<EOF
caller translated
frame A
write A 0 7
decrease A
EOF
	expect_eq "$(sed -n 2,3p $D/transcript)" "3: write A 0 7 -> ok
4: decrease A -> 1" "and so it says"
	replay <<EOF
frame A
A[0] = 0
EOF
	expect_eq "$(cut -d: -f1 $D/status)" skipped "one for a PV guest does not"
	expect "unloads" unload xen_memreplay
	expect "the core goes" unload xen_memcore
	expect "the core adopts this kernel" load xen-memcore adopt=pv || stop
fi
expect "loads" load xen-memreplay || stop
free=$(meminfo MemTotal)

note "what a transcript looks like"
expect_run "a script runs" <<EOF
frame D
frame L1
frame L2	# a table
window = L2|pwu
L2[0] = L1|pwu
va window+0x1000 = D|pw flush=invlpg
access w 8 window+0x1018   0x77
dump D
mmuext PIN_L1_TABLE L1 ; UNPIN_TABLE D
EOF
expect_eq "$(cat $D/transcript)" "# xen-memreplay 1
4: window = L2|pwu -> 0 done 1
5: L2[0] = L1|pwu -> 0 done 1
6: va window+0x1000 = D|pw flush=invlpg -> 0
7: access w 8 window+0x1018 0x77 -> ok
8: dump D -> 1
    D[3] = 0x77
9: mmuext PIN_L1_TABLE L1 ; UNPIN_TABLE D -> -EINVAL done 1
# end" "and says so"
expect "hypercalls are counted" grep -q '^mmuext_op:PIN_L1_TABLE 1$' $D/counts

note "mistakes"
expect_error 2 "a frame that is not there" <<EOF
frame A
A[0] = B|p
EOF
expect_error 3 "an open block" <<EOF
repeat 2 {
frame A
EOF
printf 'dump A\0' >/tmp/script
expect_error 1 "a byte that is not text" </tmp/script
expect_error 1 "a call that would take the guest down" <<EOF
hypercall sched_op 2 0
EOF
expect_error 2 "a number that could be a frame of the kernel's" <<EOF
frame A
A[0] = 0x1007
EOF
dd if=/dev/zero bs=1024 count=1025 2>/dev/null | tr '\0' '\n' >/tmp/big
expect_fail "more than 1 MiB is not taken" cp /tmp/big $D/run
head -c 1048576 /tmp/big >/tmp/script
expect_run "1 MiB of nothing is" </tmp/script

note "one at a time"
exec 3>$D/run
expect_fail "while a script is being written, no other is" sh -c "exec 4>$D/run"
exec 3>&-
expect_run "then it is" <<EOF
frame A
EOF

note "whatever is left is undone"
expect_run "roots, tables, LDT, GDT, stack, window" <<EOF
frame A 8
root A0
mmuext NEW_BASEPTR A0 ; NEW_USER_BASEPTR A0
mmuext PIN_L1_TABLE A1 ; PIN_L2_TABLE A2 ; PIN_L3_TABLE A3
A3[0] = A2|pwu
A2[0] = A1|pwu
A1[0] = A4|pw
top = A3|pwu
mmuext SET_LDT window 512
set_gdt A5 A6
stack_switch 0x2b 0x1000
set_segment_base gs_kernel 0
set_segment_base fs 0x1000
set_segment_base gs_user_sel 0x2b
vm_assist disable writable_pagetables
vm_assist enable m2p_strict
mmu_update A7:1 = 5
top = 0
EOF
expect_run "frames that are given back" <<EOF
frame A 8
empty E 4
va @A0 = 0
decrease A0 A1 A2 A3
increase E0 E1
decrease E0
populate A0 A1
populate A4
mmuext PIN_L1_TABLE E1
EOF
expect_run "a root without the kernel" <<EOF
frame A
mmuext NEW_BASEPTR A
EOF
expect "is refused" grep -q '^2: mmuext NEW_BASEPTR A -> refused$' $D/transcript
expect "the guest works" guest_works

note "no script is too odd"
expect_run "nothing at all" </dev/null
expect_run "a long one, again and again" <<EOF
frame A
repeat 200 {
 repeat 5 {
  A[0..511] = A|p
 }
}
EOF
expect_run "empty lists" <<EOF
mmu_update
mmuext
multicall {
}
decrease
set_gdt
EOF
expect_run "lists that are not there" <<EOF
frame A
mmu_update A = 0 list=@null
mmu_update A = 0 list=@xen count=0x7fffffff
mmu_update A = 0 done=@user
mmuext 0 A list=@noncanonical
multicall list=@unmapped count=3 {
 vm_assist 9 2
}
decrease A arg=@xen
set_gdt A list=@null
EOF
seed=${LAB_SEED:-$(($(now_ms) % 1000000))}
note "seed $seed"
for i in 0 1 2 3 4 5 6 7 8 9; do
	echo "frame F 14
seed $((seed + i)) random 2000" >/tmp/random
	clear_hole
	expect_run "random statements" </tmp/random
	cat $D/transcript >/tmp/first
	clear_hole
	expect_run "and again" </tmp/random
	expect "come out the same" cmp -s /tmp/first $D/transcript
done
expect "the guest works" guest_works

note "another domain"
if [ "$LAB_GUEST" != pv ]; then
	replay <<EOF
guest B 2
EOF
	expect_eq "$(cat $D/status)" "skipped: not a control domain" \
		"is not for an ordinary domain"
	expect "unloads" unload xen_memreplay
	expect "the core goes" unload xen_memcore
	expect "the core comes back" load xen-memcore adopt=pv control=1
	expect "with a control domain" load xen-memreplay
fi
expect_run "a domain is made and ended" <<EOF
guest B 3
frame A 2
A0[0] = B0|pw
mmuext PIN_L1_TABLE A0
A0[0] = B0|pw dom=B
A0[1] = foreign|p dom=B
reservation dom=B
destroy B
destroy B
EOF
expect_eq "$(cat $D/transcript)" "# xen-memreplay 1
3: A0[0] = B0|pw -> 0 done 1
4: mmuext PIN_L1_TABLE A0 -> -EBUSY done 0
5: A0[0] = B0|pw dom=B -> 0 done 1
6: A0[1] = foreign|p dom=B -> 0 done 1
7: reservation dom=B -> 3
8: destroy B -> 0
9: destroy B -> -ESRCH
# end" "and so it says"

note "a script from a file"
expect "unloads" unload xen_memreplay
mkdir -p /lib/firmware
echo "hypercall 99" >/lib/firmware/replay-this
expect "loads with a script" load xen-memreplay script=replay-this
expect_eq "$(sed -n 2p $D/transcript)" "1: hypercall 99 -> -ENOSYS" "which was run"
expect "unloads" unload xen_memreplay
expect "loads with a script that is not there" load xen-memreplay script=nothing
expect_log "nothing: not run" "and says so"

expect "unloads" unload xen_memreplay
expect_within "$(meminfo MemTotal)" "$free" 4 "no memory is lost"
[ "$LAB_GUEST" = pv ] || expect "the core goes" unload xen_memcore
