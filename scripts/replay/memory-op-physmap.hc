# SPDX-License-Identifier: GPL-2.0
# Property: frames of a translated guest go where it wants them, and what was there is freed.
caller translated
frame A 4
block L 3
empty E 4
write A0 0 1
write A1 0 2
write A2 0 3
reservation
add_to_physmap gmfn A0 A0
dump A0
add_to_physmap gmfn A0 A1
reservation
dump A1
add_to_physmap gmfn A0 A2
add_to_physmap gmfn A1 A0
dump A0
add_to_physmap gmfn A0 E0
add_to_physmap gmfn E0 A1
dump A1
add_to_physmap gmfn none A1
add_to_physmap gmfn beyond A1
add_to_physmap gmfn hole A1
add_to_physmap gmfn A1 none
add_to_physmap gmfn A0 none
add_to_physmap gmfn A1 A2 dom=absent
add_to_physmap gmfn A1 A2 dom=0
add_to_physmap gmfn A1 A2 dom=io
add_to_physmap gmfn A1 A2 dom=own
dump A2
add_to_physmap gmfn A2 A3 size=7
add_to_physmap gmfn A2 A3 start=1
add_to_physmap gmfn A2 A3 start=0x10000
add_to_physmap gmfn A2 A3 arg=@null
add_to_physmap gmfn A2 A3 arg=@xen
add_to_physmap gmfn A2 A3 arg=@noncanonical
add_to_physmap gmfn_foreign A2 A3
add_to_physmap dev_mmio 0 A3
add_to_physmap 6 0 A3
add_to_physmap 77 0 A3
reservation
add_to_physmap gmfn_range L0 E0 size=2
reservation
decrease E0 E1
add_to_physmap gmfn_range L2 L3 size=3
reservation
add_to_physmap gmfn_range L0 L2 size=2
add_to_physmap gmfn_range L3 L2 size=0
add_to_physmap gmfn_range L3 L2 size=1 start=1
add_to_physmap gmfn_range L3 L2 size=1 start=2
add_to_physmap gmfn_range none L2 size=2
add_to_physmap gmfn_range 0xfffffffffffffff0 L2 size=20
add_to_physmap gmfn_range hole none size=20
add_to_physmap gmfn_range hole L2 size=2
reservation
