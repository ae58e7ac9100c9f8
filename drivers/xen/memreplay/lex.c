// SPDX-License-Identifier: GPL-2.0
/*
 * A line, cut into words.
 */
#include <linux/ctype.h>
#include <linux/string.h>

#include <memreplay/kunit.h>

#include "lex.h"

/**
 * replay_line_clean() - single blanks, no comment, nothing at the ends
 * @line: the line, changed in place
 */
void replay_line_clean(char *line)
{
	char *from = line, *to = line;

	for (; *from && *from != '#'; from++) {
		if (!isspace(*from))
			*to++ = *from;
		else if (to > line && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > line && to[-1] == ' ')
		to--;
	*to = '\0';
}
EXPORT_SYMBOL_FOR_KUNIT(replay_line_clean);

/**
 * replay_word() - the next word of a clean line
 * @words: the line
 *
 * Return: NULL at its end.
 */
char *replay_word(struct replay_words *words)
{
	if (!words->at || !*words->at)
		return NULL;
	return strsep(&words->at, " ");
}
EXPORT_SYMBOL_FOR_KUNIT(replay_word);
