# SPDX-License-Identifier: GPL-2.0
# Property: a domain ends with its tables pinned and in a tree, and what others hold of it stays until they let go.
guest B 12
frame L1
frame A
mmu_update B3[0] = B4|pwu ; B2[0] = B3|pwu ; B1[0] = B2|pwu ; B1[1] = B2|pwu ; B4[0] = B5|pw ; B4[511] = B6|pw dom=B ptdom=B
mmuext PIN_L4_TABLE B1 dom=B
mmuext PIN_L4_TABLE B7 dom=B
mmu_update B7[0] = B1|pu dom=B ptdom=B
mmuext PIN_L1_TABLE L1
mmu_update L1[0] = B5|p ; L1[1] = B8|pw ; L1[2] = B9|p dom=B
destroy B
mmu_update L1[3] = B8|pw dom=B
L1[3] = B8|pw
L1[3] = B8|p
L1[0] = 0
L1[1] = 0
L1[2] = 0
L1[0] = A|pw
mmuext PIN_L1_TABLE A
