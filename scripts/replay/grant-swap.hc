# SPDX-License-Identifier: GPL-2.0
# Property: two entries change places, unless one is in use or is none.
frame A 3
peer frame B 2
grants R 4
peer grants S 2
grant R0 = access other A0
grant R1 = access|ro other A1
swap R0 R1
entry R0
entry R1
swap R0 R0
swap R0 R2
entry R0
entry R2
swap R0 0x10000
swap 0x10000 R0
swap 0xffffffff 0xffffffff
swap R0 R1 ; R0 0x10000 ; R1 R2
peer vacate B0
peer map h0 = R0 host|ro @B0
peer map h1 = R1 host|ro @B0
peer map h2 = R2 host|ro @B0
peer map h3 = R3 host|ro @B0
swap R0 R1
swap R0 R2
swap R1 R2
swap R2 R3
swap R2 R2
swap count=0
swap count=1 arg=@xen
set_version 2
swap count=0x80000000
entry R0
entry R1
entry R2
