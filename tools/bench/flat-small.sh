# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: the core: the same in the smallest machine that the kernel boots in
# guests: plain
# clocks: icount
# timeout: 600
# memory: 128
. /lab/bench/guest.sh

flat_machine 0
flat_machine 128
expect "all sizes were measured" true
