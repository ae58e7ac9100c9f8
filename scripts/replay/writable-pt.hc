# SPDX-License-Identifier: GPL-2.0
# Property: a guest's own store to a mapped L1 table is checked and applied, or faults; to other tables it faults.
frame L1 2
frame L2
frame L3
frame A 2
window[0] = L2|pwu
L2[0] = L10|pwu
L2[1] = L11|pwu
watch on
# L10 and L2 are seen in the window, read-only.
L11[0] = L10|pu
L11[1] = L2|pu
access w 8 window+0x200000 0
L10[0] = A0|pwu
access r 8 window+0x2000f8
# Harmless words and what is not present.
access w 8 window+0x200008 0x10
access w 8 window+0x200008 0
access w 4 window+0x200008 0x10
access w 4 window+0x20000c 0x20
access w 2 window+0x200008 0x30
access w 1 window+0x200008 0x40
access w 8 window+0x200008 0
# Present ones.
access w 8 window+0x200010 maddr(A1)
access w 1 window+0x200010 0x05
access w 1 window+0x200010 0x07
access w 8 window+0x200018 maddr(L10)
access w 1 window+0x200018 0x07
access w 1 window+0x200018 0x05
access r 8 window+0x2000
# Not a table of that kind: no help.
access w 8 window+0x201010 0
access w 8 window+0x201008 0
dump L2
# Across the alignment.
access w 8 window+0x200014 0
access w 4 window+0x200012 0
access w 2 window+0x200017 0
# Through the direct map.
access w 8 @L10+0x20 0x50
access w 8 @L10+0x20 0
access w 8 @L2+0x20 0
# Without the assist.
vm_assist disable writable_pagetables
access w 8 window+0x200028 0x60
access w 8 window+0x200028 0
vm_assist enable writable_pagetables
access w 8 window+0x200028 0x70
access w 8 window+0x200028 0
# A page that is only read-only.
L10[6] = A1|pu
access w 8 window+0x6000 1
access r 8 window+0x6000
