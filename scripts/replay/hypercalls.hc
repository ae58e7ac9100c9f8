# SPDX-License-Identifier: GPL-2.0
# Property: calls that do not exist say so, and numbers are looked at as a whole.
hypercall 63
hypercall 64
hypercall 55
hypercall 47
