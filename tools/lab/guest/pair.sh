# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs for one of two domains that try something with each other, by a module of tools/trial.
# Many of them go with a command; the first that fails ends it, and says why.
. /lab/verbs.sh
. /lab/balloon.sh

T=/sys/module/$TRIAL/parameters

fails()
{
	echo "$*"
	exit 1
}

# run COMMAND: in the module; its answer, if any.
run()
{
	error=$(echo "$*" 2>&1 >$T/run) || fails "$*: $error"
	read -r answer <$T/result
	[ -z "$answer" ] || echo "$answer"
}

# gives ANSWER COMMAND
gives()
{
	wanted=$1
	shift
	answer=$(run "$@") && [ "$answer" = "$wanted" ] || fails "$*: $answer, not $wanted"
}

# refused ERROR COMMAND: it fails, and with this error.
refused()
{
	wanted=$1
	shift
	error=$(echo "$*" 2>&1 >$T/run) && fails "$*: is not refused"
	case $error in
	*"$wanted"*) ;;
	*) fails "$*: $error, not $wanted" ;;
	esac
}

# figure FILE NAME: of the frontend's debugfs.
figure()
{
	awk -v name="$2" '$1 == name { print $2 }' "/sys/kernel/debug/xen-memfront/$1"
}

# is_figure FILE NAME NUMBER
is_figure()
{
	[ "$(figure "$1" "$2")" = "$3" ]
}
