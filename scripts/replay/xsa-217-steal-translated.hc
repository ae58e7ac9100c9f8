# SPDX-License-Identifier: GPL-2.0
# XSA-217: no frame is stolen from a translated domain.
caller translated
frame A 2
block L 2
write A0 0 7
exchange A0 to A1
exchange A0 A1 to A1 A0
exchange L0 to L0 in_order=2 out_order=2
exchange L0 L1 L2 L3 to L0 out_order=2
exchange A0 to A1 in_dom=own out_dom=own
exchange A0 to A1 in_dom=0 out_dom=0
dump A0
reservation
decrease A0
populate A0
reservation
