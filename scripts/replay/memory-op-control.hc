# SPDX-License-Identifier: GPL-2.0
# Property: what a control domain may do to another's memory.
caller control
guest G 6
reservation dom=G
maximum_reservation dom=G
maximum_gpfn dom=G
decrease G0 dom=G
decrease G0 dom=G
reservation dom=G
claim nr=0 dom=G
claim nr=1 dom=G
claim nr=5 dom=G
claim nr=6 dom=G
claim nr=6 dom=G
claim nr=0 dom=G
claim nr=7 dom=G
claim nr=0x7fffffff dom=G
claim nr=6 dom=G order=1
claim nr=6 dom=G flags=1
claim nr=6 dom=G list=@user
get_pod_target dom=G
set_pod_target dom=G nr=3
set_memory_map dom=G nr=3
set_memory_map dom=G nr=0
get_vnumainfo dom=G
get_vnumainfo dom=absent
add_to_physmap gmfn G1 G2 dom=G
add_to_physmap shared_info 0 G1 dom=G
remove_from_physmap G1 dom=G
acquire_resource grant_table dom=G list=@null
acquire_resource grant_table dom=G id=1 list=@null
acquire_resource grant_table dom=G id=2 list=@null
acquire_resource grant_table dom=G nr=1
acquire_resource grant_table dom=G nr=4
acquire_resource grant_table dom=G nr=5
acquire_resource grant_table dom=G nr=1 first=3
acquire_resource grant_table dom=G nr=1 first=4
acquire_resource grant_table dom=G nr=1 id=1
acquire_resource grant_table dom=G nr=1 id=7
acquire_resource grant_table dom=G nr=1 list=@xen
acquire_resource grant_table dom=G nr=1 start=1
acquire_resource grant_table dom=G nr=0 list=@null start=1
acquire_resource ioreq_server dom=G list=@null
acquire_resource ioreq_server dom=G nr=1
acquire_resource vmtrace_buf dom=G list=@null
acquire_resource vmtrace_buf dom=G nr=1
acquire_resource 3 dom=G list=@null
acquire_resource 3 dom=G nr=1
acquire_resource grant_table dom=own nr=1
acquire_resource grant_table dom=self nr=1
machine_memory_map list=@null
machine_memory_map nr=1
machine_memory_map nr=1 list=@xen
memory_map
populate arg=@null
decrease G1 G2 dom=G order=0 nr=1
reservation dom=G
