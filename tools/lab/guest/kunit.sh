# SPDX-License-Identifier: GPL-2.0
# about: load everything that was built, which runs the KUnit suites, and unload it
# timeout: 3000

# The core takes this kernel for a domain of each type in turn, the last two the control domain.
TYPES="translated pv control control-translated"
TYPES_TOLD=" a translated guest, as a PV guest, and as a control domain of each type"
REFUSED=

run_suites()
{
	local ko failed=0 adopt=$1 control=0 suites=kunit

	case $1 in
	control) adopt=pv control=1 suites=control-kunit ;;
	control-translated) adopt=translated control=1 suites=control-kunit ;;
	esac
	# A page that has lost a reference for good would be another suite's later.
	load xen-memcore adopt="$adopt" control=$control spare_mb=128 quirks=0 && load xen-memfront hypervisor=core || return 1
	load xen-memreplay || return 1
	for ko in /lab/modules/*-$suites.ko; do
		# Its machines are its own, whatever this kernel is: once is enough.
		[ "$adopt.${ko##*/}" != pv.memcore-kunit.ko ] || continue
		insmod "$ko" || failed=1
	done
	for ko in $(lsmod | awk 'NR > 1 { print $1 }'); do
		rmmod "$ko" || failed=1
	done
	return $failed
}

# kmemleak looks at an object only when it is some seconds old.
look_for_leaks()
{
	local leaks=/sys/kernel/debug/kmemleak

	[ -w $leaks ] || return 0
	sleep 6
	echo scan >$leaks
	echo scan >$leaks
	cat $leaks
	expect "nothing is leaked" [ ! -s $leaks ]
}

[ ! -w /sys/kernel/debug/kmemleak ] || echo clear >/sys/kernel/debug/kmemleak
# Between these words the console belongs to KTAP: results are told afterwards.
echo "lab: kunit begins" >/dev/kmsg
for type in $TYPES; do
	run_suites "$type" || REFUSED="$REFUSED $type"
done
echo "lab: kunit ends" >/dev/kmsg
expect_eq "$REFUSED" "" "core, frontend and suites load and unload, as$TYPES_TOLD"
look_for_leaks
