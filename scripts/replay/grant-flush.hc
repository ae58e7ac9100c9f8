# SPDX-License-Identifier: GPL-2.0
# Property: a cache flush is of what is in one page, and one's own.
frame A 2
peer frame B 1
grants R 1
peer grants S 2
peer grant S0 = access other B0
cache_flush clean maddr(A0) 0 4096
cache_flush clean maddr(A0) 0 1
cache_flush invalidate maddr(A0) 64 64
cache_flush clean|invalidate maddr(A0) 0 8
cache_flush 0 maddr(A0) 0 8
cache_flush 4 maddr(A0) 0 8
cache_flush clean maddr(A0) 0 0
cache_flush clean maddr(A0) 1 4096
cache_flush clean maddr(A0) 4096 0
cache_flush clean maddr(A0) 4095 2
cache_flush clean|ref S0 0 8
cache_flush clean none 0 8
cache_flush count=0
cache_flush count=1 arg=@xen
cache_flush count=0x80000000
