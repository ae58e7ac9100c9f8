# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs of "make run": whoever drives the guests tells the program outside
#   doing TEXT                                   what happens now
#   row DOMAIN XEN-KB GUEST-KB TARGET-KB STATE   a line of the live table
#   move DOMAIN FROM-KB TO-KB MS TEXT            a line of the summary
# The driver provides xen_kb DOMAIN and guest_look DOMAIN.

MOVE_MS=60000

# give_up TEXT: something went wrong, and this is it.
give_up()
{
	result_bad "$*"
	finish
	exit 1
}

# show DOMAIN: its row; what the guest said is left in GUEST_KB, STATE, FROM_KB and TOOK.
show()
{
	local target

	# shellcheck disable=SC2046 # words, the last of them only in the end
	set -- "$1" $(guest_look "$1")
	[ $# -ge 4 ] || give_up "$1: the guest does not answer: $*"
	GUEST_KB=$2 target=$3 STATE=$4 FROM_KB=${5:-} TOOK=${6:-}
	report "row $1 $(xen_kb "$1") $GUEST_KB $target $STATE"
}

# follow DOMAIN TEXT: show the domain until the move that was ordered is over.
follow()
{
	local end

	end=$(($(now_ms) + MOVE_MS))
	TOOK=
	while [ -z "$TOOK" ]; do
		[ "$(now_ms)" -lt "$end" ] || give_up "$1: $2: stays $STATE at $GUEST_KB KiB"
		show "$1"
	done
	report "move $1 $FROM_KB $GUEST_KB $TOOK $2"
}
