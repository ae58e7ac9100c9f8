# SPDX-License-Identifier: GPL-2.0
# Property: a copy is from and to what its grants let it, all inside of one page; a
# frame that is not granted can only be one's own, and as self.
frame A 4
peer frame B 4
grants R 4
peer grants S 8
write A0 0 0x11
write A0 1 0x12
grant R0 = access own A1
grant R1 = access|ro own A0
peer write B0 0 0x21
peer write B0 1 0x22
peer write B1 0 0x31
peer grant S0 = access other B0
peer grant S1 = access|ro other B1
peer grant S2 = access own B0
peer grant S3 = access other none

# Every pair of ends.
copy self A0 0 to self A2 0 8
copy other S0 0 to self A2 8 8
copy self A0 8 to other S0 16 8
copy other S1 0 to other S0 24 8
copy own R1 8 to own R0 0 8
copy self R1 8 to self R0 8 8
dump A2
dump A1
peer dump B0
peer entry S0

# What is not let.
copy self A0 0 to other S1 0 8
copy self A0 0 to own R1 0 8
copy other S2 0 to self A2 0 8
copy other S3 0 to self A2 0 8
copy other S4 0 to self A2 0 8
copy other 0x10000 0 to self A2 0 8
copy absent S0 0 to self A2 0 8
copy own A0 0 to self A2 0 8
copy self none 0 to self A2 0 8
copy self A0 0 to self none 0 8
copy self A0 0 to self hole 0 8

# By number, as if it were no grant.
copy other S0 0 to self A2 0 8 0
copy self A0 0 to other S0 0 8 0
copy other S4 0 to other S0 0 8 source
copy other S0 0 to other S0 0 8 source
copy other S4 0 to absent S0 0 8 source
copy absent S4 0 to other S0 0 8 source
copy other S0 0 to self A2 0 8 ; other A0 0 to self A2 0 8 0
copy self A0 0 to other S0 0 8 ; self A0 0 to other A0 0 8 0
copy other S0 0 to self A2 0 8 ; other S0 8 to self A2 8 8 0
copy self A0 0 to other S0 0 8 ; self A0 8 to other S0 8 8 0
copy absent A0 0 to self A2 0 8
copy self A0 0 to absent A2 0 8
copy other S0 0 to other S4 0 8 ; other S0 0 to other S4 0 8 source

# Edges.
copy self A0 0 to self A2 0 0
copy self A0 4096 to self A2 0 0
copy self A0 4095 to self A2 4095 1
copy self A0 4096 to self A2 0 1
copy self A0 1 to self A2 0 4096
copy self A0 0 to self A2 0 4097
copy self A0 0 to self A2 0 65535
copy self A0 0 to self A3 0 4096
copy self A0 0 to self A0 8 16
dump A0
copy self A0 0 to self A0 1 8
dump A0
copy self A0 8 to self A0 0 24
dump A0

# A batch goes on after what fails.
copy self A0 0 to self A2 0 8 ; other S4 0 to self A2 0 8 ; self A0 0 to self A2 4090 8 ; other S0 0 to self A2 32 8
copy count=0
copy arg=@xen count=1
copy arg=@unmapped count=1
copy arg=@null count=0
copy arg=@null count=0x80000000
peer entry S0
peer entry S1
