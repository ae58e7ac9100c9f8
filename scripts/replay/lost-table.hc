# SPDX-License-Identifier: GPL-2.0
# Property: Xen 4.17 loses a table when the one above it fails at its first entry and the one above
# that has others to let go: it stays half checked. Where the middle one is at the first entry, too,
# or is pinned itself, nothing is lost.
domain throwaway
frame L4
frame L3 2
frame L2
frame L1
mmu_update L2[0] = L1|pwu ; L2[1] = none|pwu
mmu_update L30[0] = L2|pwu
mmu_update L4[0] = L30|pwu
mmuext PIN_L3_TABLE L30
mmuext PIN_L4_TABLE L4
write L2 1 0
mmuext PIN_L2_TABLE L2
mmuext UNPIN_TABLE L2
write L2 1 none|pwu
mmu_update L4[0] = L31|pwu ; L4[1] = L30|pwu
mmuext PIN_L4_TABLE L4
write L2 1 0
mmuext PIN_L1_TABLE L2
mmuext PIN_L1_TABLE L1
mmuext PIN_L3_TABLE L2
mmuext PIN_L2_TABLE L2
mmu_update L2[1] = 0
mmuext PIN_L2_TABLE L2
write L2 1 0
mmuext UNPIN_TABLE L2
write L2 1 0
mmuext PIN_L1_TABLE L2
