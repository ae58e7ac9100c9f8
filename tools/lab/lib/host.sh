# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the host itself needs in order to build and to boot.

HOST_PACKAGES=(
	bash bc binutils bison busybox-static cpio flex gcc kmod
	libc6-dev libelf-dev libssl-dev libxen-dev make perl python3
	qemu-system-x86 rsync shellcheck sparse util-linux xz-utils
)

host_setup()
{
	local missing

	apt_need_tools
	missing=$(apt_missing "${HOST_PACKAGES[@]}")
	[ -n "$missing" ] || return 0
	[ "${SETUP:-}" != no ] || die "packages are missing and SETUP=no: $missing"
	# shellcheck disable=SC2086 # a list of names
	apt_install $missing
}
