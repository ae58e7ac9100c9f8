// SPDX-License-Identifier: GPL-2.0
/*
 * Words that are numbers, addresses, entries or slots.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <memreplay/kunit.h>

#include "names.h"
#include "value.h"

static const struct replay_name addresses[] = {
	{ "@null", 0 },
	{ "@xen", 0xffff800000001000ULL },
	{ "@unmapped", REPLAY_WINDOW_VA + REPLAY_WINDOW_SIZE - 4096 },
	{ "@noncanonical", 0x8000000000001000ULL },
	{ "@user", 0x10000 },
	{}
};

/**
 * replay_parse_number() - a number as such
 * @word: the word
 * @number: filled in
 *
 * Return: false if it is not one.
 */
bool replay_parse_number(const char *word, u64 *number)
{
	bool negative = *word == '-';

	word += negative;
	if (!isdigit(*word) || kstrtoull(word, 0, number))
		return false;
	if (negative)
		*number = -*number;
	return true;
}

/**
 * replay_parse_named() - a number, or a word that stands for one
 * @names: the words
 * @word: the word
 * @number: filled in
 *
 * Return: false if it is neither.
 */
bool replay_parse_named(const struct replay_name *names, const char *word,
			u64 *number)
{
	return replay_name_find(names, word, number) ||
	       replay_parse_number(word, number);
}

/**
 * replay_parse_frame() - the name of a frame that can be in an entry
 * @script: where frames are named; learns whether a foreign one is needed
 * @word: the word
 * @frame: filled in
 *
 * Return: false if there is none.
 */
bool replay_parse_frame(struct replay_script *script, const char *word,
			u16 *frame)
{
	int found = replay_frame_find(script, word);

	if (found < 0 || found >= REPLAY_TOP)
		return false;
	*frame = found;
	if (found == REPLAY_FOREIGN)
		script->foreign = true;
	return true;
}

/**
 * replay_names_no_frame() - can a number not be taken for one of the kernel's?
 * @mfn: the number, as that of a frame
 *
 * A script knows frames by name. A number that could be that of a frame of the
 * kernel's is kept from it: it would mean something else on each machine.
 */
bool replay_names_no_frame(u64 mfn)
{
	return !mfn || mfn == REPLAY_HOLE_MFN || mfn >= BIT_ULL(28);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_names_no_frame);

/* NAME, or NAME:N where the name stands for a field. */
static bool parse_mem_flag(char *word, u64 *flags)
{
	char *name = strsep(&word, ":");
	u64 flag, number;

	if (!strcmp(name, "bits")) {
		*flags |= word && replay_parse_number(word, &number) ?
			  number & 0xff : 0;
		return word;
	}
	if (!strcmp(name, "node")) {
		*flags |= word && replay_parse_number(word, &number) ?
			  ((number + 1) & 0xff) << 8 : 0;
		return word;
	}
	if (word || !replay_parse_named(replay_mem_flags, name, &flag))
		return false;
	*flags |= flag;
	return true;
}

/**
 * replay_parse_mem_flags() - how memory is wanted: bits:32+node:1+exact
 * @word: the word; cut up
 * @flags: filled in
 *
 * Return: false if it is not like that.
 */
bool replay_parse_mem_flags(char *word, u64 *flags)
{
	char *flag;

	*flags = 0;
	while ((flag = strsep(&word, "+")))
		if (!parse_mem_flag(flag, flags))
			return false;
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_parse_mem_flags);

static bool parse_flags(const char *word, u64 *flags)
{
	char letter[2] = {};
	u64 flag;

	for (*flags = 0; *word; word++) {
		letter[0] = *word;
		if (!replay_name_find(replay_flags, letter, &flag))
			return false;
		*flags |= flag;
	}
	return true;
}

static bool parse_entry(struct replay_script *script, char *word,
			struct replay_value *value)
{
	char *name = strsep(&word, "|");

	value->kind = REPLAY_ENTRY;
	value->number = 0;
	if (!replay_parse_frame(script, name, &value->frame))
		return false;
	return !word || parse_flags(word, &value->number);
}

/* NAME(A): @word starts behind the parenthesis. */
static bool parse_of_frame(struct replay_script *script, char *word,
			   struct replay_value *value, enum replay_kind kind)
{
	char *name = strsep(&word, ")");

	value->kind = kind;
	value->number = 0;
	if (!word || *word || !replay_parse_frame(script, name, &value->frame))
		return false;
	return kind != REPLAY_PFN || replay_frame_is_page(script, value->frame);
}

/* BASE or BASE+N: cuts the base out, adds the rest to the number. */
static bool cut_offset(char *word, u64 *number)
{
	u64 offset = 0;

	strsep(&word, "+");
	if (word && !replay_parse_number(word, &offset))
		return false;
	*number += offset;
	return true;
}

