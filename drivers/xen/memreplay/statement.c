// SPDX-License-Identifier: GPL-2.0
/*
 * What each kind of statement looks like.
 *
 * A statement under way is kept by its parser's caller on the stack; its items
 * and options go to the script at once.
 */
#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <xen/interface/xen.h>

#include "names.h"
#include "parse.h"
#include "random.h"
#include "statement.h"
#include "value.h"

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
};

static struct replay_item *add_item(struct replay_parser *p,
				    struct replay_statement *st)
{
	struct replay_item *item = replay_pool_add(&p->script->items, 1);

	if (!item) {
		replay_fail(p, "out of memory");
		return NULL;
	}
	st->nr_items++;
	p->cost += 48;
	return item;
}

/* Is word @at there? */
static bool has(struct replay_parser *p, u32 at)
{
	return at < p->nr_words || replay_fail(p, "something is missing");
}

/* No words after the first @nr. */
static bool ends(struct replay_parser *p, u32 nr)
{
	return p->nr_words == nr ||
	       (has(p, nr - 1) && replay_fail(p, "too many words"));
}

static bool is_word(struct replay_parser *p, u32 at, const char *word)
{
	return at < p->nr_words && !strcmp(p->words[at], word);
}

static bool number_at(struct replay_parser *p, u32 at, u64 *number)
{
	return has(p, at) && (replay_parse_number(p->words[at], number) ||
			      replay_fail(p, "not a number"));
}

static bool count_at(struct replay_parser *p, u32 at, u32 max, u32 *count)
{
	u64 number;

	if (!number_at(p, at, &number))
		return false;
	*count = number;
	return (number && number <= max) ||
	       replay_fail(p, "the number is out of range");
}

static bool value_at(struct replay_parser *p, u32 at,
		     struct replay_value *value)
{
	return has(p, at) &&
	       (replay_parse_value(p->script, p->words[at], value) ||
		replay_fail(p, "not a value"));
}

/* What may become a page table's entry. */
static bool entry_at(struct replay_parser *p, u32 at,
		     struct replay_value *value)
{
	if (!value_at(p, at, value))
		return false;
	return value->kind != REPLAY_NUMBER ||
	       replay_names_no_frame((value->number & GENMASK_ULL(51, 0)) >>
				     PAGE_SHIFT) ||
	       replay_fail(p, "a number that could name a frame");
}

static bool argument_at(struct replay_parser *p, u32 at,
			struct replay_value *value)
{
	return has(p, at) &&
	       (replay_parse_argument(p->script, p->words[at], value) ||
		replay_fail(p, "not an argument"));
}

/* A frame's number. */
static bool frame_at(struct replay_parser *p, u32 at,
		     struct replay_value *value)
{
	if (!argument_at(p, at, value))
		return false;
	return value->kind == REPLAY_MFN ||
	       (value->kind == REPLAY_NUMBER &&
		replay_names_no_frame(value->number)) ||
	       replay_fail(p, "not a frame");
}

/* A number, or a word that stands for one, as the item's first part. */
static bool named_at(struct replay_parser *p, u32 at,
		     const struct replay_name *names, struct replay_item *item)
{
	return has(p, at) &&
	       (replay_parse_named(names, p->words[at], &item->at.number) ||
		replay_fail(p, "no such name"));
}

static bool slots_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	return has(p, at) &&
	       (replay_parse_slots(p->script, p->words[at], item) ||
		replay_fail(p, "not a slot of a frame"));
}

static bool equals_at(struct replay_parser *p, u32 at)
{
	return has(p, at) && (is_word(p, at, "=") ||
			      replay_fail(p, "'=' is missing"));
}

/* A page of the script's. */
static bool page_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	if (!has(p, at))
		return false;
	return (replay_parse_frame(p->script, p->words[at], &item->at.frame) &&
		item->at.frame < REPLAY_MAX_FRAMES &&
		!p->script->frames[item->at.frame].empty) ||
	       replay_fail(p, "not the name of a page");
}

static bool slot_at(struct replay_parser *p, u32 at, u16 *slot)
{
	u64 number;

	if (!number_at(p, at, &number))
		return false;
	*slot = number;
	return number < 512 || replay_fail(p, "a slot is below 512");
}

/* The word after the group that starts at @at: ";" or the end. */
static u32 group_end(struct replay_parser *p, u32 at)
{
	while (at < p->nr_words && !is_word(p, at, ";"))
		at++;
	return at;
}

static bool raw_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	return number_at(p, at, &item->at.number) &&
	       (replay_names_no_frame(item->at.number >> PAGE_SHIFT) ||
		replay_fail(p, "a number that could name a frame"));
}

