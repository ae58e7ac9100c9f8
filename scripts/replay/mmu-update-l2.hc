# SPDX-License-Identifier: GPL-2.0
# Property: an L2 entry names an L1 table or a frame that can be one, with flags that suit.
frame L2
frame L1 3
frame A 2
watch on
mmuext PIN_L2_TABLE L2
L2[0] = L10|pwu
L2[1] = L10|p
L2[2] = L10|pw
L2[3] = L10|pu
L2[511] = L11|pwuad
# Wrong flags.
L2[4] = L10|pwus
L2[4] = L10|pwug
L2[4] = L10|pwusg
L2[4] = L10|pwut
L2[4] = L10|pwuc
L2[4] = L10|pwutc
L2[4] = L10|pwux
L2[4] = L10|pwuk
L2[4] = L10|pwu123
L2[4] = L10|pwu4
L2[4] = L10|pwu9
L2[4] = L10|pwuP
L2[4] = L10|pwuS
L2[4] = 0
# Wrong frames.
L2[5] = none|pwu
L2[5] = beyond|pwu
L2[5] = hole|pwu
L2[5] = L2|pwu
L2[5] = L2|pu
write A0 0 0x5
L2[5] = A0|pwu
write A0 0 0x0
L2[5] = A0|pwu
write A0 0 0x0
mmu_update A0[3] = A1|pw
L2[5] = 0
L2[6] = A1|pwu
mmu_update A0[3] = 0
L2[6] = A1|pwu
L2[5] = A0|pwu
mmu_update A0[3] = A1|pw
mmu_update A0[3] = A1|p
# Not present: anything.
L2[7] = L10|wu
L2[7] = none|wu
L2[7] = 0x7ffffffffffffff8
L2[7] = 0
L2[511] = 0
mmuext PIN_L2_TABLE L11
L2[511] = L11|pwu
