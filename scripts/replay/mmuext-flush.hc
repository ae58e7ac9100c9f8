# SPDX-License-Identifier: GPL-2.0
# Property: flushes succeed whatever the address, if the domain and the mask of CPUs are the caller's.
frame L1
frame L2
frame A 2
window[0] = L2|pwu
L2[0] = L1|pwu
L1[0] = A0|pwu
write A0 0 0x11
write A1 0 0x22
access r 8 window
mmuext TLB_FLUSH_LOCAL
mmuext TLB_FLUSH_LOCAL 5 6
mmuext INVLPG_LOCAL window
mmuext INVLPG_LOCAL 0
mmuext INVLPG_LOCAL @xen
mmuext INVLPG_LOCAL @noncanonical
mmuext INVLPG_LOCAL @unmapped
mmuext INVLPG_LOCAL window+0x123
mmuext TLB_FLUSH_MULTI 0 &1
mmuext TLB_FLUSH_MULTI 0 &0
mmuext TLB_FLUSH_MULTI 0 &0xffffffffffffffff
mmuext TLB_FLUSH_MULTI 0 @null
mmuext TLB_FLUSH_MULTI 0 @xen
mmuext TLB_FLUSH_MULTI 0 @unmapped
mmuext TLB_FLUSH_MULTI 0 @noncanonical
mmuext INVLPG_MULTI window &1
mmuext INVLPG_MULTI window &2
mmuext INVLPG_MULTI @noncanonical &1
mmuext INVLPG_MULTI window @null
mmuext INVLPG_MULTI window @xen
mmuext TLB_FLUSH_ALL
mmuext TLB_FLUSH_ALL 1 2
mmuext INVLPG_ALL window
mmuext INVLPG_ALL @noncanonical
mmuext INVLPG_ALL @xen
mmuext FLUSH_CACHE
mmuext FLUSH_CACHE_GLOBAL
# Another domain's: never.
mmuext TLB_FLUSH_LOCAL dom=io
mmuext INVLPG_LOCAL window dom=io
mmuext TLB_FLUSH_MULTI 0 &1 dom=io
mmuext INVLPG_MULTI window &1 dom=io
mmuext TLB_FLUSH_ALL dom=io
mmuext INVLPG_ALL window dom=io
mmuext FLUSH_CACHE dom=io
mmuext FLUSH_CACHE_GLOBAL dom=io
mmuext TLB_FLUSH_ALL dom=own
mmuext TLB_FLUSH_ALL dom=absent
# What was changed is seen after the flush.
L1[0] = A1|pwu
mmuext INVLPG_LOCAL window
access r 8 window