/* TARGET = VALUE, or raw NUMBER = VALUE, in words @at to @end. */
static bool parse_request(struct replay_parser *p, struct replay_statement *st,
			  u32 at, u32 end)
{
	bool raw = is_word(p, at, "raw");
	struct replay_item *item = add_item(p, st);

	if (!item)
		return false;
	if (raw ? !raw_at(p, ++at, item) : !slots_at(p, at, item))
		return false;
	p->cost += 16 * (item->last - item->first);
	st->number += item->last - item->first + 1;
	if (st->number > REPLAY_MAX_REQUESTS)
		return replay_fail(p, "too many requests");
	return equals_at(p, at + 1) && entry_at(p, at + 2, &item->value) &&
	       (at + 3 == end || replay_fail(p, "';' is missing"));
}

static bool parse_requests(struct replay_parser *p,
			   struct replay_statement *st, u32 at)
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
	struct replay_item *item = add_item(p, st);

	return item && value_at(p, 1, &item->at) && equals_at(p, 2) &&
	       entry_at(p, 3, &item->value) && ends(p, 4);
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
	if (at < end && takes_root(item->cmd) && is_word(p, at, "home")) {
		item->at.kind = REPLAY_MFN;
		item->at.frame = REPLAY_HOME;
	} else if (at < end && takes_frame(item->cmd)) {
		if (!frame_at(p, at, &item->at))
			return false;
	} else if (at < end && !argument_at(p, at, &item->at)) {
		return false;
	}
	if (at + 1 >= end)
		return true;
	if (item->cmd == MMUEXT_COPY_PAGE)
		return frame_at(p, at + 1, &item->value);
	return argument_at(p, at + 1, &item->value);
}

static bool parse_command(struct replay_parser *p, struct replay_statement *st,
			  u32 at, u32 end)
{
	struct replay_item *item = add_item(p, st);
	u64 cmd;

	if (!item || !has(p, at))
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

/* Frames, as numbers, in words @at to @end. */
static bool parse_frames(struct replay_parser *p, struct replay_statement *st,
			 u32 at, u32 end, u32 cmd)
{
	struct replay_item *item;

	for (; at < end; at++) {
		item = add_item(p, st);
		if (!item || !frame_at(p, at, &item->at))
			return false;
		item->cmd = cmd;
	}
	return true;
}

static bool parse_set_gdt(struct replay_parser *p, struct replay_statement *st)
{
	return (p->nr_words <= 17 || replay_fail(p, "too many frames")) &&
	       parse_frames(p, st, 1, p->nr_words, 0);
}

static bool parse_descriptor(struct replay_parser *p,
			     struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	return item && slots_at(p, 1, item) && equals_at(p, 2) &&
	       value_at(p, 3, &item->value) && ends(p, 4) &&
	       (item->first == item->last || replay_fail(p, "one slot only"));
}

static bool parse_stack(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	return item && argument_at(p, 1, &item->at) &&
	       argument_at(p, 2, &item->value) && ends(p, 3);
}

static bool parse_segment_base(struct replay_parser *p,
			       struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	return item && named_at(p, 1, replay_segments, item) &&
	       argument_at(p, 2, &item->value) && ends(p, 3);
}

static bool parse_assist(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);
	u64 type;

	if (!item || !named_at(p, 1, replay_assist_commands, item) ||
	    !has(p, 2))
		return false;
	if (!replay_parse_named(replay_assists, p->words[2], &type))
		return replay_fail(p, "no such type");
	item->value.number = type;
	return ends(p, 3);
}

/*
 * A larger order would take the neighbours of the frames along, which are the
 * kernel's; one that Xen refuses does not.
 */
