// SPDX-License-Identifier: GPL-2.0
/*
 * Statements that call grant_table_op, and those about the guest's own entries.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include "names.h"
#include "parse.h"
#include "statement.h"
#include "value.h"
#include "words.h"

#define OPTS_BATCH	(BIT(REPLAY_OPT_COUNT) | BIT(REPLAY_OPT_ARG))
#define OPTS_ONE	(OPTS_BATCH | BIT(REPLAY_OPT_DOM))
#define OPTS_TABLE	(OPTS_ONE | BIT(REPLAY_OPT_LIST))

/* Of the list of frames. */
#define LIST_COST		1024

/* What no table and no track of mappings has, on any machine. */
#define FIRST_BAD_REF		0x10000
#define FIRST_BAD_HANDLE	0x100000

/* R3: a reference; no other names end in a number and begin like this. */
static bool find_ref(const struct replay_script *script, const char *word,
		     struct replay_value *value)
{
	const struct replay_refs_name *refs;
	size_t len;
	u32 index;
	u8 side;

	for (side = 0; side < REPLAY_NR_SIDES; side++) {
		refs = &script->refs[side];
		len = strlen(refs->name);
		if (!refs->nr || strncmp(word, refs->name, len) ||
		    kstrtou32(word + len, 10, &index) || index >= refs->nr)
			continue;
		*value = (struct replay_value) {
			.kind = REPLAY_REF,
			.frame = side,
			.number = index,
		};
		return true;
	}
	return false;
}

static bool is_ref(struct replay_parser *p, u32 at)
{
	struct replay_value value;

	return at < p->nr_words && find_ref(p->script, p->words[at], &value);
}

/* A name, or a number that is that of none: the kernel has references, too. */
static bool ref_at(struct replay_parser *p, u32 at, struct replay_value *value)
{
	if (!replay_has_word(p, at))
		return false;
	memset(value, 0, sizeof(*value));
	return find_ref(p->script, p->words[at], value) ||
	       (replay_parse_number(p->words[at], &value->number) &&
		value->number >= FIRST_BAD_REF) ||
	       replay_fail(p, "not a grant reference");
}

static bool own_ref_at(struct replay_parser *p, u32 at,
		       struct replay_value *value)
{
	return ref_at(p, at, value) &&
	       ((value->kind == REPLAY_REF && value->frame == p->script->side) ||
		replay_fail(p, "not a reference of its own"));
}

/* h0 to h63, or a number that is that of no mapping. */
static bool handle_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	u64 number;

	if (!replay_has_word(p, at))
		return false;
	if (p->words[at][0] == 'h' &&
	    !kstrtou16(p->words[at] + 1, 10, &item->first))
		return item->first < REPLAY_MAX_HANDLES ||
		       replay_fail(p, "handles are h0 to h63");
	item->first = REPLAY_MAX_HANDLES;
	if (!replay_parse_number(p->words[at], &number) ||
	    number < FIRST_BAD_HANDLE || number > U32_MAX)
		return replay_fail(p, "not a handle");
	item->cmd = number;
	return true;
}

static bool parse_flags(char *word, const struct replay_name *names, u32 *flags)
{
	u64 number;
	char *part;

	for (*flags = 0; (part = strsep(&word, "|")); *flags |= number)
		if (!replay_parse_named(names, part, &number))
			return false;
	return true;
}

static bool flags_at(struct replay_parser *p, u32 at,
		     const struct replay_name *names, u32 *flags)
{
	return replay_has_word(p, at) &&
	       (parse_flags(p->words[at], names, flags) ||
		replay_fail(p, "no such flag"));
}

/* A[3]: the address of an entry. */
static bool parse_slot_address(struct replay_parser *p, char *word,
			       struct replay_item *item)
{
	struct replay_item slot = {};

	if (!replay_parse_slots(p->script, word, &slot) ||
	    slot.first != slot.last)
		return replay_fail(p, "not one slot of a frame");
	item->at = slot.at;
	item->at.number = slot.first * sizeof(u64);
	item->low = slot.low;
	return true;
}

/* Where a mapping may be: nothing of the kernel's is there. */
static bool is_place(const struct replay_value *at)
{
	if (at->kind != REPLAY_NUMBER)
		return at->kind == REPLAY_DIRECT || at->kind == REPLAY_MADDR;
	/* The process has something below; Xen's range is above that. */
	return !at->number || (at->number >> 47 && at->number <
			       REPLAY_WINDOW_VA + REPLAY_WINDOW_SIZE);
}

