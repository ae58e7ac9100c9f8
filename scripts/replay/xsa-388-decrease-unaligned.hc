# SPDX-License-Identifier: GPL-2.0
# XSA-388 and 389: giving back extents that are not aligned, or not whole, counts each page once.
caller translated
block L 9
reservation
decrease L1 order=8
reservation
populate L1 order=8
decrease L255 order=1
reservation
decrease L0 order=8
reservation
decrease L256 order=8
reservation
populate L0 order=7
populate L128 order=6
populate L192 order=5
reservation
decrease L0 order=8
reservation
decrease L0 order=9
reservation
populate L0 order=9
reservation
