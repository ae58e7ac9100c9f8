// SPDX-License-Identifier: GPL-2.0
/*
 * What each kind of statement looks like, in a file for each sort.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "names.h"
#include "parse.h"
#include "statement.h"
#include "value.h"
#include "words.h"

const char * const replay_option_names[REPLAY_NR_OPTIONS] = {
	[REPLAY_OPT_COUNT] = "count",
	[REPLAY_OPT_DONE] = "done",
	[REPLAY_OPT_IN] = "in",
	[REPLAY_OPT_DOM] = "dom",
	[REPLAY_OPT_PTDOM] = "ptdom",
	[REPLAY_OPT_LIST] = "list",
	[REPLAY_OPT_FLUSH] = "flush",
	[REPLAY_OPT_ENTRIES] = "entries",
	[REPLAY_OPT_ORDER] = "order",
	[REPLAY_OPT_NR] = "nr",
	[REPLAY_OPT_START] = "start",
	[REPLAY_OPT_ARG] = "arg",
	[REPLAY_OPT_IN_ORDER] = "in_order",
	[REPLAY_OPT_OUT_ORDER] = "out_order",
	[REPLAY_OPT_IN_DOM] = "in_dom",
	[REPLAY_OPT_OUT_DOM] = "out_dom",
	[REPLAY_OPT_IN_NR] = "in_nr",
	[REPLAY_OPT_OUT_NR] = "out_nr",
	[REPLAY_OPT_EXCHANGED] = "exchanged",
	[REPLAY_OPT_IN_LIST] = "in_list",
	[REPLAY_OPT_OUT_LIST] = "out_list",
	[REPLAY_OPT_FLAGS] = "flags",
	[REPLAY_OPT_IN_FLAGS] = "in_flags",
	[REPLAY_OPT_OUT_FLAGS] = "out_flags",
	[REPLAY_OPT_SIZE] = "size",
	[REPLAY_OPT_ID] = "id",
	[REPLAY_OPT_FIRST] = "first",
	[REPLAY_OPT_FOREIGN] = "foreign",
	[REPLAY_OPT_IDXS] = "idxs",
	[REPLAY_OPT_GPFNS] = "gpfns",
	[REPLAY_OPT_ERRS] = "errs",
	[REPLAY_OPT_VNODES] = "vnodes",
	[REPLAY_OPT_VCPUS] = "vcpus",
	[REPLAY_OPT_RANGES] = "ranges",
	[REPLAY_OPT_PAD] = "pad",
};

static const struct replay_syntax * const tables[] = {
	replay_mmu_syntaxes,
	replay_memory_syntaxes,
	replay_physmap_syntaxes,
	replay_call_syntaxes,
	replay_grant_syntaxes,
	replay_direct_syntaxes,
	replay_directive_syntaxes,
};

static const struct replay_syntax *find_in(const struct replay_syntax *table,
					   const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

/**
 * replay_syntax_find() - how a kind of statement is written
 * @name: its first word
 *
 * Return: NULL if there is no such statement.
 */
const struct replay_syntax *replay_syntax_find(const char *name)
{
	const struct replay_syntax *found = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables) && !found; i++)
		found = find_in(tables[i], name);
	return found;
}

static bool parse_option(struct replay_parser *p, enum replay_option option,
			 struct replay_value *value)
{
	char *word = p->options[option];

	switch (option) {
	case REPLAY_OPT_DOM:
	case REPLAY_OPT_PTDOM:
	case REPLAY_OPT_IN_DOM:
	case REPLAY_OPT_OUT_DOM:
	case REPLAY_OPT_FOREIGN:
		return replay_parse_domain(p->script, word, value);
	case REPLAY_OPT_FLAGS:
	case REPLAY_OPT_IN_FLAGS:
	case REPLAY_OPT_OUT_FLAGS:
		return replay_parse_mem_flags(word, &value->number);
	case REPLAY_OPT_FLUSH:
		return replay_name_find(replay_flushes, word,
					&value->number) ||
		       replay_parse_argument(p->script, word, value);
	default:
		return replay_parse_argument(p->script, word, value);
	}
}

/**
 * replay_parse_options() - the options that the line has
 * @p: the parser
 * @st: the statement that gets them
 *
 * Return: false if one of them is wrong; the parser says how.
 */
bool replay_parse_options(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_value *value;
	unsigned int i;

	st->first_option = p->script->options.nr;
	for (i = 0; i < REPLAY_NR_OPTIONS; i++) {
		if (!p->options[i])
			continue;
		value = replay_pool_add(&p->script->options, 1);
		if (!value)
			return replay_fail(p, "out of memory");
		if (!parse_option(p, i, value))
			return replay_fail(p, "a bad option");
		if (!replay_is_open(p, value))
			return false;
		st->options |= BIT(i);
	}
	return true;
}
