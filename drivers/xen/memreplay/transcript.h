/* SPDX-License-Identifier: GPL-2.0 */
/* What a run says. */
#ifndef _MEMREPLAY_TRANSCRIPT_H
#define _MEMREPLAY_TRANSCRIPT_H

#include <linux/compiler_attributes.h>
#include <linux/sizes.h>
#include <linux/types.h>

#define REPLAY_TRANSCRIPT_SIZE	SZ_16M

/**
 * struct replay_transcript - text, in memory that is there before a script runs
 * @text: the text
 * @used: how much there is
 * @size: how much there can be
 * @line: where the line under way began
 * @echo: lines go to the kernel's log, too
 * @full: something was lost
 */
struct replay_transcript {
	char *text;
	size_t used;
	size_t size;
	size_t line;
	bool echo;
	bool full;
};

int replay_transcript_init(struct replay_transcript *t, size_t size);
void replay_transcript_exit(struct replay_transcript *t);
void replay_transcript_reset(struct replay_transcript *t, bool echo);
__printf(2, 3)
void replay_say(struct replay_transcript *t, const char *format, ...);
void replay_say_ahead(const struct replay_transcript *t);
void replay_end_line(struct replay_transcript *t);

#endif /* _MEMREPLAY_TRANSCRIPT_H */
