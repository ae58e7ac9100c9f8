# SPDX-License-Identifier: GPL-2.0
# XSA-286: a change of the root in force inside a multicall is seen by the next call of the list.
frame L3 2
frame L2 2
frame L1 2
frame A 2
write A0 0 0x11
write A1 0 0x22
mmuext PIN_L3_TABLE L30 ; PIN_L3_TABLE L31
L30[0] = L20|pwu
L31[0] = L21|pwu
L20[0] = L10|pwu
L21[0] = L11|pwu
top = L30|pwu
va window = A0|pu
access r 8 window
multicall {
	top = L31|pwu
	va window = A1|pu
}
access r 8 window
multicall {
	top = L30|pwu
	va window+0x1000 = A1|pu
	top = L31|pwu
	va window+0x2000 = A1|pu
}
dump L10
dump L11
top = 0
access r 8 window
