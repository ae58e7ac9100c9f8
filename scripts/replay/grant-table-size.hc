# SPDX-License-Identifier: GPL-2.0
# Property: the size of a table, and who may ask for it, or make it grow.
frame A 1
peer frame B 1
grants R 1
peer grants S 1
query_size
query_size dom=own
query_size dom=other
query_size dom=absent
query_size dom=invalid
query_size dom=io
query_size dom=xen
query_size count=0
query_size count=2
query_size arg=@xen
query_size arg=@null
setup_table 0
setup_table 1
setup_table 1 dom=own
setup_table 1 dom=other
setup_table 1 dom=absent
setup_table 1 dom=io
setup_table 1 count=0
setup_table 1 list=@xen
setup_table 1 list=@unmapped
setup_table 0 list=@xen
setup_table 65 list=@null
setup_table 0xffffffff list=@null
setup_table 1 arg=@xen
setup_table +1
query_size
setup_table 1
query_size
get_status_frames 0
get_status_frames 1
get_status_frames 1 dom=other
get_status_frames 1 dom=absent
get_status_frames 1 count=2
get_status_frames 0 list=@xen
get_status_frames 1 arg=@xen
set_version 2
get_status_frames 1
get_status_frames 1 list=@unmapped
get_status_frames 9
setup_table +2
query_size
