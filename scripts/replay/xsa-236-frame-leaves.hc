# SPDX-License-Identifier: GPL-2.0
# Property: a frame that its domain gives back stays as long as it is mapped.
frame A 2
peer frame B 3
peer grants S 3
peer write B0 0 0xb0
peer grant S0 = access other B0
peer grant S1 = access other B1
vacate A0
vacate A1
map h0 = S0 host @A0
map h1 = S1 host|ro @A1
access r 8 @A0
peer grant S0 = 0
peer entry S0
access r 8 @A0
peer decrease B1
access w 8 @A0+8 5
peer read B0 1
unmap h0
unmap h1
peer entry S0
peer entry S1
