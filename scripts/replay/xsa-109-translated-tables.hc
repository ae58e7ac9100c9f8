# SPDX-License-Identifier: GPL-2.0
# XSA-109: tables of a domain that is translated, or that is not there, are not changed; nothing is held.
frame L1
frame A
mmuext PIN_L1_TABLE L1
mmu_update L1[0] = A|p ptdom=absent
mmu_update L1[0] = A|p ptdom=io
mmu_update L1[0] = A|p ptdom=xen
mmu_update L1[0] = A|p ptdom=cow
mmu_update L1[0] = A|p ptdom=own
mmu_update L1[0] = A|p ptdom=self
dump L1
mmuext PIN_L1_TABLE A
