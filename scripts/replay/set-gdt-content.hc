# SPDX-License-Identifier: GPL-2.0
# Property: a frame becomes part of a GDT only if each descriptor in it is harmless; DPL 0 is raised.
frame G
write G 1 0x00cf9a000000ffff
set_gdt G
dump G
set_gdt entries=0
dump G
write G 1 0x00cffa000000ffff
set_gdt G
dump G
set_gdt entries=0
# A call gate, an interrupt gate, a TSS, an LDT.
write G 1 0x0000ec000008f000
set_gdt G
write G 1 0x0000ee000008f000
set_gdt G
write G 1 0x0000890000000067
set_gdt G
write G 1 0x0000820000000067
set_gdt G
write G 1 0
set_gdt G
set_gdt entries=0
# Not present: harmless.
write G 1 0x0000690000000067
set_gdt G
set_gdt entries=0
# The last one counts, too, whatever the length.
write G 1 0
write G 511 0x0000890000000067
set_gdt G entries=1
write G 511 0x00af9a000000ffff
set_gdt G entries=1
dump G
