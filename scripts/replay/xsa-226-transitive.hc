# SPDX-License-Identifier: GPL-2.0
# Property: a grant through another grant is used like that one, and not longer, and
# one that leads to itself is refused.
frame A 3
peer frame B 3
grants R 4
peer grants S 4
set_version 2
peer set_version 2
write A0 0 0x10
peer write B0 0 0x20
grant R0 = access other A0
peer grant S0 = transitive other other R0
peer grant S1 = access other B0
peer grant S2 = transitive other own S1
peer grant S3 = transitive other own S3
grant R1 = transitive other other S2
copy other S0 0 to self A1 0 8
copy other S1 0 to self A1 8 8
copy other S2 0 to self A1 16 8
copy other S3 0 to self A1 24 8
peer copy other R1 0 to self B1 0 8
peer copy other R0 0 to self B1 8 8
dump A1
peer dump B1
entry R0
peer entry S0
peer entry S1
peer entry S2
vacate A2
map h0 = S0 host @A2
map h1 = S2 host|ro @A2
copy other S0 0 to self A1 0 8 ; other S0 8 to self A1 8 8 ; other S2 0 to self A1 16 8
peer entry S0
entry R0
set_version 1
peer set_version 1
