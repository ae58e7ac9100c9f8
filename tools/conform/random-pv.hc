# SPDX-License-Identifier: GPL-2.0
# Property: what the generator makes of a seed has the same answers everywhere.
frame F 16
