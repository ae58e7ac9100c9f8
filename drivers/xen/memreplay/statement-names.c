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

static bool parse_caller(struct replay_parser *p, struct replay_statement *st)
{
	p->script->control = true;
	return (replay_is_word(p, 1, "control") ||
		replay_fail(p, "a caller can only be control")) &&
	       replay_words_end(p, 2);
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

	if (!replay_has_word(p, 1))
		return false;
	if (p->nr_words == 2)
		return add_name(p, p->words[1], empty);
	if (!replay_count_at(p, 2, REPLAY_MAX_FRAMES, &count) ||
	    !replay_words_end(p, 3))
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

const struct replay_syntax replay_directive_syntaxes[] = {
	{ "domain", REPLAY_DOMAIN, 0, parse_domain },
	{ "caller", REPLAY_CALLER, 0, parse_caller },
	{ "frame", REPLAY_FRAME, 0, parse_frame_directive },
	{ "empty", REPLAY_EMPTY, 0, parse_empty_directive },
	{ "guest", REPLAY_NEW_GUEST, 0, parse_guest_directive },
	{}
};
