# SPDX-License-Identifier: GPL-2.0
# Property: the L1 entry of an address is written as mmu_update would; where none is, -EINVAL.
frame L1
frame L2
frame A 2
window[0] = L2|pwu
L2[0] = L1|pwu
watch on
va window = A0|pwu
va window+0x1000 = A0|pu
va window+0x1234 = A1|pwu
va window+0x1ff000 = A1|p
access w 8 window+8 0x77
access r 8 window+8
va window = L1|pwu
va window = L1|p
va window = none|p
va window = beyond|pw
va window = hole|pw
va window = 0
access r 8 window
# No table for it.
va window+0x200000 = A0|p
va window+0x40000000 = A0|p
va @unmapped = A0|p
va @null = A0|p
va @user = A0|p
va @xen = A0|p
va @noncanonical = A0|p
va @xen = 0
va @noncanonical = 0 flush=tlb
# The direct map.
va @A1 = A1|pw
va @A1 = A1|p
va @A1 = 0
access r 8 @A1
va @A1 = A1|pu
va @A1 = A1|pw
va @A1 = A0|p
va @A1 = A1|p
# Tables that are there but not of that kind.
L2[1] = L1|pu
va window+0x200000 = A0|pw
L2[1] = 0
va window+0x200000 = A0|pw
L2[2] = L1|wu
va window+0x400000 = A0|pw
