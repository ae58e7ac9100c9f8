# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: frames without RAM, from xen-memfront's allocator and from the kernel's
# guests: pv pvh
# clocks: icount
# timeout: 600
# memory: 2048
# dom0_mem: 1024M,max:1024M
. /lab/bench/guest.sh

ROUNDS=3
BATCHES="1 8 32 256 16384"

# space NAME: KiB of address space that the tree of resources has under this name.
space()
{
	total=0
	while IFS=' -' read -r first last name; do
		[ "$name" != ": $1" ] || total=$((total + (0x$last - 0x$first + 1) / 1024))
	done <<-END
	$(grep ": $1\$" /proc/iomem | sed 's/^ *//')
	END
	echo $total
}

has_space()
{
	[ "$(space "$1")" = "$2" ]
}

# report_batch DRIVER KIND BATCH
report_batch()
{
	report "$1 $2_turn_$3 $TURN"
	report "$1 $2_alloc_$3 $ALLOC"
	report "$1 $2_free_$3 $FREE"
}

# cycles COMMAND: 64 MiB, 4 times 25, all back each time.
cycles()
{
	round=0
	while [ $round -lt 25 ]; do
		round=$((round + 1))
		front_figures "$1" 16384
	done
}

front_start
start_ours=$(space "xen-memfront scratch")
start_kernels=$(space "Xen scratch")
cycles frames
expect "address space is back at the start" wait_until 60 has_space "xen-memfront scratch" 0
# A PVH guest's grant table has a section of the kernel's already.
report "ours space_before $start_ours"
report "stock space_before $start_kernels"
report "ours space_after $(space "xen-memfront scratch")"
cycles kframes
report "stock space_after $(space "Xen scratch")"
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	for batch in $BATCHES; do
		front_figures frames $batch
		report_batch ours frames $batch
		front_figures kframes $batch
		report_batch stock frames $batch
	done
done
# Frames that the balloon has already: the kernel's allocator has no such.
expect "the balloon takes 96 MiB" reach $(($(cat $M/current_kb) - 98304))
expect "no section is left" wait_until 60 has_space "xen-memfront scratch" 0
for batch in $BATCHES; do
	front_figures holes $batch
	report_batch ours holes $batch
done
front_end
expect "all rounds were measured" true
