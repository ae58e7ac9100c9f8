# SPDX-License-Identifier: GPL-2.0
# XSA-113: the M2P of another domain's frame is changed in its name only, and no frame stays held by a refusal.
guest B 4
frame A
mmu_update B0:1 = 5 dom=B
mmu_update B0:1 = 5
mmu_update B0:1 = 5 ptdom=B
mmu_update B0:1 = 5 dom=B ptdom=B
mmu_update A:1 = pfn(A) dom=B
mmu_update A:1 = pfn(A)
reservation dom=B
decrease B0 dom=B
reservation dom=B
mmu_update B0:1 = 5 dom=B
destroy B
mmu_update B1:1 = 5 dom=B
mmu_update B1[0] = 0 ptdom=B dom=B
mmuext PIN_L1_TABLE B1 dom=B
reservation dom=B
