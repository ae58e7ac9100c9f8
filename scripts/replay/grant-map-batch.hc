# SPDX-License-Identifier: GPL-2.0
# Property: a batch goes on after what fails, with a status for each.
frame A 6
peer frame B 6
grants R 1
peer grants S 8
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
peer grant S3 = access other B3
peer grant S4 = access other B4
vacate A0
vacate A1
vacate A2
vacate A3
vacate A4
vacate A5
map h0 = S0 host @A0 ; h1 = S1 host @A1 ; h2 = S2 host @A2 ; h3 = S3 host @A3 ; h4 = S4 host @A4
map h5 = S4 host @A5 ; h6 = S4 host|ro @A1 count=1
unmap h1 ; h0 ; h0 ; h2 ; h3 ; h4 count=3
unmap h3 ; h4 ; h5
map count=0
map count=0 arg=@null
map count=1 arg=@null
map count=1 arg=@xen
map count=0x7fffffff arg=@xen
map count=0x80000000
map count=0xffffffff
unmap count=0
unmap count=1 arg=@unmapped
unmap count=0x80000000
unmap 0x100000
unmap 0xffffffff
unmap 0xffffffff - 0x1000 ; 0x7fffffff @A0
peer entry S0
peer entry S4
grant_op 13 count=0
grant_op 255
grant_op 0x1000 count=1
