# SPDX-License-Identifier: GPL-2.0
# Property: a root may name a root of the same owner, read-only and one level deep; L2 and L3 likewise.
frame L4 3
frame L3 3
frame L2 3
frame L1
mmuext PIN_L4_TABLE L40
L40[0] = L40|p
L40[1] = L40|pu
L40[2] = L40|pw
L40[3] = L40|pwu
L40[0] = L40|pw
L40[0] = 0
L40[1] = 0
# Another root.
mmuext PIN_L4_TABLE L41
L40[0] = L41|pu
L40[1] = L41|pwu
L41[0] = L40|pu
L41[0] = L41|pu
mmuext PIN_L4_TABLE L42
L41[1] = L42|pu
L42[0] = L40|pu
L42[0] = L41|pu
L40[0] = 0
L42[0] = 0
L41[1] = L42|pu
L41[1] = 0
dump L40
dump L41
dump L42
# L3.
mmuext PIN_L3_TABLE L30
L30[0] = L30|pu
L30[0] = L30|pwu
L30[0] = 0
mmuext PIN_L3_TABLE L31
L30[0] = L31|pu
L30[1] = L31|pwu
L31[0] = L30|pu
L30[0] = 0
# L2.
mmuext PIN_L2_TABLE L20
L20[0] = L20|pu
L20[0] = L20|pwu
L20[0] = 0
mmuext PIN_L2_TABLE L21
L20[0] = L21|pu
L20[1] = L21|pwu
L21[0] = L20|pu
L20[0] = 0
L21[0] = L20|pu
L21[0] = 0
# L1: a mapping.
mmuext PIN_L1_TABLE L1
L1[0] = L1|pu
L1[1] = L1|pwu
