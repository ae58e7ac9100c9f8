# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A scenario's header: "# guests: pv pvh", "# timeout: 120" and the like.

# scenario_file NAME|PATH: a path has a slash in it.
scenario_file()
{
	local file=$LAB/scenarios/$1.sh

	case $1 in
	*/*) file=$1 ;;
	esac
	[ -f "$file" ] || die "no scenario $1"
	printf '%s' "$file"
}

# scenario_field FILE FIELD [DEFAULT]
scenario_field()
{
	local value

	value=$(sed -n "s/^# $2: *//p" "$1" | head -n 1)
	printf '%s' "${value:-${3:-}}"
}
