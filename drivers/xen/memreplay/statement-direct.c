// SPDX-License-Identifier: GPL-2.0
/*
 * Statements that are the guest's own doing.
 */
#include <linux/bits.h>

#include "parse.h"
#include "statement.h"
#include "value.h"
#include "words.h"

static bool parse_write(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	if (!item || !replay_page_at(p, 1, item) ||
	    !replay_slot_at(p, 2, &item->first))
		return false;
	item->last = item->first;
	return replay_entry_at(p, 3, &item->value) && replay_words_end(p, 4);
}

static bool parse_fill(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_page_at(p, 1, item) &&
	       replay_slot_at(p, 2, &item->first) &&
	       replay_slot_at(p, 3, &item->last) &&
	       replay_entry_at(p, 4, &item->value) && replay_words_end(p, 5);
}

static bool parse_read(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_page_at(p, 1, item) &&
	       replay_slot_at(p, 2, &item->first) && replay_words_end(p, 3);
}

static bool parse_page(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_page_at(p, 1, item) && replay_words_end(p, 2);
}

static bool parse_size(struct replay_parser *p, u32 at, u8 *size)
{
	u64 number;

	if (!replay_number_at(p, at, &number))
		return false;
	*size = number;
	return number == 1 || number == 2 || number == 4 || number == 8 ||
	       replay_fail(p, "a size is 1, 2, 4 or 8");
}

/* Only what the script may touch: the window, and its own pages. */
static bool is_accessible(const struct replay_value *at, u8 size)
{
	if (at->kind == REPLAY_DIRECT)
		return at->number <= 4096 - size;
	return at->kind == REPLAY_NUMBER && at->number >= REPLAY_WINDOW_VA &&
	       at->number <= REPLAY_WINDOW_VA + REPLAY_WINDOW_SIZE - size;
}

static bool parse_access(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);
	bool write = replay_is_word(p, 1, "w");

	if (!item || !replay_has_word(p, 1))
		return false;
	if (!write && !replay_is_word(p, 1, "r"))
		return replay_fail(p, "an access is r or w");
	item->cmd = write;
	if (!parse_size(p, 2, &item->low) || !replay_value_at(p, 3, &item->at))
		return false;
	if (!is_accessible(&item->at, item->low))
		return replay_fail(p, "neither in the window nor in a page");
	return (!write || replay_entry_at(p, 4, &item->value)) &&
	       replay_words_end(p, 4 + write);
}

static bool parse_watch(struct replay_parser *p, struct replay_statement *st)
{
	st->number = replay_is_word(p, 1, "on");
	return (st->number || replay_is_word(p, 1, "off") ||
		replay_fail(p, "on or off")) &&
	       replay_words_end(p, 2);
}

const struct replay_syntax replay_direct_syntaxes[] = {
	{ "write", REPLAY_WRITE, 0, parse_write },
	{ "fill", REPLAY_FILL, 0, parse_fill },
	{ "read", REPLAY_READ, 0, parse_read },
	{ "dump", REPLAY_DUMP, 0, parse_page },
	{ "root", REPLAY_ROOT, 0, parse_page },
	{ "access", REPLAY_ACCESS, 0, parse_access },
	{ "watch", REPLAY_WATCH, 0, parse_watch },
	{}
};
