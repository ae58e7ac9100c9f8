# SPDX-License-Identifier: GPL-2.0
# XSA-231: the number of a node is never an index.
caller pv translated
frame A 2
decrease A0
populate A0 flags=node:63
decrease A0
populate A0 flags=node:64
decrease A0
populate A0 flags=node:127
decrease A0
populate A0 flags=node:254
decrease A0
populate A0 flags=exact+node:64
populate A0 flags=exact+node:254
populate A0 flags=vnode+node:254
decrease A0
populate A0 flags=vnode+exact+node:64
exchange A1 to A1 out_flags=exact+node:64
exchange A1 to A1 out_flags=exact+node:254
increase flags=exact+node:200