static bool order_is_safe(struct replay_parser *p, enum replay_option option)
{
	u64 order;

	if (!p->options[option] ||
	    !replay_parse_number(p->options[option], &order))
		return true;
	return !order || order > 18 ||
	       replay_fail(p, "an order of 1 to 18 would take the kernel's pages along");
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

static bool parse_decrease(struct replay_parser *p,
			   struct replay_statement *st)
{
	return order_is_safe(p, REPLAY_OPT_ORDER) &&
	       parse_frames(p, st, 1, p->nr_words, 0);
}

/* Frames that can be given another machine frame: own ones. */
static bool parse_names(struct replay_parser *p, struct replay_statement *st,
			u32 at, bool empty)
{
	struct replay_item *item;
	u32 from = st->nr_items;

	if (!parse_frames(p, st, at, p->nr_words, 1))
		return false;
	for (; from < st->nr_items; from++) {
		item = replay_item(p->script, st, from);
		if (item->at.kind != REPLAY_MFN ||
		    item->at.frame >= REPLAY_MAX_FRAMES ||
		    p->script->frames[item->at.frame].empty != empty ||
		    p->script->frames[item->at.frame].foreign)
			return replay_fail(p, "not a name that can get a frame");
	}
	return true;
}

static bool parse_populate(struct replay_parser *p,
			   struct replay_statement *st)
{
	return order_is_safe(p, REPLAY_OPT_ORDER) &&
	       parse_names(p, st, 1, false) &&
	       names_suffice(p, extents_told(p, REPLAY_OPT_NR, st->nr_items),
			     st->nr_items, REPLAY_OPT_LIST);
}

static bool parse_increase(struct replay_parser *p,
			   struct replay_statement *st)
{
	return order_is_safe(p, REPLAY_OPT_ORDER) &&
	       parse_names(p, st, 1, true) &&
	       names_suffice(p, extents_told(p, REPLAY_OPT_NR, st->nr_items),
			     st->nr_items, REPLAY_OPT_LIST);
}

/* If the sizes differ nothing is exchanged. */
static bool exchange_suffices(struct replay_parser *p, u32 leaving, u32 coming)
{
	u64 in = extents_told(p, REPLAY_OPT_IN_NR, leaving);
	u64 out = extents_told(p, REPLAY_OPT_OUT_NR, coming);

	return in != out ||
	       (names_suffice(p, in, leaving, REPLAY_OPT_IN_LIST) &&
		names_suffice(p, out, coming, REPLAY_OPT_OUT_LIST));
}

static bool parse_exchange(struct replay_parser *p,
			   struct replay_statement *st)
{
	u32 to = 1;

	while (to < p->nr_words && !is_word(p, to, "to"))
		to++;
	return has(p, to) && order_is_safe(p, REPLAY_OPT_IN_ORDER) &&
	       order_is_safe(p, REPLAY_OPT_OUT_ORDER) &&
	       parse_frames(p, st, 1, to, 0) &&
	       parse_names(p, st, to + 1, false) &&
	       exchange_suffices(p, to - 1, st->nr_items - (to - 1));
}

static bool parse_nothing(struct replay_parser *p, struct replay_statement *st)
{
	return ends(p, 1);
}

/*
 * What changes nothing that the guest stands on. All others are either numbers
 * that Xen does not know, or need a script whose domain is thrown away.
 */
static bool is_harmless(u64 nr)
{
	switch (nr) {
	case __HYPERVISOR_memory_op:
	case __HYPERVISOR_mmu_update:
	case __HYPERVISOR_mmuext_op:
	case __HYPERVISOR_multicall:
	case __HYPERVISOR_set_gdt:
	case __HYPERVISOR_stack_switch:
	case __HYPERVISOR_update_descriptor:
	case __HYPERVISOR_update_va_mapping:
	case __HYPERVISOR_update_va_mapping_otherdomain:
	case __HYPERVISOR_vm_assist:
	case __HYPERVISOR_xen_version:
	case __HYPERVISOR_grant_table_op:
	case __HYPERVISOR_tmem_op:
		return true;
	}
	return nr == 11 || nr > __HYPERVISOR_arch_0 ||
	       (nr > __HYPERVISOR_dm_op && nr < __HYPERVISOR_arch_0);
}

/*
 * What a call is to do must be in sight: arguments in a page of the script
 * could be a new root, or a list of the kernel's own frames.
 */
static bool is_open(struct replay_parser *p, const struct replay_value *value)
{
	return value->kind != REPLAY_DIRECT || p->script->throwaway ||
	       replay_fail(p, "a call's arguments cannot be in a page");
}

static bool parse_hypercall(struct replay_parser *p,
			    struct replay_statement *st)
{
	struct replay_item *item;
	u64 nr;
	u32 at;

	if (!has(p, 1))
		return false;
	if (!replay_parse_named(replay_hypercalls, p->words[1], &nr) ||
	    nr > 255)
		return replay_fail(p, "no such hypercall");
	if (!p->script->throwaway && !is_harmless(nr))
		return replay_fail(p, "only in a 'domain throwaway'");
	st->number = nr;
	for (at = 2; at < p->nr_words && at < 7; at++) {
		item = add_item(p, st);
		if (!item || !argument_at(p, at, &item->at) ||
		    !is_open(p, &item->at))
			return false;
	}
	return at == p->nr_words || replay_fail(p, "too many words");
}

static bool opens(struct replay_parser *p, u32 at)
{
	return has(p, at) && (is_word(p, at, "{") ||
			      replay_fail(p, "'{' is missing")) &&
	       ends(p, at + 1);
}

static bool parse_multicall(struct replay_parser *p,
			    struct replay_statement *st)
{
	return opens(p, 1);
}

static bool parse_repeat(struct replay_parser *p, struct replay_statement *st)
{
	return count_at(p, 1, 1000000, &st->number) && opens(p, 2);
}

static bool parse_write(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	if (!item || !page_at(p, 1, item) || !slot_at(p, 2, &item->first))
		return false;
	item->last = item->first;
	return entry_at(p, 3, &item->value) && ends(p, 4);
}

static bool parse_fill(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	return item && page_at(p, 1, item) && slot_at(p, 2, &item->first) &&
	       slot_at(p, 3, &item->last) && entry_at(p, 4, &item->value) &&
	       ends(p, 5);
}

static bool parse_read(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	return item && page_at(p, 1, item) && slot_at(p, 2, &item->first) &&
	       ends(p, 3);
}

static bool parse_page(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	return item && page_at(p, 1, item) && ends(p, 2);
}

static bool parse_size(struct replay_parser *p, u32 at, u8 *size)
{
	u64 number;

	if (!number_at(p, at, &number))
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
	struct replay_item *item = add_item(p, st);
	bool write = is_word(p, 1, "w");

	if (!item || !has(p, 1))
		return false;
	if (!write && !is_word(p, 1, "r"))
		return replay_fail(p, "an access is r or w");
	item->cmd = write;
	if (!parse_size(p, 2, &item->low) || !value_at(p, 3, &item->at))
		return false;
	if (!is_accessible(&item->at, item->low))
		return replay_fail(p, "neither in the window nor in a page");
	return (!write || entry_at(p, 4, &item->value)) && ends(p, 4 + write);
}

static bool parse_watch(struct replay_parser *p, struct replay_statement *st)
{
	st->number = is_word(p, 1, "on");
	return (st->number || is_word(p, 1, "off") ||
		replay_fail(p, "on or off")) && ends(p, 2);
}

static bool parse_domain(struct replay_parser *p, struct replay_statement *st)
{
	p->script->throwaway = true;
	return (is_word(p, 1, "throwaway") ||
		replay_fail(p, "a domain can only be throwaway")) && ends(p, 2);
}

static bool parse_caller(struct replay_parser *p, struct replay_statement *st)
{
	p->script->control = true;
	return (is_word(p, 1, "control") ||
		replay_fail(p, "a caller can only be control")) && ends(p, 2);
}

static bool is_new_name(struct replay_parser *p, const char *name)
{
	size_t i, len = strlen(name);

	if (name[0] < 'A' || name[0] > 'Z' || len >= REPLAY_MAX_NAME)
		return false;
	for (i = 1; i < len; i++)
		if (name[i] != '_' && !isalnum(name[i]))
			return false;
	return replay_frame_find(p->script, name) < 0;
}

static bool add_name(struct replay_parser *p, const char *name, bool empty)
{
	struct replay_script *script = p->script;
	struct replay_frame_name *frame;

	if (script->nr_frames == REPLAY_MAX_FRAMES)
		return replay_fail(p, "too many frames");
	if (!is_new_name(p, name))
		return replay_fail(p, "not a new name");
	frame = &script->frames[script->nr_frames++];
	strscpy(frame->name, name, sizeof(frame->name));
	frame->empty = empty;
	return true;
}

static bool declare(struct replay_parser *p, bool empty)
{
	char name[REPLAY_MAX_NAME + 8];
	u32 count, i;

	if (!has(p, 1))
		return false;
	if (p->nr_words == 2)
		return add_name(p, p->words[1], empty);
	if (!count_at(p, 2, REPLAY_MAX_FRAMES, &count) || !ends(p, 3))
		return false;
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", p->words[1], i);
		if (!add_name(p, name, empty))
			return false;
	}
	return true;
}

