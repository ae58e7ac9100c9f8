# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A guest: which kernel, which emulator, which words on its command line.

GUESTS=(uml plain debug pv pvh host host-pvh)

# What TCG cannot run under Xen is taken out of the CPU; see the lab's documentation.
QEMU_CPU=max,-smap,-monitor,-rdtscp,-avx,-avx2,-xsave

CHANNEL_PORT=0x4e9
PARCEL_PORT=0x4ea
EXIT_PORT=0x4f4

# guest_modules KIND: whose modules go in.
guest_modules()
{
	case $1 in
	uml | debug) printf '%s' "$1" ;;
	*) printf stock ;;
	esac
}

# guest_is_host GUEST: it has a toolstack and domUs.
guest_is_host()
{
	case $1 in
	host | host-pvh) ;;
	*) false ;;
	esac
}

guest_setup()
{
	host_setup
	kernel_setup
	case $1 in
	pv | pvh | host | host-pvh) xen_setup ;;
	uml | debug) testkernel_setup "$1" ;;
	plain) ;;
	*) die "no guest named $1; there are: ${GUESTS[*]}" ;;
	esac
}

# guest_initramfs GUEST OUTPUT FILE:DESTINATION...
guest_initramfs()
{
	local guest=$1 out=$2 work parts=() pairs=() ko

	shift 2
	mkdir -p "$PARTS"
	exec {parts_lock}>"$PARTS/lock"
	flock "$parts_lock"
	part_base
	! guest_is_host "$guest" || {
		part_toolstack
		part_domu_kernel
		part_host_modules
	}
	exec {parts_lock}>&-
	while read -r ko; do
		pairs+=("$ko:lab/modules/$(basename "$ko")")
	done < <(modules_list "$MODULES")
	part_files "$out.files" "${pairs[@]}" "$@"
	if guest_is_host "$guest"; then
		host_domu_initramfs "$out"
		parts=("$PARTS"/{"xen-tools-$XEN_VERSION","vmlinux-$KERNEL_RELEASE","xen-modules-$KERNEL_RELEASE"}.cpio "$out.host")
	fi
	cat "$PARTS/base.cpio" "$out.files" "${parts[@]}" >"$out" || die "cannot write $out"
	rm -f "$out.files" "$out.host"
}

# The domUs' kernel, decompressed here: an emulated dom0 would take long over it.
part_domu_kernel()
{
	local part=$PARTS/vmlinux-$KERNEL_RELEASE.cpio elf=$PARTS/vmlinux-$KERNEL_RELEASE

	[ ! -e "$part" ] || return 0
	python3 "$LAB/lib/vmlinux.py" "$KERNEL_IMAGE" "$elf" || die "cannot unpack $KERNEL_IMAGE"
	part_files "$part" "$elf:lab/domu/vmlinuz"
	rm -f "$elf"
}

# The kernel's Xen modules that the toolstack needs.
part_host_modules()
{
	local part=$PARTS/xen-modules-$KERNEL_RELEASE.cpio tree name file

	[ ! -e "$part" ] || return 0
	tree=$(mktemp -d "$PARTS/modules.XXXXXX")
	mkdir -p "$tree/lab/host"
	for name in xen-evtchn xen-privcmd xenfs xen-gntdev xen-gntalloc; do
		file=$(find "$KERNEL_MODULES" -name "$name.ko*" -print -quit)
		case $file in
		*.ko) cp "$file" "$tree/lab/host/" ;;
		*.ko.xz) xz -dc "$file" >"$tree/lab/host/$name.ko" ;;
		*) die "kernel $KERNEL_RELEASE has no module $name" ;;
		esac
	done
	pack "$tree" "$part"
	rm -rf "$tree"
}

# The domUs boot the same base with the same modules, and have the kernel's at hand, too.
host_domu_initramfs()
{
	cat "$PARTS/base.cpio" "$1.files" "$PARTS/xen-modules-$KERNEL_RELEASE.cpio" >"$1.domu"
	part_files "$1.host" "$1.domu:lab/domu/initramfs"
	rm -f "$1.domu"
}

# The machine: QEMU with its private channel and its exit device.
qemu_machine()
{
	QEMU=(qemu-system-x86_64 -machine q35,kernel-irqchip=split)
	if [ -n "$ICOUNT" ]; then
		QEMU+=(-accel tcg,thread=single -icount shift=0,sleep=off -smp 1)
	else
		QEMU+=(-accel tcg,thread=multi -smp "$SMP")
	fi
	QEMU+=(-cpu "$QEMU_CPU" -m "$MEMORY" -device intel-iommu,intremap=on
		-display none -monitor none -no-reboot -nodefaults
		-chardev "file,id=channel,path=$CHANNEL"
		-device "isa-debugcon,iobase=$CHANNEL_PORT,chardev=channel"
		-chardev "file,id=parcel,path=$PARCEL"
		-device "isa-debugcon,iobase=$PARCEL_PORT,chardev=parcel"
		-device "isa-debug-exit,iobase=$EXIT_PORT,iosize=1")
	if [ "$MODE" = shell ]; then
		QEMU+=(-serial mon:stdio)
	else
		QEMU+=(-serial "file:$CONSOLE")
	fi
}

guest_words()
{
	printf 'loglevel=%s panic=-1 lab.mode=%s lab.guest=%s lab.channel=%s lab.parcel=%s %s' \
		"$LOGLEVEL" "$MODE" "$GUEST" "$1" "$2" "$APPEND"
}

# guest_command: the whole command line in COMMAND.
guest_command()
{
	local initramfs=$1 image=$KERNEL_IMAGE words

	words=$(guest_words "port:$CHANNEL_PORT" "port:$PARCEL_PORT")
	case $GUEST in
	uml)
		guest_command_uml "$initramfs"
		return
		;;
	debug) image=$TESTKERNEL/image ;;
	esac
	qemu_machine
	case $GUEST in
	plain | debug)
		COMMAND=("${QEMU[@]}" -kernel "$image" -initrd "$initramfs"
			-append "console=ttyS0 $words")
		;;
	*)
		COMMAND=("${QEMU[@]}" -kernel "$XEN_IMAGE"
			-append "console=com1 $(xen_dom0_kind) dom0_mem=$DOM0_MEM dom0_max_vcpus=$DOM0_VCPUS $XEN_APPEND"
			-initrd "$image console=hvc0 ${words//,/,,},$initramfs")
		;;
	esac
}

xen_dom0_kind()
{
	case $GUEST in
	pvh | host-pvh) printf 'dom0=pvh' ;;
	esac
}

# UML is a process: its channel is a further descriptor, as a serial line of the guest's, and
# so is the way for files.
guest_command_uml()
{
	local console=con0=fd:0,fd:1

	[ "$MODE" = shell ] || console=con0=null,fd:1
	# shellcheck disable=SC2206 # words of a command line
	COMMAND=("$TESTKERNEL/image" "mem=${MEMORY}M" "initrd=$1" con=null "$console"
		ssl=null ssl1=null,fd:3 ssl2=null,fd:4 console=tty0
		$(guest_words /dev/ttyS1 /dev/ttyS2))
}
