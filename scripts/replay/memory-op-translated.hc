# SPDX-License-Identifier: GPL-2.0
# Property: a translated guest moves memory by its own numbers.
caller translated
frame A 4
empty E 2
reservation
maximum_reservation
decrease A0
decrease A0
reservation
decrease A1 A0 A2
reservation
decrease A2 none A3
decrease beyond
decrease hole
decrease A3 nr=0
decrease A3 start=1
decrease A3 A3 start=1
populate A0 A1 A2 nr=2
populate A2 dom=absent
populate A2 dom=own
populate A3 list=@null
populate A3 list=@xen
populate A3 list=@unmapped
populate A3 list=@noncanonical
populate A3 arg=@null
populate A3 arg=@xen
populate A3 arg=@noncanonical
populate A3 nr=0x4000000
populate A3 nr=0xffffffff
populate A3 dom=0
populate A3 dom=io
populate A3
reservation
populate E0 E1
reservation
decrease E0 E1 E0
decrease list=@xen nr=1
decrease list=@null nr=1
decrease arg=@unmapped
increase
increase nr=0
increase order=10 nr=1 list=@null
increase nr=0x4000000 list=@null
increase arg=@null
exchange A0 to A1
exchange A0 to A0
exchange to
exchange A0 to A1 in_order=10
exchange A0 to A1 exchanged=1
exchange A0 to A1 arg=@null
exchange A0 to A1 in_dom=absent out_dom=absent
exchange A0 to A1 in_list=@xen
exchange none to A1
reservation