static bool parse_frame_directive(struct replay_parser *p,
				  struct replay_statement *st)
{
	return declare(p, false);
}

static bool parse_empty_directive(struct replay_parser *p,
				  struct replay_statement *st)
{
	return declare(p, true);
}

/* Another domain, and its frames. */
static bool parse_guest_directive(struct replay_parser *p,
				  struct replay_statement *st)
{
	struct replay_script *script = p->script;
	struct replay_guest_name *guest;
	u32 i;

	if (script->nr_guests == REPLAY_MAX_GUESTS)
		return replay_fail(p, "too many domains");
	guest = &script->guests[script->nr_guests];
	guest->first = script->nr_frames;
	if (!has(p, 2) || !is_new_name(p, p->words[1]) || !declare(p, true))
		return replay_fail(p, "not: guest NAME COUNT");
	guest->nr = script->nr_frames - guest->first;
	strscpy(guest->name, p->words[1], sizeof(guest->name));
	script->nr_guests++;
	script->control = true;
	for (i = guest->first; i < script->nr_frames; i++)
		script->frames[i].foreign = true;
	return true;
}

static bool parse_destroy(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = add_item(p, st);

	if (!item || !has(p, 1))
		return false;
	return ((replay_parse_domain(p->script, p->words[1], &item->at) &&
		 item->at.kind == REPLAY_GUEST) ||
		replay_fail(p, "not a domain of this script")) && ends(p, 2);
}

