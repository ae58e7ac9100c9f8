# SPDX-License-Identifier: GPL-2.0
# Property: what a refused root table had checked is free again. Xen 4.17 loses a table here: the middle
# one fails at its first entry, the upper one has others to let go and takes the place where the lower
# one was waiting. The core does not, so from there on the answers are set aside.
domain throwaway
frame L4
frame L3 2
frame L2
frame L1
mmu_update L2[0] = L1|pwu ; L2[1] = none|pwu
mmu_update L30[0] = L2|pwu
mmu_update L4[0] = L31|pwu
# Without the entry before it nothing is lost.
mmu_update L4[1] = L30|pwu ; L4[0] = 0
mmuext PIN_L3_TABLE L30
mmuext PIN_L1_TABLE L1
mmuext UNPIN_TABLE L1
mmu_update L4[0] = L31|pwu
mmuext PIN_L4_TABLE L4
write L2 1 0
mmuext PIN_L2_TABLE L2
