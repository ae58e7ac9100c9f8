# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs of "make run" in the guest that is resized.
. /lab/verbs.sh
. /lab/balloon.sh

has_target()
{
	read -r target <$M/target_kb && [ "$target" = "$1" ]
}

# time_move KB: what there was, and the milliseconds from when that target is there until
# it is reached.
time_move()
{
	local from start

	from=$(cat $M/current_kb)
	until has_target "$1"; do usleep 10000; done
	start=$(now_ms)
	until reached; do usleep 20000; done
	echo "$from $(($(now_ms) - start))"
}

# expect_move KB: be ready to time it; the answer goes to a file. Nothing that whoever
# ordered this waits for may stay open, hence exec.
expect_move()
{
	echo >/run/move
	(
		exec >/run/move 2>&1
		time_move "$1"
	) &
}

# The same for a toolstack's number, which has some memory beside the guest's own.
expect_xl_move()
{
	expect_move $(($1 - $(cat $M/xenstore_offset_kb)))
}

# look: what the guest has to say: current, target, state and, in the end, what time_move says.
look()
{
	cat $M/current_kb $M/target_kb $M/state /run/move
}
