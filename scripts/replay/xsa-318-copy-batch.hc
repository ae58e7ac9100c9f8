# SPDX-License-Identifier: GPL-2.0
# Property: each copy of a long list has its status.
frame A 2
peer frame B 2
peer grants S 2
peer grant S0 = access other B0
copy other S0 0 to self A0 0 8 ; other S1 0 to self A0 0 8 ; other S0 8 to self A0 8 8 ; other S0 4090 to self A0 8 8 ; other S0 0 to self A0 16 8 ; absent S0 0 to self A0 24 8 ; other S0 0 to self A0 32 8 ; self A0 0 to other S0 0 8 ; other S1 0 to other S1 0 8 ; other S0 0 to self A1 0 4096
repeat 50 {
	copy self A0 0 to other S0 0 4096 ; other S0 0 to self A1 0 4096 ; other S1 0 to self A1 0 8 ; self A1 0 to self A0 0 4096
}
dump A1
peer entry S0
