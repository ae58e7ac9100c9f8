# SPDX-License-Identifier: GPL-2.0
# Property: a mapping for the CPU and for devices is two: each goes for itself, and the
# frame is let go with the second.
caller pv
frame A 3
peer frame B 2
peer grants S 2
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
vacate A0
vacate A1
map h0 = S0 host|device @A0
peer entry S0
unmap h0 - 0
peer entry S0
unmap h0 - 0
unmap h0 0
peer entry S0
unmap h0
map h1 = S0 host|device @A0
unmap h1 0
peer entry S0
unmap h1 - 0
peer entry S0
map h2 = S1 host|device|ro @A0
map h3 = S1 device|ro
unmap h2 0
unmap h3
peer entry S1
unmap h2
peer entry S1
peer mmuext PIN_L1_TABLE B0
peer mmuext UNPIN_TABLE B0
