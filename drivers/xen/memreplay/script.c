// SPDX-License-Identifier: GPL-2.0
/*
 * A script as it is kept after parsing: four arrays that refer to each other
 * by index, since they move when they grow.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <memreplay/kunit.h>

#include "script.h"

/**
 * replay_script_init() - an empty script
 * @script: the script
 */
void replay_script_init(struct replay_script *script)
{
	memset(script, 0, sizeof(*script));
	replay_pool_init(&script->statements, sizeof(struct replay_statement));
	replay_pool_init(&script->items, sizeof(struct replay_item));
	replay_pool_init(&script->options, sizeof(struct replay_value));
	replay_pool_init(&script->text, 1);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_script_init);

/**
 * replay_script_free() - give its memory back
 * @script: the script
 */
void replay_script_free(struct replay_script *script)
{
	replay_pool_free(&script->statements);
	replay_pool_free(&script->items);
	replay_pool_free(&script->options);
	replay_pool_free(&script->text);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_script_free);

/**
 * replay_statement() - a statement of a script
 * @script: the script
 * @index: which
 */
struct replay_statement *replay_statement(const struct replay_script *script,
					  u32 index)
{
	return replay_pool_at(&script->statements, index);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_statement);

/**
 * replay_item() - an item of a statement
 * @script: the script
 * @st: the statement
 * @index: which of its items
 */
struct replay_item *replay_item(const struct replay_script *script,
				const struct replay_statement *st, u32 index)
{
	return replay_pool_at(&script->items, st->first_item + index);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_item);

/**
 * replay_option() - an option of a statement
 * @script: the script
 * @st: the statement
 * @option: which
 *
 * Return: NULL if the statement does not have it.
 */
const struct replay_value *replay_option(const struct replay_script *script,
					 const struct replay_statement *st,
					 enum replay_option option)
{
	if (!(st->options & BIT(option)))
		return NULL;
	return replay_pool_at(&script->options, st->first_option +
			      hweight64(st->options & (BIT(option) - 1)));
}
EXPORT_SYMBOL_FOR_KUNIT(replay_option);

/**
 * replay_text() - a statement's words
 * @script: the script
 * @st: the statement
 */
const char *replay_text(const struct replay_script *script,
			const struct replay_statement *st)
{
	return replay_pool_at(&script->text, st->text);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_text);

static const char * const special_names[] = {
	[REPLAY_WINDOW] = "window",
	[REPLAY_NONE] = "none",
	[REPLAY_BEYOND] = "beyond",
	[REPLAY_HOLE] = "hole",
	[REPLAY_FOREIGN] = "foreign",
	[REPLAY_TOP] = "top",
	[REPLAY_HOME] = "home",
};

/**
 * replay_frame_find() - a frame by its name
 * @script: the script
 * @name: the name
 *
 * Return: its number, or -1.
 */
int replay_frame_find(const struct replay_script *script, const char *name)
{
	unsigned int i;

	for (i = 0; i < script->nr_frames; i++)
		if (!strcmp(script->frames[i].name, name))
			return i;
	for (i = REPLAY_WINDOW; i < ARRAY_SIZE(special_names); i++)
		if (!strcmp(special_names[i], name))
			return i;
	return -1;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_frame_find);

/**
 * replay_guest_find() - another domain by its name
 * @script: the script
 * @name: the name
 *
 * Return: its number in the script, or -1.
 */
int replay_guest_find(const struct replay_script *script, const char *name)
{
	unsigned int i;

	for (i = 0; i < script->nr_guests; i++)
		if (!strcmp(script->guests[i].name, name))
			return i;
	return -1;
}

/**
 * replay_frame_name() - what a frame is called
 * @script: the script
 * @frame: the frame
 */
const char *replay_frame_name(const struct replay_script *script, u16 frame)
{
	if (frame < REPLAY_MAX_FRAMES)
		return script->frames[frame].name;
	return special_names[frame];
}
