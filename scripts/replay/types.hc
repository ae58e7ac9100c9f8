# SPDX-License-Identifier: GPL-2.0
# Property: a frame has one type at a time, and any other after the last use of the first.
frame A
frame L1
frame L2
frame L3
frame L4
frame U
mmuext PIN_L1_TABLE U
mmuext PIN_L1_TABLE A
mmuext PIN_L2_TABLE A
mmuext PIN_L3_TABLE A
mmuext PIN_L4_TABLE A
U[0] = A|pw
U[0] = A|p
set_gdt A
mmuext CLEAR_PAGE A
mmuext COPY_PAGE A U
mmuext COPY_PAGE U A
mmuext UNPIN_TABLE A
mmuext PIN_L2_TABLE A
mmuext PIN_L1_TABLE A
set_gdt A
mmuext UNPIN_TABLE A
mmuext PIN_L3_TABLE A
mmuext PIN_L2_TABLE A
mmuext UNPIN_TABLE A
mmuext PIN_L4_TABLE A
mmuext PIN_L3_TABLE A
set_gdt A
mmuext UNPIN_TABLE A
dump A
set_gdt A
mmuext PIN_L1_TABLE A
U[0] = A|pw
set_gdt entries=0
U[0] = A|pw
mmuext PIN_L1_TABLE A
set_gdt A
U[0] = 0
# A chain of tables, each used as another once only.
mmuext PIN_L4_TABLE L4
L4[0] = L3|pwu
L3[0] = L2|pwu
L2[0] = L1|pwu
L4[1] = L1|pwu
L4[1] = L2|pwu
L3[1] = L1|pwu
L3[1] = L3|pwu
L2[1] = L2|pwu
L2[1] = L3|pwu
mmuext PIN_L1_TABLE L1
mmuext PIN_L2_TABLE L1
mmuext PIN_L3_TABLE L2
mmuext PIN_L2_TABLE L2
L3[0] = 0
L3[0] = L1|pwu
L3[0] = L2|pwu
mmuext UNPIN_TABLE L2
L3[0] = 0
L2[0] = 0
dump L2
mmuext UNPIN_TABLE L1
mmuext PIN_L2_TABLE L1
