# SPDX-License-Identifier: GPL-2.0
# Property: what another domain has mapped stays as it is when its owner gives the page back.
frame A 2
peer frame B 2
grants R 2
write A0 2 0x77
grant R0 = access other A0
grant R1 = access|ro other A1
peer vacate B0
peer vacate B1
peer map h0 = R0 host @B0
peer map h1 = R1 host|ro @B1
peer access r 8 @B0+16
vacate A0
vacate A1
peer access r 8 @B0+16
peer access w 8 @B0+24 0x55
peer access r 8 @B0+24
peer access r 8 @B1
occupy A0
peer access r 8 @B0+16
peer access r 8 @B0+24
peer copy self B1 0 to self B1 8 8
peer unmap h0
peer unmap h1
occupy A1
access r 8 @A1
reservation
peer reservation
