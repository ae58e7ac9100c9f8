# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The verbs of a scenario. Each expectation is one result; results go to the console
# for people and over the private channel for the lab. A failed expectation returns 1
# and the scenario goes on: write "expect ... || stop" where that makes no sense.

RESULTS=0
LOG_FROM=1

say_result()
{
	echo "$*"
	channel tell "$*"
}

result_good()
{
	RESULTS=$((RESULTS + 1))
	say_result "ok $RESULTS - $*"
}

result_bad()
{
	RESULTS=$((RESULTS + 1))
	: >/run/lab-failed
	say_result "not ok $RESULTS - $*"
	return 1
}

# finish: the end of a scenario, also reached without being called.
finish()
{
	: >/run/lab-ended
	say_result "1..$RESULTS"
}

# stop: end here; what was expected so far counts.
stop()
{
	note "stopped early"
	finish
	exit 0
}

# skip REASON: the scenario makes no sense here.
skip()
{
	: >/run/lab-ended
	say_result "1..0 # SKIP $*"
	exit 0
}

# note TEXT: for the reader.
note()
{
	say_result "# $*"
}

# report TEXT: a line for a program outside, found as "# report: TEXT" in the channel's log.
report()
{
	say_result "# report: $*"
}

# expect WHAT COMMAND...: the command succeeds.
expect()
{
	local what=$1

	shift
	if "$@"; then result_good "$what"; else result_bad "$what (failed: $*)"; fi
}

# expect_fail WHAT COMMAND...: the command fails.
expect_fail()
{
	local what=$1

	shift
	if "$@"; then result_bad "$what (succeeded: $*)"; else result_good "$what"; fi
}

# expect_eq IS WANTED WHAT
expect_eq()
{
	if [ "$1" = "$2" ]; then
		result_good "$3"
	else
		result_bad "$3 (is '$1', wanted '$2')"
	fi
}

# expect_within IS WANTED TOLERANCE WHAT: whole numbers.
expect_within()
{
	local off=$(($1 - $2))

	[ "$off" -ge 0 ] || off=$((-off))
	if [ "$off" -le "$3" ]; then
		result_good "$4"
	else
		result_bad "$4 (is $1, wanted $2 within $3)"
	fi
}

# expect_between IS LOW HIGH WHAT: whole numbers, both ends included.
expect_between()
{
	if [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; then
		result_good "$4"
	else
		result_bad "$4 (is $1, wanted $2 to $3)"
	fi
}

# mark_log: expect_log and expect_no_log look at what comes after this.
mark_log()
{
	LOG_FROM=$(($(dmesg | wc -l) + 1))
}

in_log()
{
	dmesg | tail -n "+$LOG_FROM" | grep -qE -e "$1"
}

# expect_log PATTERN WHAT: the kernel has said so since the mark.
expect_log()
{
	if in_log "$1"; then result_good "$2"; else result_bad "$2 (no '$1' in the kernel's log)"; fi
}

expect_no_log()
{
	if in_log "$1"; then result_bad "$2 ('$1' in the kernel's log)"; else result_good "$2"; fi
}

# Limits are there for what hangs, and are chosen on a machine with nothing else to do. A
# slower or a busy one gets so many times as long; tools/lab/boot has the same.
PATIENCE=3

# wait_until SECONDS COMMAND...: until the command succeeds; fails when time is up. It is
# tried every LAB_PAUSE seconds: looking costs time, too.
wait_until()
{
	local end

	end=$(($(now_ms) + $1 * 1000 * PATIENCE))
	shift
	until "$@"; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep "${LAB_PAUSE:-0.1}"
	done
}

# now_ms: milliseconds on the guest's clock.
now_ms()
{
	local up rest

	read -r up rest </proc/uptime
	echo "${up%.*}${up#*.}0" | sed 's/^0*\(.\)/\1/'
}

# meminfo FIELD: KiB, such as MemTotal.
meminfo()
{
	awk -v f="$1:" '$1 == f { print $2 }' /proc/meminfo
}

# load NAME [PARAMETER...], unload NAME: the modules under test, in /lab/modules.
load()
{
	local name=$1

	shift
	insmod "/lab/modules/$name.ko" "$@"
}

unload()
{
	rmmod "$1"
}
