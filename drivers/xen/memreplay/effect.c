// SPDX-License-Identifier: GPL-2.0
/*
 * What a call has changed that the names of frames must follow.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include <xen/interface/xen.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "grants.h"
#include "run.h"
#include "value.h"

static bool has_frame(const struct replay_item *item)
{
	return item->at.kind == REPLAY_MFN && item->at.frame < REPLAY_NR_PAGES;
}

/* A copy of a root table names the kernel's frames, too. */
static void follow_copy(struct replay_run *run, const struct replay_item *item)
{
	struct replay_frame *to = &run->frames[item->at.frame];
	const struct replay_frame *from = &run->frames[item->value.frame];

	if (item->value.kind != REPLAY_MFN)
		return;
	to->root = from->root;
	to->torn = from->torn;
	to->hidden = from->hidden;
}

static void follow_clear(struct replay_frame *frame)
{
	frame->root = false;
	frame->hidden = false;
}

static void command_effect(struct replay_run *run,
			   const struct replay_item *item)
{
	if (!has_frame(item) && item->at.frame != REPLAY_HOME)
		return;
	switch (item->cmd) {
	case MMUEXT_PIN_L4_TABLE:
		run->frames[item->at.frame].hidden = true;
		break;
	case MMUEXT_NEW_BASEPTR:
		run->frames[item->at.frame].hidden = true;
		run->root = item->at.frame;
		break;
	case MMUEXT_NEW_USER_BASEPTR:
		run->frames[item->at.frame].hidden = true;
		run->user_root = replay_value(run, &item->at);
		break;
	case MMUEXT_CLEAR_PAGE:
		follow_clear(&run->frames[item->at.frame]);
		break;
	case MMUEXT_COPY_PAGE:
		follow_copy(run, item);
		break;
	}
}

/* Of the commands that were done. */
static void mmuext_effect(struct replay_run *run,
			  const struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u32 i, done = *call->done;

	if (!call->ret)
		done = st->nr_items;
	else if (done == REPLAY_NO_ANSWER)
		done = 0;
	for (i = 0; i < st->nr_items && i < done; i++)
		command_effect(run, replay_item(run->script, st, i));
}

/* Of all requests, done or not. */
static void update_effect(struct replay_run *run,
			  const struct replay_statement *st)
{
	const struct replay_item *item;
	u32 i;

	for (i = 0; i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		if (item->at.kind == REPLAY_MADDR &&
		    item->at.frame < REPLAY_NR_PAGES &&
		    item->last > REPLAY_WINDOW_SLOT)
			run->frames[item->at.frame].torn = true;
	}
}

/**
 * replay_call_effect() - let the names follow what a call has done
 * @run: the run
 * @call: the call, with its answer
 */
void replay_call_effect(struct replay_run *run, const struct replay_call *call)
{
	if (replay_op_grants(call->st->op)) {
		replay_grant_effect(run, call);
		return;
	}
	switch (call->st->op) {
	case REPLAY_MMU_UPDATE:
		update_effect(run, call->st);
		break;
	case REPLAY_MMUEXT:
		mmuext_effect(run, call);
		break;
	default:
		replay_memory_effect(run, call);
	}
}
