// SPDX-License-Identifier: GPL-2.0
/*
 * Words, answers and statements, as a transcript has them: with names for all
 * that differs from machine to machine.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "grants.h"
#include "names.h"
#include "run.h"
#include "show.h"
#include "value.h"

#define FRAME_BITS	GENMASK_ULL(51, 12)

/**
 * replay_show_statement() - begin a line with a statement
 * @run: the run
 * @st: the statement
 */
void replay_show_statement(struct replay_run *run,
			   const struct replay_statement *st)
{
	replay_say(run->out, "%*s%u", 2 * st->depth, "", st->line);
	if (st->step)
		replay_say(run->out, ".%u", st->step);
	replay_say(run->out, ": %s", replay_text(run->script, st));
}

/**
 * replay_show_number() - a number that may be an error
 * @run: the run
 * @number: the number
 */
void replay_show_number(struct replay_run *run, long number)
{
	const char *name = NULL;

	if (number < 0)
		name = replay_name_of(replay_errors, -number);
	if (name)
		replay_say(run->out, " -%s", name);
	else if (number == REPLAY_NO_ANSWER)
		replay_say(run->out, " -");
	else
		replay_say(run->out, " %ld", number);
}

/**
 * replay_show_answer() - a return value
 * @run: the run
 * @ret: the value
 */
void replay_show_answer(struct replay_run *run, long ret)
{
	replay_say(run->out, " ->");
	replay_show_number(run, ret);
}

static void show_flags(struct replay_run *run, u64 word)
{
	const struct replay_name *flag;

	if (word & ~FRAME_BITS)
		replay_say(run->out, "|");
	for (flag = replay_flags; flag->name; flag++)
		if (word & flag->number)
			replay_say(run->out, "%s", flag->name);
}

/* Does a word name a frame, and which? */
static const char *frame_in(struct replay_run *run, u64 word)
{
	u64 mfn = (word & FRAME_BITS) >> PAGE_SHIFT;
	int frame = replay_frame_of(run, mfn);

	/* What has all bits set is no entry, but a hole. */
	if (replay_backend.translated && (frame < 0 || frame >= REPLAY_NONE))
		return NULL;
	if (frame >= 0)
		return replay_frame_name(run->script, frame);
	return replay_names_no_frame(mfn) ? NULL : "kernel";
}

/**
 * replay_show_word() - a word of a frame
 * @run: the run
 * @word: the word
 */
void replay_show_word(struct replay_run *run, u64 word)
{
	const char *name = frame_in(run, word);

	if (name) {
		replay_say(run->out, "%s", name);
		show_flags(run, word);
	} else {
		replay_say(run->out, "%#llx", word);
	}
}

/**
 * replay_show_slot() - a line with a slot and its word
 * @run: the run
 * @table: the frame
 * @slot: the slot
 * @word: what is in it
 */
void replay_show_slot(struct replay_run *run, u16 table, u32 slot, u64 word)
{
	replay_say(run->out, "    %s[%u] = ",
		   replay_frame_name(run->script, table), slot);
	replay_show_word(run, word);
	replay_end_line(run->out);
}

/* The guest's own is the machine's matter: only how it changes is told. */
static bool is_own(struct replay_run *run, const struct replay_call *call)
{
	const struct replay_value *dom;

	dom = replay_option(run->script, call->st, REPLAY_OPT_DOM);
	return !dom || dom->kind != REPLAY_GUEST;
}

static void show_reservation(struct replay_run *run,
			     const struct replay_call *call)
{
	if (call->ret < 0 || !is_own(run, call))
		replay_show_answer(run, call->ret);
	else if (call->st->op == REPLAY_RESERVATION)
		replay_say(run->out, " -> %+ld", call->ret - run->reservation);
	else
		replay_say(run->out, " -> ok");
}

static bool is_figure(enum replay_op op)
{
	return op == REPLAY_RESERVATION || op == REPLAY_MAX_RESERVATION ||
	       op == REPLAY_MAX_RAM_PAGE || op == REPLAY_MAX_GPFN;
}

static void show_done(struct replay_run *run, u32 done)
{
	if (done == REPLAY_NO_ANSWER)
		replay_say(run->out, " done -");
	else
		replay_say(run->out, " done %u", done);
}

/**
 * replay_call_show() - what came of a call
 * @run: the run
 * @call: the call, with its answer
 */
void replay_call_show(struct replay_run *run, const struct replay_call *call)
{
	if (is_figure(call->st->op))
		show_reservation(run, call);
	else
		replay_show_answer(run, call->ret);
	if (call->ops)
		replay_grant_show(run, call);
	if (call->done)
		show_done(run, *call->done);
	if (call->exchange)
		replay_say(run->out, " exchanged %llu",
			   (u64)call->exchange->nr_exchanged);
	if (call->argument)
		replay_memory_other_show(run, call);
	replay_end_line(run->out);
}
