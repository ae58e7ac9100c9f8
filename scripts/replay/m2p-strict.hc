# SPDX-License-Identifier: GPL-2.0
# Property: with strict M2P new root tables do not see the M2P; both kinds can be made and loaded.
frame R 2
frame A
root R0
root R1
mmuext PIN_L4_TABLE R0
vm_assist enable m2p_strict
mmuext PIN_L4_TABLE R1
mmuext NEW_BASEPTR R0
mmuext NEW_BASEPTR R1
mmuext NEW_BASEPTR home
vm_assist disable m2p_strict
mmuext NEW_BASEPTR R1
mmuext NEW_BASEPTR home
mmuext UNPIN_TABLE R0
mmuext UNPIN_TABLE R1
dump R0
