# SPDX-License-Identifier: GPL-2.0
# Property: the version changes only while nothing is in use; what there was is gone,
# but for the first entries.
frame A 3
peer frame B 2
grants R 4
peer grants S 2
get_version
get_version dom=own
get_version dom=other
get_version dom=absent
get_version dom=xen
get_version arg=@xen
set_version 0
set_version 3
set_version 0xffffffff
set_version 1
grant R0 = access other A0
set_version 1
entry R0
set_version 2
get_version
entry R0
grant R0 = access other A0
grant R1 = access|sub other A1 512 1024
grant R2 = transitive other other S0
peer vacate B0
peer map h0 = R0 host @B0
set_version 1
set_version 2
entry R0
entry R1
entry R2
peer unmap h0
entry R0
peer map h1 = R1 host @B0
peer map h2 = R2 host @B0
peer copy other R1 512 to self B1 0 1024
peer copy other R1 511 to self B1 0 8
peer copy other R1 1529 to self B1 0 8
set_version 1
get_version
entry R0
set_version 2 arg=@xen
set_version 2 count=7
set_version 1
