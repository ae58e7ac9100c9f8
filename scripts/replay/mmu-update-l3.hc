# SPDX-License-Identifier: GPL-2.0
# Property: an L3 entry names an L2 table or a frame that can be one, with flags that suit.
frame L3
frame L2 2
frame L1
frame A
watch on
mmuext PIN_L3_TABLE L3
L3[0] = L20|pwu
L3[1] = L20|p
L3[511] = L21|pwuad
L3[2] = L20|pwus
L3[2] = L20|pwug
L3[2] = L20|pwut
L3[2] = L20|pwuc
L3[2] = L20|pwux
L3[2] = L20|pwuk
L3[2] = L20|pwu3
L3[2] = L20|pwu9
L3[2] = L20|pwuP
L3[2] = none|pwu
L3[2] = beyond|pwu
L3[2] = hole|pwu
L3[2] = L3|pwu
L3[2] = L3|pu
L20[0] = L1|pwu
L3[2] = L1|pwu
L3[2] = L1|p
L3[2] = L20|wu
L3[2] = 0
L20[0] = 0
L3[2] = L1|pwu
L3[0] = 0
L3[1] = 0
L3[2] = 0
mmuext PIN_L1_TABLE L20
mmuext PIN_L1_TABLE L1
mmuext PIN_L1_TABLE L21
mmuext UNPIN_TABLE L3
mmuext PIN_L1_TABLE L21
