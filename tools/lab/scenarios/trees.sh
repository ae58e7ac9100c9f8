# SPDX-License-Identifier: GPL-2.0
# about: 1000 trees of page tables are built, pinned, used, changed, unpinned; nothing is lost
# guests: pv
# timeout: 900
. /lab/trial.sh

seed=${LAB_SEED:-$(($(now_ms) % 1000000))}

# own taken|lost: the trial's own count of pages.
own()
{
	awk -v f="$1" '$1 == f { print $2 }' $T/own
}

# dump FILE: what Xen says of the domain's memory, page types among it.
dump()
{
	cat $T/census >"$1.census"
	cat $T/keys >"$1.keys"
	grep -E 'nr_pages|Page [0-9a-f]|refcnt' "$1.keys" >"$1.pages"
}

# frames KIND: of those in the last census.
frames()
{
	awk -v f="frames_of_$1" '$1 == f { print $2 }' /tmp/census
}

# rise KIND: how many frames more of a kind there are with a tree of 37 L1 tables.
rise()
{
	local before after

	cat $T/census >/tmp/census
	before=$(frames "$1")
	trial hold 37
	cat $T/census >/tmp/census
	after=$(frames "$1")
	trial drop
	echo $((after - before))
}

free_now()
{
	echo 3 >/proc/sys/vm/drop_caches
	meminfo MemFree
}

trial_start
# What the kernel needs once for all: its own tables for the trial's memory.
trial trees 10 1
expect_eq "$(rise l1)" 37 "a pinned tree of 37 L1 tables is seen in the census"
expect_eq "$(rise l2)" 1 "and so is the table above"
expect_eq "$(rise l3_pinned)" 1 "and its root, as pinned"
taken=$(own taken)
free=$(free_now)
dump /tmp/before
note "seed $seed"
trial trees 1000 "$seed"
trial refused 100 "$seed"
dump /tmp/after
# Only a loss is a fault: the kernel's own caches may shrink meanwhile, and did by 1.4 MiB.
expect_between "$(free_now)" $((free - 1024)) "$(meminfo MemTotal)" "no memory of the guest is lost"
expect_eq "$(own taken)" "$taken" "the trial has given all its pages back"
expect_eq "$(own lost)" 0 "and lost none"

while read -r name count; do
	expect_eq "$(awk -v f="$name" '$1 == f { print $2 }' /tmp/after.census)" "$count" \
		"Xen's $name are what they were: $count"
done </tmp/before.census
expect_eq "$(wc -l </tmp/after.census)" "$(wc -l </tmp/before.census)" "and there are no others"
expect "the debug key's dump has page types" grep -q 'XenPage.*taf=' /tmp/before.pages
expect_eq "$(cat /tmp/after.pages)" "$(cat /tmp/before.pages)" \
	"the debug key's dump is what it was: $(grep -c Page /tmp/before.pages) pages, $(grep -o 'nr_pages=[0-9]*' /tmp/before.pages | head -n 1)"
trial_end
