# SPDX-License-Identifier: GPL-2.0
# Property: a translated guest gives up and gets extents of any order, also in part.
caller translated
block B 9
block C 3
empty E 16
reservation
decrease B0 order=9
reservation
access r 8 @B0
access r 8 @B511
populate B0 order=9
dump B0
dump B511
decrease B1 order=3
reservation
populate B1 order=3
decrease B256 order=8
decrease B0 order=9
reservation
populate B0 order=8
populate B256 order=8
reservation
decrease C2
decrease C0 order=2
reservation
decrease C3 order=2
populate C0 order=2
populate C0 C1 C2
populate C3 C4 C5 C6
populate E0 order=4
reservation
decrease E0 order=3
decrease E8 order=2
decrease E8 order=3
decrease E12 order=2
reservation
populate E5 order=1
decrease E5 order=1
decrease C0 order=10
populate C0 order=10
populate C0 order=64
decrease C0 C4 order=2
populate C4 C0 order=2
reservation
