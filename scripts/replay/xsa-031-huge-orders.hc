# SPDX-License-Identifier: GPL-2.0
# XSA-31 and 158: extents of absurd orders are refused before anything is done.
caller pv translated
frame A 2
decrease A0 order=19
decrease A0 order=31
decrease A0 order=32
decrease A0 order=63
decrease A0 order=64
decrease A0 order=0xffffffff
populate A0 order=20
populate A0 order=31
populate A0 order=63
populate A0 order=0xffffffff
increase order=19 nr=1 list=@null
increase order=63 nr=1 list=@null
increase order=0xffffffff nr=1 list=@null
exchange A0 to A1 in_order=10
exchange A0 to A1 in_order=31 out_order=31
exchange A0 to A1 in_order=64 out_order=64
exchange A0 to A1 in_order=0xffffffff out_order=0xffffffff
exchange A0 to A1 out_order=0xffffffff
reservation
