# SPDX-License-Identifier: GPL-2.0
# XSA-402: a frame mapped with another kind of memory is as good as any for other uses when that mapping is gone.
frame L1
frame A 2
mmuext PIN_L1_TABLE L1
L1[0] = A0|pwc
L1[1] = A0|pw
L1[2] = A0|pwt
L1[3] = A0|pws
L1[0] = A0|pw
L1[0] = A0|pwc
L1[0] = 0
mmu_update L1[0..3] = 0
mmuext PIN_L1_TABLE A0
L1[0] = A0|pc
L1[1] = A0|p
mmuext UNPIN_TABLE A0
L1[0] = A0|pwc
dump L1
