# SPDX-License-Identifier: GPL-2.0
# about: load everything that was built, which runs the KUnit suites, and unload it
# timeout: 300

load_one()
{
	[ ! -e "/lab/modules/$1.ko" ] || expect "$1 loads" load "$@"
}

unload_all()
{
	local name

	for name in $(lsmod | awk 'NR > 1 { print $1 }'); do
		expect "$name unloads" rmmod "$name"
	done
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
load_one xen-memcore
load_one xen-memfront hypervisor=core
# Between these words the console belongs to KTAP: results are told afterwards.
refused=
echo "lab: kunit begins" >/dev/kmsg
for ko in /lab/modules/*-kunit.ko; do
	[ ! -e "$ko" ] || insmod "$ko" || refused="$refused $ko"
done
echo "lab: kunit ends" >/dev/kmsg
expect_eq "$refused" "" "the suites load"
unload_all
look_for_leaks
