# SPDX-License-Identifier: GPL-2.0
# about: without Xen the in-tree core answers, for both types of guest
# guests: uml plain
# timeout: 180
. /lab/balloon.sh

expect_fail "no hypervisor, no balloon" load xen-memfront
expect_log "no hypervisor to talk to" "and the log says why"
expect_fail "hypervisor=xen is refused without Xen" load xen-memfront hypervisor=xen
expect_log "this kernel does not run on Xen" "and the log says why"

total=$(meminfo MemTotal)
for type in translated pv; do
	expect "$type: the core adopts this kernel" load xen-memcore adopt=$type || continue
	expect "$type: the frontend finds it" load xen-memfront || continue
	note "$(cat $M/hypervisor)"
	start=$(cat $M/current_kb)
	echo $((start / 1024 - 64))M >$M/target
	expect "$type: 64 MiB less" wait_until 60 reached
	expect_within "$((total - $(meminfo MemTotal)))" $((start - $(cat $M/current_kb))) 256 \
		"$type: MemTotal follows"
	expect_fail "$type: the core cannot go while it is needed" unload xen_memcore
	expect "$type: unloads" unload xen_memfront
	expect_within "$(meminfo MemTotal)" "$total" 256 "$type: and has given everything back"
	expect "$type: the core goes" unload xen_memcore
done
