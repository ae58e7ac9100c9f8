# SPDX-License-Identifier: GPL-2.0
# Property: what fails has a negative status, also after the frame was found.
frame A 2
frame T
peer frame B 3
peer frame U
peer grants S 4
peer mmuext PIN_L1_TABLE U
peer grant S0 = access other U
peer grant S1 = access|ro other U
peer grant S2 = access other B0
vacate A0
map h0 = S0 host @A0
map h1 = S1 host|ro @A0
unmap h1
map h2 = S2 host @unmapped
map h3 = S2 host|pte T[3]
copy self A1 0 to other S0 0 8
copy other S1 0 to self A1 0 8
peer entry S0
peer entry S1
peer entry S2
