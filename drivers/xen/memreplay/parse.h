/* SPDX-License-Identifier: GPL-2.0 */
/* From lines to a script. */
#ifndef _MEMREPLAY_PARSE_H
#define _MEMREPLAY_PARSE_H

#include <linux/types.h>

#include "script.h"

#define REPLAY_MAX_WORDS	(4 * REPLAY_MAX_REQUESTS + 8)

/**
 * struct replay_parser - where parsing is
 * @script: what is being made
 * @error: what is wrong, or NULL
 * @line: number of the line
 * @step: of a statement made at random: which one; else 0
 * @directives: this is the pass for what counts from the start
 * @words: the line's words without options
 * @nr_words: how many
 * @options: the line's options, by name
 * @cost: bytes of arena that the outermost statement needs
 * @blocks: indices of the statements whose blocks are open
 * @nr_blocks: how many
 */
struct replay_parser {
	struct replay_script *script;
	const char *error;
	u32 line;
	u32 step;
	bool directives;
	char **words;
	u32 nr_words;
	char *options[REPLAY_NR_OPTIONS];
	u32 cost;
	u32 blocks[REPLAY_MAX_NESTING];
	u32 nr_blocks;
};

bool replay_fail(struct replay_parser *p, const char *error);
bool replay_parse_line(struct replay_parser *p, char *line);
int replay_parse(struct replay_script *script, const char *text, size_t len,
		 struct replay_parser *p);

#endif /* _MEMREPLAY_PARSE_H */
