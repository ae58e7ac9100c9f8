/* SPDX-License-Identifier: GPL-2.0 */
/* A line, cut into words. */
#ifndef _MEMREPLAY_LEX_H
#define _MEMREPLAY_LEX_H

#include <linux/types.h>

/**
 * struct replay_words - the words of a line
 * @at: the next character
 *
 * The line is cut up as it is read.
 */
struct replay_words {
	char *at;
};

void replay_line_clean(char *line);
char *replay_word(struct replay_words *words);

#endif /* _MEMREPLAY_LEX_H */
