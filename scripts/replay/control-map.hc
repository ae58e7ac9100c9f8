# SPDX-License-Identifier: GPL-2.0
# Property: a control domain maps another's frames, which holds them; their owner's types count for both.
guest B 6
frame L1
frame L2
frame A
mmuext PIN_L1_TABLE L1
L1[0] = B0|p
L1[0] = B0|pw
mmu_update L1[0] = B0|p dom=B
mmu_update L1[1] = B0|pw dom=B
mmu_update L1[2] = A|p dom=B
mmu_update L1[3] = none|p dom=B
mmuext PIN_L1_TABLE B0 dom=B
mmu_update L1[1] = 0
mmuext PIN_L1_TABLE B0 dom=B
mmu_update L1[1] = B0|pw dom=B
mmu_update L1[1] = B0|p dom=B
# The fast path knows no owners.
L1[0] = B0|pu
L1[0] = B0|pw
mmuext UNPIN_TABLE B0 dom=B
# Tables of one's own do not name the other's.
mmuext PIN_L2_TABLE L2
mmu_update L2[0] = B1|pwu dom=B
mmu_update L2[0] = B1|pwu
set_gdt B1
mmuext NEW_USER_BASEPTR B1
mmuext NEW_USER_BASEPTR B1 dom=B
mmuext NEW_BASEPTR A dom=B
update_descriptor B1[0] = 0
va window = B1|p dom=B
window[0] = L2|pwu
L2[0] = L1|pwu
va window+0x10000 = B1|pwu dom=B
va window+0x11000 = B1|pwu
access w 8 window+0x10008 0x55
access r 8 window+0x10008
va window+0x10000 = 0
