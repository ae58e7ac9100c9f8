# SPDX-License-Identifier: GPL-2.0
# about: an expectation that does not hold
# timeout: 90
expect_eq 1 1 "one is one"
expect_eq 1 2 "one is two"
