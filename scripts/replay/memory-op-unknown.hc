# SPDX-License-Identifier: GPL-2.0
# Property: an operation that there is not, or no more, is told so.
caller pv translated
memory_op 8 @null
memory_op 9 @null
memory_op 18 @null
memory_op 19 @null
memory_op 20 @null
memory_op 21 @null
memory_op 22 @null
memory_op 29 @null
memory_op 30 @null
memory_op 63 @null
memory_op 63 @xen
memory_op 63 @null start=1
memory_op 29 @null start=5
memory_op 0 @null
memory_op 1 @null start=3
memory_op 6 @null start=7
memory_op 6 @xen start=0x3ffffff
memory_op exchange @null
memory_op exchange @null start=1
memory_op current_reservation @null
memory_op current_reservation @null start=1
memory_op machphys_mfn_list @null start=1
memory_op memory_map @null start=1
memory_op machine_memory_map @null start=1
memory_op set_memory_map @null start=1
memory_op add_to_physmap @null start=1
memory_op add_to_physmap_batch @null start=1
memory_op remove_from_physmap @null
memory_op set_pod_target @null start=1
memory_op get_pod_target @null start=1
memory_op claim_pages @null start=1
memory_op get_vnumainfo @null start=1
memory_op reserved_device_memory_map @null start=1
memory_op acquire_resource @null start=1
memory_op machphys_mapping @null start=1
memory_op machphys_compat_mfn_list @null start=1
