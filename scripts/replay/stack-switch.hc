# SPDX-License-Identifier: GPL-2.0
# Property: any selector of ring 3 and any pointer is taken.
stack_switch 0xe02b 0x1000
stack_switch 0xe02b 0
stack_switch 0xe02b 0xffffffffffffffff
stack_switch 0xe02b @xen
stack_switch 0xe02b @noncanonical
stack_switch 0 0
stack_switch 3 0
stack_switch 0xe028 0
stack_switch 0x10 0
stack_switch 0x13 0
stack_switch 0x7 0
stack_switch 0x1ffff 0
stack_switch 0xffffffffffffffff 0
