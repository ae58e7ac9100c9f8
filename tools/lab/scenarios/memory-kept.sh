# SPDX-License-Identifier: GPL-2.0
# about: no byte of the guest's programs changes, whatever the balloon does
# guests: pv pvh
# timeout: 400
. /lab/balloon.sh

note_start
RANDOM_STATE=${LAB_SEED:-$(now_ms)}
note "seed $RANDOM_STATE"
expect "loads" load xen-memfront || stop
expect "a program fills 200 MiB and watches them" hold 200

failed=0
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	random 400
	KB=$((START_KB - RANDOM_NUMBER * 1024 - RANDOM_NUMBER * 4))
	random 3
	echo $((RANDOM_NUMBER == 0 ? 0 : 9)) >$M/order
	echo $KB >$M/target_kb
	random 4
	[ "$RANDOM_NUMBER" != 0 ] || wait_until 60 reached || failed=$((failed + 1))
	[ "$RANDOM_NUMBER" != 1 ] || { unload xen_memfront && load xen-memfront; } ||
		failed=$((failed + 1))
	usleep $((RANDOM_NUMBER * 100000))
done
expect_eq "$failed" 0 "40 targets, some cut short, some across unload and load"
echo 9 >$M/order
expect "all of the memory back" reach "$START_KB"
expect "no byte has changed" held
expect_true_figures "at the end"
