# SPDX-License-Identifier: GPL-2.0
# Property: the frames of a GDT are checked before the old ones are let go.
frame G 3
frame L1
frame T
set_gdt G0
set_gdt G0 entries=1
set_gdt G0 entries=512
set_gdt G0 G1 entries=513
set_gdt G0 G1 G2
set_gdt G0 G0
set_gdt entries=0
# Numbers of entries.
set_gdt G0 entries=0
set_gdt G0 entries=7168
set_gdt G0 entries=7169
set_gdt G0 entries=8192
set_gdt G0 entries=0xffffffff
set_gdt G0 entries=0xffffffff00000001
# Frames that cannot be.
set_gdt none
set_gdt beyond
set_gdt hole
set_gdt G0 none
mmuext PIN_L1_TABLE T
set_gdt T
set_gdt G0 T
mmuext PIN_L1_TABLE L1
L1[0] = G1|pw
set_gdt G1
set_gdt G0 G1
L1[0] = G1|p
set_gdt G0 G1
L1[1] = G1|pw
L1[1] = G0|pw
L1[1] = G0|p
mmuext PIN_L1_TABLE G0
mmuext CLEAR_PAGE G0
# A refusal leaves the old one in force.
set_gdt none
L1[1] = G0|pw
set_gdt G2
L1[1] = G0|pw
L1[2] = G2|pw
set_gdt entries=0
L1[2] = G2|pw
# Lists that are not there.
set_gdt G1 list=@null
set_gdt G1 list=@xen
set_gdt G1 list=@unmapped
set_gdt G1 list=@noncanonical
set_gdt entries=0 list=@xen
