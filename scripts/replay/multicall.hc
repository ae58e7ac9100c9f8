# SPDX-License-Identifier: GPL-2.0
# Property: the calls of a list are made in order, each with its own answer; a list does not nest.
frame L1
frame A 2
multicall {
	mmuext PIN_L1_TABLE L1
	L1[0] = A0|pw
	L1[1] = L1|pw
	L1[2] = A1|p
	mmuext PIN_L1_TABLE L1
	mmu_update L1[3] = A0|p ; L1[4] = L1|pw ; L1[5] = A1|p
	vm_assist enable writable_pagetables
	vm_assist 7 1
}
dump L1
multicall {
	L1[6] = A1|p
	multicall {
		L1[7] = A1|p
	}
	L1[8] = A1|p
}
dump L1
multicall count=0 {
	L1[9] = A1|p
}
multicall count=1 {
	L1[10] = A1|p
	L1[11] = A1|p
}
multicall list=@null {
	L1[12] = A1|p
}
multicall list=@xen {
	L1[12] = A1|p
}
multicall list=@unmapped {
	L1[12] = A1|p
}
multicall list=@noncanonical {
	L1[12] = A1|p
}
multicall list=@xen count=0 {
	L1[12] = A1|p
}
dump L1
# Calls that do not exist.
multicall {
	hypercall 63
	hypercall 57
	hypercall 47
	L1[13] = A1|p
}
dump L1
multicall {
	mmuext UNPIN_TABLE L1
	mmuext UNPIN_TABLE L1
	mmuext PIN_L2_TABLE L1
}
