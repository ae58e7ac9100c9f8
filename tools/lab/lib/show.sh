# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What "make run" shows: a live table, drawn again in its place on a terminal and line by
# line elsewhere; and the summary. Fed with the reports that run-show.sh makes.

SHOW_ROWS=() SHOW_MOVES=() SHOW_DOING='' SHOW_DRAWN=0 SHOW_SECOND=-1
declare -A SHOW_ROW_OF=()

# mib KIB: with one decimal.
mib()
{
	printf '%d.%d' $(($1 / 1024)) $(($1 % 1024 * 10 / 1024))
}

show_on_terminal()
{
	[ -t 1 ] && [ "${TERM:-dumb}" != dumb ]
}

show_header()
{
	printf '%-12s %12s %12s %12s   %s\n' domain "$SHOW_OUTSIDE, MiB" "guest, MiB" "target, MiB" state
}

# Over what was drawn before.
show_redraw()
{
	local clear=$'\e[K' name

	((!SHOW_DRAWN)) || printf '\e[%dA' "$SHOW_DRAWN"
	printf '> %s%s\n\n' "$SHOW_DOING" "$clear"
	show_header
	for name in "${SHOW_ROWS[@]}"; do
		printf '%s%s\n' "${SHOW_ROW_OF[$name]}" "$clear"
	done
	SHOW_DRAWN=$((3 + ${#SHOW_ROWS[@]}))
}

show_doing()
{
	SHOW_DOING=$*
	if show_on_terminal; then
		show_redraw
	else
		printf '> %s\n' "$*"
	fi
}

# A line for a row that has changed: once a second while it moves, at once when it is there.
show_append()
{
	[ "$2" != "${SHOW_ROW_OF[$1]:-}" ] || return 0
	((SHOW_SECOND != SECONDS)) || [[ $2 == *idle ]] || return 0
	SHOW_SECOND=$SECONDS
	SHOW_ROW_OF[$1]=$2
	printf '%s\n' "$2"
}

# show_row DOMAIN XEN-KB GUEST-KB TARGET-KB STATE
show_row()
{
	local row

	[ -n "${SHOW_ROW_OF[$1]:-}" ] || {
		SHOW_ROWS+=("$1")
		((${#SHOW_ROWS[@]} > 1)) || show_on_terminal || show_header
	}
	row=$(printf '%-12s %12s %12s %12s   %s' "$1" "$(mib "$2")" "$(mib "$3")" "$(mib "$4")" "$5")
	if show_on_terminal; then
		SHOW_ROW_OF[$1]=$row
		show_redraw
	else
		show_append "$1" "$row"
	fi
}

# show_move DOMAIN FROM-KB TO-KB MS TEXT...: kept for the summary.
show_move()
{
	local moved=$(($3 - $2)) ms=$4

	((ms)) || ms=10
	SHOW_MOVES+=("$(printf '%-12s %-26s %8s %8s %9s %8d.%02d %8d' "$1" "${*:5}" "$(mib "$2")" \
		"$(mib "$3")" "$(mib "${moved#-}")" $((ms / 1000)) $((ms % 1000 / 10)) \
		$((${moved#-} * 1000 / ms / 1024)))")
}

show_summary()
{
	printf '\n%-12s %-26s %8s %8s %9s %11s %8s\n' domain by "from MiB" "to MiB" moved seconds MiB/s
	printf '%s\n' "${SHOW_MOVES[@]}"
}

# show_report TEXT...: a line from the guest.
show_report()
{
	case $1 in
	doing) show_doing "${@:2}" ;;
	row) show_row "${@:2}" ;;
	move) show_move "${@:2}" ;;
	esac
}
