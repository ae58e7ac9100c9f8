# SPDX-License-Identifier: GPL-2.0
# Property: a version that has status frames is not left while one is mapped, and all
# stays as it is.
frame A 2
peer frame B 2
grants R 2
peer grants S 1
set_version 2
grant R0 = access other A0
peer vacate B0
peer map h0 = R0 host @B0
set_version 1
entry R0
peer unmap h0
entry R0
set_version 1
set_version 2
set_version 1
