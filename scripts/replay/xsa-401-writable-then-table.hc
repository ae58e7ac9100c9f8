# SPDX-License-Identifier: GPL-2.0
# XSA-401, XSA-408: a frame that was writable is flushed before it is checked as a table: no store slips in after it.
frame L1 2
frame L2
frame A
window[0] = L2|pwu
L2[0] = L10|pwu
repeat 5 {
	va window = A|pwu
	access w 8 window 0x10
	va window = A|pu
	mmuext PIN_L1_TABLE A
	access r 8 window
	L10[1] = A|pwu
	access w 8 window+0x1000 0x20
	dump A
	mmuext UNPIN_TABLE A
	va window+0x1000 = A|pwu
	mmuext PIN_L1_TABLE A
	access w 8 window+0x1000 0x20
	va window+0x1000 = 0 flush=invlpg
	va window = 0 flush=invlpg
}
# From writable to a table that is in force.
va window+0x2000 = L11|pwu
access w 8 window+0x2008 0x30
L2[1] = L11|pwu
va window+0x2000 = 0
L2[1] = L11|pwu
access w 8 window+0x2008 0x40
dump L11
# Writable with another kind of memory first.
va window+0x3000 = A|pwuc
va window+0x3000 = A|puc
mmuext PIN_L1_TABLE A
va window+0x3000 = 0
mmuext PIN_L1_TABLE A
