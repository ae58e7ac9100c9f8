# SPDX-License-Identifier: GPL-2.0
# Property: unmap_and_replace puts the entry of another page in the place of a mapping,
# for a PV domain, that was not mapped by its entry.
caller pv
frame A 4
frame T
peer frame B 2
peer grants S 2
mmuext PIN_L1_TABLE T
write A1 0 0x11
write A2 0 0x22
peer write B0 0 0xb0
peer grant S0 = access other B0
vacate A0
map h0 = S0 host @A0
access r 8 @A0
replace h0 @A3 @A1
replace h0 - @unmapped
replace h0 - @xen
replace h0 - @A1
mmuext INVLPG_LOCAL @A0
access r 8 @A0
access r 8 @A1
replace h0 - @A2
peer entry S0
map h1 = S0 host|pte T[1]
replace h1 - @A2
replace h1 - 0
peer entry S0
unmap h1
replace 0x100000 @A0 0
replace count=0
replace count=1 arg=@xen
peer entry S0
