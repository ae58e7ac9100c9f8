# SPDX-License-Identifier: GPL-2.0
# XSA-385: a claim near the end of numbers does not wrap.
caller control
guest G 2
claim nr=0xffffffff dom=G
claim nr=0xfffffffe dom=G
claim nr=0x100000001 dom=G
claim nr=0xffffffffffffffff dom=G
claim nr=2 dom=G
reservation dom=G