static bool place_at(struct replay_parser *p, u32 at, struct replay_value *to)
{
	return replay_argument_at(p, at, to) &&
	       (is_place(to) || replay_fail(p, "nothing can be mapped there"));
}

static bool address_at(struct replay_parser *p, u32 at,
		       struct replay_item *item)
{
	if (!replay_has_word(p, at))
		return false;
	if (strchr(p->words[at], '['))
		return parse_slot_address(p, p->words[at], item);
	return place_at(p, at, &item->at);
}

/* Of a mapping that says where the entry is, that has to be an entry. */
static bool map_address(struct replay_parser *p, u32 at, u32 end,
			struct replay_item *item)
{
	if (at == end)
		return !(item->cmd & GNTMAP_host_map) ||
		       replay_fail(p, "an address is missing");
	return address_at(p, at, item) &&
	       (at + 1 == end || replay_fail(p, "';' is missing"));
}

/* h0 = R1 host|ro window+0x1000 */
static bool parse_map_part(struct replay_parser *p, struct replay_statement *st,
			   u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && handle_at(p, at, item) &&
	       (item->first < REPLAY_MAX_HANDLES ||
		replay_fail(p, "handles are h0 to h63")) &&
	       replay_equals_at(p, at + 1) &&
	       ref_at(p, at + 2, &item->value) &&
	       flags_at(p, at + 3, replay_map_flags, &item->cmd) &&
	       map_address(p, at + 4, end, item);
}

/* h0 [ADDRESS|- [BUS]] */
static bool parse_unmap_part(struct replay_parser *p,
			     struct replay_statement *st, u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);

	if (!item || !handle_at(p, at, item))
		return false;
	if (++at < end && !replay_is_word(p, at, "-")) {
		item->last |= 1;
		if (!address_at(p, at, item))
			return false;
	}
	if (++at < end && !replay_is_word(p, at, "-")) {
		item->last |= 2;
		if (!replay_argument_at(p, at, &item->value))
			return false;
	}
	return ++at >= end || replay_fail(p, "';' is missing");
}

/* h0 ADDRESS|- NEW */
static bool parse_replace_part(struct replay_parser *p,
			       struct replay_statement *st, u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);

	if (!item || !handle_at(p, at, item))
		return false;
	if (!replay_is_word(p, at + 1, "-")) {
		item->last |= 1;
		if (!address_at(p, at + 1, item))
			return false;
	}
	return place_at(p, at + 2, &item->value) &&
	       (at + 3 == end || replay_fail(p, "';' is missing"));
}

/* FRAME to REF */
static bool parse_transfer_part(struct replay_parser *p,
				struct replay_statement *st, u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_frame_at(p, at, &item->at) &&
	       (replay_is_word(p, at + 1, "to") ||
		replay_fail(p, "'to' is missing")) &&
	       ref_at(p, at + 2, &item->value) &&
	       (at + 3 == end || replay_fail(p, "';' is missing"));
}

static bool halfword_at(struct replay_parser *p, u32 at, u16 *to)
{
	u64 number;

	if (!replay_number_at(p, at, &number))
		return false;
	*to = number;
	return number <= U16_MAX || replay_fail(p, "more than 16 bits");
}

static bool domain_at(struct replay_parser *p, u32 at,
		      struct replay_value *value)
{
	return replay_has_word(p, at) &&
	       (replay_parse_domain(p->script, p->words[at], value) ||
		replay_fail(p, "not a domain"));
}

/* DOMAIN FRAME|REF OFFSET */
static bool copy_end_at(struct replay_parser *p, u32 at,
			struct replay_item *item)
{
	u64 number;

	if (!domain_at(p, at, &item->value))
		return false;
	if (is_ref(p, at + 1) ||
	    (at + 1 < p->nr_words &&
	     replay_parse_number(p->words[at + 1], &number))) {
		item->low = 1;
		if (!ref_at(p, at + 1, &item->at))
			return false;
	} else if (!replay_frame_at(p, at + 1, &item->at)) {
		return false;
	}
	return halfword_at(p, at + 2, &item->first);
}

/* DOMAIN FRAME|REF OFFSET to DOMAIN FRAME|REF OFFSET LENGTH [FLAGS] */
static bool parse_copy_part(struct replay_parser *p,
			    struct replay_statement *st, u32 at, u32 end)
{
	u32 from = st->nr_items;
	struct replay_item *to;

