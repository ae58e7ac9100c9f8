# SPDX-License-Identifier: GPL-2.0
# Property: a control domain changes another domain's tables with that domain's frames, and with no others.
guest B 8
frame A 2
mmuext PIN_L1_TABLE B0 dom=B
mmuext PIN_L1_TABLE B0 dom=B
mmuext PIN_L1_TABLE B0
mmu_update B0[0] = B1|pw dom=B ptdom=B
mmu_update B0[1] = B1|p dom=B ptdom=B
mmu_update B0[2] = B1|p ptdom=B
mmu_update B0[3] = B1|p dom=B
mmu_update B0[4] = A0|p dom=B ptdom=B
mmu_update B0[5] = A0|p ptdom=B
mmu_update B0[6] = B0|pw dom=B ptdom=B
mmu_update B0[7] = hole|p dom=io ptdom=B
mmu_update B0[8] = 0 ptdom=B
mmu_update B2[0] = 5 dom=B ptdom=B
mmu_update B2[0] = 6 ptdom=B
mmuext PIN_L2_TABLE B3 dom=B
mmu_update B3[0] = B0|pwu dom=B ptdom=B
mmu_update B3[1] = B0|pwu ptdom=B
mmu_update B3[2] = B1|pwu dom=B ptdom=B
mmuext PIN_L4_TABLE B4 dom=B
mmu_update B4[0] = B5|pwu dom=B ptdom=B
mmu_update B4[0] = B6|pwu ptdom=B
mmuext UNPIN_TABLE B0
mmuext UNPIN_TABLE B0 dom=B
mmuext UNPIN_TABLE B3 dom=B
mmuext UNPIN_TABLE B4 dom=B
mmuext UNPIN_TABLE B4 dom=B
mmu_update B0[0] = B1|pw dom=B ptdom=B
mmuext PIN_L1_TABLE B1 dom=B
destroy B
mmuext PIN_L1_TABLE A0
