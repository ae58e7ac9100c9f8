# SPDX-License-Identifier: GPL-2.0
# XSA-159: nothing is exchanged for a domain that is dying, and nothing of what others hold of it is lost.
guest B 4
frame L1
frame A
exchange B0 to B0 in_dom=B out_dom=B
exchange B0 B1 to B1 B0 in_dom=B out_dom=B
mmuext PIN_L1_TABLE L1
mmu_update L1[0] = B0|pw ; L1[1] = B1|p dom=B
destroy B
exchange B0 to B0 in_dom=B out_dom=B
exchange B1 to B1 in_dom=B out_dom=B
exchange B2 to B2 in_dom=B out_dom=B
exchange B0 to A in_dom=B out_dom=own
exchange A to B0 in_dom=own out_dom=B
exchange none to B0 in_dom=B out_dom=B
increase dom=B B0
decrease B0 dom=B
populate B0 dom=B
reservation dom=B
va window = L1|pwu
mmu_update L1[2] = B0|pw dom=B
L1[0] = 0
L1[1] = 0
L1[2] = 0
exchange B0 to B0 in_dom=B out_dom=B
reservation dom=B
reservation
