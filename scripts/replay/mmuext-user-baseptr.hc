# SPDX-License-Identifier: GPL-2.0
# Property: user mode has a root of its own, none at all for 0, and kernel mode's stays.
frame R 2
frame L3
frame A
mmuext NEW_USER_BASEPTR R0
mmuext NEW_USER_BASEPTR R0
mmuext PIN_L1_TABLE R0
mmuext NEW_USER_BASEPTR R1
mmuext PIN_L1_TABLE R0
mmuext PIN_L1_TABLE R1
mmuext NEW_USER_BASEPTR 0
mmuext PIN_L1_TABLE R1
mmuext NEW_USER_BASEPTR 0
mmuext NEW_USER_BASEPTR none
mmuext NEW_USER_BASEPTR beyond
mmuext NEW_USER_BASEPTR hole
mmuext PIN_L3_TABLE L3
mmuext NEW_USER_BASEPTR L3
write A 0 0x7
mmuext NEW_USER_BASEPTR A
write A 0 0
mmuext NEW_USER_BASEPTR A
mmuext NEW_USER_BASEPTR home
mmuext PIN_L1_TABLE A
mmuext NEW_USER_BASEPTR 0 dom=io
mmuext NEW_USER_BASEPTR 0 dom=own
mmuext NEW_USER_BASEPTR 0 dom=absent
mmuext NEW_USER_BASEPTR 0
