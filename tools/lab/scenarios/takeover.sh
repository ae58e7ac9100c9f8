# SPDX-License-Identifier: GPL-2.0
# about: loaded and unloaded at any moment, nothing is lost; the other ways to load
# guests: pv pvh
# timeout: 400
. /lab/balloon.sh

note_start
RANDOM_STATE=${LAB_SEED:-$(now_ms)}
note "seed $RANDOM_STATE"

expect_fail "hypervisor=core is refused on Xen" load xen-memfront hypervisor=core
expect_log "hypervisor=core, but this kernel runs on Xen" "and the log says why"
expect_fail "so is a word that is none" load xen-memfront hypervisor=kvm
expect_log "is not one of auto, xen, core" "and the log says why"
expect_eq "$(stock_holes)" "$((WHOLE_KB - START_KB))" "nothing has changed"

expect "hypervisor=xen is what auto means here" load xen-memfront hypervisor=xen
expect_true_figures "hypervisor=xen"
expect "unloads" unload xen_memfront

note "governor: the stock driver moves, we only steer"
expect "takeover=0 loads" load xen-memfront takeover=0
expect_eq "$(cat $M/mode)" governor "mode is governor"
echo $((START_KB - 65536)) >$M/target_kb
expect "a target of ours is pursued by the stock driver" wait_until 60 reached
expect_eq "$(cat $S/info/current_kb)" "$((START_KB - 65536))" "by its own account"
echo "$START_KB" >$S/target_kb
expect "a target of its own is shown" wait_until 60 has target_kb "$START_KB"
expect "and reached" wait_until 60 reached
expect "unloads" unload xen_memfront

note "pages in the stock balloon are adopted and given back"
echo $((START_KB - 131072)) >$S/target_kb
expect "the stock driver has inflated" wait_until 90 stock_reached
expect "loads" load xen-memfront
expect_true_figures "adopted"
expect "all of it comes back" reach "$START_KB"
expect "down again" reach $((START_KB - 98304))
expect "unloads" unload xen_memfront
expect_eq "$(($(cat $S/info/current_kb) + $(stock_holes)))" "$WHOLE_KB" "given back"
echo "$START_KB" >$S/target_kb
expect "the stock driver deflates what we inflated" wait_until 90 stock_reached
expect_eq "$(($(cat $S/info/current_kb) + $(stock_holes)))" "$WHOLE_KB" "to the last page"

note "100 times in the middle of the pursuit, while a program watches its memory"
expect "it fills 100 MiB" hold 100
failed=0
i=0
while [ $i -lt 100 ]; do
	i=$((i + 1))
	random 393216
	echo $((START_KB - RANDOM_NUMBER)) >$S/target_kb
	load xen-memfront || failed=$((failed + 1))
	random 60
	usleep $((RANDOM_NUMBER * 1000))
	unload xen_memfront || failed=$((failed + 1))
	[ $(($(cat $S/info/current_kb) + $(stock_holes))) = "$WHOLE_KB" ] || {
		# The stock driver moves on its own again: look once more when it is done.
		wait_until 60 stock_reached
		[ $(($(cat $S/info/current_kb) + $(stock_holes))) = "$WHOLE_KB" ] ||
			failed=$((failed + 1))
	}
done
expect_eq "$failed" 0 "no load, unload or account failed"
expect "no byte has changed" held
echo "$START_KB" >$S/target_kb
expect "the stock driver reaches the target" wait_until 90 stock_reached
expect_eq "$(meminfo MemTotal)" "$MEMTOTAL_KB" "MemTotal is what it was"
expect "loads once more" load xen-memfront
expect_true_figures "after 100 cycles"
