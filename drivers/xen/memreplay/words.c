// SPDX-License-Identifier: GPL-2.0
/*
 * What the statements of the language are made of: the words of a line.
 *
 * A statement under way is kept by its parser's caller on the stack; its items
 * and options go to the script at once.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "names.h"
#include "parse.h"
#include "value.h"
#include "words.h"

/**
 * replay_add_item() - an item of a statement under way
 * @p: the parser
 * @st: the statement
 *
 * Return: NULL if there is no memory; valid until the next is added.
 */
struct replay_item *replay_add_item(struct replay_parser *p,
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

/**
 * replay_has_word() - is a word there?
 * @p: the parser; complains if not
 * @at: which word
 *
 * Return: false if not; the parser says how.
 */
bool replay_has_word(struct replay_parser *p, u32 at)
{
	return at < p->nr_words || replay_fail(p, "something is missing");
}

/**
 * replay_words_end() - no words after the first ones
 * @p: the parser; complains if there are
 * @nr: how many words there may be
 *
 * Return: false if not; the parser says how.
 */
bool replay_words_end(struct replay_parser *p, u32 nr)
{
	return p->nr_words == nr ||
	       (replay_has_word(p, nr - 1) && replay_fail(p, "too many words"));
}

/**
 * replay_is_word() - is a word this one?
 * @p: the parser
 * @at: which word
 * @word: what it is to be
 *
 * Return: true if it is.
 */
bool replay_is_word(struct replay_parser *p, u32 at, const char *word)
{
	return at < p->nr_words && !strcmp(p->words[at], word);
}

/**
 * replay_number_at() - a number as such
 * @p: the parser
 * @at: which word
 * @number: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_number_at(struct replay_parser *p, u32 at, u64 *number)
{
	return replay_has_word(p, at) &&
	       (replay_parse_number(p->words[at], number) ||
		replay_fail(p, "not a number"));
}

/**
 * replay_count_at() - a number from 1 up
 * @p: the parser
 * @at: which word
 * @max: the largest that it may be
 * @count: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_count_at(struct replay_parser *p, u32 at, u32 max, u32 *count)
{
	u64 number;

	if (!replay_number_at(p, at, &number))
		return false;
	*count = number;
	return (number && number <= max) ||
	       replay_fail(p, "the number is out of range");
}

/**
 * replay_value_at() - a number, an address or an entry
 * @p: the parser
 * @at: which word
 * @value: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_value_at(struct replay_parser *p, u32 at,
		     struct replay_value *value)
{
	return replay_has_word(p, at) &&
	       (replay_parse_value(p->script, p->words[at], value) ||
		replay_fail(p, "not a value"));
}

/**
 * replay_entry_at() - what may become a page table's entry
 * @p: the parser
 * @at: which word
 * @value: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_entry_at(struct replay_parser *p, u32 at,
		     struct replay_value *value)
{
	if (!replay_value_at(p, at, value))
		return false;
	return value->kind != REPLAY_NUMBER ||
	       replay_names_no_frame((value->number & GENMASK_ULL(51, 0)) >>
				     PAGE_SHIFT) ||
	       replay_fail(p, "a number that could name a frame");
}

/**
 * replay_argument_at() - a value, where a frame's name means its number
 * @p: the parser
 * @at: which word
 * @value: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_argument_at(struct replay_parser *p, u32 at,
			struct replay_value *value)
{
	return replay_has_word(p, at) &&
	       (replay_parse_argument(p->script, p->words[at], value) ||
		replay_fail(p, "not an argument"));
}

/* A translated guest has frames also where a PC has none, and at 0. */
static bool is_no_frame(const struct replay_script *script, u64 number)
{
	if (script->callers & REPLAY_CALLER_TRANSLATED)
		return number >= BIT_ULL(28);
	return replay_names_no_frame(number);
}

/**
 * replay_frame_at() - a frame's number
 * @p: the parser
 * @at: which word
 * @value: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_frame_at(struct replay_parser *p, u32 at,
		     struct replay_value *value)
{
	if (!replay_argument_at(p, at, value))
		return false;
	return value->kind == REPLAY_MFN ||
	       (value->kind == REPLAY_NUMBER &&
		is_no_frame(p->script, value->number)) ||
	       replay_fail(p, "not a frame");
}

/**
 * replay_named_at() - a number, or a word that stands for one
 * @p: the parser
 * @at: which word
 * @names: the words
 * @item: its first part is filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_named_at(struct replay_parser *p, u32 at,
		     const struct replay_name *names, struct replay_item *item)
{
	return replay_has_word(p, at) &&
	       (replay_parse_named(names, p->words[at], &item->at.number) ||
		replay_fail(p, "no such name"));
}

/**
 * replay_slots_at() - where a request goes
 * @p: the parser
 * @at: which word
 * @item: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_slots_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	return replay_has_word(p, at) &&
	       (replay_parse_slots(p->script, p->words[at], item) ||
		replay_fail(p, "not a slot of a frame"));
}

/**
 * replay_equals_at() - the word '='
 * @p: the parser
 * @at: which word
 *
 * Return: false if not; the parser says how.
 */
bool replay_equals_at(struct replay_parser *p, u32 at)
{
	return replay_has_word(p, at) &&
	       (replay_is_word(p, at, "=") || replay_fail(p, "'=' is missing"));
}

/**
 * replay_page_at() - a page of the script's
 * @p: the parser
 * @at: which word
 * @item: its frame is filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_page_at(struct replay_parser *p, u32 at, struct replay_item *item)
{
	if (!replay_has_word(p, at))
		return false;
	return (replay_parse_frame(p->script, p->words[at], &item->at.frame) &&
		replay_frame_is_page(p->script, item->at.frame)) ||
	       replay_fail(p, "not the name of a page");
}

/**
 * replay_slot_at() - a slot of a page
 * @p: the parser
 * @at: which word
 * @slot: filled in
 *
 * Return: false if not; the parser says how.
 */
bool replay_slot_at(struct replay_parser *p, u32 at, u16 *slot)
{
	u64 number;

	if (!replay_number_at(p, at, &number))
		return false;
	*slot = number;
	return number < 512 || replay_fail(p, "a slot is below 512");
}

/**
 * replay_frames_at() - frames' numbers, an item for each
 * @p: the parser
 * @st: the statement
 * @at: the first word
 * @end: the word after the last
 * @cmd: of the items
 *
 * Return: false if not; the parser says how.
 */
bool replay_frames_at(struct replay_parser *p, struct replay_statement *st,
		      u32 at, u32 end, u32 cmd)
{
	struct replay_item *item;

	for (; at < end; at++) {
		item = replay_add_item(p, st);
		if (!item || !replay_frame_at(p, at, &item->at))
			return false;
		item->cmd = cmd;
	}
	return true;
}

/**
 * replay_is_open() - what a call is to do must be in sight
 * @p: the parser
 * @value: an argument
 *
 * Arguments in a page of the script could be a new root, or a list of the kernel's
 * own frames.
 *
 * Return: false if not; the parser says how.
 */
bool replay_is_open(struct replay_parser *p, const struct replay_value *value)
{
	return value->kind != REPLAY_DIRECT || p->script->throwaway ||
	       replay_fail(p, "a call's arguments cannot be in a page");
}

/**
 * replay_parse_nothing() - a statement of one word
 * @p: the parser
 * @st: the statement
 *
 * Return: false if not; the parser says how.
 */
bool replay_parse_nothing(struct replay_parser *p, struct replay_statement *st)
{
	return replay_words_end(p, 1);
}

/**
 * replay_opens_block() - '{', and nothing after it
 * @p: the parser
 * @at: which word
 *
 * Return: false if not; the parser says how.
 */
bool replay_opens_block(struct replay_parser *p, u32 at)
{
	return replay_has_word(p, at) &&
	       (replay_is_word(p, at, "{") ||
		replay_fail(p, "'{' is missing")) &&
	       replay_words_end(p, at + 1);
}
