# SPDX-License-Identifier: GPL-2.0
# Property: what the CPU may do is what the entries of all levels allow together.
frame L3
frame L2
frame L1
frame A
window[0] = L2|pwu
L2[0] = L1|pwu
L1[0] = A|pwu
access w 8 window 0x1
access w 4 window+8 0x2
access w 2 window+0x10 0x3
access w 1 window+0x18 0x4
dump A
access r 1 window
access r 2 window+0x10
access r 4 window+8
access r 8 window+0xff8
dump L1
# Read-only at one of the levels.
va window = A|pu flush=invlpg
access r 8 window
access w 8 window 0x5
va window = A|pwu flush=invlpg
L2[0] = L1|pu
access r 8 window
access w 8 window 0x6
L2[0] = L1|pwu
access w 8 window 0x7
window[0] = L2|pu
access w 8 window 0x8
access r 8 window
window[0] = L2|pwu
access w 8 window 0x9
# Not present at one of the levels.
L2[0] = L1|wu
access r 8 window
L2[0] = L1|pwu
window[0] = 0
access r 8 window
window[0] = L2|pwu
access r 8 window
# Accessed and dirty bits.
va window+0x1000 = A|pwu
dump L1
access r 8 window+0x1000
dump L1
access w 8 window+0x1000 0xa
dump L1
va window+0x1000 = A|pwu flush=invlpg
access w 8 window+0x1000 0xb
dump L1
# Across two pages.
access r 8 window+0xffc
access w 8 window+0xffc 0
access r 8 window+0x1ffc