	if (!replay_add_item(p, st) || !replay_add_item(p, st) ||
	    !copy_end_at(p, at, replay_item(p->script, st, from)))
		return false;
	to = replay_item(p->script, st, from + 1);
	if (!(replay_is_word(p, at + 3, "to") ||
	      replay_fail(p, "'to' is missing")) ||
	    !copy_end_at(p, at + 4, to) ||
	    !halfword_at(p, at + 7, &replay_item(p->script, st, from)->last))
		return false;
	if (at + 8 == end)
		return true;
	to->low |= 2;
	return flags_at(p, at + 8, replay_copy_flags, &to->cmd) &&
	       (at + 9 == end || replay_fail(p, "';' is missing"));
}

static bool parse_swap_part(struct replay_parser *p,
			    struct replay_statement *st, u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && ref_at(p, at, &item->at) &&
	       ref_at(p, at + 1, &item->value) &&
	       (at + 2 == end || replay_fail(p, "';' is missing"));
}

/* OPERATION maddr(A)|REF OFFSET LENGTH */
static bool parse_flush_part(struct replay_parser *p,
			     struct replay_statement *st, u32 at, u32 end)
{
	struct replay_item *item = replay_add_item(p, st);

	if (!item || !flags_at(p, at, replay_flush_flags, &item->cmd))
		return false;
	if (item->cmd & GNTTAB_CACHE_SOURCE_GREF) {
		if (!ref_at(p, at + 1, &item->at))
			return false;
	} else if (!replay_argument_at(p, at + 1, &item->at)) {
		return false;
	}
	return halfword_at(p, at + 2, &item->first) &&
	       halfword_at(p, at + 3, &item->last) &&
	       (at + 4 == end || replay_fail(p, "';' is missing"));
}

/*
 * What follows a list in memory would be done, too: so there is none, or the
 * hypervisor refuses all of it.
 */
static bool count_is_true(struct replay_parser *p, u32 nr)
{
	const char *word = p->options[REPLAY_OPT_COUNT];
	u64 count;

	if (!word || p->options[REPLAY_OPT_ARG])
		return true;
	return (replay_parse_number(word, &count) &&
		(count <= nr || (u32)count >> 31)) ||
	       replay_fail(p, "more than there are");
}

static bool parse_parts(struct replay_parser *p, struct replay_statement *st,
			bool (*part)(struct replay_parser *p,
				     struct replay_statement *st, u32 at,
				     u32 end))
{
	u32 at, end, nr = 0;

	p->script->grants = true;
	for (at = 1; at < p->nr_words; at = end + 1, nr++) {
		for (end = at; end < p->nr_words; end++)
			if (replay_is_word(p, end, ";"))
				break;
		if (!part(p, st, at, end))
			return false;
	}
	return count_is_true(p, nr);
}

static bool parse_map(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_map_part);
}

static bool parse_unmap(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_unmap_part);
}

static bool parse_replace(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_replace_part);
}

static bool parse_transfer(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_transfer_part);
}

static bool parse_copy(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_copy_part);
}

static bool parse_swap(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_swap_part);
}

static bool parse_flush(struct replay_parser *p, struct replay_statement *st)
{
	return parse_parts(p, st, parse_flush_part);
}

/* Frames of the table: N, or +N more than there were at the start. */
static bool parse_table(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);
	char *word;

	if (!item || !replay_has_word(p, 1))
		return false;
	p->script->grants = true;
	p->cost += LIST_COST;
	word = p->words[1];
	item->low = *word == '+';
	return (replay_parse_number(word + item->low, &item->at.number) ||
		replay_fail(p, "not a number of frames")) &&
	       (item->at.number <= 64 || item->at.number >= 0x1000 ||
		p->options[REPLAY_OPT_LIST] ||
		replay_fail(p, "more than the list has room for")) &&
	       replay_words_end(p, 2);
}

static bool parse_query(struct replay_parser *p, struct replay_statement *st)
{
	p->script->grants = true;
	return replay_add_item(p, st) && replay_words_end(p, 1);
}

static bool parse_set_version(struct replay_parser *p,
			      struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	p->script->grants = true;
	return item && replay_number_at(p, 1, &item->at.number) &&
	       replay_words_end(p, 2);
}

