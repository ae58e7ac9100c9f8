# SPDX-License-Identifier: GPL-2.0
# Property: an L4 entry names an L3 table, in a slot that is the guest's.
frame L4
frame L3 2
frame L2
frame A
mmuext PIN_L4_TABLE L4
L4[0] = L30|pwu
L4[255] = L30|pwu
L4[256] = L30|pwu
L4[257] = L30|pwu
L4[258] = L30|p
L4[259] = 0
L4[260] = L30|wu
L4[261] = A|pwu
L4[262] = L30|pwu
L4[270] = L30|pwu
L4[271] = L30|pwu
L4[272] = L30|pwu
L4[273] = L31|pwu
L4[511] = L31|pwu
L4[1] = L30|pwus
L4[1] = L30|pwug
L4[1] = L30|pwut
L4[1] = L30|pwuc
L4[1] = L30|pwux
L4[1] = L30|pwuk
L4[1] = L30|pwu3
L4[1] = L30|pwuP
L4[1] = none|pwu
L4[1] = beyond|pwu
L4[1] = hole|pwu
L4[1] = L4|pwu
L30[0] = L2|pwu
L4[1] = L2|pwu
L4[1] = 0
L4[0] = 0
L4[255] = 0
L4[272] = 0
dump L4
mmuext PIN_L3_TABLE L30
mmuext UNPIN_TABLE L30
mmuext UNPIN_TABLE L4
dump L4
mmuext PIN_L3_TABLE L31
