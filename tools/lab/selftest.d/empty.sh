# SPDX-License-Identifier: GPL-2.0
# about: expects nothing, so it shows nothing
# timeout: 90
note "hello"
