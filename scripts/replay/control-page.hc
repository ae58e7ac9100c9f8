# SPDX-License-Identifier: GPL-2.0
# Property: pages of another domain are cleared, copied, flushed and counted only as it allows.
guest B 6
frame A
mmuext CLEAR_PAGE B0 dom=B
mmuext CLEAR_PAGE B0
mmuext CLEAR_PAGE A dom=B
mmuext COPY_PAGE B1 B0 dom=B
mmuext COPY_PAGE B1 A dom=B
mmuext COPY_PAGE A B0
mmuext PIN_L1_TABLE B2 dom=B
mmuext CLEAR_PAGE B2 dom=B
mmuext TLB_FLUSH_LOCAL dom=B
mmuext TLB_FLUSH_ALL dom=B
mmuext INVLPG_ALL window dom=B
mmuext SET_LDT window 0 dom=B
mmuext FLUSH_CACHE dom=B
mmuext 99 dom=B
mmuext MARK_SUPER B0 dom=B
reservation dom=B
decrease B3 dom=B
decrease B3
decrease A dom=B
reservation dom=B
decrease B2 dom=B
reservation dom=B
mmuext UNPIN_TABLE B2 dom=B
reservation dom=B
mmuext CLEAR_PAGE B2 dom=B
