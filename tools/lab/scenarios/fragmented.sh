# SPDX-License-Identifier: GPL-2.0
# about: broken blocks are healed on the way back, and a fragmented guest gives single pages
# guests: pv pvh
# timeout: 400
. /lab/balloon.sh

free_blocks()
{
	awk '{ line = ""; for (i = 5; i <= NF; i++) line = line " " $i; print $4 ":" line }' /proc/buddyinfo |
		tr '\n' ';'
}

# break_and_heal: of 32 blocks, three pages come back on their own, then the rest.
break_and_heal()
{
	local single

	single=$(stat populated_single)
	reach $((START_KB - 65536)) || return
	echo 0 >$M/order
	reach $((START_KB - 65536 + 12))
	echo 9 >$M/order
	# Pages that are still in a CPU's batch for the LRU cannot be isolated: this drains it.
	echo 1 >/proc/sys/vm/compact_memory
	reach "$START_KB" || return
	SINGLE=$(($(stat populated_single) - single))
}

note_start
expect "loads" load xen-memfront || stop

# Now and then the kernel has put something immovable into one of the three pages.
tries=0
while [ $tries -lt 10 ] && [ "$(stat completed)" = 0 ]; do
	tries=$((tries + 1))
	break_and_heal || break
done
note "$tries tries"
if [ "$LAB_GUEST" = pvh ]; then
	expect_eq "$(stat completed)" 1 "a broken block was completed"
	expect_eq "$SINGLE" 3 "and came back as one"
else
	expect_eq "$(stat completed)" 0 "no block is completed where there are no superpages"
fi
expect_true_figures "healed"

note "free blocks by order: $(free_blocks)"
fragment $(($(meminfo MemFree) / 1024 - 64)) >/run/fragment.log 2>&1 &
FRAGMENT=$!
expect "a program leaves every other page free" wait_until 200 grep -q ready /run/fragment.log
note "free blocks by order: $(free_blocks)"
super=$(stat released_super)
single=$(stat released_single)
expect "inflates all the same" reach $((START_KB - 262144))
super=$(($(stat released_super) - super))
single=$(($(stat released_single) - single))
note "$super superpages and $single pages out"
expect_eq $((super * 512 + single)) 65536 "all of it counted"
expect_true_figures "inflated"
kill $FRAGMENT
wait $FRAGMENT
expect "deflates" reach "$START_KB"
note "$(stat populated_super) superpages and $(stat populated_single) pages in, $(stat completed) blocks completed"
expect_true_figures "deflated"
expect_eq "$(stat call_errors)$(stat stuck)" 00 "no call went wrong"
