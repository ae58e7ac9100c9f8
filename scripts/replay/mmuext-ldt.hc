# SPDX-License-Identifier: GPL-2.0
# Property: an LDT lies at a page boundary of the guest's range and has at most 8192 descriptors.
frame L1
frame L2
frame A
window[0] = L2|pwu
L2[0] = L1|pwu
L1[0] = A|pu
mmuext SET_LDT window 32
mmuext SET_LDT window 512
mmuext SET_LDT window 8192
mmuext SET_LDT window 8193
mmuext SET_LDT window 0xffffffff
mmuext SET_LDT window 0x100000001
mmuext SET_LDT window+8 32
mmuext SET_LDT window+0x800 1
mmuext SET_LDT window+0x1000 1
mmuext SET_LDT @xen 32
mmuext SET_LDT @noncanonical 32
mmuext SET_LDT @unmapped 32
mmuext SET_LDT @null 32
mmuext SET_LDT 0 0
mmuext SET_LDT window 0
mmuext SET_LDT window+8 0
mmuext SET_LDT @xen 0
mmuext SET_LDT window 32 dom=io
mmuext SET_LDT window 32 dom=own
mmuext SET_LDT window 32 dom=absent
mmuext SET_LDT window 32
mmuext SET_LDT 0 0
# The frame is not in use before a descriptor is loaded.
mmuext PIN_L1_TABLE A
