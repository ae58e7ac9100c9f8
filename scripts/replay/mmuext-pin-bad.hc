# SPDX-License-Identifier: GPL-2.0
# Property: a table with one bad entry at any place is refused, and no frame that it names stays in use.
frame T
frame L1 4
frame A 4
# L1: writable mappings before, one of a table after.
mmuext PIN_L1_TABLE L10
mmu_update T[0] = A0|pw ; T[1] = A1|pw ; T[255] = A2|pw ; T[510] = A3|p ; T[511] = L10|pw
mmuext PIN_L1_TABLE T
mmuext PIN_L2_TABLE A0
mmuext UNPIN_TABLE A0
mmuext PIN_L2_TABLE A1
mmuext UNPIN_TABLE A1
mmuext PIN_L2_TABLE A2
mmuext UNPIN_TABLE A2
# L2: good ones before, one with a bad flag.
mmu_update T[0..511] = 0
mmu_update T[0] = L11|pwu ; T[1] = L12|pwu ; T[300] = L13|pwu ; T[301] = L13|pwus
mmuext PIN_L2_TABLE T
mmuext PIN_L2_TABLE L11
mmuext UNPIN_TABLE L11
mmuext PIN_L2_TABLE L13
mmuext UNPIN_TABLE L13
mmu_update T[301] = L13|pwu
mmuext PIN_L2_TABLE T
mmuext PIN_L2_TABLE L13
mmuext UNPIN_TABLE T
# One of its L1 tables is bad inside.
mmu_update L12[100] = L10|pw
mmuext PIN_L2_TABLE T
mmuext PIN_L2_TABLE L11
mmuext UNPIN_TABLE L11
mmu_update L12[100] = 0
mmuext PIN_L2_TABLE T
mmuext UNPIN_TABLE T
# L3 and L4 likewise.
mmuext PIN_L3_TABLE T
mmu_update T[300] = 0 ; T[301] = 0
mmu_update T[0] = L11|pwu ; T[1] = L12|pwu ; T[2] = none|pwu
mmuext PIN_L3_TABLE T
mmuext PIN_L4_TABLE T
mmu_update T[2] = L12|pwug
mmuext PIN_L3_TABLE T
mmuext PIN_L4_TABLE T
mmu_update T[2] = L12|pwux
mmuext PIN_L3_TABLE T
mmuext UNPIN_TABLE T
mmuext PIN_L4_TABLE T
mmuext UNPIN_TABLE T
mmuext PIN_L1_TABLE L11
mmuext PIN_L1_TABLE L12
dump T
