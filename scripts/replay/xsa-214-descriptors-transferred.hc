# SPDX-License-Identifier: GPL-2.0
# XSA-214: what was a descriptor table is checked again by the domain that it was transferred to.
caller pv
frame A 2
frame L1
peer empty E
peer frame B 2
peer grants S 2
set_gdt A0
set_gdt entries=0
va @A0 = 0
peer vacate B0
peer grant S0 = accept other B0
transfer A0 to S0
peer take E from S0
peer va @B0 = E|pwx
peer mmuext INVLPG_LOCAL @B0
peer set_gdt E
peer va @B0 = E|px
peer mmuext INVLPG_LOCAL @B0
peer set_gdt E
peer set_gdt entries=0
peer va @B0 = E|pwx
peer mmuext INVLPG_LOCAL @B0
peer write E 5 0x0000890000000067
peer va @B0 = E|px
peer mmuext INVLPG_LOCAL @B0
peer set_gdt E
reservation
peer reservation
