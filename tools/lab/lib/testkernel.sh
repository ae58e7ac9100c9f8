# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Kernels with KUnit, built from the source of the stock kernel's version: "uml" runs as
# a process, "debug" (KASAN, lockdep, kmemleak) boots in plain QEMU. Kept with what is
# needed to build modules against them.

testkernel_fragment()
{
	printf '%s' "$LAB/kconfig/$1.config"
}

# Where the kernel of this version and this configuration is, or will be.
testkernel_dir()
{
	printf 'testkernel/%s-%s-%s' "$KERNEL_VERSION" "$1" \
		"$(sha256sum <"$(testkernel_fragment "$1")" | cut -c1-12)"
}

testkernel_arch()
{
	case $1 in
	uml) printf um ;;
	*) printf x86_64 ;;
	esac
}

testkernel_image()
{
	case $1 in
	uml) printf linux ;;
	*) printf arch/x86/boot/bzImage ;;
	esac
}

testkernel_make()
{
	local kind=$1

	shift
	nice make -C "$KERNEL_SOURCE" "O=$STAGE" "ARCH=$(testkernel_arch "$kind")" \
		-j "$(nproc)" "$@"
}

# A fragment's option that the configuration does not have is a mistake in the fragment.
testkernel_check_config()
{
	local lost

	lost=$(grep -E '^CONFIG_' "$(testkernel_fragment "$1")" |
		grep -vxFf "$STAGE/.config" | xargs) || true
	[ -z "$lost" ] || say "kernel $1: not available in $KERNEL_VERSION: $lost"
}

# Modules are built against headers, scripts and the symbol list; objects are not needed.
testkernel_trim()
{
	find "$STAGE" \( -path "$STAGE/scripts" -o -path "$STAGE/tools" \) -prune -o \
		\( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name 'vmlinux*' \) \
		-type f -exec rm -f {} +
}

testkernel_build()
{
	local kind=$1 log image

	cache_stage 2500 "the $kind kernel"
	log=$STAGE/build.log
	image=$(testkernel_image "$kind")
	testkernel_make "$kind" KCONFIG_ALLCONFIG="$(testkernel_fragment "$kind")" \
		allnoconfig >"$log" 2>&1 ||
		die "kernel $kind: configuration failed, see $(cache_keep_log "$log" "$kind.log")"
	testkernel_check_config "$kind"
	with_progress "building the $kind kernel $KERNEL_VERSION (once, some minutes)" "$log" \
		"printf '%s objects' \"\$(grep -cE '^  (CC|AS|LD|AR) ' $log)\"" \
		testkernel_make "$kind" "$(basename "$image")" modules ||
		die "kernel $kind: the build failed, see $(cache_keep_log "$log" "$kind.log")"
	cp "$STAGE/$image" "$STAGE/image"
	[ "$kind" != uml ] || strip "$STAGE/image"
	testkernel_trim
	cache_publish "$(testkernel_dir "$kind")"
}

# testkernel_setup KIND: sets TESTKERNEL to its directory.
testkernel_setup()
{
	kernel_setup
	TESTKERNEL=$CACHE/$(testkernel_dir "$1")
	[ ! -r "$TESTKERNEL/image" ] || return 0
	[ "${SETUP:-}" != no ] ||
		die "the $1 kernel for $KERNEL_VERSION is not in $CACHE and SETUP=no"
	kernel_setup_source
	cache_lock
	[ -r "$TESTKERNEL/image" ] || testkernel_build "$1"
}
