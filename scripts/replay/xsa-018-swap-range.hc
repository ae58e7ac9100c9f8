# SPDX-License-Identifier: GPL-2.0
# Property: references out of range are not swapped.
peer frame B 1
frame A 1
grants R 2
swap R0 0x10000
swap 0x7fffffff R0
swap 0xffffffff 0x10000
set_version 2
swap R0 0x10000
entry R0
