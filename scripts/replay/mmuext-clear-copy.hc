# SPDX-License-Identifier: GPL-2.0
# Property: pages are cleared and copied if the caller owns them and the target can be writable.
frame A 2
frame B
frame T
frame L1
fill A0 0 511 0x11
write A1 5 0x22
watch on
mmuext COPY_PAGE B A0
mmuext CLEAR_PAGE B
mmuext COPY_PAGE B A1
mmuext COPY_PAGE B B
mmuext CLEAR_PAGE A0
mmuext COPY_PAGE A0 B
watch off
# Targets in other use.
mmuext PIN_L1_TABLE T
mmuext CLEAR_PAGE T
mmuext COPY_PAGE T A0
mmuext COPY_PAGE B T
mmuext UNPIN_TABLE T
mmuext CLEAR_PAGE T
set_gdt T
mmuext CLEAR_PAGE T
mmuext COPY_PAGE T A0
mmuext COPY_PAGE A0 T
set_gdt entries=0
mmuext CLEAR_PAGE T
# While it is mapped writable, too.
mmuext PIN_L1_TABLE L1
L1[0] = T|pw
mmuext CLEAR_PAGE T
mmuext COPY_PAGE T B
L1[0] = 0
# Then it is free for any use.
mmuext PIN_L1_TABLE A0
mmuext CLEAR_PAGE A0
mmuext PIN_L2_TABLE A0
# Frames that are not there.
mmuext CLEAR_PAGE none
mmuext CLEAR_PAGE beyond
mmuext CLEAR_PAGE hole
mmuext CLEAR_PAGE 0
mmuext COPY_PAGE none A0
mmuext COPY_PAGE B none
mmuext COPY_PAGE B beyond
mmuext COPY_PAGE B hole
mmuext CLEAR_PAGE B dom=own
mmuext CLEAR_PAGE B dom=io
mmuext CLEAR_PAGE B dom=absent
mmuext COPY_PAGE B A1 dom=io
dump B
