# SPDX-License-Identifier: GPL-2.0
# XSA-277: a frame that is given back again and again answers each time, and nothing is locked.
frame A
frame L1
mmuext PIN_L1_TABLE L1
L1[0] = A|p
reservation
decrease A
decrease A
decrease A
decrease A A A
reservation
mmu_update A[0] = 0x5
mmuext CLEAR_PAGE A
L1[0] = 0
va @A = 0
reservation
decrease A
decrease A
populate A
reservation
