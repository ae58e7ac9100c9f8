# SPDX-License-Identifier: GPL-2.0
# Property: what a guest is told of the machine.
caller pv translated
maximum_ram_page
maximum_ram_page start=1
maximum_gpfn
maximum_gpfn start=1
maximum_gpfn dom=own
maximum_gpfn dom=absent
maximum_gpfn dom=0
maximum_gpfn dom=io
maximum_gpfn arg=@null
maximum_gpfn arg=@noncanonical
reservation
reservation dom=own
reservation dom=0
reservation dom=xen
maximum_reservation
maximum_reservation dom=own
maximum_reservation dom=absent
maximum_reservation dom=0
machphys_mfn_list
machphys_mfn_list nr=0
machphys_mfn_list nr=0 list=@null
machphys_mfn_list nr=1 list=@null
machphys_mfn_list nr=1 list=@xen
machphys_mfn_list arg=@null
machphys_mfn_list arg=@xen
machphys_compat_mfn_list
machphys_compat_mfn_list nr=0
machphys_compat_mfn_list list=@xen
machphys_compat_mfn_list arg=@null
machphys_mapping
machphys_mapping arg=@null
machphys_mapping arg=@xen
machphys_mapping arg=@unmapped
get_vnumainfo
get_vnumainfo vnodes=0 vcpus=0 ranges=0
get_vnumainfo pad=1
get_vnumainfo pad=1 dom=absent
get_vnumainfo dom=absent
get_vnumainfo dom=0
get_vnumainfo dom=own
get_vnumainfo arg=@null
get_vnumainfo start=1
