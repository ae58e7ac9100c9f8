# SPDX-License-Identifier: GPL-2.0
# XSA-159: nothing is exchanged for a domain that is dying, and nothing of what others hold of it is lost.
guest B 4
frame L1
frame A
mmuext PIN_L1_TABLE L1
mmu_update L1[0] = B0|pw ; L1[1] = B1|p dom=B
destroy B
exchange B0 to A in_dom=B out_dom=B
exchange B1 B2 to A in_dom=B out_dom=B in_order=0
exchange none to A in_dom=B out_dom=B
exchange B0 to A in_dom=B out_dom=own
exchange B0 to A in_dom=own out_dom=own
exchange A to A in_dom=own out_dom=B
decrease B0 dom=B
populate A dom=B
reservation dom=B
mmu_update L1[2] = B0|pw dom=B
L1[0] = 0
L1[1] = 0
L1[2] = 0
exchange B0 to A in_dom=B out_dom=B
reservation dom=B
reservation
