# SPDX-License-Identifier: GPL-2.0
# Property: a frame of the hypervisor's is at one page, and leaves it as a hole.
caller translated
frame A 4
empty E 2
reservation
add_to_physmap shared_info 0 A0
reservation
add_to_physmap shared_info 0 A0
reservation
add_to_physmap shared_info 1 A1
add_to_physmap shared_info 0 A1
reservation
populate A0
reservation
add_to_physmap gmfn A1 A2
add_to_physmap shared_info 0 E0
reservation
remove_from_physmap E0
remove_from_physmap E0
add_to_physmap shared_info 0 -1
add_to_physmap shared_info 0 A0
populate A0
reservation
add_to_physmap grant_table 1 A3
reservation
add_to_physmap grant_table 1 E1
add_to_physmap grant_table 1 A3
add_to_physmap grant_table 2 A3
add_to_physmap grant_table 0x7fffffff A3
add_to_physmap grant_table 0x80000001 A3
add_to_physmap gmfn A3 A2
remove_from_physmap A2
remove_from_physmap A2
remove_from_physmap none
remove_from_physmap beyond
remove_from_physmap hole
remove_from_physmap E1 dom=absent
remove_from_physmap E1 dom=0
remove_from_physmap E1 dom=own
remove_from_physmap E1 start=1
remove_from_physmap E1 arg=@xen
populate A1 A2 A3
reservation
