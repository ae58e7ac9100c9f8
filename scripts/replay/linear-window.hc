# SPDX-License-Identifier: GPL-2.0
# Property: through a linear entry a guest reads its tables, and cannot write them.
frame L2 2
frame L1
frame A
window[0] = L20|pwu
L20[0] = L1|pwu
L1[0] = A|pwu
L20[1] = L20|pu
L20[1] = L20|p
access r 8 window+0x200000
dump L20
access w 8 window+0x200010 0
L20[1] = L20|pwu
L20[1] = 0
access r 8 window+0x200000
# As a table of the window's own.
window[1] = window|pu
window[1] = window|p
window[1] = window|pwu
window[1] = 0
window[2] = L21|pwu
L20[2] = L21|pu
L21[0] = L1|pwu
L20[3] = L21|pwu
access r 8 window+0x400000
access w 8 window+0x400000 0
L20[2] = 0
window[2] = 0
