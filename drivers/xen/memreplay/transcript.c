// SPDX-License-Identifier: GPL-2.0
/*
 * What a run says.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>

#include <memreplay/kunit.h>

#include "transcript.h"

/**
 * replay_transcript_init() - get the memory
 * @t: the transcript, empty
 * @size: how long it can become
 *
 * Return: 0 or -ENOMEM.
 */
int replay_transcript_init(struct replay_transcript *t, size_t size)
{
	*t = (struct replay_transcript) { .size = size };
	t->text = vmalloc(size);
	return t->text ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_transcript_init);

/**
 * replay_transcript_exit() - give the memory back
 * @t: the transcript
 */
void replay_transcript_exit(struct replay_transcript *t)
{
	vfree(t->text);
	t->text = NULL;
	t->used = 0;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_transcript_exit);

/**
 * replay_transcript_reset() - empty again
 * @t: the transcript
 * @echo: lines are to go to the kernel's log, too
 */
void replay_transcript_reset(struct replay_transcript *t, bool echo)
{
	t->used = 0;
	t->line = 0;
	t->full = false;
	t->echo = echo;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_transcript_reset);

/**
 * replay_say() - words
 * @t: the transcript
 * @format: as for printf
 *
 * Context: any.
 */
void replay_say(struct replay_transcript *t, const char *format, ...)
{
	size_t room = t->size - t->used;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(t->text + t->used, room, format, args);
	va_end(args);
	if (len >= room)
		t->full = true;
	else
		t->used += len;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_say);

/**
 * replay_say_ahead() - the line under way as it is now, for the log only
 * @t: the transcript
 *
 * So that the log has what was to be done, should it never come to an answer.
 */
void replay_say_ahead(const struct replay_transcript *t)
{
	if (t->echo)
		pr_info("%.*s\n", (int)(t->used - t->line), t->text + t->line);
}

/**
 * replay_end_line() - the line is complete
 * @t: the transcript
 */
void replay_end_line(struct replay_transcript *t)
{
	replay_say_ahead(t);
	replay_say(t, "\n");
	t->line = t->used;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_end_line);
