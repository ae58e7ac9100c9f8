# SPDX-License-Identifier: GPL-2.0
# about: targets from every file are reached, and every account agrees
# guests: pv pvh
# timeout: 180
# quick: pv pvh
. /lab/balloon.sh

note_start
expect "loads" load xen-memfront || stop
expect_eq "$(cat $M/mode)" owner "owns the balloon"
expect_eq "$(cat $M/current_kb)" "$START_KB" "has what the stock driver had"
expect_eq "$(cat $M/target_kb)" "$START_KB" "and its target"
expect_true_figures "at load"
note "$(cat $M/hypervisor), overhead $(cat $M/overhead_kb) KiB"

expect "down to 512 MiB" reach 524288
expect_true_figures "512 MiB"
expect "up to 700 MiB and an odd page" reach 716804
expect_true_figures "700 MiB"
expect "all of it back" reach "$START_KB"
expect_true_figures "all"
[ "$LAB_GUEST" = pv ] || expect_eq "$(stat released_super)" "$(stat populated_super)" \
	"what left in superpages came back in superpages"

echo 600M >$M/target
expect "target takes a suffix" wait_until 60 reached
expect_eq "$(cat $M/current_kb)" 614400 "and means it"

note "the stock files stay effective"
echo 524288 >$S/target_kb
expect "stock target_kb is pursued within a second" wait_until 1 has target_kb 524288
expect "and reached" wait_until 60 reached
echo 650M >$S/target
expect "so is stock target" wait_until 60 has current_kb 665600
expect_eq "$(cat $S/target_kb)" 665600 "which shows it"
echo 7 >$S/max_schedule_delay
expect_eq "$(cat $M/max_schedule_delay)" 7 "stock max_schedule_delay is ours"
echo 32 >$M/max_schedule_delay
expect_eq "$((0x$(cat $S/max_schedule_delay)))" 32 "and the other way round (the stock file shows hexadecimal)"
echo 0 >$S/scrub_pages
expect_eq "$(cat $M/scrub_pages)" 0 "stock scrub_pages is ours"
echo 1 >$M/scrub_pages
expect_eq "$(cat $S/scrub_pages)" 1 "and the other way round"

note "limits"
echo 0 >$M/target_kb
expect "a target of nothing stops at the floor" wait_until 90 waits_for floor
expect_eq "$(cat $M/current_kb)" "$(cat $M/min_kb)" "the floor is min_kb"
echo $(($(cat $M/min_kb) + 8192)) >$M/min_kb
expect "back up" reach "$START_KB"
echo $((START_KB * 64)) >$M/target_kb
expect "a target beyond all memory waits and says why" wait_until 60 has state waiting
case $(cat $M/reason) in
no-holes | max-reservation | xen-no-memory) expect "with a true reason" true ;;
*) expect "with a true reason, not $(cat $M/reason)" false ;;
esac
expect "and does not keep a new one from being pursued" reach 614400

note "single pages"
echo 0 >$M/order
before=$(stat released_super)
expect "order 0 moves too" reach 581632
expect_eq "$(stat released_super)" "$before" "and no superpage"
echo 9 >$M/order
expect "superpages on top of that" reach 524288
expect "and back through both" reach 700000
expect_true_figures "after a mix"

note "bad values change nothing"
for value in -1 abc 12q 99999999999999999999 '' 1.5; do
	expect "target_kb refuses '$value'" set_fails target_kb "$value"
	expect "target refuses '$value'" set_fails target "$value"
	expect "min_kb refuses '$value'" set_fails min_kb "$value"
done
for value in 10 1 -1 x; do
	expect "order refuses '$value'" set_fails order "$value"
done
for value in 0 -1 86401 x; do
	expect "max_schedule_delay refuses '$value'" set_fails max_schedule_delay "$value"
done
expect "min_kb refuses more than there is" set_fails min_kb $((WHOLE_KB + 4))
expect "scrub_pages refuses nonsense" set_fails scrub_pages maybe
expect "current_kb is read-only" set_fails current_kb 5

expect_eq "$(stat call_errors)$(stat stuck)$(stat release_short)" 000 "no call went wrong"
expect "back to the start" reach "$START_KB"
expect "unloads" unload xen_memfront
expect_eq "$(stock_holes)" "$((WHOLE_KB - START_KB))" "the stock balloon has its pages again"
