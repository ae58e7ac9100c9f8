# SPDX-License-Identifier: GPL-2.0
# Property: a copy does not end what a mapping began.
frame A 3
peer frame B 2
peer grants S 2
peer grant S0 = access other B0
vacate A0
map h0 = S0 host|ro @A0
peer entry S0
copy other S0 0 to self A1 0 8
peer entry S0
copy self A1 0 to other S0 0 8
peer entry S0
vacate A2
map h1 = S0 host @A2
peer entry S0
copy self A1 0 to other S0 0 8
unmap h1
peer entry S0
unmap h0
peer entry S0
