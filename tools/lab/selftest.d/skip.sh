# SPDX-License-Identifier: GPL-2.0
# about: makes no sense here
# timeout: 90
skip "nothing to see"
