# SPDX-License-Identifier: GPL-2.0
# Property: a PV domain has no physmap.
frame A
frame B
add_to_physmap shared_info 0 A
add_to_physmap grant_table 0 A
add_to_physmap gmfn A B
add_to_physmap gmfn_range A B size=1
add_to_physmap gmfn_foreign A B
add_to_physmap dev_mmio 0 A
add_to_physmap 99 0 A
add_to_physmap gmfn A B dom=absent
add_to_physmap gmfn A B dom=0
add_to_physmap gmfn A -1
add_to_physmap gmfn A B arg=@null
add_to_physmap gmfn A B start=0x10000
add_to_physmap gmfn A B start=3
add_to_physmap_batch gmfn
add_to_physmap_batch gmfn A B ; B A
add_to_physmap_batch gmfn_range A B
add_to_physmap_batch gmfn_foreign A B foreign=absent
add_to_physmap_batch gmfn A B dom=absent
add_to_physmap_batch gmfn A B arg=@xen
add_to_physmap_batch gmfn A B start=0x10000
add_to_physmap_batch gmfn A B errs=@xen
remove_from_physmap A
remove_from_physmap none
remove_from_physmap A dom=absent
remove_from_physmap A dom=0
remove_from_physmap A start=1
remove_from_physmap A arg=@null
reservation
