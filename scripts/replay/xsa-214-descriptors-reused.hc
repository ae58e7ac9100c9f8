# SPDX-License-Identifier: GPL-2.0
# XSA-214: a frame that held descriptors is checked again before it holds any, whoever had it between.
frame G
frame L1
mmuext PIN_L1_TABLE L1
set_gdt G
set_gdt entries=0
L1[0] = G|pw
set_gdt G
write G 5 0x0000890000000067
L1[0] = 0
write G 5 0x0000890000000067
set_gdt G
mmuext CLEAR_PAGE G
set_gdt G
set_gdt entries=0
va @G = 0
decrease G
populate G
va @G = G|p
write G 5 0x0000820000000067
set_gdt G
dump G
