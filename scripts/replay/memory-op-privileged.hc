# SPDX-License-Identifier: GPL-2.0
# Property: what only privileged domains may, an ordinary one may not, and is told so late or early.
caller pv translated
claim
claim nr=1
claim nr=1 dom=own
claim nr=1 dom=0
claim nr=1 dom=absent
claim nr=1 dom=io
claim nr=1 order=1
claim nr=1 flags=bits:40
claim nr=1 list=@user
claim nr=1 arg=@null
claim nr=1 start=1
get_pod_target
get_pod_target dom=own
get_pod_target dom=absent
get_pod_target dom=0
get_pod_target arg=@null
get_pod_target arg=@xen
set_pod_target
set_pod_target nr=1
set_pod_target nr=0xffffffffffff
set_pod_target nr=1 dom=absent
set_pod_target nr=1 dom=0
set_pod_target arg=@null
acquire_resource grant_table
acquire_resource grant_table dom=own
acquire_resource grant_table dom=own nr=1
acquire_resource grant_table dom=0 nr=1
acquire_resource grant_table dom=0 list=@null
acquire_resource grant_table dom=absent nr=1
acquire_resource ioreq_server dom=0 nr=1
acquire_resource vmtrace_buf dom=0 nr=1
acquire_resource 7 dom=0 nr=1
acquire_resource grant_table dom=0 nr=1 pad=1
acquire_resource grant_table dom=0 nr=1 first=0x100000000
acquire_resource grant_table dom=0 nr=2 first=0xffffffff
acquire_resource grant_table dom=0 nr=0
acquire_resource grant_table dom=0 nr=1 start=1
acquire_resource grant_table arg=@null
acquire_resource grant_table arg=@xen
