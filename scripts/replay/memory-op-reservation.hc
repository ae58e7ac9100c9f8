# SPDX-License-Identifier: GPL-2.0
# Property: a domain asks for its own figures only, and an unknown operation or address is refused.
reservation
reservation dom=self
reservation dom=own
reservation dom=absent
reservation dom=io
reservation dom=xen
reservation dom=cow
reservation dom=idle
reservation dom=invalid
maximum_reservation dom=absent
maximum_reservation dom=io
maximum_reservation dom=own
hypercall memory_op 63 @null
hypercall memory_op 62 @null
hypercall memory_op 40 @null
hypercall memory_op 3 @null
hypercall memory_op 3 @xen
hypercall memory_op 3 @unmapped
hypercall memory_op 4 @xen
hypercall memory_op 4 @noncanonical
hypercall memory_op 14 @null
hypercall memory_op 14 @xen
hypercall memory_op 0 @null
hypercall memory_op 1 @null
hypercall memory_op 6 @null
hypercall memory_op 11 @null
hypercall memory_op 12 @null
hypercall memory_op 8 @null
hypercall memory_op 0x40 @null
hypercall memory_op 0x43 @null
hypercall memory_op 0xffffffffffffffff @null
hypercall memory_op 0x100000003 @null
