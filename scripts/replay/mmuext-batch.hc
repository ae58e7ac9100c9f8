# SPDX-License-Identifier: GPL-2.0
# Property: operations of a list are done in order up to the first failure, and counted.
frame A 4
mmuext PIN_L1_TABLE A0 ; PIN_L1_TABLE A1 ; UNPIN_TABLE A0 ; UNPIN_TABLE A1
mmuext PIN_L1_TABLE A0 ; PIN_L1_TABLE A0 ; PIN_L1_TABLE A1
mmuext UNPIN_TABLE A1
mmuext UNPIN_TABLE A0 ; 99 ; PIN_L1_TABLE A1
mmuext PIN_L1_TABLE A0 count=0
mmuext PIN_L1_TABLE A0 count=0 in=4
mmuext PIN_L1_TABLE A0 ; UNPIN_TABLE A0 count=0x80000002 in=7
mmuext PIN_L1_TABLE A0 ; PIN_L1_TABLE A0 count=0x80000002 in=7
mmuext UNPIN_TABLE A0 count=0x80000000 list=@null in=3
mmuext UNPIN_TABLE A0 list=@null
mmuext UNPIN_TABLE A0 list=@xen
mmuext UNPIN_TABLE A0 list=@unmapped
mmuext UNPIN_TABLE A0 list=@noncanonical
mmuext UNPIN_TABLE A0 done=@null
mmuext UNPIN_TABLE A0 done=@xen
mmuext PIN_L1_TABLE A0 done=@unmapped
mmuext UNPIN_TABLE A0 count=0 list=@xen
mmuext UNPIN_TABLE A0
mmuext TLB_FLUSH_ALL count=0x7fffffff list=@xen
# Commands.
mmuext 4
mmuext 5
mmuext 6
mmuext 14
mmuext 17
mmuext 18
mmuext 20
mmuext 21
mmuext 22
mmuext 99
mmuext 0xffffffff
mmuext MARK_SUPER A0
mmuext UNMARK_SUPER A0
mmuext MARK_SUPER none
mmuext MARK_SUPER A0 dom=io
mmuext 99 dom=io
mmuext 99 dom=absent
mmuext TLB_FLUSH_LOCAL dom=cow
mmuext TLB_FLUSH_LOCAL dom=idle
mmuext TLB_FLUSH_LOCAL dom=invalid
mmuext TLB_FLUSH_LOCAL dom=xen
mmuext TLB_FLUSH_LOCAL dom=0x16fed
mmuext TLB_FLUSH_LOCAL dom=self
