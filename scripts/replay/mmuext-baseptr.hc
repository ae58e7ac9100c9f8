# SPDX-License-Identifier: GPL-2.0
# Property: a new root is loaded if it is a root table or can be one, and the old one is let go.
frame R 2
frame L3
frame L2
frame L1
frame A 2
root R0
root R1
mmuext PIN_L4_TABLE R0
mmuext NEW_BASEPTR R0
access r 8 @A0
mmuext NEW_BASEPTR R0
mmuext UNPIN_TABLE R0
mmuext NEW_BASEPTR R1
mmuext PIN_L1_TABLE R0
access r 8 @A0
mmuext NEW_BASEPTR home
access r 8 @A0
# A root that is loaded cannot become something else.
mmuext NEW_BASEPTR R1
mmuext PIN_L1_TABLE R1
mmuext PIN_L4_TABLE R1
mmuext NEW_BASEPTR home
mmuext UNPIN_TABLE R1
# What is no root.
mmuext NEW_BASEPTR A0
mmuext NEW_BASEPTR none
mmuext NEW_BASEPTR beyond
mmuext NEW_BASEPTR hole
mmuext NEW_BASEPTR 0
mmuext PIN_L3_TABLE L3
mmuext NEW_BASEPTR L3
mmuext PIN_L1_TABLE L1
mmuext NEW_BASEPTR L1
write A1 0 0x7
mmuext NEW_BASEPTR A1
mmuext NEW_BASEPTR home dom=io
mmuext NEW_BASEPTR home dom=own
mmuext NEW_BASEPTR R1 dom=absent
mmuext NEW_BASEPTR R1 dom=xen
mmuext NEW_BASEPTR R1 5
mmuext NEW_BASEPTR home
# The refused ones are free.
mmuext UNPIN_TABLE L3
mmuext PIN_L2_TABLE L3
mmuext UNPIN_TABLE L1
mmuext PIN_L2_TABLE L1
