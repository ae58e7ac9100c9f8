# SPDX-License-Identifier: GPL-2.0
# Property: frames go back one by one in the order given, up to the first that cannot.
frame A 6
frame L1
reservation
decrease A0
reservation
decrease A0
decrease none
decrease beyond
decrease hole
va @A1 = 0
va @A2 = 0
va @A3 = 0
decrease A1
reservation
decrease A1
decrease A2 none A3
reservation
decrease A3
reservation
# Still in use: done, but gone only with its last use.
mmuext PIN_L1_TABLE L1
L1[0] = A4|p
va @A4 = 0
decrease A4
reservation
decrease A4
L1[1] = A4|p
L1[0] = 0
reservation
L1[1] = A4|p
# The number of extents, the order, the start.
decrease A5 nr=0
decrease A5 start=1
decrease A5 start=2
decrease A5 order=19
decrease A5 order=64
decrease A5 order=0xffffffff
decrease A5 nr=0xffffffff
decrease A5 nr=0x3ffffff list=@xen
decrease A5 nr=0x4000000 list=@xen
decrease A5 list=@null
decrease A5 list=@xen
decrease A5 list=@unmapped
decrease A5 list=@noncanonical
decrease A5 arg=@null
decrease A5 arg=@xen
decrease A5 arg=@unmapped
decrease A5 dom=own
decrease A5 dom=absent
decrease A5 dom=io
decrease A5 dom=xen
decrease A5 dom=idle
reservation
populate A0
populate A1 A2
populate A3 A4
reservation
