# SPDX-License-Identifier: GPL-2.0
# Property: a frame of another domain is nobody else's to map, pin, clear or copy.
frame L1
frame L2
frame A
mmuext PIN_L1_TABLE L1
L1[0] = foreign|p
L1[0] = foreign|pw
L1[0] = foreign|pwu
L1[0] = foreign|w
mmu_update L1[1] = foreign|p dom=io
mmu_update L1[1] = foreign|p dom=xen
mmu_update L1[1] = foreign|p ptdom=absent
mmuext PIN_L2_TABLE L2
L2[0] = foreign|pwu
L2[0] = foreign|p
mmu_update foreign[0] = 0
mmu_update foreign:1 = 5
mmuext PIN_L1_TABLE foreign
mmuext PIN_L4_TABLE foreign
mmuext UNPIN_TABLE foreign
mmuext NEW_BASEPTR foreign
mmuext NEW_USER_BASEPTR foreign
mmuext CLEAR_PAGE foreign
mmuext COPY_PAGE foreign A
mmuext COPY_PAGE A foreign
set_gdt foreign
set_gdt A foreign
update_descriptor foreign[0] = 0
va window = foreign|p
decrease foreign
exchange foreign to A
reservation
dump L1
dump A
