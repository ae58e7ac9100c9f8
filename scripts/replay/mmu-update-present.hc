# SPDX-License-Identifier: GPL-2.0
# Property: taking an entry away and giving it back keeps all counts: the frames are as free as before.
frame L1
frame A 2
mmuext PIN_L1_TABLE L1
repeat 20 {
	L1[0] = A0|pw
	L1[0] = A0|p
	L1[0] = A0|w
	L1[0] = A1|pw
	L1[0] = A1|pw
	L1[0] = 0
}
mmuext PIN_L1_TABLE A0
mmuext PIN_L1_TABLE A1
mmuext UNPIN_TABLE A0
mmuext UNPIN_TABLE A1
mmuext UNPIN_TABLE L1
L1[0] = A0|pw
dump L1
mmuext PIN_L1_TABLE A0
