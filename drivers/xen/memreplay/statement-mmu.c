// SPDX-License-Identifier: GPL-2.0
/*
 * Statements that call to change page tables and what the CPU stands on.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>

#include "names.h"
#include "parse.h"
#include "statement.h"
#include "value.h"
#include "words.h"

#define OPTS_DONE	(REPLAY_OPTS_LIST | BIT(REPLAY_OPT_DONE) | \
			 BIT(REPLAY_OPT_IN) | BIT(REPLAY_OPT_DOM))

/* The word after the group that starts at @at: ";" or the end. */
static u32 group_end(struct replay_parser *p, u32 at)
{
	while (at < p->nr_words && !replay_is_word(p, at, ";"))
		at++;
	return at;
}

static bool raw_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	return replay_number_at(p, at, &item->at.number) &&
	       (replay_names_no_frame(item->at.number >> PAGE_SHIFT) ||
		replay_fail(p, "a number that could name a frame"));
}

/* TARGET = VALUE, or raw NUMBER = VALUE, in words @at to @end. */
static bool parse_request(struct replay_parser *p, struct replay_statement *st,
			  u32 at, u32 end)
{
	bool raw = replay_is_word(p, at, "raw");
	struct replay_item *item = replay_add_item(p, st);

	if (!item)
		return false;
	if (raw ? !raw_at(p, ++at, item) : !replay_slots_at(p, at, item))
		return false;
	p->cost += 16 * (item->last - item->first);
	st->number += item->last - item->first + 1;
	if (st->number > REPLAY_MAX_REQUESTS)
		return replay_fail(p, "too many requests");
	return replay_equals_at(p, at + 1) &&
	       replay_entry_at(p, at + 2, &item->value) &&
	       (at + 3 == end || replay_fail(p, "';' is missing"));
}

static bool parse_requests(struct replay_parser *p, struct replay_statement *st,
			   u32 at)
{
	u32 end;

	for (; at < p->nr_words; at = end + 1) {
		end = group_end(p, at);
		if (!parse_request(p, st, at, end))
			return false;
	}
	return true;
}

static bool parse_mmu_update(struct replay_parser *p,
			     struct replay_statement *st)
{
	return parse_requests(p, st, 1);
}

static bool parse_assignment(struct replay_parser *p,
			     struct replay_statement *st)
{
	return parse_request(p, st, 0, p->nr_words);
}

static bool parse_va(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_value_at(p, 1, &item->at) &&
	       replay_equals_at(p, 2) && replay_entry_at(p, 3, &item->value) &&
	       replay_words_end(p, 4);
}

static bool takes_root(u64 cmd)
{
	return cmd == MMUEXT_NEW_BASEPTR || cmd == MMUEXT_NEW_USER_BASEPTR;
}

static bool takes_frame(u64 cmd)
{
	return cmd <= MMUEXT_NEW_BASEPTR || cmd == MMUEXT_NEW_USER_BASEPTR ||
	       cmd == MMUEXT_CLEAR_PAGE || cmd == MMUEXT_COPY_PAGE ||
	       cmd == MMUEXT_MARK_SUPER || cmd == MMUEXT_UNMARK_SUPER;
}

static bool command_arguments(struct replay_parser *p, u32 at, u32 end,
			      struct replay_item *item)
{
	if (at < end && takes_root(item->cmd) &&
	    replay_is_word(p, at, "home")) {
		item->at.kind = REPLAY_MFN;
		item->at.frame = REPLAY_HOME;
	} else if (at < end && takes_frame(item->cmd)) {
		if (!replay_frame_at(p, at, &item->at))
			return false;
	} else if (at < end && !replay_argument_at(p, at, &item->at)) {
		return false;
	}
	if (at + 1 >= end)
		return true;
	if (item->cmd == MMUEXT_COPY_PAGE)
		return replay_frame_at(p, at + 1, &item->value);
	return replay_argument_at(p, at + 1, &item->value);
}

static bool parse_command(struct replay_parser *p, struct replay_statement *st,
			  u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);
	u64 cmd;

	if (!item || !replay_has_word(p, at))
		return false;
	if (!replay_parse_named(replay_mmuext_commands, p->words[at], &cmd) ||
	    cmd > U32_MAX)
		return replay_fail(p, "no such command");
	item->cmd = cmd;
	return command_arguments(p, at + 1, end, item) &&
	       (at + 3 >= end || replay_fail(p, "';' is missing"));
}

static bool parse_mmuext(struct replay_parser *p, struct replay_statement *st)
{
	u32 at, end;

	for (at = 1; at < p->nr_words; at = end + 1) {
		end = group_end(p, at);
		if (!parse_command(p, st, at, end))
			return false;
	}
	return true;
}

static bool parse_set_gdt(struct replay_parser *p, struct replay_statement *st)
{
	return (p->nr_words <= 17 || replay_fail(p, "too many frames")) &&
	       replay_frames_at(p, st, 1, p->nr_words, 0);
}

static bool parse_descriptor(struct replay_parser *p,
			     struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_slots_at(p, 1, item) && replay_equals_at(p, 2) &&
	       replay_value_at(p, 3, &item->value) && replay_words_end(p, 4) &&
	       (item->first == item->last || replay_fail(p, "one slot only"));
}

static bool parse_stack(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_argument_at(p, 1, &item->at) &&
	       replay_argument_at(p, 2, &item->value) && replay_words_end(p, 3);
}

static bool parse_segment_base(struct replay_parser *p,
			       struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_named_at(p, 1, replay_segments, item) &&
	       replay_argument_at(p, 2, &item->value) && replay_words_end(p, 3);
}

static bool parse_assist(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);
	u64 type;

	if (!item || !replay_named_at(p, 1, replay_assist_commands, item) ||
	    !replay_has_word(p, 2))
		return false;
	if (!replay_parse_named(replay_assists, p->words[2], &type))
		return replay_fail(p, "no such type");
	item->value.number = type;
	return replay_words_end(p, 3);
}

const struct replay_syntax replay_assignment_syntax = {
	.op = REPLAY_MMU_UPDATE,
	.options = OPTS_DONE | BIT(REPLAY_OPT_PTDOM),
	.parse = parse_assignment,
};

const struct replay_syntax replay_mmu_syntaxes[] = {
	{ "mmu_update", REPLAY_MMU_UPDATE, OPTS_DONE | BIT(REPLAY_OPT_PTDOM),
	  parse_mmu_update },
	{ "va", REPLAY_VA, BIT(REPLAY_OPT_FLUSH) | BIT(REPLAY_OPT_DOM),
	  parse_va },
	{ "mmuext", REPLAY_MMUEXT, OPTS_DONE, parse_mmuext },
	{ "set_gdt", REPLAY_SET_GDT,
	  BIT(REPLAY_OPT_ENTRIES) | BIT(REPLAY_OPT_LIST), parse_set_gdt },
	{ "update_descriptor", REPLAY_DESCRIPTOR, 0, parse_descriptor },
	{ "stack_switch", REPLAY_STACK, 0, parse_stack },
	{ "set_segment_base", REPLAY_SEGMENT_BASE, 0, parse_segment_base },
	{ "vm_assist", REPLAY_ASSIST, 0, parse_assist },
	{}
};
