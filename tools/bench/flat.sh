# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: the core: an entry should cost the same however much memory its machine has
# guests: plain
# clocks: icount
# timeout: 600
# memory: 512
. /lab/bench/guest.sh

for spare in 64 256 1024 4096 15872; do
	flat_machine $spare
done
expect "all sizes were measured" true
