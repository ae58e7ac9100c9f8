// SPDX-License-Identifier: GPL-2.0
/*
 * Statements that call memory_op for what is not a reservation: the physmap,
 * memory maps, and what the guest may be told.
 */
#include <linux/bits.h>
#include <linux/limits.h>

#include "names.h"
#include "parse.h"
#include "statement.h"
#include "value.h"
#include "words.h"

/* Entries of a batch, and of a memory map. */
#define MAX_ENTRIES	256

#define OPT_ARG		BIT(REPLAY_OPT_ARG)
#define OPTS_DOM	(OPT_ARG | BIT(REPLAY_OPT_DOM))
#define OPTS_NR		(OPT_ARG | BIT(REPLAY_OPT_NR) | BIT(REPLAY_OPT_LIST))
#define OPTS_ADD	(OPTS_DOM | BIT(REPLAY_OPT_SIZE) | \
			 BIT(REPLAY_OPT_START))
#define OPTS_BATCH	(OPTS_ADD | BIT(REPLAY_OPT_FOREIGN) | \
			 BIT(REPLAY_OPT_IDXS) | BIT(REPLAY_OPT_GPFNS) | \
			 BIT(REPLAY_OPT_ERRS))
#define OPTS_CLAIM	(OPTS_DOM | OPTS_NR | BIT(REPLAY_OPT_ORDER) | \
			 BIT(REPLAY_OPT_FLAGS) | BIT(REPLAY_OPT_START))
#define OPTS_VNUMA	(OPTS_DOM | BIT(REPLAY_OPT_PAD) | \
			 BIT(REPLAY_OPT_VNODES) | BIT(REPLAY_OPT_VCPUS) | \
			 BIT(REPLAY_OPT_RANGES) | BIT(REPLAY_OPT_START))
#define OPTS_ACQUIRE	(OPTS_DOM | OPTS_NR | BIT(REPLAY_OPT_ID) | \
			 BIT(REPLAY_OPT_FIRST) | BIT(REPLAY_OPT_PAD) | \
			 BIT(REPLAY_OPT_START))

/* Where to, or from where: a frame by name, or a number that is none. */
static bool gfn_at(struct replay_parser *p, u32 at, struct replay_value *value)
{
	return replay_frame_at(p, at, value);
}

/* A frame by name, or a small number that counts something. */
static bool idx_at(struct replay_parser *p, u32 at, u64 space,
		   struct replay_value *value)
{
	if (space == 2 || space == 3)
		return gfn_at(p, at, value);
	return replay_argument_at(p, at, value);
}

static bool space_at(struct replay_parser *p, u32 at, u64 *space)
{
	if (!replay_has_word(p, at))
		return false;
	if (!replay_parse_named(replay_spaces, p->words[at], space) ||
	    *space > U32_MAX)
		return replay_fail(p, "no such space");
	p->script->shared_info |= !*space;
	return true;
}

static bool parse_pair(struct replay_parser *p, struct replay_statement *st,
		       u32 at, u64 space)
{
	struct replay_item *item = replay_add_item(p, st);

	if (!item)
		return false;
	item->cmd = space;
	return idx_at(p, at, space, &item->at) &&
	       gfn_at(p, at + 1, &item->value);
}

/* add_to_physmap SPACE IDX GFN */
static bool parse_add(struct replay_parser *p, struct replay_statement *st)
{
	u64 space;

	return space_at(p, 1, &space) && parse_pair(p, st, 2, space) &&
	       replay_words_end(p, 4);
}

/* add_to_physmap_batch SPACE [IDX GFN ; ...] */
static bool parse_batch(struct replay_parser *p, struct replay_statement *st)
{
	u64 space;
	u32 at;

	if (!space_at(p, 1, &space))
		return false;
	st->number = space;
	for (at = 2; at < p->nr_words; at += 3) {
		if (!parse_pair(p, st, at, space) ||
		    (at + 2 < p->nr_words && !replay_is_word(p, at + 2, ";")))
			return replay_fail(p, "';' is missing");
	}
	return st->nr_items <= MAX_ENTRIES ||
	       replay_fail(p, "too many entries");
}

