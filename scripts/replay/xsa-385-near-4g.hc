# SPDX-License-Identifier: GPL-2.0
# XSA-385: no count of pages wraps.
caller pv translated
frame A
populate A nr=0x3ffffff list=@xen
populate A nr=0x4000000 list=@xen
populate A nr=0xffffffff list=@xen
populate A nr=0x100000001 list=@xen
increase nr=0xffffffff list=@xen
increase nr=0x100000001 list=@xen
decrease A nr=0x100000001 list=@xen
decrease A nr=0x3ffffff start=0x3fffffe list=@xen
claim nr=0xffffffff
claim nr=0xffffffffffffffff
reservation
