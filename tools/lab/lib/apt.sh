# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Debian packages: those the host needs are installed; those that would change the
# host's kernel or boot loader are only downloaded and unpacked.

APT_REFRESHED=

apt_need_tools()
{
	command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
		die "needs a Debian-like system: apt-get and dpkg were not found"
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		return 126
	fi
}

can_be_root()
{
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

# The package lists, once a run. A broken third-party source must not stop the rest,
# so the result is judged by what can be found afterwards.
apt_refresh()
{
	[ -z "$APT_REFRESHED" ] || return 0
	APT_REFRESHED=yes
	can_be_root || return 0
	say "refreshing apt's package lists (apt-get update)"
	as_root apt-get update -qq >/dev/null 2>&1 || true
}

# apt_missing PACKAGE...: those that are not installed.
apt_missing()
{
	# It fails for names that dpkg has never heard of; those are missing too.
	{ dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true; } |
		awk -v want="$*" '
		$1 == "installed" { have[$2] = 1 }
		END {
			n = split(want, w, " ")
			for (i = 1; i <= n; i++)
				if (!(w[i] in have))
					printf "%s ", w[i]
		}'
}

apt_install_once()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends "$@"
}

apt_install()
{
	local log

	can_be_root || die "these packages are missing and neither root nor sudo is there to install them: $*"
	log=$(mktemp)
	say "installing packages to build and to boot with: $*"
	if ! apt_install_once "$@" >"$log" 2>&1; then
		apt_refresh
		apt_install_once "$@" >"$log" 2>&1 || {
			say "$(grep -m1 '^E:' "$log" || tail -n 1 "$log")"
			rm -f "$log"
			die "apt-get could not install: $*"
		}
	fi
	rm -f "$log"
}

# apt_versions PACKAGE: every version that apt offers, newest first.
apt_versions()
{
	apt-cache madison "$1" 2>/dev/null |
		awk -F'|' '$3 !~ /Sources/ { gsub(/ /, "", $2); print $2 }' | sort -Vru
}

# apt_unpack DIR SPEC...: download the packages (name or name=version) and unpack
# them under DIR, without installing anything.
apt_unpack()
{
	local dir=$1 debs=$STAGE/.debs

	shift
	mkdir -p "$debs" "$dir"
	apt_fetch_into "$debs" "$@" || {
		apt_refresh
		apt_fetch_into "$debs" "$@"
	} || die "the download failed: $(apt_why "$debs/log")"
	say "unpacking $(find "$debs" -name '*.deb' | wc -l) packages"
	find "$debs" -name '*.deb' -exec dpkg -x {} "$dir" \; 2>"$debs/log" ||
		die "cannot unpack: $(tail -n 1 "$debs/log")"
	[ ! -s "$debs/log" ] || die "cannot unpack: $(tail -n 1 "$debs/log")"
	rm -rf "$debs"
}

# apt_why LOG: the reason that apt-get gave, in one line.
apt_why()
{
	awk '
	/^Err/ { getline; sub(/^ +/, ""); why = $0; exit }
	/^E: / && !why { why = substr($0, 4) }
	/No space left/ { why = "no space left on the device" }
	END { print why ? why : "apt-get download gave no reason" }' "$1"
}

apt_fetch_into()
{
	local debs=$1

	shift
	rm -f "$debs"/*.deb
	with_progress "downloading $# packages" "$debs/log" "du -sh $debs | cut -f1" \
		env -C "$debs" apt-get download -q -o APT::Sandbox::User=root "$@"
}
