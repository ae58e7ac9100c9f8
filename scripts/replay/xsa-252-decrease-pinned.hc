# SPDX-License-Identifier: GPL-2.0
# XSA-252: a table that is given back while it is pinned stays pinned and a table.
frame T
frame A
frame L1
reservation
mmuext PIN_L1_TABLE T
T[0] = A|pw
decrease T
reservation
T[1] = A|p
mmuext PIN_L1_TABLE T
mmuext PIN_L1_TABLE A
mmuext PIN_L1_TABLE L1
L1[0] = T|pw
L1[0] = T|p
decrease T
decrease T
L1[0] = 0
reservation
va @T = 0
reservation
mmuext UNPIN_TABLE T
reservation
mmuext UNPIN_TABLE T
L1[0] = T|p
mmuext PIN_L1_TABLE A
populate T
reservation
