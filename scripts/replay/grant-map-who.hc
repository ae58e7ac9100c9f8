# SPDX-License-Identifier: GPL-2.0
# Property: only whom an entry names may use it, and only what is an entry; one's own
# grants can be mapped, if one's own number is named.
frame A 6
peer frame B 2
grants R 6
peer grants S 6
peer grant S0 = access other B0
peer grant S1 = access own B0
peer grant S2 = access absent B0
peer grant S3 = access other none
peer grant S4 = accept other B0
vacate A0
vacate A1
map h0 = S0 host @A0 dom=self
map h0 = S0 host @A0 dom=absent
map h0 = S0 host @A0 dom=invalid
map h0 = S0 host @A0 dom=io
map h0 = S0 host @A0 dom=xen
map h0 = S0 host @A0 dom=idle
map h0 = S1 host @A0
map h0 = S2 host @A0
map h0 = S3 host @A0
map h0 = S4 host @A0
map h0 = S5 host @A0
map h0 = 0x10000 host @A0
map h0 = 0xffffffff host @A0
grant R0 = access own A3
grant R1 = access self A3
grant R2 = access other A3
write A3 0 0x33
map h1 = R0 host @A0 dom=own
map h2 = R1 host @A1 dom=own
map h2 = R2 host @A1 dom=own
access r 8 @A0
entry R0
entry R1
unmap h1
entry R0
peer entry S0
peer entry S3
