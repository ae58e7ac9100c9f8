# SPDX-License-Identifier: GPL-2.0
# Property: frames are exchanged one chunk at a time, each wholly or not at all.
frame A 4
frame L1
fill A0 0 3 0x11
va @A0 = 0
va @A1 = 0
reservation
exchange A0 to A0
reservation
va @A0 = A0|p
dump A0
exchange A0 to A0
exchange A1 A2 to A1 A2
reservation
va @A2 = 0
exchange A1 A2 to A1 A2
reservation
exchange A1 A2 to A1 A2 exchanged=1
exchange A1 to A1 exchanged=1
exchange A1 to A1 exchanged=2
exchange A1 A2 to A1
exchange A1 to A1 A2
exchange A1 to A1 in_nr=0 out_nr=0
exchange A1 to A1 in_order=64 out_order=0
exchange A1 to A1 in_dom=absent
exchange A1 to A1 in_dom=own out_dom=own
exchange A1 to A1 in_dom=own
exchange A1 to A1 out_dom=io
exchange A1 to A1 in_list=@null
exchange A1 to A1 in_list=@xen
exchange A1 to A1 out_list=@xen
exchange A1 to A1 in_list=@unmapped
exchange A1 to A1 arg=@null
exchange A1 to A1 arg=@xen
exchange A1 to A1 in_nr=0xffffffffffffffff out_nr=0xffffffffffffffff in_list=@xen out_list=@xen
exchange none to A1
exchange beyond to A1
exchange hole to A1
# Frames in use.
mmuext PIN_L1_TABLE L1
L1[0] = A1|p
exchange A1 to A1
L1[0] = A1|pw
exchange A1 to A1
L1[0] = 0
exchange A1 to A1
mmuext PIN_L1_TABLE A2
exchange A2 to A2
mmuext UNPIN_TABLE A2
exchange A2 to A2
reservation
