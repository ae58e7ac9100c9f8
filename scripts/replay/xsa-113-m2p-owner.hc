# SPDX-License-Identifier: GPL-2.0
# XSA-113: a refused M2P update keeps no reference of the frame: it can be given back afterwards.
frame A 2
reservation
repeat 5 {
	mmu_update A0:1 = 5 dom=io
	mmu_update A0:1 = 5 dom=xen
	mmu_update A0:1 = 5 dom=own
	mmu_update A0:1 = 5 dom=absent
	mmu_update A0:1 = 5 ptdom=absent
	mmu_update hole:1 = 5
	mmu_update none:1 = 5
}
mmu_update A0:1 = pfn(A0)
va @A0 = 0
decrease A0
reservation
populate A0
reservation
