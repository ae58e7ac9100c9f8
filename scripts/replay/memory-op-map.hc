# SPDX-License-Identifier: GPL-2.0
# Property: a guest is told its memory map, and may change it.
caller pv translated
memory_map
memory_map nr=0
memory_map nr=0 list=@null
memory_map list=@null
memory_map list=@xen
memory_map list=@noncanonical
memory_map arg=@null
memory_map arg=@xen
set_memory_map nr=3
memory_map nr=1
memory_map nr=2
memory_map nr=3
memory_map nr=4
set_memory_map nr=256
memory_map nr=256
set_memory_map nr=1024 list=@xen
set_memory_map nr=1025 list=@xen
set_memory_map nr=0xffffffff list=@xen
set_memory_map nr=1 list=@null
set_memory_map nr=1 list=@unmapped
memory_map nr=256
set_memory_map nr=1 dom=absent
set_memory_map nr=1 dom=0
set_memory_map nr=1 dom=io
set_memory_map nr=2 dom=own
memory_map nr=2
set_memory_map arg=@null
set_memory_map nr=0
memory_map
memory_map nr=0
memory_map list=@null
machine_memory_map
machine_memory_map nr=0
machine_memory_map arg=@null
reserved_memory_map
reserved_memory_map nr=5
reserved_memory_map flags=0
reserved_memory_map flags=2
reserved_memory_map list=@xen nr=0
reserved_memory_map arg=@null
