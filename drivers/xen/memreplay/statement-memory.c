// SPDX-License-Identifier: GPL-2.0
/*
 * Statements that call memory_op.
 */
#include <linux/bits.h>
#include <linux/limits.h>

#include <xen/interface/xen.h>

#include "names.h"
#include "parse.h"
#include "statement.h"
#include "value.h"
#include "words.h"

#define OPTS_EXTENTS	(BIT(REPLAY_OPT_ORDER) | BIT(REPLAY_OPT_DOM) | \
			 BIT(REPLAY_OPT_NR) | BIT(REPLAY_OPT_START) | \
			 BIT(REPLAY_OPT_LIST) | BIT(REPLAY_OPT_ARG) | \
			 BIT(REPLAY_OPT_FLAGS))
#define OPTS_EXCHANGE	(BIT(REPLAY_OPT_ARG) | \
			 BIT(REPLAY_OPT_IN_FLAGS) | \
			 BIT(REPLAY_OPT_OUT_FLAGS) | \
			 GENMASK(REPLAY_OPT_OUT_LIST, REPLAY_OPT_IN_ORDER))

static u64 order_told(struct replay_parser *p, enum replay_option option)
{
	u64 order;

	if (!p->options[option] ||
	    !replay_parse_number(p->options[option], &order))
		return 0;
	return order;
}

/* Nobody has frames there. */
static bool is_nowhere(const struct replay_value *value)
{
	return value->kind == REPLAY_MFN && value->frame >= REPLAY_NONE &&
	       value->frame <= REPLAY_HOLE;
}

static u32 room_of(const struct replay_parser *p,
		   const struct replay_value *value)
{
	if (value->kind != REPLAY_MFN || value->frame >= REPLAY_MAX_FRAMES)
		return 0;
	return p->script->frames[value->frame].room;
}

/*
 * An order takes the neighbours of a frame along: they must be the script's, too.
 * Larger ones Xen refuses an ordinary domain.
 */
static bool order_fits(struct replay_parser *p, struct replay_statement *st,
		       enum replay_option option, u32 from, u32 to)
{
	const struct replay_value *value;
	u64 order = order_told(p, option);

	if (!order || order > REPLAY_MAX_BLOCK)
		return true;
	for (; from < to; from++) {
		value = &replay_item(p->script, st, from)->at;
		if (!is_nowhere(value) && room_of(p, value) < 1U << order)
			return replay_fail(p, "an order needs a block of pages");
	}
	return true;
}

/* Xen does not even look at a list that is longer. */
#define MAX_EXTENTS	(U32_MAX >> 6)

static u64 extents_told(struct replay_parser *p, enum replay_option nr,
			u32 names)
{
	u64 number;

	if (!p->options[nr] || !replay_parse_number(p->options[nr], &number))
		return names;
	return number;
}

/* What comes has to have a name, or it would be lost. */
static bool names_suffice(struct replay_parser *p, u64 told, u32 names,
			  enum replay_option list)
{
	return told <= names || told > MAX_EXTENTS || p->options[list] ||
	       p->options[REPLAY_OPT_ARG] ||
	       replay_fail(p, "more than there are names");
}

static bool parse_decrease(struct replay_parser *p, struct replay_statement *st)
{
	return replay_frames_at(p, st, 1, p->nr_words, 0) &&
	       order_fits(p, st, REPLAY_OPT_ORDER, 0, st->nr_items);
}

/* Frames that can be given another machine frame: own ones. */
static bool parse_names(struct replay_parser *p, struct replay_statement *st,
			u32 at, bool empty, bool any)
{
	struct replay_item *item;
	u32 from = st->nr_items;

	if (!replay_frames_at(p, st, at, p->nr_words, 1))
		return false;
	for (; from < st->nr_items; from++) {
		item = replay_item(p->script, st, from);
		if (item->at.kind != REPLAY_MFN ||
		    item->at.frame >= REPLAY_MAX_FRAMES ||
		    (p->script->frames[item->at.frame].empty != empty &&
		     !any) ||
		    p->script->frames[item->at.frame].foreign ||
		    p->script->frames[item->at.frame].side != p->script->side)
			return replay_fail(p,
					   "not a name that can get a frame");
	}
	return true;
}

static bool parse_populate(struct replay_parser *p, struct replay_statement *st)
{
	/* A translated guest has a number for what has no page. */
	bool any = p->script->callers == REPLAY_CALLER_TRANSLATED;

	return parse_names(p, st, 1, false, any) &&
	       order_fits(p, st, REPLAY_OPT_ORDER, 0, st->nr_items) &&
	       names_suffice(p, extents_told(p, REPLAY_OPT_NR, st->nr_items),
			     st->nr_items, REPLAY_OPT_LIST);
}

static bool parse_increase(struct replay_parser *p, struct replay_statement *st)
{
	return parse_names(p, st, 1, true, false) &&
	       order_fits(p, st, REPLAY_OPT_ORDER, 0, st->nr_items) &&
	       names_suffice(p, extents_told(p, REPLAY_OPT_NR, st->nr_items),
			     st->nr_items, REPLAY_OPT_LIST);
}

/* If the sizes differ nothing is exchanged. */
static bool exchange_suffices(struct replay_parser *p, u32 leaving, u32 coming)
{
	u64 in = extents_told(p, REPLAY_OPT_IN_NR, leaving);
	u64 out = extents_told(p, REPLAY_OPT_OUT_NR, coming);
	u64 in_order = order_told(p, REPLAY_OPT_IN_ORDER);
	u64 out_order = order_told(p, REPLAY_OPT_OUT_ORDER);

	return in_order > REPLAY_MAX_BLOCK || out_order > REPLAY_MAX_BLOCK ||
	       in << in_order != out << out_order ||
	       (names_suffice(p, in, leaving, REPLAY_OPT_IN_LIST) &&
		names_suffice(p, out, coming, REPLAY_OPT_OUT_LIST));
}

static bool parse_exchange(struct replay_parser *p, struct replay_statement *st)
{
	u32 to = 1;

	while (to < p->nr_words && !replay_is_word(p, to, "to"))
		to++;
	return replay_has_word(p, to) && replay_frames_at(p, st, 1, to, 0) &&
	       parse_names(p, st, to + 1, false, false) &&
	       order_fits(p, st, REPLAY_OPT_IN_ORDER, 0, to - 1) &&
	       order_fits(p, st, REPLAY_OPT_OUT_ORDER, to - 1,
			  st->nr_items) &&
	       exchange_suffices(p, to - 1, st->nr_items - (to - 1));
}

const struct replay_syntax replay_memory_syntaxes[] = {
	{ "decrease", REPLAY_DECREASE, OPTS_EXTENTS, parse_decrease },
	{ "populate", REPLAY_POPULATE, OPTS_EXTENTS, parse_populate },
	{ "increase", REPLAY_INCREASE, OPTS_EXTENTS, parse_increase },
	{ "exchange", REPLAY_EXCHANGE, OPTS_EXCHANGE, parse_exchange },
	{ "reservation", REPLAY_RESERVATION, BIT(REPLAY_OPT_DOM),
	  replay_parse_nothing },
	{ "maximum_reservation", REPLAY_MAX_RESERVATION, BIT(REPLAY_OPT_DOM),
	  replay_parse_nothing },
	{}
};
