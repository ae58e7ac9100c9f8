# SPDX-License-Identifier: GPL-2.0
# Property: a descriptor is checked, its DPL 0 raised, and written where descriptors or data may be.
frame G
frame A
frame T
frame L1
watch on
update_descriptor A[0] = 0
update_descriptor A[1] = 0x00cf9a000000ffff
update_descriptor A[1] = 0x00cffa000000ffff
update_descriptor A[1] = 0x00af9a000000ffff
update_descriptor A[1] = 0x00affa000000ffff
update_descriptor A[1] = 0x00cf92000000ffff
update_descriptor A[1] = 0x00cfb2000000ffff
update_descriptor A[1] = 0x00cfd2000000ffff
update_descriptor A[1] = 0x00cff2000000ffff
update_descriptor A[2] = 0x0000890000000067
update_descriptor A[2] = 0x00008b0000000067
update_descriptor A[2] = 0x0000820000000067
update_descriptor A[2] = 0x0000ec000008f000
update_descriptor A[2] = 0x0000ee000008f000
update_descriptor A[2] = 0x0000e5000008f000
update_descriptor A[2] = 0x00006c000008f000
update_descriptor A[2] = 0x0000690000000067
update_descriptor A[2] = 0x00cf9a000000fffe
update_descriptor A[2] = 0x00cf1a000000ffff
update_descriptor A[2] = 0x00ef9a000000ffff
update_descriptor A[2] = 0x00df9a000000ffff
update_descriptor A[511] = 0x00cffa000000ffff
# Wrong places.
update_descriptor A[3]:4 = 0
update_descriptor A[3]:1 = 0
update_descriptor none[0] = 0
update_descriptor beyond[0] = 0
update_descriptor hole[0] = 0
mmuext PIN_L1_TABLE T
update_descriptor T[0] = 0
# In a GDT in force, and mapped writable elsewhere.
set_gdt G
update_descriptor G[3] = 0x00cf9a000000ffff
update_descriptor G[3] = 0x0000890000000067
set_gdt entries=0
update_descriptor G[3] = 0x00cf9a000000ffff
mmuext PIN_L1_TABLE L1
L1[0] = G|pw
update_descriptor G[4] = 0x00cffa000000ffff
