# SPDX-License-Identifier: GPL-2.0
# XSA-299, XSA-310: large tables are checked and let go in pieces, with failures at the far end; the counts are exact after it.
frame L4
frame L3 2
frame L2 3
frame L1 3
frame A
mmu_update L10[0..511] = A|pw
mmu_update L11[0..511] = A|pw
mmu_update L12[0..511] = A|pw
mmu_update L20[0..511] = L10|pwu
mmu_update L21[0..511] = L11|pwu
mmu_update L22[0..510] = L12|pwu
mmu_update L30[0..511] = L20|pwu
mmu_update L31[0..510] = L21|pwu ; L31[511] = L22|pwu
mmu_update L4[0..255] = L30|pwu ; L4[272..511] = L31|pwu
repeat 2 {
	mmuext PIN_L4_TABLE L4
	mmuext UNPIN_TABLE L4
	mmuext PIN_L1_TABLE A
	mmuext UNPIN_TABLE A
}
# Bad at the very end, found late.
mmu_update L22[511] = L12|pwus
repeat 2 {
	mmuext PIN_L4_TABLE L4
	mmuext PIN_L3_TABLE L31
	mmuext PIN_L2_TABLE L22
	mmuext PIN_L1_TABLE A
	mmuext UNPIN_TABLE A
	mmuext PIN_L2_TABLE L10
	mmuext PIN_L2_TABLE L12
}
mmu_update L22[511] = 0
# Entries that are put in and taken out as wholes.
mmuext PIN_L4_TABLE L4
mmu_update L4[0..255] = 0
mmu_update L4[272..511] = 0
mmuext PIN_L1_TABLE A
mmuext UNPIN_TABLE A
L4[0] = L31|pwu
mmuext PIN_L1_TABLE A
L4[0] = L30|pwu
L4[0] = 0
mmuext PIN_L1_TABLE A
