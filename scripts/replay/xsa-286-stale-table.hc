# SPDX-License-Identifier: GPL-2.0
# XSA-286: a change of an upper level inside a multicall is seen by the next call of the list.
frame L2 2
frame L1 3
frame A 2
window[0] = L20|pwu
L20[0] = L10|pwu
L21[0] = L12|pwu
L20[1] = L12|pwu
write A0 0 0x11
write A1 0 0x22
va window = A0|pu
access r 8 window
multicall {
	L20[0] = L11|pwu
	va window = A1|pu
	mmuext INVLPG_LOCAL window
}
access r 8 window
dump L10
dump L11
multicall {
	va window = A0|pu
	window[0] = L21|pwu
	va window = A1|pu
	L20[1] = 0
	va window+0x1000 = A0|pu
}
access r 8 window
access r 8 window+0x1000
dump L10
dump L11
dump L12
multicall {
	window[0] = 0
	va window = A1|pu
	window[0] = L20|pwu
	va window+0x2000 = A1|pu
}
access r 8 window
dump L11
dump L12
