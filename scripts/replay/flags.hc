# SPDX-License-Identifier: GPL-2.0
# Property: of a live entry only some flags change without a new check; Xen adds what it must.
frame L1
frame L2
frame A
window[0] = L2|pwu
L2[0] = L1|pwu
watch on
L1[0] = A|p
L1[0] = A|pu
L1[0] = A|pk
L1[0] = A|puk
L1[0] = A|pg
L1[0] = A|pug
L1[0] = A|pkg
L1[0] = A|pa
L1[0] = A|pad
L1[0] = A|p1
L1[0] = A|p2
L1[0] = A|p3
L1[0] = A|p123
L1[0] = A|p4
L1[0] = A|p9
L1[0] = A|p456789
L1[0] = A|pP
L1[0] = A|pQ
L1[0] = A|pS
L1[0] = A|pPQRS
L1[0] = A|px
L1[0] = A|pwx
L1[0] = A|pw
# Cacheability is checked again.
L1[0] = A|pt
L1[0] = A|pc
L1[0] = A|ps
L1[0] = A|ptc
L1[0] = A|pts
L1[0] = A|pcs
L1[0] = A|ptcs
L1[0] = A|pwc
L1[0] = A|pwcad
L1[0] = A|pw
# One frame, several kinds of memory.
L1[1] = A|pc
L1[2] = A|pt
L1[3] = A|p
L1[0] = 0
L1[1] = 0
L1[2] = 0
# Upper levels.
L2[0] = L1|p
L2[0] = L1|pu
L2[0] = L1|pwa
L2[0] = L1|pwx
L2[0] = L1|pwu1
L2[0] = L1|pwuP
L2[0] = L1|pwud
L2[0] = L1|pwug
L2[0] = L1|pwus
L2[0] = L1|pwut
L2[0] = L1|pwuc
L2[0] = L1|pwu
window[0] = L2|pwua
window[0] = L2|pwu3
window[0] = L2|pwux
window[0] = L2|pwus
window[0] = L2|pwut
window[0] = L2|pwu
