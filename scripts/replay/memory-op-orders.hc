# SPDX-License-Identifier: GPL-2.0
# Property: extents of any order that a guest may ask for come and go in one piece.
block B 4
block C 3
reservation
decrease B0 order=1
decrease B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B15
decrease C0 C1 C2 C3 C4 C5 C6 C7
populate B0 order=4
populate C0 order=3
decrease B0 order=3
decrease B0 order=3
reservation
populate B0 order=3
decrease B8 order=2
decrease B8 order=3
populate B8 order=2
decrease B0 B4 order=2
populate B0 B4 order=2
decrease B14 order=1
populate B14 order=1
decrease B0 order=10
decrease B0 order=18
populate B0 order=10
populate B0 order=12
populate B0 order=18
populate B0 order=19
exchange C0 to C0 in_order=3 out_order=3
exchange C0 to C0 C4 in_order=3 out_order=2
exchange C0 C4 to C0 in_order=2 out_order=3
exchange C0 to C0 C1 C2 C3 C4 C5 C6 C7 in_order=3
exchange C0 C1 C2 C3 C4 C5 C6 C7 to C0 out_order=3
exchange C0 to B8 in_order=1 out_order=1
exchange B0 C0 to C0 B0 in_order=2 out_order=2
exchange C0 to C0 in_order=10
exchange C0 to C0 out_order=10
reservation
