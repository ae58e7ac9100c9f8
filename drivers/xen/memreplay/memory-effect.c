// SPDX-License-Identifier: GPL-2.0
/*
 * Which frames a memory call has taken from the names, and which it has given
 * them.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "run.h"
#include "translated.h"
#include "value.h"

static bool given(const struct replay_statement *st,
		  enum replay_option option)
{
	return st->options & BIT(option);
}

/**
 * replay_memory_room() - how many names an extent has
 * @run: the run
 * @item: what it starts with
 *
 * Return: the number of names from this one on that stand for consecutive
 * pages; 0 if it is no name of a frame that can come and go.
 */
u32 replay_memory_room(const struct replay_run *run,
		       const struct replay_item *item)
{
	if (item->at.kind != REPLAY_MFN ||
	    item->at.frame >= run->script->nr_frames)
		return 0;
	return run->script->frames[item->at.frame].room;
}

static u32 extent_size(struct replay_run *run, const struct replay_item *item,
		       u64 order)
{
	u32 room = replay_memory_room(run, item);

	return order > REPLAY_MAX_BLOCK ? 0 : min(room, 1U << order);
}

/* Of a domain that is not the guest itself, no name knows. */
static bool is_of_other(struct replay_run *run,
			const struct replay_statement *st)
{
	u64 dom = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);

	return dom != DOMID_SELF && dom != replay_backend.own_domid;
}

static void lose(struct replay_frame *frame)
{
	frame->special = REPLAY_NOTHING;
	if (frame->lost)
		return;
	frame->lost = true;
	if (frame->paged)
		replay_backend_set_mfn(frame->pfn, ~0ULL);
}

static void lose_extent(struct replay_run *run, const struct replay_item *item,
			u64 order)
{
	u32 i, nr = extent_size(run, item, order);

	for (i = 0; i < nr; i++)
		lose(&run->frames[item->at.frame + i]);
}

/* An extent that is not whole is given up as far as it is. */
static void lose_part(struct replay_run *run, const struct replay_item *item,
		      u64 order)
{
	u32 i, nr = extent_size(run, item, order);
	struct replay_frame *frame = &run->frames[item->at.frame];

	for (i = 0; i < nr && !frame[i].lost; i++)
		lose(&frame[i]);
}

/* A frame that the guest still has, but no name stands for any more. */
static void keep_extra(struct replay_run *run, u64 mfn)
{
	if (run->nr_extras < REPLAY_MAX_EXTRAS)
		run->extras[run->nr_extras++] = mfn;
	else
		run->stopped = "too many frames without a name";
}

/*
 * What comes is all zeros only if the hypervisor says so: a frame that the guest
 * has given back and gets again may hold what it held.
 */
static void clear(struct replay_frame *frame)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_CLEAR_PAGE,
		.arg1.mfn = frame->mfn,
	};

	frame->unknown = !frame->page;
	if (!replay_backend.translated)
		replay_hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1,
				 0, DOMID_SELF);
	else if (frame->page)
		replay_translated_wipe(frame);
}

static void gain(struct replay_run *run, struct replay_frame *frame, u64 mfn)
{
	if (!replay_backend.translated) {
		if (!frame->lost)
			keep_extra(run, frame->mfn);
		frame->mfn = mfn;
	}
	frame->lost = false;
	frame->special = REPLAY_NOTHING;
	if (frame->paged)
		replay_backend_set_mfn(frame->pfn, mfn);
	clear(frame);
}

static void gain_extent(struct replay_run *run, const struct replay_item *item,
			u64 order, u64 mfn)
{
	u32 i, nr = extent_size(run, item, order);
	u32 batch = order ? ++run->nr_batches : 0;
	struct replay_frame *frame = &run->frames[item->at.frame];

	for (i = 0; i < nr; i++) {
		gain(run, &frame[i], mfn + i);
		frame[i].batch = batch;
	}
}

/*
 * Of decrease, populate and increase the answer tells how far they came. What
 * they did of the next extent is only known if nothing else can be wrong.
 */
