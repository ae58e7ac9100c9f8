# SPDX-License-Identifier: GPL-2.0
# Property: the low bits of an address beyond those that are defined are refused.
frame L1
frame A
mmuext PIN_L1_TABLE L1
L1[0]:0 = A|p
L1[1]:1 = A|p
L1[2]:2 = A|p
L1[3]:3 = A|p
L1[4]:4 = A|p
L1[5]:5 = A|p
L1[6]:6 = A|p
L1[7]:7 = A|p
L1[8]:4 = A|p dom=absent
dump L1
mmu_update L1[9] = A|p ; L1[10]:5 = A|p ; L1[11] = A|p
dump L1
L1[12]:3 = L1|pw
L1[13]:3 = none|p
mmu_update L1:1 = pfn(L1)
