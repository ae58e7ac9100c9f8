# SPDX-License-Identifier: GPL-2.0
# Property: a frame that is given away is the other's, who finds it in the entry; one
# that is in use stays, and one that nobody accepts is nobody's.
caller pv
frame A 6
peer empty E 2
peer frame B 2
grants R 1
peer grants S 5
write A0 7 0x77
peer vacate B1
peer grant S0 = accept other B1
peer grant S1 = access other B0
peer grant S2 = accept absent 0
reservation
transfer A0 to S0
va @A0 = 0
transfer none to S0
transfer hole to S0
transfer A0 to S0
transfer A0 to S0
reservation
peer entry S0
peer reservation
peer take E0 from S0
peer entry S0
peer reservation
peer va @B1 = E0|pwx
peer mmuext INVLPG_LOCAL @B1
peer access r 8 @B1+56
va @A1 = 0
va @A2 = 0
va @A3 = 0
transfer A1 to S1
reservation
transfer A2 to S2
transfer A3 to 0x10000
reservation
va @A4 = 0
transfer A4 to S0 dom=absent
va @A5 = 0
transfer A5 to S0 dom=self
reservation
transfer count=0
transfer count=1 arg=@xen
transfer count=0x80000000
