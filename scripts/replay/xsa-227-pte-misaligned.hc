# SPDX-License-Identifier: GPL-2.0
# Property: an entry that is named by its address is one.
caller pv
frame A 2
frame T
peer frame B 1
peer grants S 1
mmuext PIN_L1_TABLE T
peer grant S0 = access other B0
map h0 = S0 host|pte T[0]:1
map h0 = S0 host|pte T[0]:4
map h0 = S0 host|pte T[511]:7
map h0 = S0 host|pte A0[0]
dump T
peer entry S0
map h1 = S0 host|pte T[511]
unmap h1 T[511]:4
unmap h1 T[510]
unmap h1 A0[511]
unmap h1
peer entry S0
