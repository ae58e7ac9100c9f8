# SPDX-License-Identifier: GPL-2.0
# Property: of a root's 512 slots those of Xen's are not the guest's to fill, read or keep.
frame L4
frame L3
frame A
repeat 1 {
	mmu_update L4[256] = L3|pwu ; L4[257] = L3|pwu ; L4[271] = L3|pwu
	mmuext PIN_L4_TABLE L4
}
dump L4
mmuext UNPIN_TABLE L4
dump L4
mmu_update L4[0..511] = 0
mmu_update L4[255] = L3|pwu ; L4[272] = L3|pwu
mmuext PIN_L4_TABLE L4
dump L4
mmu_update L4[256..271] = 0
mmu_update L4[258] = 0
mmu_update L4[264] = L3|pwu
mmu_update L4[265]:2 = L3|pwu
mmu_update L4[266] = A|p
mmu_update L4[267] = none|pwu
mmu_update L4[268] = 0x6
# Addresses.
va 0xffff800000000000 = A|p
va 0xffff87ffffffffff = A|p
va 0xffff880000000000 = 0
va 0xffff7fffffffffff = A|p
va 0x800000000000 = A|p
va 0xffffffffffffffff = 0 dom=absent
access r 8 window
