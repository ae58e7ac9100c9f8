# SPDX-License-Identifier: GPL-2.0
# Property: work of any length in one list is all done, with one answer each.
frame L1 4
frame A
multicall {
	mmuext PIN_L1_TABLE L10
	mmuext PIN_L1_TABLE L11
	mmuext PIN_L1_TABLE L12
	mmuext PIN_L1_TABLE L13
	mmu_update L10[0..511] = A|pw
	mmu_update L11[0..511] = A|pw
	mmu_update L12[0..511] = A|p
	mmu_update L13[0..510] = A|p ; L13[511] = L10|pw
	mmuext PIN_L1_TABLE A
	mmu_update L10[0..511] = 0
	mmu_update L11[0..511] = 0
	mmuext PIN_L1_TABLE A
	mmuext UNPIN_TABLE L10 ; UNPIN_TABLE L11 ; UNPIN_TABLE L12 ; UNPIN_TABLE L13
}
dump A