static bool parse_gfn(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && gfn_at(p, 1, &item->at) && replay_words_end(p, 2);
}

/* Room for what comes, unless it is said to be somewhere else. */
static bool parse_room(struct replay_parser *p, struct replay_statement *st)
{
	u64 nr;

	if (p->options[REPLAY_OPT_NR] &&
	    replay_parse_number(p->options[REPLAY_OPT_NR], &nr) &&
	    nr > MAX_ENTRIES && !p->options[REPLAY_OPT_LIST] &&
	    !p->options[REPLAY_OPT_ARG])
		return replay_fail(p, "more than there is room for");
	p->cost += MAX_ENTRIES * 24;
	return replay_words_end(p, 1);
}

static bool parse_set_map(struct replay_parser *p, struct replay_statement *st)
{
	p->script->memory_map = true;
	return parse_room(p, st);
}

/* acquire_resource TYPE */
static bool parse_acquire(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	p->cost += MAX_ENTRIES * 8;
	return item && replay_named_at(p, 1, replay_resources, item) &&
	       replay_words_end(p, 2);
}

/* memory_op CMD ARGUMENT */
static bool parse_any(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);
	u64 cmd;

	if (!item || !replay_has_word(p, 1))
		return false;
	if (!replay_parse_named(replay_memory_commands, p->words[1], &cmd) ||
	    cmd > 63)
		return replay_fail(p, "no such operation");
	st->number = cmd;
	return replay_argument_at(p, 2, &item->at) &&
	       replay_is_open(p, &item->at) && replay_words_end(p, 3);
}

const struct replay_syntax replay_physmap_syntaxes[] = {
	{ "maximum_ram_page", REPLAY_MAX_RAM_PAGE, BIT(REPLAY_OPT_START),
	  replay_parse_nothing },
	{ "maximum_gpfn", REPLAY_MAX_GPFN, OPTS_DOM | BIT(REPLAY_OPT_START),
	  replay_parse_nothing },
	{ "machphys_mfn_list", REPLAY_MACHPHYS_LIST, OPTS_NR, parse_room },
	{ "machphys_compat_mfn_list", REPLAY_MACHPHYS_COMPAT_LIST, OPTS_NR,
	  parse_room },
	{ "machphys_mapping", REPLAY_MACHPHYS_MAPPING, OPT_ARG,
	  replay_parse_nothing },
	{ "memory_map", REPLAY_MEMORY_MAP, OPTS_NR, parse_room },
	{ "machine_memory_map", REPLAY_MACHINE_MEMORY_MAP, OPTS_NR,
	  parse_room },
	{ "set_memory_map", REPLAY_SET_MEMORY_MAP,
	  OPTS_NR | BIT(REPLAY_OPT_DOM), parse_set_map },
	{ "add_to_physmap", REPLAY_ADD_TO_PHYSMAP, OPTS_ADD, parse_add },
	{ "add_to_physmap_batch", REPLAY_ADD_TO_PHYSMAP_BATCH, OPTS_BATCH,
	  parse_batch },
	{ "remove_from_physmap", REPLAY_REMOVE_FROM_PHYSMAP,
	  OPTS_DOM | BIT(REPLAY_OPT_START), parse_gfn },
	{ "claim", REPLAY_CLAIM, OPTS_CLAIM, replay_parse_nothing },
	{ "get_pod_target", REPLAY_GET_POD_TARGET, OPTS_DOM,
	  replay_parse_nothing },
	{ "set_pod_target", REPLAY_SET_POD_TARGET,
	  OPTS_DOM | BIT(REPLAY_OPT_NR), replay_parse_nothing },
	{ "get_vnumainfo", REPLAY_GET_VNUMAINFO, OPTS_VNUMA,
	  replay_parse_nothing },
	{ "acquire_resource", REPLAY_ACQUIRE_RESOURCE, OPTS_ACQUIRE,
	  parse_acquire },
	{ "reserved_memory_map", REPLAY_RESERVED_MAP,
	  OPTS_NR | BIT(REPLAY_OPT_FLAGS), parse_room },
	{ "memory_op", REPLAY_MEMORY_OP, BIT(REPLAY_OPT_START), parse_any },
	{}
};