static bool parse_direct(struct replay_script *script, char *word,
			 struct replay_value *value)
{
	value->kind = REPLAY_DIRECT;
	value->number = 0;
	return cut_offset(word, &value->number) &&
	       replay_parse_frame(script, word, &value->frame) &&
	       replay_frame_is_page(script, value->frame);
}

static bool parse_at(struct replay_script *script, char *word,
		     struct replay_value *value)
{
	value->kind = REPLAY_NUMBER;
	return replay_name_find(addresses, word, &value->number) ||
	       parse_direct(script, word + 1, value);
}

static bool parse_window(char *word, struct replay_value *value)
{
	value->kind = REPLAY_NUMBER;
	value->number = REPLAY_WINDOW_VA;
	return cut_offset(word, &value->number);
}

static bool is_window(const char *word)
{
	return !strcmp(word, "window") || !strncmp(word, "window+", 7);
}

/**
 * replay_parse_value() - a number, an address or an entry
 * @script: where frames are named
 * @word: the word; cut up
 * @value: filled in
 *
 * Return: false if it is none of them.
 */
bool replay_parse_value(struct replay_script *script, char *word,
			struct replay_value *value)
{
	memset(value, 0, sizeof(*value));
	if (*word == '@')
		return parse_at(script, word, value);
	if (is_window(word))
		return parse_window(word, value);
	if (*word == '&') {
		value->kind = REPLAY_WORD;
		return replay_parse_number(word + 1, &value->number) &&
		       replay_names_no_frame(value->number >> PAGE_SHIFT);
	}
	if (!strncmp(word, "mfn(", 4))
		return parse_of_frame(script, word + 4, value, REPLAY_MFN);
	if (!strncmp(word, "maddr(", 6))
		return parse_of_frame(script, word + 6, value, REPLAY_MADDR);
	if (!strncmp(word, "pfn(", 4))
		return parse_of_frame(script, word + 4, value, REPLAY_PFN);
	return replay_parse_number(word, &value->number) ||
	       parse_entry(script, word, value);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_parse_value);

/**
 * replay_parse_argument() - the same, but a frame's name means its number
 * @script: where frames are named
 * @word: the word; cut up
 * @value: filled in
 *
 * Return: false if it is none of them.
 */
bool replay_parse_argument(struct replay_script *script, char *word,
			   struct replay_value *value)
{
	if (!replay_parse_value(script, word, value))
		return false;
	if (value->kind == REPLAY_ENTRY && !value->number)
		value->kind = REPLAY_MFN;
	return true;
}

/**
 * replay_parse_domain() - a domain's name or number
 * @script: where domains are named
 * @word: the word
 * @value: filled in
 *
 * Return: false if it is neither.
 */
bool replay_parse_domain(const struct replay_script *script, const char *word,
			 struct replay_value *value)
{
	int guest = replay_guest_find(script, word);

	memset(value, 0, sizeof(*value));
	if (guest >= 0) {
		value->kind = REPLAY_GUEST;
		value->frame = guest;
		return true;
	}
	if (!strcmp(word, "own")) {
		value->kind = REPLAY_OWN;
		return true;
	}
	if (!strcmp(word, "other")) {
		value->kind = REPLAY_OTHER;
		return script->peer;
	}
	return replay_parse_named(replay_domains, word, &value->number);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_parse_domain);

static bool parse_slot(const char *word, u16 *slot)
{
	return !kstrtou16(word, 0, slot) && *slot < 512;
}

/* N or N..M */
static bool parse_range(char *word, struct replay_item *item)
{
	char *dots = strstr(word, "..");

	if (!dots)
		return parse_slot(word, &item->first) &&
		       parse_slot(word, &item->last);
	*dots = '\0';
	return parse_slot(word, &item->first) &&
	       parse_slot(dots + 2, &item->last) && item->first <= item->last;
}

static bool parse_table(struct replay_script *script, char *name, char *range,
			struct replay_item *item)
{
	if (!strcmp(name, "top")) {
		item->at.frame = REPLAY_TOP;
		item->first = REPLAY_WINDOW_SLOT;
		item->last = REPLAY_WINDOW_SLOT;
		return !range;
	}
	return replay_parse_frame(script, name, &item->at.frame) &&
	       (!range || parse_range(range, item));
}

/**
 * replay_parse_slots() - where a request goes: A[3], A[0..7]:2, window, top
 * @script: where frames are named
 * @word: the word; cut up
 * @item: filled in
 *
 * Return: false if it is not like that.
 */
bool replay_parse_slots(struct replay_script *script, char *word,
			struct replay_item *item)
{
	char *name = strsep(&word, ":"), *low = word, *range = name, *end;

	strsep(&range, "[");
	if (range) {
		end = strchr(range, ']');
		if (!end || end[1])
			return false;
		*end = '\0';
	}
	item->at.kind = REPLAY_MADDR;
	if (low && (kstrtou8(low, 0, &item->low) || item->low > 7))
		return false;
	return parse_table(script, name, range, item);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_parse_slots);
