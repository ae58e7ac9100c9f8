# SPDX-License-Identifier: GPL-2.0
# XSA-148: the size bit and RW come into a live L2 entry only with a full check, so never.
frame L2
frame L1
frame A
window[0] = L2|pwu
L2[0] = L1|pu
L2[0] = L1|pus
L2[0] = L1|pwus
L2[0] = L1|puas
L2[0] = L1|pusx
L2[0]:2 = L1|pwus
L2[0] = L1|pwu
L2[0] = L1|pwus
L2[0]:2 = L1|pus
L2[1] = A|ps
L2[1] = A|pws
L2[1] = none|pws
L2[1] = L1|s
L2[1] = L1|wus
L2[1] = L1|pwus
dump L2
window[0] = L2|pwus
window[1] = A|pws
window[1] = A|ps
# In a table that is to become one.
mmu_update A[0] = L1|pwus
mmuext PIN_L2_TABLE A
mmuext PIN_L3_TABLE A
mmu_update A[0] = L1|pwu ; A[9] = none|ps
mmuext PIN_L2_TABLE A
