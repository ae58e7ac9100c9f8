# SPDX-License-Identifier: GPL-2.0
# about: both domUs are up and the stock driver follows xl mem-set in them
# guests: host
# timeout: 180

figure_near()
{
	local off

	off=$(($(xl_mem "$1") - $2))
	[ "${off#-}" -le 4096 ]
}

for kind in pv pvh; do
	expect_eq "$(in_domu $kind 'cat /sys/hypervisor/guest_type' | tr A-Z a-z)" $kind \
		"$kind: a command runs inside and answers"
	in_domu $kind 'exit 7'
	expect_eq $? 7 "$kind: its exit status comes back"
	expect_eq "$(in_domu $kind 'seq 1 4000' | md5sum)" "$(seq 1 4000 | md5sum)" \
		"$kind: long output arrives whole"
	expect_within "$(xl_mem $kind)" $((DOMU_MEMORY * 1024)) 4096 "$kind: Xen's figure at start"
	before=$(in_domu $kind "awk '/MemTotal/{print \$2}' /proc/meminfo")
	xl mem-set $kind 256m
	expect "$kind: shrinks to 256 MiB" wait_until 30 figure_near $kind 262144
	after=$(in_domu $kind "awk '/MemTotal/{print \$2}' /proc/meminfo")
	expect_within $((before - after)) $(((DOMU_MEMORY - 256) * 1024)) 4096 "$kind: the guest sees it"
	xl mem-set $kind 448m
	expect "$kind: grows to 448 MiB" wait_until 30 figure_near $kind 458752
done
