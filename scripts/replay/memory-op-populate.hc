# SPDX-License-Identifier: GPL-2.0
# Property: frames come to the pages that are named; more than the domain may have does not come.
frame A 4
frame L1
va @A0 = 0
va @A1 = 0
va @A2 = 0
va @A3 = 0
decrease A0 A1 A2 A3
reservation
populate A0
reservation
va @A0 = A0|p
dump A0
mmuext PIN_L1_TABLE A0
populate A1 A2 nr=1
populate A1 A2 start=1
populate A1 A2 start=2
populate A1 nr=0
populate A1 order=19
populate A1 order=64
populate A1 order=0xffffffff
populate A1 nr=0xffffffff list=@xen
populate A1 nr=0x4000000 list=@xen
populate A1 list=@null
populate A1 list=@xen
populate A1 list=@unmapped
populate A1 list=@noncanonical
populate A1 arg=@null
populate A1 arg=@xen
populate A1 dom=absent
populate A1 dom=own
populate A1 dom=io
populate A1 dom=xen
reservation
populate A1
populate A3
reservation