static void reservation_effect(struct replay_run *run,
			       const struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u64 i = replay_option_or(run, st, REPLAY_OPT_START, 0);
	u64 order = replay_option_or(run, st, REPLAY_OPT_ORDER, 0);
	const struct replay_item *item;

	/* The list was somewhere else, or of something else. */
	if (given(st, REPLAY_OPT_LIST) || given(st, REPLAY_OPT_ARG))
		return;
	for (; call->ret > 0 && i < call->ret && i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		if (st->op == REPLAY_DECREASE)
			lose_extent(run, item, order);
		else
			gain_extent(run, item, order, call->extents[i]);
	}
	if (st->op == REPLAY_DECREASE && order && i < st->nr_items &&
	    !(st->options & ~BIT(REPLAY_OPT_ORDER)))
		lose_part(run, replay_item(run->script, st, i), order);
}

/* A list that was somewhere else tells nothing of the frames that came. */
static void exchange_effect(struct replay_run *run,
			    const struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u64 in_order = replay_option_or(run, st, REPLAY_OPT_IN_ORDER, 0);
	u64 out_order = replay_option_or(run, st, REPLAY_OPT_OUT_ORDER, 0);
	u64 i, first = replay_option_or(run, st, REPLAY_OPT_EXCHANGED, 0);
	u64 nr = call->exchange->nr_exchanged, in = 0;

	if (nr <= first || in_order > REPLAY_MAX_BLOCK ||
	    out_order > REPLAY_MAX_BLOCK)
		return;
	while (in < st->nr_items && !replay_item(run->script, st, in)->cmd)
		in++;
	for (i = first; i < nr && i < in && !given(st, REPLAY_OPT_IN_LIST); i++)
		lose_extent(run, replay_item(run->script, st, i), in_order);
	first = first << in_order >> out_order;
	nr = nr << in_order >> out_order;
	for (i = first; i < nr && in + i < st->nr_items &&
	     !given(st, REPLAY_OPT_OUT_LIST); i++)
		gain_extent(run, replay_item(run->script, st, in + i),
			    out_order, call->extents[in + i]);
}

/* The hypervisor has one frame of this kind, and that is at one page. */
static void forget_special(struct replay_run *run, enum replay_special special)
{
	unsigned int i;

	for (i = 0; i < run->script->nr_frames; i++)
		if (run->frames[i].special == special)
			run->frames[i].special = REPLAY_NOTHING;
}

static bool is_name(const struct replay_run *run,
		    const struct replay_value *value)
{
	return value->kind == REPLAY_MFN &&
	       value->frame < run->script->nr_frames;
}

static void move_frame(struct replay_run *run, const struct replay_value *from,
		       const struct replay_value *to)
{
	struct replay_frame *source = &run->frames[from->frame];
	struct replay_frame *target = &run->frames[to->frame];
	bool lost = source->lost;
	u8 special = source->special;

	lose(source);
	lose(target);
	target->lost = lost;
	target->special = special;
	target->special_idx = source->special_idx;
	if (source->unknown && !lost)
		clear(target);
}

static void put_frame(struct replay_run *run, u64 space,
		      const struct replay_value *idx,
		      const struct replay_value *gfn)
{
	struct replay_frame *frame = &run->frames[gfn->frame];

	if (space == XENMAPSPACE_shared_info)
		forget_special(run, REPLAY_SHARED_INFO);
	if (!is_name(run, gfn))
		return;
	if (space == XENMAPSPACE_gmfn || space == XENMAPSPACE_gmfn_range) {
		if (is_name(run, idx))
			move_frame(run, idx, gfn);
		return;
	}
	lose(frame);
	frame->special = space == XENMAPSPACE_shared_info ?
			 REPLAY_SHARED_INFO : REPLAY_OTHER_FRAME;
}

