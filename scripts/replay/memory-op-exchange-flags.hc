# SPDX-License-Identifier: GPL-2.0
# Property: an exchange looks at the wishes of what comes only.
frame A 4
decrease A0 A1 A2 A3
populate A0 A1 A2 A3
exchange A0 to A0 in_flags=bits:12
exchange A0 to A0 in_flags=exact+node:0
exchange A0 to A0 out_flags=bits:64
exchange A0 to A0 out_flags=exact+node:0
exchange A0 to A0 out_flags=node:200
exchange A0 to A0 out_flags=exact
exchange A0 to A0 out_flags=vnode+exact+node:3
exchange A0 to A0 out_flags=pod
exchange A0 A1 to A1 A0
exchange A0 A1 A2 none to A0 A1 A2 A3
exchange A0 A1 A2 to A0 A1 A2 exchanged=1
exchange A0 A1 A2 to A0 A1 A2 exchanged=3
exchange A0 A1 A2 to A0 A1 A2 exchanged=4
reservation
