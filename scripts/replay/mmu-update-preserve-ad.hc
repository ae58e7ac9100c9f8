# SPDX-License-Identifier: GPL-2.0
# Property: kind 2 keeps the accessed and dirty bits that the entry has, whatever the new one says.
frame L1
frame L2
frame A 2
window[0] = L2|pwu
L2[0] = L1|pwu
watch on
L1[0] = A0|pwuad
L1[0]:2 = A0|pwu
L1[0]:2 = A0|pu
L1[0]:2 = A1|pwu
L1[1] = A0|pwu
L1[1]:2 = A0|pwuad
L1[2] = 0
L1[2]:2 = A0|pwuad
L1[3] = A0|pwu
access r 8 window+0x3000
dump L1
L1[3]:2 = A0|pwu
access w 8 window+0x3000 1
L1[3]:2 = A0|pu
L1[3]:2 = A1|pwu
L1[3]:2 = L1|pw
L1[3]:2 = 0
L1[4] = A0|wuad
L1[4]:2 = A0|pwu
# Tables above have only the accessed bit to keep.
L2[1] = L1|pwua
L2[1]:2 = L1|pwu
L2[1]:2 = L1|pwuad
L2[1]:2 = 0
window[1]:2 = L2|pwu
window[1]:2 = L2|pwua
window[1]:2 = 0
# A frame that is no table: a plain store.
mmu_update A1[7]:2 = 0x5
mmu_update A1[7]:2 = 0x62
