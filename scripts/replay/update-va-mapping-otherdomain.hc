# SPDX-License-Identifier: GPL-2.0
# Property: the owner of the page is looked up first; a domU has only itself.
frame L1
frame L2
frame A
window[0] = L2|pwu
L2[0] = L1|pwu
va window = A|pu dom=self
va window = A|pwu dom=own
va window+0x1000 = A|pu dom=own
va window+0x2000 = A|pu dom=absent
va window+0x3000 = A|pu dom=io
va window+0x4000 = hole|pu dom=io
va window+0x5000 = none|pu dom=io
va window+0x6000 = A|pu dom=xen
va window+0x7000 = A|pu dom=cow
va window+0x8000 = A|pu dom=invalid
va window+0x9000 = A|pu dom=idle
va window+0xa000 = A|pu dom=0x16fed
va window+0xb000 = 0 dom=io
va window+0xc000 = 0 dom=absent
va @xen = 0 dom=io
va @xen = 0 dom=self
va window+0xd000 = A|pu dom=self flush=tlb
va window+0xd000 = 0 dom=self flush=invlpg:all
dump L1
