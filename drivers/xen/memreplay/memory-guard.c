// SPDX-License-Identifier: GPL-2.0
/*
 * Memory calls that are not made, since they could take memory from the guest
 * that it cannot get back, or that is not the script's.
 *
 * What decides is known from the script and from what was answered before, so
 * that it is the same everywhere.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/limits.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "call.h"
#include "memory.h"
#include "run.h"

/* Beyond it, Xen does not even look at a list. */
#define MAX_EXTENTS	(U32_MAX >> 6)
/* What an ordinary domain may ask for, and anybody. */
#define MAX_ORDER	9
#define MAX_ANY_ORDER	18

#define LISTS		(BIT(REPLAY_OPT_LIST) | BIT(REPLAY_OPT_IN_LIST) | \
			 BIT(REPLAY_OPT_OUT_LIST) | BIT(REPLAY_OPT_IDXS) | \
			 BIT(REPLAY_OPT_GPFNS))

/* Is the frame at this name what the guest cannot do without? */
static bool is_memory(const struct replay_run *run,
		      const struct replay_value *value, u32 i)
{
	return value->kind == REPLAY_MFN &&
	       value->frame + i < run->script->nr_frames &&
	       !run->frames[value->frame + i].lost;
}

static bool is_special(const struct replay_run *run,
		       const struct replay_value *value, u32 i)
{
	return value->kind == REPLAY_MFN &&
	       value->frame + i < run->script->nr_frames &&
	       run->frames[value->frame + i].special;
}

static bool is_gone(const struct replay_run *run,
		    const struct replay_value *value, u32 i)
{
	return value->kind == REPLAY_MFN &&
	       value->frame + i < run->script->nr_frames &&
	       run->frames[value->frame + i].lost;
}

static bool is_name(const struct replay_run *run,
		    const struct replay_value *value)
{
	return value->kind == REPLAY_MFN &&
	       value->frame < run->script->nr_frames;
}

/* Does any name of an extent satisfy @is? */
static bool any_name(const struct replay_run *run,
		     const struct replay_item *item, u64 order,
		     bool (*is)(const struct replay_run *run,
				const struct replay_value *value, u32 i))
{
	u32 i;

	for (i = 0; order <= MAX_ORDER && i < 1U << order; i++)
		if (is(run, &item->at, i))
			return true;
	return false;
}

static bool any_extent(const struct replay_run *run,
		       const struct replay_statement *st, u64 order,
		       bool (*is)(const struct replay_run *run,
				  const struct replay_value *value, u32 i))
{
	u32 i;

	for (i = 0; i < st->nr_items; i++)
		if (any_name(run, replay_item(run->script, st, i), order, is))
			return true;
	return false;
}

static u64 order_of(struct replay_run *run, const struct replay_statement *st)
{
	return replay_option_or(run, st, REPLAY_OPT_ORDER, 0);
}

/*
 * Of an extent with holes the rest may go before the call fails. With options it
 * cannot be told whether it came so far.
 */
static bool ends_somewhere(struct replay_run *run,
			   const struct replay_statement *st)
{
	return order_of(run, st) &&
	       st->options & ~BIT(REPLAY_OPT_ORDER) &&
	       any_extent(run, st, order_of(run, st), is_gone);
}

/* Frames that come and have no number are the guest's for ever. */
static bool increases(struct replay_run *run,
		      const struct replay_statement *st)
{
	u64 nr = replay_option_or(run, st, REPLAY_OPT_NR, st->nr_items);
	u64 dom = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);

	return !(st->options & BIT(REPLAY_OPT_ARG)) &&
	       nr > replay_option_or(run, st, REPLAY_OPT_START, 0) &&
	       nr <= MAX_EXTENTS && order_of(run, st) <= MAX_ORDER &&
	       (dom == DOMID_SELF || dom == replay_backend.own_domid);
}

/*
 * A frame that goes to a number that no guest can have is nowhere. In a batch it
 * may have come to its name just before.
 */
static bool moves_away(struct replay_run *run,
		       const struct replay_statement *st,
		       const struct replay_item *item)
{
	return item->cmd == XENMAPSPACE_gmfn && !is_name(run, &item->value) &&
	       (is_memory(run, &item->at, 0) ||
		(st->nr_items > 1 && is_name(run, &item->at)));
}

static bool range_leaves(struct replay_run *run,
			 const struct replay_statement *st,
			 const struct replay_item *item)
{
	struct replay_item to = { .at = item->value };
	u64 size = replay_option_or(run, st, REPLAY_OPT_SIZE, 0);

	return is_name(run, &item->at) &&
	       (replay_memory_room(run, item) < size ||
		replay_memory_room(run, &to) < size);
}

/* The first frame of the grant table is in use. */
static bool takes_grants(const struct replay_item *item)
{
	return item->cmd == XENMAPSPACE_grant_table && !item->at.number;
}

static bool adds_badly(struct replay_run *run,
		       const struct replay_statement *st)
{
	const struct replay_item *item;
	u32 i;

	for (i = 0; i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		if (takes_grants(item) || moves_away(run, st, item) ||
		    (item->cmd == XENMAPSPACE_gmfn_range &&
		     range_leaves(run, st, item)))
			return true;
	}
	return false;
}

