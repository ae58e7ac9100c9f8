# SPDX-License-Identifier: GPL-2.0
# XSA-45, XSA-290: unpinning a deep root is done in pieces and comes to its end; all below is free then.
frame L4
frame L3 4
frame L2 16
frame L1 32
frame A
mmu_update L10[0..511] = A|pw
mmu_update L11[0..511] = A|p
mmu_update L20[0] = L10|pwu ; L20[1] = L11|pwu ; L20[2] = L12|pwu ; L20[3] = L13|pwu
mmu_update L21[0] = L14|pwu ; L21[1] = L15|pwu ; L21[511] = L16|pwu
mmu_update L22[0..511] = L17|pwu
mmu_update L23[0..511] = L18|pwu
mmu_update L24[0..511] = L19|pwu
mmu_update L25[0..255] = L110|pwu ; L25[256..511] = L111|pwu
mmu_update L26[0] = L112|pwu ; L26[1] = L113|pwu ; L26[2] = L114|pwu ; L26[3] = L115|pwu
mmu_update L27[500] = L116|pwu ; L27[501] = L117|pwu ; L27[502] = L118|pwu
mmu_update L30[0] = L20|pwu ; L30[1] = L21|pwu ; L30[511] = L22|pwu
mmu_update L31[0..511] = L23|pwu
mmu_update L32[0] = L24|pwu ; L32[1] = L25|pwu ; L32[2] = L26|pwu ; L32[3] = L27|pwu
mmu_update L4[0] = L30|pwu ; L4[1] = L31|pwu ; L4[255] = L32|pwu ; L4[300] = L33|pwu
repeat 3 {
	mmuext PIN_L4_TABLE L4
	mmuext PIN_L1_TABLE A
	mmuext UNPIN_TABLE L4
	mmuext PIN_L1_TABLE A
	mmuext UNPIN_TABLE A
	mmuext PIN_L2_TABLE L17
	mmuext UNPIN_TABLE L17
}
multicall {
	mmuext PIN_L4_TABLE L4
	mmuext UNPIN_TABLE L4
	mmuext PIN_L3_TABLE L30
	mmuext UNPIN_TABLE L30
	mmuext PIN_L1_TABLE A
}
