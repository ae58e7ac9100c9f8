# SPDX-License-Identifier: GPL-2.0
# Property: a batch stops at its first failure, and the counter says how far it came.
frame L1
frame A 4
mmuext PIN_L1_TABLE L1

mmu_update L1[0] = A0|p ; L1[1] = A1|p ; L1[2] = A2|pw
dump L1
mmu_update L1[3] = A0|p ; L1[4] = A1|p ; L1[5] = L1|pw ; L1[6] = A2|p
dump L1
mmu_update L1[7] = L1|pw ; L1[8] = A1|p
mmu_update L1[0..511] = A3|p
mmu_update L1[0..511] = 0
mmu_update L1[0] = A0|p ; L1[0] = A1|p ; L1[0] = A2|p
dump L1

# The number of requests.
mmu_update L1[0] = A0|p count=0
mmu_update L1[1] = A1|p count=0 in=9
mmu_update L1[2] = A2|p ; L1[3] = A3|p count=1
mmu_update L1[2] = 0 ; L1[3] = 0 count=2 in=5
dump L1

# A continuation adds to what the counter holds.
mmu_update L1[4] = A0|p ; L1[5] = A1|p count=0x80000002 in=5
mmu_update L1[4] = A0|p ; L1[5] = L1|pw count=0x80000002 in=5
mmu_update L1[4] = A0|p count=0x80000000 in=3
mmu_update L1[4] = A0|p list=@null count=0x80000000 in=3 dom=7
mmu_update L1[4] = A0|p count=0x80000000 list=@null in=0
dump L1

# Lists and counters that are not there.
mmu_update L1[6] = A0|p list=@null
mmu_update L1[6] = A0|p list=@user
mmu_update L1[6] = A0|p list=@xen
mmu_update L1[6] = A0|p list=@unmapped
mmu_update L1[6] = A0|p list=@noncanonical
mmu_update L1[6] = A0|p done=@null
mmu_update L1[7] = A0|p done=@xen
mmu_update L1[8] = A0|p done=@unmapped
mmu_update L1[9] = A0|p done=@noncanonical
mmu_update L1[10] = L1|pw done=@xen
mmu_update L1[0] = A0|p list=@xen count=0
dump L1

# Nothing is done in a list that is too long to be one.
mmu_update L1[11] = A1|p count=0x7fffffff list=@xen
mmu_update L1[11] = A1|p count=0xffffffff list=@xen
