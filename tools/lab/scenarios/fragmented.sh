# SPDX-License-Identifier: GPL-2.0
# about: a fragmented guest gives single pages, and blocks are healed on the way back
# guests: pvh
# timeout: 240
. /lab/balloon.sh

note_start
expect "loads" load xen-memfront || stop

# Page cache of many small files, of which every other one goes: holes everywhere.
mkdir /run/frag
mount -t tmpfs -o size=80%,huge=never frag /run/frag
dd if=/dev/zero of=/run/frag/fill bs=64k count=$(($(meminfo MemFree) / 64 - 1600)) 2>/dev/null
i=0
while [ $i -lt 3000 ]; do
	dd if=/dev/urandom of=/run/frag/$i bs=4k count=5 2>/dev/null || break
	i=$((i + 1))
done
rm /run/frag/fill
rm /run/frag/*[13579]
note "$i small files, every other one gone; free blocks by order: $(grep Normal /proc/buddyinfo | sed 's/.*Normal *//')"

expect "inflates all the same" reach $((START_KB - 393216))
note "$(stat released_super) superpages and $(stat released_single) pages out"
expect_true_figures "inflated"
rm -rf /run/frag/*
expect "deflates" reach "$START_KB"
note "$(stat populated_super) superpages and $(stat populated_single) pages in, $(stat completed) blocks completed"
expect_true_figures "deflated"
expect_eq "$(stat call_errors)$(stat stuck)" 00 "no call went wrong"
