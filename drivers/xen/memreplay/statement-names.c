// SPDX-License-Identifier: GPL-2.0
/*
 * Directives: what a script is for, and the names that it uses.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "parse.h"
#include "statement.h"
#include "words.h"

static bool parse_domain(struct replay_parser *p, struct replay_statement *st)
{
	p->script->throwaway = true;
	return (replay_is_word(p, 1, "throwaway") ||
		replay_fail(p, "a domain can only be throwaway")) &&
	       replay_words_end(p, 2);
}

static bool add_caller(struct replay_parser *p, const char *word)
{
	if (!strcmp(word, "control"))
		p->script->control = true;
	else if (!strcmp(word, "pv"))
		p->script->callers |= REPLAY_CALLER_PV;
	else if (!strcmp(word, "translated"))
		p->script->callers |= REPLAY_CALLER_TRANSLATED;
	else
		return replay_fail(p, "callers are pv, translated and control");
	return true;
}

static bool parse_caller(struct replay_parser *p, struct replay_statement *st)
{
	u32 at;

	if (!replay_has_word(p, 1))
		return false;
	for (at = 1; at < p->nr_words; at++)
		if (!add_caller(p, p->words[at]))
			return false;
	return true;
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
	frame->room = 1;
	frame->side = script->side;
	return true;
}

/* NAME0 and so on. */
static bool add_names(struct replay_parser *p, u32 count, bool empty)
{
	char name[REPLAY_MAX_NAME + 8];
	u32 i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", p->words[1], i);
		if (!add_name(p, name, empty))
			return false;
	}
	return true;
}

static bool declare(struct replay_parser *p, bool empty)
{
	u32 count;

	if (!replay_has_word(p, 1))
		return false;
	if (p->nr_words == 2)
		return add_name(p, p->words[1], empty);
	return replay_count_at(p, 2, REPLAY_MAX_FRAMES, &count) &&
	       replay_words_end(p, 3) && add_names(p, count, empty);
}

static bool parse_frame_directive(struct replay_parser *p,
				  struct replay_statement *st)
{
	return declare(p, false);
}

/* All names from @first on stand for consecutive pages. */
static void join_names(struct replay_script *script, u32 first)
{
	u32 i;

	for (i = first; i < script->nr_frames; i++)
		script->frames[i].room = script->nr_frames - i;
}

static bool parse_empty_directive(struct replay_parser *p,
				  struct replay_statement *st)
{
	u32 first = p->script->nr_frames;

	if (!declare(p, true))
		return false;
	join_names(p->script, first);
	return true;
}

static bool parse_block_directive(struct replay_parser *p,
				  struct replay_statement *st)
{
	u32 first = p->script->nr_frames, order;

	if (!replay_count_at(p, 2, REPLAY_MAX_BLOCK, &order) ||
	    !replay_words_end(p, 3) || !add_names(p, 1U << order, false))
		return false;
	p->script->frames[first].order = order;
	join_names(p->script, first);
	return true;
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
	if (!replay_has_word(p, 2) || !is_new_name(p, p->words[1]) ||
	    !declare(p, true))
		return replay_fail(p, "not: guest NAME COUNT");
	guest->nr = script->nr_frames - guest->first;
	strscpy(guest->name, p->words[1], sizeof(guest->name));
	script->nr_guests++;
	script->control = true;
	for (i = guest->first; i < script->nr_frames; i++)
		script->frames[i].foreign = true;
	return true;
}

/* A name whose numbers are not those of frames. */
static bool is_new_series(struct replay_parser *p, const char *name)
{
	char first[REPLAY_MAX_NAME + 8];
	u8 side;

	for (side = 0; side < REPLAY_NR_SIDES; side++)
		if (!strcmp(p->script->refs[side].name, name))
			return false;
	snprintf(first, sizeof(first), "%s0", name);
	return is_new_name(p, name) &&
	       replay_frame_find(p->script, first) < 0;
}

static bool parse_grants_directive(struct replay_parser *p,
				   struct replay_statement *st)
{
	struct replay_refs_name *refs = &p->script->refs[p->script->side];

	if (refs->nr)
		return replay_fail(p, "a domain has one name for grants");
	if (!replay_count_at(p, 2, REPLAY_MAX_REFS, &refs->nr) ||
	    !replay_words_end(p, 3))
		return false;
	if (!is_new_series(p, p->words[1]))
		return replay_fail(p, "not a new name");
	strscpy(refs->name, p->words[1], sizeof(refs->name));
	return true;
}

const struct replay_syntax replay_directive_syntaxes[] = {
	{ "domain", REPLAY_DOMAIN, 0, parse_domain },
	{ "caller", REPLAY_CALLER, 0, parse_caller },
	{ "frame", REPLAY_FRAME, 0, parse_frame_directive },
	{ "empty", REPLAY_EMPTY, 0, parse_empty_directive },
	{ "block", REPLAY_BLOCK, 0, parse_block_directive },
	{ "grants", REPLAY_GRANTS, 0, parse_grants_directive },
	{ "guest", REPLAY_NEW_GUEST, 0, parse_guest_directive },
	{}
};