/* A command that there is not, or one that has no chance. */
static bool parse_other(struct replay_parser *p, struct replay_statement *st)
{
	u64 number;

	if (!replay_number_at(p, 1, &number) || !replay_words_end(p, 2))
		return false;
	p->script->grants = true;
	st->number = number;
	return number > GNTTABOP_cache_flush ||
	       replay_fail(p, "this command has a statement of its own");
}

/* R0 = FLAGS [DOMAIN [FRAME [OFFSET LENGTH]]], R0 = FLAGS DOMAIN DOMAIN REF */
static bool parse_rest(struct replay_parser *p, struct replay_statement *st,
		       struct replay_item *item, struct replay_item *more)
{
	if (p->nr_words > 4 && !domain_at(p, 4, &more->at))
		return false;
	if ((item->cmd & GTF_type_mask) == GTF_transitive)
		return domain_at(p, 5, &more->value) &&
		       ref_at(p, 6, &item->value) && replay_words_end(p, 7);
	if (p->nr_words > 5 && !replay_frame_at(p, 5, &item->value))
		return false;
	if (p->nr_words <= 6)
		return true;
	return halfword_at(p, 6, &more->first) &&
	       halfword_at(p, 7, &more->last) && replay_words_end(p, 8);
}

static bool parse_grant(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item;

	if (!replay_add_item(p, st) || !replay_add_item(p, st))
		return false;
	item = replay_item(p->script, st, 0);
	/* Frame 0 is something else on each machine. */
	item->value.kind = REPLAY_MFN;
	item->value.frame = REPLAY_NONE;
	return own_ref_at(p, 1, &item->at) && replay_equals_at(p, 2) &&
	       flags_at(p, 3, replay_grant_words, &item->cmd) &&
	       parse_rest(p, st, item, item + 1);
}

static bool parse_entry(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && own_ref_at(p, 1, &item->at) && replay_words_end(p, 2);
}

/* A0 from R0: the name gets the frame that came. */
static bool parse_take(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	return item && replay_frame_at(p, 1, &item->value) &&
	       ((item->value.kind == REPLAY_MFN &&
		 item->value.frame < REPLAY_MAX_FRAMES &&
		 p->script->frames[item->value.frame].side == p->script->side) ||
		replay_fail(p, "not a name that can get a frame")) &&
	       (replay_is_word(p, 2, "from") ||
		replay_fail(p, "'from' is missing")) &&
	       own_ref_at(p, 3, &item->at) && replay_words_end(p, 4);
}

static bool parse_place(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	p->script->grants = true;
	return item && replay_page_at(p, 1, item) && replay_words_end(p, 2);
}

const struct replay_syntax replay_grant_syntaxes[] = {
	{ "map", REPLAY_GRANT_MAP, OPTS_ONE, parse_map },
	{ "unmap", REPLAY_GRANT_UNMAP, OPTS_BATCH, parse_unmap },
	{ "replace", REPLAY_GRANT_REPLACE, OPTS_BATCH, parse_replace },
	{ "setup_table", REPLAY_GRANT_SETUP, OPTS_TABLE, parse_table },
	{ "transfer", REPLAY_GRANT_TRANSFER, OPTS_ONE, parse_transfer },
	{ "copy", REPLAY_GRANT_COPY, OPTS_BATCH, parse_copy },
	{ "query_size", REPLAY_GRANT_QUERY, OPTS_ONE, parse_query },
	{ "set_version", REPLAY_GRANT_SET_VERSION, OPTS_BATCH,
	  parse_set_version },
	{ "get_status_frames", REPLAY_GRANT_STATUS_FRAMES, OPTS_TABLE,
	  parse_table },
	{ "get_version", REPLAY_GRANT_GET_VERSION, OPTS_ONE, parse_query },
	{ "swap", REPLAY_GRANT_SWAP, OPTS_BATCH, parse_swap },
	{ "cache_flush", REPLAY_GRANT_FLUSH, OPTS_BATCH, parse_flush },
	{ "grant_op", REPLAY_GRANT_OTHER, OPTS_BATCH, parse_other },
	{ "grant", REPLAY_ENTRY_WRITE, 0, parse_grant },
	{ "entry", REPLAY_ENTRY_READ, 0, parse_entry },
	{ "take", REPLAY_ENTRY_TAKE, 0, parse_take },
	{ "vacate", REPLAY_VACATE, 0, parse_place },
	{ "occupy", REPLAY_OCCUPY, 0, parse_place },
	{}
};
