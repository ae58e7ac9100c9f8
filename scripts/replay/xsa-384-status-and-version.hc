# SPDX-License-Identifier: GPL-2.0
# XSA-384, XSA-379, XSA-486: a status frame is at one page at a time, and a change to
# version 1 takes it away from there.
caller translated
frame A 6
peer frame B
grants R 1
add_to_physmap grant_table 0x80000000 A0
set_version 2
add_to_physmap grant_table 0x80000000 A0
add_to_physmap grant_table 0x80000000 A1
remove_from_physmap A0
add_to_physmap grant_table 0x80000001 A2
add_to_physmap grant_table 0x80000000 A0
add_to_physmap_batch grant_table 0x80000000 A3 ; 0x80000000 A4
add_to_physmap gmfn A4 A5
set_version 1
access r 8 @A5
access r 8 @A4
remove_from_physmap A4
remove_from_physmap A0
add_to_physmap grant_table 0x80000000 A1
set_version 2
add_to_physmap grant_table 0x80000000 A1
add_to_physmap grant_table 0x80000000 A0
remove_from_physmap A0
set_version 1
set_version 2
add_to_physmap grant_table 0x80000000 A0
add_to_physmap_batch grant_table 0x80000000 A0 ; 0x80000000 A0
set_version 1
reservation
