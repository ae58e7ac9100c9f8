# SPDX-License-Identifier: GPL-2.0
# Property: the domains that a batch names are looked up before anything is done.
frame L1
frame A
mmuext PIN_L1_TABLE L1

mmu_update L1[0] = A|p dom=self
mmu_update L1[1] = A|p dom=own
mmu_update L1[2] = A|p dom=absent
mmu_update L1[3] = A|p dom=io
mmu_update L1[4] = A|p dom=xen
mmu_update L1[5] = A|p dom=cow
mmu_update L1[6] = A|p dom=invalid
mmu_update L1[7] = A|p dom=idle
mmu_update L1[8] = A|p ptdom=self
mmu_update L1[9] = A|p ptdom=own
mmu_update L1[10] = A|p ptdom=absent
mmu_update L1[11] = A|p ptdom=io
mmu_update L1[12] = A|p ptdom=xen
mmu_update L1[13] = A|p ptdom=invalid
mmu_update L1[14] = hole|p dom=io
mmu_update L1[15] = hole|pw dom=io
mmu_update L1[16] = none|p dom=io
mmu_update L1[17] = A|p dom=xen
mmu_update L1[18] = 0 dom=absent
mmu_update L1[18] = 0 dom=io
mmu_update L1[19] = A|p dom=absent count=0
mmu_update L1[19] = A|p dom=own count=0
dump L1
