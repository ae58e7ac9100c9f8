# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How the lab speaks: one prefix, one way to give up, and a sign of life on long work.

# The lab itself could not do its work: told apart from a failed scenario.
readonly LAB_TROUBLE=5

say()
{
	printf 'lab: %s\n' "$*" >&2
}

die()
{
	say "$*"
	exit "$LAB_TROUBLE"
}

# with_progress TEXT LOG COUNTER COMMAND...: run COMMAND with its output in LOG, and
# every few seconds print TEXT with what the shell expression COUNTER gives.
with_progress()
{
	local text=$1 log=$2 counter=$3 pid start=$SECONDS

	shift 3
	say "$text ..."
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while sleep 0.2; kill -0 "$pid" 2>/dev/null; do
		((SECONDS - start >= 5)) || continue
		start=$SECONDS
		say "$text: $(eval "$counter" 2>/dev/null || true)"
	done
	wait "$pid"
}
