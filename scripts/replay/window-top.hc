# SPDX-License-Identifier: GPL-2.0
# Property: the root that is in force changes like any other.
frame L3
frame L2
frame L1
frame A
write A 0 0x33
top = L3|pwu
L3[0] = L2|pwu
L2[0] = L1|pwu
L1[0] = A|pwu
access r 8 window
top = L3|pwus
top = L3|pwug
top = L2|pwu
top = A|pwu
top = none|pwu
top = L3|pwux
top = 0
access r 8 window
top = L3|pwu
access r 8 window
access w 8 window+8 0x44
mmuext PIN_L3_TABLE L3
top = 0
mmuext PIN_L2_TABLE L2
mmuext UNPIN_TABLE L2
mmuext UNPIN_TABLE L3
mmuext PIN_L2_TABLE L2
top = window|pwu