/* Grant frames move, too: which is where, only the table's numbers tell. */
static void forget_grant(struct replay_run *run,
			 const struct replay_value *idx)
{
	unsigned int i;

	for (i = 0; i < run->script->nr_frames; i++) {
		if (run->frames[i].special != REPLAY_OTHER_FRAME ||
		    run->frames[i].special_idx != idx->number)
			continue;
		run->frames[i].special = REPLAY_NOTHING;
	}
}

static void add_frame(struct replay_run *run, u64 space,
		      const struct replay_value *idx,
		      const struct replay_value *gfn)
{
	if (space == XENMAPSPACE_grant_table)
		forget_grant(run, idx);
	put_frame(run, space, idx, gfn);
	if (space == XENMAPSPACE_grant_table && is_name(run, gfn))
		run->frames[gfn->frame].special_idx = idx->number;
}

static void leave(struct replay_run *run, const struct replay_item *item)
{
	if (item->cmd == XENMAPSPACE_shared_info)
		forget_special(run, REPLAY_SHARED_INFO);
	else if (item->cmd == XENMAPSPACE_grant_table)
		forget_grant(run, &item->at);
	else if (item->cmd == XENMAPSPACE_gmfn && is_name(run, &item->at))
		lose(&run->frames[item->at.frame]);
}

/* What goes to a number that no guest can have is gone, though that is an error. */
static void entry_effect(struct replay_run *run,
			 const struct replay_item *item, long ret)
{
	if (!ret)
		add_frame(run, item->cmd, &item->at, &item->value);
	else if (ret == -ENOENT)
		leave(run, item);
}

/* A range ends where there is nothing to be moved. */
static void range_effect(struct replay_run *run, const struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);
	u64 i = replay_option_or(run, call->st, REPLAY_OPT_START, 0);
	u64 size = replay_option_or(run, call->st, REPLAY_OPT_SIZE, 0);
	struct replay_value idx = item->at, gfn = item->value;

	if (!is_name(run, &idx) || (call->ret && call->ret != -EINVAL))
		return;
	for (; i < size; i++) {
		idx.frame = item->at.frame + i;
		gfn.frame = item->value.frame + i;
		if (run->frames[idx.frame].lost &&
		    !run->frames[idx.frame].special)
			break;
		add_frame(run, item->cmd, &idx, &gfn);
	}
}

static void physmap_effect(struct replay_run *run,
			   const struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);

	if (given(call->st, REPLAY_OPT_ARG) || is_of_other(run, call->st))
		return;
	if (item->cmd == XENMAPSPACE_gmfn_range)
		range_effect(run, call);
	else
		entry_effect(run, item, call->ret);
}

/* Each entry has an answer of its own. */
static void batch_effect(struct replay_run *run, const struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	const struct replay_item *item;
	u32 i;

	if (given(st, REPLAY_OPT_ARG) || is_of_other(run, st) ||
	    given(st, REPLAY_OPT_ERRS))
		return;
	for (i = 0; i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		entry_effect(run, item, call->errs[i]);
	}
}

static void remove_effect(struct replay_run *run,
			  const struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);

	if (!call->ret && !given(call->st, REPLAY_OPT_ARG) &&
	    !is_of_other(run, call->st) && is_name(run, &item->at))
		lose(&run->frames[item->at.frame]);
}

/**
 * replay_memory_effect() - let the names follow what a memory call has done
 * @run: the run
 * @call: the call, with its answer
 */
void replay_memory_effect(struct replay_run *run,
			  const struct replay_call *call)
{
	switch (call->st->op) {
	case REPLAY_DECREASE:
	case REPLAY_POPULATE:
	case REPLAY_INCREASE:
		reservation_effect(run, call);
		break;
	case REPLAY_EXCHANGE:
		exchange_effect(run, call);
		break;
	case REPLAY_ADD_TO_PHYSMAP:
		physmap_effect(run, call);
		break;
	case REPLAY_ADD_TO_PHYSMAP_BATCH:
		batch_effect(run, call);
		break;
	case REPLAY_REMOVE_FROM_PHYSMAP:
		remove_effect(run, call);
		break;
	}
}
