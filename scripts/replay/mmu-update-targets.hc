# SPDX-License-Identifier: GPL-2.0
# Property: the address of a request must be in a frame of the caller's.
frame A
frame L1
mmuext PIN_L1_TABLE L1
mmu_update raw 0 = 0
mmu_update none[0] = 0
mmu_update beyond[0] = 0
mmu_update beyond[3] = A|p
mmu_update hole[1] = 1
mmu_update raw 0xfffffffffffffff8 = 0
mmu_update raw 0x8000000000000000 = 0
mmu_update raw 0x000ffffffffff000 = 0
mmu_update raw 0x0010000000000000 = 0
# A frame that is no table is simply written.
mmu_update A[0] = 5
mmu_update A[1] = 0x7
mmu_update A[511] = 0x123
dump A
write A 2 0x9
mmu_update A[2] = 0xb
dump A
# Not while it is mapped nowhere but used as something else.
mmuext PIN_L1_TABLE A
mmu_update A[0..511] = 0
mmuext PIN_L1_TABLE A
mmu_update A[0] = 0x4
mmuext UNPIN_TABLE A
dump A
