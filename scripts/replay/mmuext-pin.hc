# SPDX-License-Identifier: GPL-2.0
# Property: a table is pinned once, as what its content allows, and unpinned as what it is.
frame L1
frame L2
frame L3
frame L4
frame A
mmuext PIN_L1_TABLE L1
mmuext PIN_L1_TABLE L1
mmuext UNPIN_TABLE L1
mmuext UNPIN_TABLE L1
mmuext PIN_L2_TABLE L2
mmuext PIN_L2_TABLE L2
mmuext PIN_L3_TABLE L3
mmuext PIN_L3_TABLE L3
mmuext PIN_L4_TABLE L4
mmuext PIN_L4_TABLE L4
mmuext UNPIN_TABLE A
mmuext UNPIN_TABLE L2
mmuext UNPIN_TABLE L3
mmuext UNPIN_TABLE L4
dump L4
# Frames that are none of the caller's.
mmuext PIN_L1_TABLE none
mmuext PIN_L2_TABLE beyond
mmuext PIN_L3_TABLE hole
mmuext PIN_L4_TABLE 0
mmuext UNPIN_TABLE none
mmuext UNPIN_TABLE beyond
mmuext UNPIN_TABLE hole
mmuext PIN_L1_TABLE A dom=own
mmuext PIN_L1_TABLE A dom=absent
mmuext PIN_L1_TABLE A dom=io
mmuext PIN_L1_TABLE A dom=xen
mmuext UNPIN_TABLE A dom=io
# The content decides.
mmu_update L1[0] = A|pw ; L1[7] = A|p
mmuext PIN_L2_TABLE L1
mmuext PIN_L1_TABLE L1
mmuext PIN_L1_TABLE A
mmuext UNPIN_TABLE L1
mmuext PIN_L1_TABLE A
mmuext PIN_L1_TABLE L1
mmu_update L1[0] = A|p
mmuext PIN_L1_TABLE L1
mmuext UNPIN_TABLE L1
mmuext UNPIN_TABLE A
# Pins of tables that are used, too.
mmu_update L2[0] = L1|pwu
mmu_update L3[0] = L2|pwu
mmu_update L4[0] = L3|pwu
mmuext PIN_L4_TABLE L4
mmuext PIN_L1_TABLE L1
mmuext PIN_L2_TABLE L2
mmuext PIN_L3_TABLE L3
mmuext UNPIN_TABLE L4
mmuext UNPIN_TABLE L3
mmuext UNPIN_TABLE L2
mmuext PIN_L2_TABLE L1
mmuext UNPIN_TABLE L1
# A second argument has no meaning.
mmuext PIN_L1_TABLE A 5
mmuext UNPIN_TABLE A 6
# From a bad entry at each end of the table.
mmu_update A[0] = none|p
mmuext PIN_L1_TABLE A
mmu_update A[0] = 0 ; A[511] = none|p
mmuext PIN_L1_TABLE A
mmuext PIN_L2_TABLE A
mmu_update A[511] = 0
mmuext PIN_L2_TABLE A
