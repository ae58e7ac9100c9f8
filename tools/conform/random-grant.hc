# SPDX-License-Identifier: GPL-2.0
# Property: what the generator makes of a seed has the same answers everywhere, also
# between two domains.
frame A 7
frame T
peer frame B 7
peer frame U
grants R 8
peer grants S 8
mmuext PIN_L1_TABLE T
grant R0 = access other A0
grant R1 = access|ro other A1
grant R2 = access other A2
grant R3 = access other A3
grant R4 = access|ro other A4
grant R5 = access other A5
vacate A5
vacate A6
peer mmuext PIN_L1_TABLE U
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
peer grant S2 = access other B2
peer grant S3 = access other B3
peer grant S4 = access|ro other B4
peer grant S5 = access other B5
peer vacate B5
peer vacate B6
