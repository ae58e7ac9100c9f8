# SPDX-License-Identifier: GPL-2.0
# XSA-29 and 212: the lists of an exchange may not be where the hypervisor is.
frame A 2
decrease A0 A1
populate A0 A1
exchange A0 to A1 in_list=@xen
exchange A0 to A1 out_list=@xen
exchange A0 to A1 in_list=@noncanonical
exchange A0 to A1 out_list=@noncanonical
exchange A0 to A1 arg=@xen
exchange A0 to A1 in_list=0xffff804000000000
exchange A0 to A1 out_list=0xffff87ffffffffff
exchange in_nr=0x1000000000000000 out_nr=0x1000000000000000 to in_list=@xen out_list=@xen
exchange in_nr=0x10000000 out_nr=0x10000000 exchanged=0xfffffff to in_list=@xen out_list=@xen
exchange A0 to A1 out_list=0xffff7fffffffffff
exchange A0 to A1
