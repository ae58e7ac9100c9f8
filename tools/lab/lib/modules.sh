# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Modules, built for one kernel in a farm of links of its own: one M= directory cannot
# hold objects for two kernels.

FARM_ROOMS=(Kbuild drivers include kunit samples tools/trial)

# modules_farm KIND: the directory for stock, uml or debug.
modules_farm()
{
	case $1 in
	stock) printf '%s' "$BUILD/$KERNEL_RELEASE" ;;
	*) printf '%s' "$BUILD/$1" ;;
	esac
}

# Follow the checkout: links of added files appear, those of removed files go.
farm_sync()
{
	local farm=$1 rooms=() room

	mkdir -p "$farm/build/include"
	ln -sfn /usr/include/xen "$farm/build/include/xen-public"
	for room in "${FARM_ROOMS[@]}"; do
		[ ! -e "$ROOT/$room" ] || rooms+=("$room")
	done
	(cd "$ROOT" && find "${rooms[@]}" -type f \
		\( -name '*.[chS]' -o -name Kbuild -o -name Makefile \) ! -name '*.mod.c') |
		while read -r file; do
			[ -L "$farm/$file" ] || {
				mkdir -p "$(dirname "$farm/$file")"
				ln -sfn "$ROOT/$file" "$farm/$file"
			}
		done
	find "$farm" -xtype l -delete
}

# modules_kernel KIND: set the build tree (MODULES_KDIR) and its architecture.
modules_kernel()
{
	case $1 in
	stock)
		kernel_setup
		MODULES_KDIR=$KERNEL_HEADERS
		MODULES_ARCH=x86
		;;
	*)
		testkernel_setup "$1"
		MODULES_KDIR=$TESTKERNEL
		MODULES_ARCH=$(testkernel_arch "$1")
		;;
	esac
}

# The compiler that Debian built the kernel with is the one its headers ask for.
modules_check_compiler()
{
	local cc

	cc=$(sed -n 's/^CC = .*\(gcc-[0-9]*\)$/\1/p' "$MODULES_KDIR/.kernelvariables" 2>/dev/null) || true
	[ -z "$cc" ] || command -v "$cc" >/dev/null || {
		[ "${SETUP:-}" != no ] || die "$cc is missing and SETUP=no"
		apt_install "$cc"
	}
}

# modules_make KIND FARM ARGUMENT...: kbuild in a farm, its words in FARM/make.log.
modules_make()
{
	local kind=$1 farm=$2 rc=0

	shift 2
	modules_kernel "$kind"
	modules_check_compiler
	mkdir -p "$farm"
	exec {farm_lock}>"$farm/.lock"
	flock "$farm_lock"
	farm_sync "$farm"
	nice make -C "$MODULES_KDIR" "ARCH=$MODULES_ARCH" "M=$farm" -j "$(nproc)" \
		modules "$@" >"$farm/make.log" 2>&1 || rc=$?
	exec {farm_lock}>&-
	return "$rc"
}

# modules_build KIND: sets MODULES to the farm with the finished modules.
modules_build()
{
	kernel_setup
	MODULES=$(modules_farm "$1")
	# A tool that runs many boots has built them once.
	[ -z "${LAB_BUILT:-}" ] || return 0
	modules_make "$1" "$MODULES" || {
		grep -E 'error|warning|Error|undefined' "$MODULES/make.log" | sed 20q >&2 || true
		die "the modules do not build for $1; all of it: $MODULES/make.log"
	}
	grep -E '(^|[^a-z])warning:' "$MODULES/make.log" >&2 || true
}

# modules_list: the modules of a farm that the top Kbuild still names.
modules_list()
{
	[ -r "$1/modules.order" ] || return 0
	sed 's/\.o$/.ko/' "$1/modules.order" | while read -r ko; do
		case $ko in
		/*) printf '%s\n' "$ko" ;;
		*) printf '%s/%s\n' "$1" "$ko" ;;
		esac
	done
}
