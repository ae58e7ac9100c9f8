# SPDX-License-Identifier: GPL-2.0
# XSA-222 and 247: a frame that leaves the physmap in part of a call is gone once.
caller translated
block L 4
frame A
reservation
decrease L3
decrease L0 order=4
reservation
decrease L0 order=2
decrease L4 order=2
reservation
populate L0 order=2
populate L4 order=2
reservation
add_to_physmap gmfn L8 A
decrease L8 order=3
decrease L9 order=1
reservation
populate L8
populate L9 order=1
repeat 20 {
decrease L0 order=4
populate L0 order=4
}
reservation
