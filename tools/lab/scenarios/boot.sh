# SPDX-License-Identifier: GPL-2.0
# about: the guest is up and is what it claims to be
# guests: uml plain debug pv pvh
# timeout: 90

hypervisor_type()
{
	cat /sys/hypervisor/type 2>/dev/null || echo none
}

expect "memory is there" [ "$(meminfo MemTotal)" -gt 65536 ]
case $LAB_GUEST in
pv | pvh)
	expect_eq "$(hypervisor_type)" xen "runs on Xen"
	expect_eq "$(cat /sys/hypervisor/guest_type)" "$(echo "$LAB_GUEST" | tr a-z A-Z)" \
		"guest type is $LAB_GUEST"
	note "Xen $(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)$(cat /sys/hypervisor/version/extra)"
	;;
*)
	expect_eq "$(hypervisor_type)" none "runs without Xen"
	;;
esac
