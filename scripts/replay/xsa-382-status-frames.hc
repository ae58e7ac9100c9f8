# SPDX-License-Identifier: GPL-2.0
# Property: there are no more status frames than there are.
frame A 1
peer frame B 1
grants R 1
get_status_frames 1
get_status_frames 0xffffffff list=@null
set_version 2
get_status_frames 1
get_status_frames 9
get_status_frames 0xffffffff list=@null
get_status_frames 0x1000 list=@null
set_version 1
get_status_frames 1
get_status_frames 0
