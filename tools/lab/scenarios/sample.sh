# SPDX-License-Identifier: GPL-2.0
# about: the example of how other kernel code uses the frontend
# guests: pv pvh plain uml
# timeout: 120
# quick: pv
. /lab/balloon.sh

# On Xen the guest is what it is; the core takes the kernel for either type.
types=$LAB_GUEST
case $LAB_GUEST in
plain | uml) types="translated pv" ;;
esac

EVENTS=/sys/kernel/tracing/events/memfront

for type in $types; do
	case $LAB_GUEST in
	plain | uml) load xen-memcore adopt=$type || stop ;;
	esac
	expect "$type: the frontend loads" load xen-memfront || stop
	# A kernel without tracing has none of it.
	traced=
	mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
	[ ! -d $EVENTS ] || traced=yes
	[ -z "$traced" ] || echo 1 >$EVENTS/enable
	mark_log
	expect "$type: the example loads and has done its work" load memfront-tables
	expect_log 'memfront_tables: done' "$type: and says so"
	case $type in
	pv)
		expect_log '512 entries written, 0 refused' "$type: every entry of the table was written"
		[ -z "$traced" ] || expect "$type: the trace has the batch" \
			grep -q 'memfront_mmu_issue: calls=1 requests=512 ret=0' /sys/kernel/tracing/trace
		;;
	*) expect_log 'a translated guest' "$type: there are no tables to write" ;;
	esac
	expect_fail "$type: the frontend stays while it is used" unload xen_memfront
	expect "$type: the example unloads" unload memfront_tables
	expect "$type: and then the frontend" unload xen_memfront
	case $LAB_GUEST in
	plain | uml) unload xen_memcore ;;
	esac
done
