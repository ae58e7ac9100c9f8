# SPDX-License-Identifier: GPL-2.0
# Property: a guest writes M2P entries of its own frames, whatever they say, and of no others.
frame A 2
read A0 0
mmu_update A0:1 = pfn(A0)
mmu_update A0:1 = pfn(A1)
mmu_update A0:1 = pfn(A0)
mmu_update A0[5]:1 = pfn(A0)
mmu_update A0[511]:1 = pfn(A0)
mmu_update A0:1 = 0xffffffffffffffff
mmu_update A0:1 = 0x10000000000000
mmu_update A0:1 = 0
mmu_update A0:1 = pfn(A0)
mmu_update raw 0x1 = 5
mmu_update none:1 = 5
mmu_update beyond:1 = 5
mmu_update A0:1 = pfn(A0) dom=own
mmu_update A0:1 = pfn(A0) dom=absent
mmu_update A0:1 = pfn(A0) dom=io
mmu_update A0:1 = pfn(A0) dom=xen
mmu_update A0:1 = pfn(A0) ptdom=absent
mmu_update A0:1 = pfn(A0) ; A1:1 = pfn(A1) ; beyond:1 = 3 ; A0:1 = pfn(A0)
# The frame's use does not matter.
mmuext PIN_L1_TABLE A1
mmu_update A1:1 = pfn(A1)
mmuext UNPIN_TABLE A1
