# SPDX-License-Identifier: GPL-2.0
# XSA-379: a frame of the grant table is at one page at a time.
caller translated
frame A 4
add_to_physmap grant_table 3 A0
add_to_physmap grant_table 3 A1
remove_from_physmap A0
remove_from_physmap A1
add_to_physmap_batch grant_table 3 A0 ; 3 A1 ; 3 A2
remove_from_physmap A0
remove_from_physmap A1
remove_from_physmap A2
add_to_physmap grant_table 3 A3
add_to_physmap gmfn A3 A2
add_to_physmap grant_table 3 A1
remove_from_physmap A2
remove_from_physmap A1
reservation
