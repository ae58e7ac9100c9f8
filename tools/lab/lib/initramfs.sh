# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The guests' file system: cpio archives, one a part, set one after the other. A part is
# made again only when something that it is made of has changed.

PARTS=$BUILD/initramfs
GUEST_PROGRAMS=(channel memhold fragment domu-agent parcel)

# Uncompressed on purpose: unpacking costs an emulated machine more than reading.
pack()
{
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
		cpio --quiet -o -H newc -R 0:0) >"$2.new" && mv "$2.new" "$2" ||
		die "cannot write $2"
}

# part_stale NAME FILE...: whether the part is missing or older than what it is made of.
part_stale()
{
	local part=$PARTS/$1.cpio newer

	shift
	[ -e "$part" ] || return 0
	newer=$(find "$@" -cnewer "$part" -print -quit 2>/dev/null)
	[ -n "$newer" ]
}

guest_compile()
{
	local name=$1

	gcc -static -O2 -Wall -Wextra -o "$PARTS/bin/$name.new" "$LAB/guest/$name.c" ||
		die "cannot build the guest's program $name"
	mv "$PARTS/bin/$name.new" "$PARTS/bin/$name"
}

part_base()
{
	local tree=$PARTS/base.tree name

	part_stale base "$LAB/guest" "$LAB/lib/initramfs.sh" || return 0
	rm -rf "$tree"
	mkdir -p "$PARTS/bin" "$tree"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,tmp,run,root,etc,var,lab/bin,lab/modules}
	for name in "${GUEST_PROGRAMS[@]}"; do
		guest_compile "$name"
		cp "$PARTS/bin/$name" "$tree/lab/bin/"
	done
	cp /bin/busybox "$tree/bin/"
	/bin/busybox --list | while read -r name; do
		[ "$name" = busybox ] || ln -s busybox "$tree/bin/$name"
	done
	install -m 755 "$LAB/guest/init" "$tree/init"
	cp "$LAB"/guest/{hint,run-scenario,verbs.sh,balloon.sh,trial.sh,pair.sh,host.sh} "$tree/lab/"
	cp "$LAB/guest/profile" "$tree/etc/"
	pack "$tree" "$PARTS/base.cpio"
	rm -rf "$tree"
}

# part_files OUTPUT SOURCE:DESTINATION...: a part of single files.
part_files()
{
	local out=$1 tree pair

	shift
	tree=$(mktemp -d "$PARTS/files.XXXXXX")
	for pair; do
		mkdir -p "$tree/$(dirname "${pair#*:}")"
		cp -L "${pair%%:*}" "$tree/${pair#*:}" || die "cannot read ${pair%%:*}"
	done
	pack "$tree" "$out"
	rm -rf "$tree"
}

# The toolstack's programs and every library that they load, by the loader's own rules.
xen_needed()
{
	local todo=("$@") seen=" " file name found

	while ((${#todo[@]})); do
		file=${todo[0]}
		todo=("${todo[@]:1}")
		case $seen in *" $file "*) continue ;; esac
		seen+="$file "
		while read -r name; do
			found=$(find "$XEN_DIR/root/lib" "$XEN_DIR/root/usr/lib" -name "$name" -print -quit)
			[ -z "$found" ] || todo+=("$found")
		done < <(readelf -d "$file" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
	done
	printf '%s\n' "$seen" | xargs -n 1
}

part_toolstack()
{
	local tree=$PARTS/xen-tools-$XEN_VERSION.tree lib=usr/lib/x86_64-linux-gnu programs file

	[ ! -e "$PARTS/xen-tools-$XEN_VERSION.cpio" ] || return 0
	rm -rf "$tree"
	mkdir -p "$tree/usr/lib/xen/bin" "$tree/$lib" "$tree/lib64"
	programs=("$XEN_BIN"/{xl,xenstored,xenconsoled,xenconsole,xen-init-dom0,xentop}
		"$XEN_DIR/root/usr/bin/xenstore-read")
	cp -L "${programs[@]}" "$tree/usr/lib/xen/bin/"
	for file in chmod exists list ls rm watch write; do
		ln "$tree/usr/lib/xen/bin/xenstore-read" "$tree/usr/lib/xen/bin/xenstore-$file"
	done
	xen_needed "${programs[@]}" "$(find "$XEN_DIR/root" -name libgcc_s.so.1)" |
		grep '\.so' | xargs -I{} cp -L {} "$tree/$lib/"
	cp -L "$(find "$XEN_DIR/root" -name 'ld-linux-x86-64.so.2' | head -n 1)" "$tree/lib64/"
	# libxl looks for its helpers where the package would have put them.
	ln -s xen "$tree/usr/lib/xen-$XEN"
	pack "$tree" "$PARTS/xen-tools-$XEN_VERSION.cpio"
	rm -rf "$tree"
}
