# SPDX-License-Identifier: GPL-2.0
# Property: the flush that is asked for happens after a success; what cannot be one is refused or nothing.
frame L1
frame L2
frame A 2
window[0] = L2|pwu
L2[0] = L1|pwu
write A0 0 0x11
write A1 0 0x22
va window = A0|pu
access r 8 window
va window = A1|pu flush=tlb
access r 8 window
va window = A0|pu flush=invlpg
access r 8 window
va window = A1|pu flush=tlb:all
access r 8 window
va window = A0|pu flush=invlpg:all
access r 8 window
va window = A1|pu flush=0
va window = A1|pu flush=3
va window = A1|pu flush=4
va window = A1|pu flush=5
va window = A1|pu flush=6
va window = A1|pu flush=7
va window = A1|pu flush=8
va window = A1|pu flush=0x1001
va window = A1|pu flush=0xffffffffffffffff
va window = A1|pu flush=0xffff800000001000
va window = L1|pwu flush=tlb
va window = L1|pwu flush=0xffffffffffffffff
va window = 0 flush=invlpg
access r 8 window
va @xen = 0 flush=tlb:all
dump L1
