# SPDX-License-Identifier: GPL-2.0
# Property: new frames come without a page of the guest's, and go back like any other.
frame A 2
empty N 3
frame L1
reservation
va @A0 = 0
va @A1 = 0
decrease A0 A1
reservation
increase N0
reservation
mmuext PIN_L1_TABLE L1
L1[0] = N0|pw
L1[1] = N0|p
mmuext PIN_L1_TABLE N0
L1[0] = 0
mmuext PIN_L1_TABLE N0
decrease N0
reservation
mmuext UNPIN_TABLE N0
decrease N0
L1[1] = 0
reservation
increase N1 N2
reservation
decrease N1 N2
reservation
increase N0 order=19
increase N0 order=64
increase N0 nr=0
increase N0 nr=0xffffffff list=@xen
increase N0 start=1
increase N0 start=2
increase N0 list=@null
increase N0 list=@xen
increase N0 dom=absent
increase N0 dom=own
increase N0 dom=io
increase N0 arg=@null
reservation
populate A0 A1
reservation
