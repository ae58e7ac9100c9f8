# SPDX-License-Identifier: GPL-2.0
# Property: a batch says of each entry what became of it.
caller translated
frame A 6
empty E 4
write A0 0 5
add_to_physmap_batch gmfn
add_to_physmap_batch gmfn A0 A1
dump A1
add_to_physmap_batch gmfn A1 A0 ; A0 A1 ; A1 A1
dump A1
add_to_physmap_batch gmfn A0 A1 ; none A2 ; A1 E0 ; E1 A3
add_to_physmap_batch gmfn A2 A3 ; hole A4 ; A4 A5 size=2
add_to_physmap_batch gmfn A2 A3 ; A4 A5 size=3
add_to_physmap_batch gmfn A3 A2 ; A5 A4 start=1
add_to_physmap_batch gmfn A3 A2 start=1
add_to_physmap_batch gmfn A3 A2 start=2
add_to_physmap_batch gmfn A3 A2 start=0x10000
add_to_physmap_batch gmfn A3 A2 ; A3 -1 ; A3 A2
add_to_physmap_batch gmfn_range A3 A2
add_to_physmap_batch gmfn_foreign 5 A2 foreign=0
add_to_physmap_batch gmfn_foreign 5 A2 foreign=own
add_to_physmap_batch gmfn_foreign 5 A2 foreign=absent
add_to_physmap_batch gmfn_foreign 5 A2 foreign=xen
add_to_physmap_batch gmfn_foreign 5 A2 foreign=io
add_to_physmap_batch dev_mmio 5 A2
add_to_physmap_batch dev_mmio 5 A2 foreign=5
add_to_physmap_batch shared_info 0 A2 ; 0 A3 ; 1 A4 ; 0 E2
add_to_physmap_batch grant_table 1 A2 ; 2 A3 ; 1 A2
add_to_physmap_batch 9 1 A2 ; 2 A3
add_to_physmap_batch gmfn A4 A5 dom=absent
add_to_physmap_batch gmfn A4 A5 dom=0
add_to_physmap_batch gmfn A4 A5 dom=own
add_to_physmap_batch gmfn A5 A4 idxs=@xen
add_to_physmap_batch gmfn A5 A4 gpfns=@null
add_to_physmap_batch gmfn A5 A4 arg=@null
reservation
