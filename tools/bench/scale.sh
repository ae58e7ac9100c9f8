# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: 64 MiB to 2 GiB out and in: the cost of each MiB should not depend on how many
# guests: pv pvh
# clocks: icount
# timeout: 600
# memory: 4096
# dom0_mem: 3072M
. /lab/bench/guest.sh

ROUNDS=3

bench_start
with_ours
# The first time Xen sees the memory costs more.
untimed $((FULL - 2048 * 256))
untimed "$FULL"
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	for mib in 64 128 256 512 1024 2048; do
		timed ours inflate_$mib $((FULL - mib * 256))
		timed ours deflate_$mib "$FULL"
	done
done
expect "all sizes were measured" true
