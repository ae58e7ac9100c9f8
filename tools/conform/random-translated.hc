# SPDX-License-Identifier: GPL-2.0
# Property: what the generator makes of a seed has the same answers everywhere: all that
# memory_op does for a translated domain.
caller translated
frame F 8
block B 3
empty E 4
