# SPDX-License-Identifier: GPL-2.0
# XSA-182, XSA-185: a recursive entry never becomes writable, by the fast path, by kind 2 or by replacement.
frame L4
frame L3
frame L2
mmuext PIN_L4_TABLE L4
L4[1] = L4|p
L4[1] = L4|pu
L4[1] = L4|pw
L4[1] = L4|pwu
L4[1] = L4|pwua
L4[1]:2 = L4|pw
L4[1] = L4|px
L4[1] = L4|pwx
L4[1] = L4|pu123
dump L4
L4[1] = L4|wu
L4[1] = L4|pwu
L4[1] = 0
L4[1] = L4|pw
mmuext PIN_L3_TABLE L3
L3[1] = L3|p
L3[1] = L3|pw
L3[1]:2 = L3|pwu
L3[1] = L3|pua
dump L3
mmuext PIN_L2_TABLE L2
L2[1] = L2|p
L2[1] = L2|pw
L2[1]:2 = L2|pwu
L2[1] = L2|pua
dump L2
# In a table that is to become one.
L4[1] = 0
mmuext UNPIN_TABLE L4
mmu_update L4[1] = L4|pwu
mmuext PIN_L4_TABLE L4
mmu_update L4[1] = L4|pu
mmuext PIN_L4_TABLE L4
mmuext UNPIN_TABLE L4
