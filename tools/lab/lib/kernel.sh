# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The stock Debian kernel under test: image, headers and source of one version.

KERNEL=${KERNEL:-6.1}

# kernel_offers: "version release" of every stock image that apt offers, newest first.
kernel_offers()
{
	apt-cache show linux-image-amd64 2>/dev/null | awk '
		/^Version:/ { v = $2 }
		/^Depends:/ && match($0, /linux-image-[^ ,]+/) {
			print v, substr($0, RSTART + 12, RLENGTH - 12)
		}' | sort -Vru
}

# 6.1.192-2 -> 6.1
kernel_series()
{
	printf '%s' "$1" | cut -d. -f1,2 | cut -d- -f1
}

# The newest offer that KERNEL= is a prefix of and whose source is offered too.
kernel_choose()
{
	local version release

	while read -r version release; do
		case $version in
		"$KERNEL" | "$KERNEL"[.-]*) ;;
		*) continue ;;
		esac
		apt_versions "linux-source-$(kernel_series "$version")" |
			grep -qxF "$version" || continue
		printf '%s %s\n' "$version" "$release"
		return 0
	done < <(kernel_offers)
	return 1
}

kernel_load_record()
{
	local record=$CACHE/record/kernel-$KERNEL

	[ -r "$record" ] || return 1
	# shellcheck disable=SC1090
	. "$record"
	KERNEL_DIR=$CACHE/kernel/$KERNEL_VERSION
	KERNEL_HEADERS=$KERNEL_DIR/stock/usr/src/linux-headers-$KERNEL_RELEASE
	KERNEL_IMAGE=$KERNEL_DIR/stock/boot/vmlinuz-$KERNEL_RELEASE
	# The layouts before and after Debian merged /lib into /usr.
	KERNEL_MODULES=$KERNEL_DIR/stock/lib/modules/$KERNEL_RELEASE
	[ -d "$KERNEL_MODULES" ] ||
		KERNEL_MODULES=$KERNEL_DIR/stock/usr/lib/modules/$KERNEL_RELEASE
	KERNEL_SOURCE=$KERNEL_DIR/source
	[ -r "$KERNEL_IMAGE" ]
}

# Debian's header tree speaks of itself by its installed, absolute path.
kernel_relocate_headers()
{
	local root=$1 final=$2

	find "$root/usr/src" -maxdepth 2 -name Makefile -type f -exec \
		sed -i "s|/usr/src/linux-headers|$final/usr/src/linux-headers|g" {} +
}

kernel_fetch()
{
	local choice version release series

	choice=$(kernel_choose) || {
		apt_refresh
		choice=$(kernel_choose)
	} || die "apt offers no kernel $KERNEL together with its source; it offers: $(kernel_offers | cut -d' ' -f1 | xargs)"
	read -r version release <<<"$choice"
	series=$(kernel_series "$version")
	cache_stage 700 "kernel $version"
	apt_unpack "$STAGE" "linux-image-$release=$version" "linux-headers-$release=$version" \
		"linux-headers-${release%-amd64}-common=$version" "linux-kbuild-$series=$version"
	kernel_relocate_headers "$STAGE" "$CACHE/kernel/$version/stock"
	cache_publish "kernel/$version/stock"
	printf 'KERNEL_VERSION=%s\nKERNEL_RELEASE=%s\n' "$version" "$release" |
		cache_record "kernel-$KERNEL"
}

# kernel_setup: the stock kernel and its headers.
kernel_setup()
{
	kernel_load_record && return 0
	[ "${SETUP:-}" != no ] || die "kernel $KERNEL is not in $CACHE and SETUP=no"
	cache_lock
	kernel_load_record || kernel_fetch
	kernel_load_record || die "kernel $KERNEL was unpacked but cannot be found in $CACHE"
}

kernel_fetch_source()
{
	local series

	series=$(kernel_series "$KERNEL_VERSION")
	cache_stage 3000 "the source of kernel $KERNEL_VERSION"
	apt_unpack "$STAGE/deb" "linux-source-$series=$KERNEL_VERSION"
	mkdir "$STAGE/tree"
	with_progress "unpacking the source of kernel $KERNEL_VERSION" "$STAGE/log" \
		"du -sm $STAGE/tree | cut -f1 | sed 's/$/ MiB/'" \
		tar -C "$STAGE/tree" --strip-components=1 -xf \
		"$STAGE/deb/usr/src/linux-source-$series.tar.xz" ||
		die "cannot unpack the kernel source: $(tail -n 1 "$STAGE/log")"
	mv "$STAGE/tree" "$CACHE/.stage.source"
	rm -rf "$STAGE"
	STAGE=$CACHE/.stage.source
	cache_publish "kernel/$KERNEL_VERSION/source"
}

# kernel_setup_source: the source of the very same version, for test kernels and checkpatch.
kernel_setup_source()
{
	kernel_setup
	[ ! -d "$KERNEL_SOURCE" ] || return 0
	[ "${SETUP:-}" != no ] ||
		die "the source of kernel $KERNEL_VERSION is not in $CACHE and SETUP=no"
	cache_lock
	[ -d "$KERNEL_SOURCE" ] || kernel_fetch_source
}
