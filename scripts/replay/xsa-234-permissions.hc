# SPDX-License-Identifier: GPL-2.0
# Property: what is unmapped must be as it was mapped.
caller pv
frame A 2
frame T
peer frame B 2
peer grants S 2
mmuext PIN_L1_TABLE T
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
map h0 = S0 host|pte T[1]
map h1 = S1 host|pte|ro T[2]
dump T
T[1] = B0|pua
T[2] = B1|pwu
T[1] = B0|pwua1
dump T
unmap h0 T[2]
unmap h1 T[1]
unmap h0
unmap h1
dump T
peer entry S0
peer entry S1
