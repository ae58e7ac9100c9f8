# SPDX-License-Identifier: GPL-2.0
# Property: a grant lets just the named domain map just the frame, as often as it
# likes, and only to read if it says so; what is mapped stays in use until it is
# unmapped by the handle and the address that it was mapped with.
frame A 4
peer frame B 4
grants R 4
peer grants S 8

# The peer grants two frames, one to read only.
peer write B0 5 0x111
peer write B1 5 0x222
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
peer entry S0

vacate A0
vacate A1
vacate A2
map h0 = S0 host @A0
map h1 = S1 host|ro @A1
map h2 = S1 host @A2
access r 8 @A0+40
access w 8 @A0+48 0x333
access r 8 @A1+40
access w 8 @A1+48 0x444

peer entry S0
peer entry S1
peer read B0 6
peer read B1 6

unmap h0 @A1
unmap h0
unmap h0
unmap h1
unmap h2
access r 8 @A0

peer entry S0
peer entry S1