/* A list in a word names pages of the kernel. */
static bool lists_word(const struct replay_run *run,
		       const struct replay_statement *st)
{
	const struct replay_value *value;
	unsigned int option;

	for (option = 0; option < REPLAY_NR_OPTIONS; option++) {
		if (!(LISTS & BIT(option)))
			continue;
		value = replay_option(run->script, st, option);
		if (value && value->kind == REPLAY_WORD)
			return true;
	}
	return false;
}

static bool calls_with_word(const struct replay_run *run,
			    const struct replay_statement *st)
{
	u32 i;

	for (i = 0; i < st->nr_items; i++)
		if (replay_item(run->script, st, i)->at.kind == REPLAY_WORD)
			return true;
	return false;
}

static bool refused_translated(struct replay_run *run,
			       const struct replay_statement *st)
{
	if (lists_word(run, st))
		return true;
	switch (st->op) {
	case REPLAY_INCREASE:
		return increases(run, st);
	case REPLAY_DECREASE:
		return any_extent(run, st, order_of(run, st), is_special) ||
		       ends_somewhere(run, st);
	case REPLAY_POPULATE:
		return any_extent(run, st, order_of(run, st), is_memory);
	case REPLAY_ADD_TO_PHYSMAP:
	case REPLAY_ADD_TO_PHYSMAP_BATCH:
		return adds_badly(run, st);
	case REPLAY_REMOVE_FROM_PHYSMAP:
		return any_extent(run, st, 0, is_memory);
	case REPLAY_HYPERCALL:
	case REPLAY_MEMORY_OP:
		return calls_with_word(run, st);
	}
	return false;
}

/* Have the frames of an extent come in one piece, and are they still there? */
static bool is_piece(const struct replay_run *run,
		     const struct replay_item *item, u64 order)
{
	const struct replay_frame *frame = &run->frames[item->at.frame];
	u32 i;

	for (i = 0; i < 1U << order; i++)
		if (frame[i].lost || !frame[i].batch ||
		    frame[i].batch != frame->batch ||
		    frame[i].mfn != frame->mfn + i)
			return false;
	return true;
}

/* What goes, by frame numbers, must not be the kernel's. */
static bool takes_neighbours(struct replay_run *run,
			     const struct replay_statement *st, u64 order)
{
	const struct replay_item *item;
	u32 i;

	if (!order || order > MAX_ORDER)
		return false;
	for (i = 0; i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		if (!item->cmd && is_name(run, &item->at) &&
		    !is_piece(run, item, order))
			return true;
	}
	return false;
}

/* Has a frame that this name has lost come to another name since? */
static bool is_anothers(const struct replay_run *run,
			const struct replay_value *value, u32 i)
{
	const struct replay_frame *frame = &run->frames[value->frame + i];
	u32 j;

	if (!is_name(run, value) || !frame->lost)
		return false;
	for (j = 0; j < run->script->nr_frames; j++)
		if (!run->frames[j].lost && run->frames[j].mfn == frame->mfn)
			return true;
	for (j = 0; j < run->nr_extras; j++)
		if (run->extras[j] == frame->mfn)
			return true;
	return false;
}

static bool refused_pv(struct replay_run *run,
		       const struct replay_statement *st)
{
	if (st->op == REPLAY_DECREASE)
		return any_extent(run, st, 0, is_anothers) ||
		       takes_neighbours(run, st, order_of(run, st));
	return st->op == REPLAY_EXCHANGE &&
	       takes_neighbours(run, st,
				replay_option_or(run, st, REPLAY_OPT_IN_ORDER,
						 0));
}

static bool is_large(struct replay_run *run, const struct replay_statement *st,
		     enum replay_option option)
{
	u64 order = replay_option_or(run, st, option, 0);

	return order > MAX_ORDER && order <= MAX_ANY_ORDER;
}

/* What only a privileged domain gets would not stay within the names. */
static bool is_too_large(struct replay_run *run,
			 const struct replay_statement *st)
{
	return replay_backend.control &&
	       (is_large(run, st, REPLAY_OPT_ORDER) ||
		is_large(run, st, REPLAY_OPT_IN_ORDER) ||
		is_large(run, st, REPLAY_OPT_OUT_ORDER));
}

/**
 * replay_memory_refused() - would a statement take memory away for good?
 * @run: the run
 * @st: the statement
 */
bool replay_memory_refused(struct replay_run *run,
			   const struct replay_statement *st)
{
	if (!replay_op_calls(st->op))
		return false;
	if (is_too_large(run, st))
		return true;
	if (!replay_backend.translated)
		return refused_pv(run, st);
	return !run->script->throwaway && refused_translated(run, st);
}

/**
 * replay_memory_moves() - may a statement change what is at a page?
 * @st: the statement
 */
bool replay_memory_moves(const struct replay_statement *st)
{
	switch (st->op) {
	case REPLAY_DECREASE:
	case REPLAY_POPULATE:
	case REPLAY_ADD_TO_PHYSMAP:
	case REPLAY_ADD_TO_PHYSMAP_BATCH:
	case REPLAY_REMOVE_FROM_PHYSMAP:
		return true;
	}
	return false;
}