#define OPTS_LIST	(BIT(REPLAY_OPT_COUNT) | BIT(REPLAY_OPT_LIST))
#define OPTS_DONE	(OPTS_LIST | BIT(REPLAY_OPT_DONE) | \
			 BIT(REPLAY_OPT_IN) | BIT(REPLAY_OPT_DOM))
#define OPTS_EXTENTS	(BIT(REPLAY_OPT_ORDER) | BIT(REPLAY_OPT_DOM) | \
			 BIT(REPLAY_OPT_NR) | BIT(REPLAY_OPT_START) | \
			 BIT(REPLAY_OPT_LIST) | BIT(REPLAY_OPT_ARG))
#define OPTS_EXCHANGE	(BIT(REPLAY_OPT_ARG) | \
			 GENMASK(REPLAY_OPT_OUT_LIST, REPLAY_OPT_IN_ORDER))

static const struct replay_syntax assignment = {
	.op = REPLAY_MMU_UPDATE,
	.options = OPTS_DONE | BIT(REPLAY_OPT_PTDOM),
	.parse = parse_assignment,
};

static const struct replay_syntax syntaxes[] = {
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
	{ "decrease", REPLAY_DECREASE, OPTS_EXTENTS, parse_decrease },
	{ "populate", REPLAY_POPULATE, OPTS_EXTENTS, parse_populate },
	{ "increase", REPLAY_INCREASE, OPTS_EXTENTS, parse_increase },
	{ "exchange", REPLAY_EXCHANGE, OPTS_EXCHANGE, parse_exchange },
	{ "reservation", REPLAY_RESERVATION, BIT(REPLAY_OPT_DOM),
	  parse_nothing },
	{ "maximum_reservation", REPLAY_MAX_RESERVATION, BIT(REPLAY_OPT_DOM),
	  parse_nothing },
	{ "destroy", REPLAY_DESTROY, 0, parse_destroy },
	{ "hypercall", REPLAY_HYPERCALL, 0, parse_hypercall },
	{ "multicall", REPLAY_MULTICALL, OPTS_LIST, parse_multicall },
	{ "write", REPLAY_WRITE, 0, parse_write },
	{ "fill", REPLAY_FILL, 0, parse_fill },
	{ "read", REPLAY_READ, 0, parse_read },
	{ "dump", REPLAY_DUMP, 0, parse_page },
	{ "root", REPLAY_ROOT, 0, parse_page },
	{ "access", REPLAY_ACCESS, 0, parse_access },
	{ "repeat", REPLAY_REPEAT, 0, parse_repeat },
	{ "}", REPLAY_END, 0, parse_nothing },
	{ "seed", REPLAY_RANDOM, 0, replay_random_parse },
	{ "watch", REPLAY_WATCH, 0, parse_watch },
	{ "domain", REPLAY_DOMAIN, 0, parse_domain },
	{ "caller", REPLAY_CALLER, 0, parse_caller },
	{ "frame", REPLAY_FRAME, 0, parse_frame_directive },
	{ "empty", REPLAY_EMPTY, 0, parse_empty_directive },
	{ "guest", REPLAY_NEW_GUEST, 0, parse_guest_directive },
};

/**
 * replay_syntax_find() - how a kind of statement is written
 * @name: its first word
 *
 * Return: NULL if there is no such statement.
 */
const struct replay_syntax *replay_syntax_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(syntaxes); i++)
		if (!strcmp(syntaxes[i].name, name))
			return &syntaxes[i];
	return NULL;
}

/**
 * replay_syntax_assignment() - how A[3] = B is written
 */
const struct replay_syntax *replay_syntax_assignment(void)
{
	return &assignment;
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
		return replay_parse_domain(p->script, word, value);
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
		if (!is_open(p, value))
			return false;
		st->options |= BIT(i);
	}
	return true;
}
