# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs of "make run" in the guest that is resized.
. /lab/verbs.sh
. /lab/balloon.sh

has_target()
{
	read -r target <$M/target_kb && [ "$target" = "$1" ]
}

# time_move KB: the milliseconds from when that target is there until it is reached.
time_move()
{
	local start

	until has_target "$1"; do usleep 10000; done
	start=$(now_ms)
	until reached; do usleep 20000; done
	echo $(($(now_ms) - start))
}

# expect_move KB: be ready to time it. Where it starts from goes to a file, and then how
# long it took. Nothing that whoever ordered this waits for may stay open, hence exec.
expect_move()
{
	cat $M/current_kb >/run/move
	(
		exec >>/run/move 2>&1
		time_move "$1"
	) &
}

# The same for a toolstack's number, which has some memory beside the guest's own.
expect_xl_move()
{
	expect_move $(($1 - $(cat $M/xenstore_offset_kb)))
}

# look: what the guest has to say: current, target, state, where the move started from and,
# in the end, how long it took.
look()
{
	cat $M/current_kb $M/target_kb $M/state /run/move
}
