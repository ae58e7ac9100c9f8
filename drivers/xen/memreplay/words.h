/* SPDX-License-Identifier: GPL-2.0 */
/* What the statements of the language are made of: the words of a line. */
#ifndef _MEMREPLAY_WORDS_H
#define _MEMREPLAY_WORDS_H

#include <linux/types.h>

#include "script.h"

struct replay_name;
struct replay_parser;

struct replay_item *replay_add_item(struct replay_parser *p,
				    struct replay_statement *st);
bool replay_has_word(struct replay_parser *p, u32 at);
bool replay_words_end(struct replay_parser *p, u32 nr);
bool replay_is_word(struct replay_parser *p, u32 at, const char *word);
bool replay_number_at(struct replay_parser *p, u32 at, u64 *number);
bool replay_count_at(struct replay_parser *p, u32 at, u32 max, u32 *count);
bool replay_value_at(struct replay_parser *p, u32 at,
		     struct replay_value *value);
bool replay_entry_at(struct replay_parser *p, u32 at,
		     struct replay_value *value);
bool replay_argument_at(struct replay_parser *p, u32 at,
			struct replay_value *value);
bool replay_frame_at(struct replay_parser *p, u32 at,
		     struct replay_value *value);
bool replay_named_at(struct replay_parser *p, u32 at,
		     const struct replay_name *names, struct replay_item *item);
bool replay_slots_at(struct replay_parser *p, u32 at, struct replay_item *item);
bool replay_equals_at(struct replay_parser *p, u32 at);
bool replay_page_at(struct replay_parser *p, u32 at, struct replay_item *item);
bool replay_slot_at(struct replay_parser *p, u32 at, u16 *slot);
bool replay_frames_at(struct replay_parser *p, struct replay_statement *st,
		      u32 at, u32 end, u32 cmd);
bool replay_is_open(struct replay_parser *p, const struct replay_value *value);
bool replay_parse_nothing(struct replay_parser *p, struct replay_statement *st);
bool replay_opens_block(struct replay_parser *p, u32 at);

#endif /* _MEMREPLAY_WORDS_H */
