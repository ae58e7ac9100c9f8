# SPDX-License-Identifier: GPL-2.0
# Property: a mapping that was ended in part is ended in the other part once.
caller pv
frame A 2
peer frame B 1
peer grants S 1
peer grant S0 = access other B0
vacate A0
map h0 = S0 host|device @A0
map h1 = S0 device
unmap h0 - 0 ; h0 - 0 ; h0 0 ; h0 0 ; h1 ; h1
peer entry S0
peer mmuext PIN_L1_TABLE B0
peer mmuext UNPIN_TABLE B0
