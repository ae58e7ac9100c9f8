# SPDX-License-Identifier: GPL-2.0
# Property: where memory comes from is a wish, unless it cannot be granted.
caller pv translated
frame A 8
decrease A0 A1 A2 A3 A4 A5 A6 A7
populate A0 flags=bits:1
populate A0 flags=bits:11
populate A0 flags=bits:12
populate A0 flags=bits:13
populate A0 flags=bits:64
populate A1 flags=bits:255
populate A2 flags=node:0
populate A3 flags=node:1
populate A4 flags=node:63
populate A5 flags=exact+node:0
populate A5 flags=exact+node:1
populate A5 flags=exact
populate A6 flags=vnode+node:0
populate A7 flags=vnode+exact+node:9
decrease A0 A1 A2 A3
populate A0 flags=pod
populate A0 flags=pod dom=own
populate A0 order=18 flags=pod
populate A0 order=19 flags=pod
populate A0 flags=0xfff80000
populate A1 flags=0x80000000
decrease A5 flags=bits:12
decrease A5 flags=exact+node:0
decrease A5 flags=pod
populate A5
reservation
