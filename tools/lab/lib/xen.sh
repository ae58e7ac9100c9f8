# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The Xen hypervisor and its toolstack with the libraries it runs on.

XEN=${XEN:-4.17}

xen_load_record()
{
	local record=$CACHE/record/xen-$XEN

	[ -r "$record" ] || return 1
	# shellcheck disable=SC1090
	. "$record"
	XEN_DIR=$CACHE/xen/$XEN_VERSION
	XEN_IMAGE=$XEN_DIR/xen
	XEN_BIN=$XEN_DIR/root/usr/lib/xen-$XEN/bin
	[ -r "$XEN_IMAGE" ]
}

# xen_libraries PACKAGE...: all library packages reached by dependencies.
xen_libraries()
{
	local todo=("$@") seen=" " name

	while ((${#todo[@]})); do
		name=${todo[0]}
		todo=("${todo[@]:1}")
		case $seen in *" $name "*) continue ;; esac
		seen+="$name "
		while read -r name; do
			todo+=("$name")
		done < <(apt-cache depends --no-recommends --no-suggests --no-conflicts \
			--no-breaks --no-replaces --no-enhances "$name" 2>/dev/null |
			awk '$1 == "Depends:" && $2 ~ /^z?lib/ && $2 !~ /python|perl/ { print $2 }')
	done
	printf '%s\n' "$seen" | xargs -n 1
}

xen_choose()
{
	apt_versions "xen-hypervisor-$XEN-amd64" | head -n 1 | grep .
}

xen_fetch()
{
	local version packages

	version=$(xen_choose) || {
		apt_refresh
		version=$(xen_choose)
	} || die "apt offers no Xen $XEN; it offers: $(apt-cache pkgnames xen-hypervisor-4 | sort -V | xargs)"
	mapfile -t packages < <(xen_libraries "xen-utils-$XEN" xenstore-utils)
	cache_stage 300 "Xen $version"
	apt_unpack "$STAGE/root" "xen-hypervisor-$XEN-amd64=$version" "${packages[@]}"
	# QEMU takes the 32-bit multiboot ELF that is inside.
	zcat "$STAGE/root/boot/xen-$XEN-amd64.gz" >"$STAGE/xen" ||
		die "cannot unpack the hypervisor"
	cache_publish "xen/$version"
	printf 'XEN_VERSION=%s\n' "$version" | cache_record "xen-$XEN"
}

xen_setup()
{
	xen_load_record && return 0
	[ "${SETUP:-}" != no ] || die "Xen $XEN is not in $CACHE and SETUP=no"
	cache_lock
	xen_load_record || xen_fetch
	xen_load_record || die "Xen $XEN was unpacked but cannot be found in $CACHE"
}
