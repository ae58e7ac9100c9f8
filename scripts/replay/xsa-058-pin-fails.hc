# SPDX-License-Identifier: GPL-2.0
# XSA-58: a pin that fails when half of the table is checked keeps no reference of what it saw.
frame L4
frame L3 2
frame L2 3
frame L1 3
frame A 3
mmu_update L10[0] = A0|pw ; L11[0..511] = A1|pw
mmu_update L12[0..510] = A2|pw ; L12[511] = L10|pw
mmu_update L20[0] = L10|pwu ; L20[1] = L11|pwu
mmu_update L21[0..510] = L11|pwu ; L21[511] = L12|pwu
mmu_update L30[0] = L20|pwu ; L30[511] = L21|pwu
mmu_update L4[0] = L30|pwu ; L4[272] = L31|pwu
repeat 3 {
	mmuext PIN_L4_TABLE L4
	mmuext PIN_L3_TABLE L30
	mmuext PIN_L2_TABLE L21
	mmuext PIN_L1_TABLE L12
}
# Each is free for any other use.
mmuext PIN_L1_TABLE A0
mmuext PIN_L1_TABLE A1
mmuext PIN_L1_TABLE A2
mmuext UNPIN_TABLE A0
mmuext UNPIN_TABLE A1
mmuext UNPIN_TABLE A2
mmu_update L10[0] = 0
mmuext PIN_L2_TABLE L10
mmuext UNPIN_TABLE L10
# And good when the bad entry is gone.
mmu_update L10[0] = A0|pw ; L12[511] = 0
mmuext PIN_L4_TABLE L4
mmuext PIN_L1_TABLE A0
mmuext PIN_L1_TABLE A2
mmuext UNPIN_TABLE L4
