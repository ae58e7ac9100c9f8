# SPDX-License-Identifier: GPL-2.0
# Property: each way of using a frame holds it, and a frame is free for another use only when all are gone.
frame L1 2
frame L2
frame A
window[0] = L2|pwu
L2[0] = L10|pwu
L2[1] = L11|pwu
# Two writable mappings and one that is read-only.
L10[0] = A|pw
L11[0] = A|pw
L10[1] = A|p
mmuext PIN_L1_TABLE A
L10[0] = 0
mmuext PIN_L1_TABLE A
L11[0] = A|p
mmuext PIN_L1_TABLE A
L10[0] = A|pw
va window = A|pw
mmuext PIN_L2_TABLE A
mmuext UNPIN_TABLE A
mmuext PIN_L2_TABLE A
L10[0] = A|pw
mmuext UNPIN_TABLE A
L10[0] = A|pw
mmuext CLEAR_PAGE A
mmuext PIN_L1_TABLE A
set_gdt A
L10[0] = 0
set_gdt A
L10[0] = A|pw
mmuext PIN_L1_TABLE A
set_gdt entries=0
L10[0] = A|pw
# Many references of one table.
mmu_update L10[0..511] = A|pw
mmuext PIN_L1_TABLE A
mmu_update L10[0..511] = A|p
mmuext PIN_L1_TABLE A
mmu_update L10[0..511] = A|pw
mmuext UNPIN_TABLE A
mmu_update L10[0..511] = 0
mmuext PIN_L4_TABLE A
mmuext UNPIN_TABLE A
