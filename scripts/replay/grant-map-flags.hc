# SPDX-License-Identifier: GPL-2.0
# Property: which flags a mapping may have depends on the type of the caller, and on
# where it is to be; what is refused leaves nothing in use.
frame A 4
frame T
peer frame B 4
grants R 2
peer grants S 6
mmuext PIN_L1_TABLE T
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
peer grant S2 = access|pwt other B2
peer grant S3 = access|sub other B3 0 1024
vacate A0
vacate A1
vacate A2
vacate A3
map h0 = S0 0
map h0 = S0 ro
map h0 = S0 0x10000
map h0 = S0 host|app @A0
unmap h0
map h1 = S0 host|0x30000 @A0
unmap h1
map h2 = S0 device
map h3 = S0 device|ro
map h4 = S0 host|device @A1
map h5 = S1 device
map h6 = S1 host|device @A2
map h7 = S1 host|device|ro @A2
map h8 = S2 host @A3
peer entry S0
peer entry S1
peer entry S2
unmap h2
unmap h3 - 0x1000
unmap h3
unmap h4 - 0
unmap h4
unmap h6
unmap h7
unmap h8
map h9 = S0 host|pte T[3]
map h10 = S0 host|pte T[4]:4
map h11 = S0 host|pte A0[4]
map h12 = S1 host|pte|ro T[5]
map h13 = S1 host|pte T[6]
dump T
unmap h9 T[5]
unmap h9
unmap h12
map h14 = S3 host @A3
map h15 = S0 host @unmapped
map h16 = S0 host @xen
map h17 = S0 host @noncanonical
dump T
peer entry S0
peer entry S1
