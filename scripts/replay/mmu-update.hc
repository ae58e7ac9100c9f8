# SPDX-License-Identifier: GPL-2.0
# Property: one entry of an L1 table is checked and written; a refusal leaves the old entry.
frame L1
frame L2
frame A 4
watch on

window[0] = L2|pwu
L2[0] = L1|pwu
L1[0] = A0|pwu
L1[1] = A0|pu
L1[2] = A1|p
L1[511] = A1|pwu
access w 8 window+0x10 0x123
access r 8 window+0x1010
access w 8 window+0x1010 1
access r 8 window+0x2010
access r 8 window+0x3000

# An entry that is not present may hold anything.
L1[3] = 0x123456789abcdef0
L1[3] = 0x7ffffffffffffffe
L1[3] = A2|wu
L1[3] = none|wu
L1[3] = 0

# Frames that cannot be mapped.
L1[4] = none|p
L1[4] = none|pw
L1[4] = beyond|p
L1[4] = beyond|pwu
L1[4] = hole|p
L1[4] = hole|pwu

# Tables cannot be mapped writable, but read-only.
L1[5] = L1|pwu
L1[5] = L2|pw
L1[5] = L1|pu
L1[6] = L2|p
L1[0] = L1|pwu
L1[0] = L2|p
access r 8 window+0x5000

# A replaced mapping lets go of its frame.
L1[0] = 0
L1[1] = 0
L1[2] = 0
mmuext PIN_L1_TABLE A0
mmuext UNPIN_TABLE A0
mmuext PIN_L1_TABLE A1
L1[511] = 0
mmuext PIN_L1_TABLE A1
L1[511] = A1|pw
L1[511] = A1|p
mmuext UNPIN_TABLE A1
L1[511] = A1|pw
