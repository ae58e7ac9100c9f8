# SPDX-License-Identifier: GPL-2.0
# about: each operation on page tables alone, in batches, with a refused one; where none may be
# guests: pv pvh
# timeout: 120
. /lab/trial.sh

trial_start
if [ "$LAB_GUEST" = pv ]; then
	trial ops
	trial full 512
	trial full 513
	trial full 5000
	trial contexts
	note "$(tr '\n' ' ' </sys/kernel/debug/xen-memfront/mmu_batch)"
else
	trial translated
fi
expect_eq "$(awk '$1 == "lost" { print $2 }' $T/own)" 0 "the trial has lost no page"
trial_end
