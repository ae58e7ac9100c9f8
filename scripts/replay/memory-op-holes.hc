# SPDX-License-Identifier: GPL-2.0
# Property: where a translated guest has no frame, all bits are read as set and writes vanish.
caller translated
frame A
frame B
write A 0 0x11
write B 0 0x22
access r 8 @A
decrease A
access r 8 @A
access r 4 @A+4
access r 2 @A+2
access r 1 @A+7
access r 8 @A+4088
access w 8 @A 5
access w 1 @A+1 5
access r 8 @A
read A 0
dump A
write A 0 1
populate A
dump A
write A 0 1
read A 0
dump B
