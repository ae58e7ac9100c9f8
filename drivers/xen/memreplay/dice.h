/* SPDX-License-Identifier: GPL-2.0 */
/* The making of statements from a seed. */
#ifndef _MEMREPLAY_DICE_H
#define _MEMREPLAY_DICE_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

#include "script.h"

#define DICE_MAX_TEXT	512

struct replay_parser;

/* What is at a name, if all that is legal succeeds. */
enum dice_state {
	DICE_MEMORY,
	DICE_HOLE,
	DICE_SPECIAL,
};

/**
 * struct dice - where the making of statements is
 * @p: the parser that gets them
 * @state: of the generator
 * @kinds: those that are wanted, a bit for each in kinds[]
 * @text: the line under way
 * @used: its length
 * @pages: frames with a page, of the domain whose line it is
 * @nr_pages: how many
 * @state_of: what is at each name, enum dice_state
 * @unmapped: of names: their frames are mapped nowhere
 * @piece: of names whose frames have come together: which time; else 0
 * @nr_pieces: how often frames have come together
 * @nr_extras: frames that no name stands for any more
 * @all_pages: frames with a page, of each domain
 * @nr_all_pages: how many
 * @side: whose statements are being made
 * @left: how many more of this domain
 * @inside: the line is inside a block, and of the block's domain
 */
struct dice {
	struct replay_parser *p;
	u64 state;
	u32 kinds;
	char text[DICE_MAX_TEXT];
	u32 used;
	const u16 *pages;
	u32 nr_pages;
	u8 state_of[REPLAY_MAX_FRAMES];
	bool unmapped[REPLAY_MAX_FRAMES];
	u16 piece[REPLAY_MAX_FRAMES];
	u32 nr_pieces;
	u32 nr_extras;
	u16 all_pages[REPLAY_NR_SIDES][REPLAY_MAX_FRAMES];
	u32 nr_all_pages[REPLAY_NR_SIDES];
	u8 side;
	u32 left;
	bool inside;
};

u32 dice_roll(struct dice *dice, u32 sides);
bool dice_one_in(struct dice *dice, u32 sides);
__printf(2, 3)
void dice_put(struct dice *dice, const char *format, ...);
bool dice_put_line(struct dice *dice);
void dice_take_side(struct dice *dice, u8 side);
bool dice_is_translated(const struct dice *dice);
void dice_make_reserve(struct dice *dice);
void dice_make_exchange(struct dice *dice);
void dice_make_physmap(struct dice *dice);
void dice_make_ask(struct dice *dice);
void dice_make_content(struct dice *dice);
void dice_make_grant(struct dice *dice);
void dice_make_mapping(struct dice *dice);
bool dice_make_look(struct dice *dice);
void dice_make_copy(struct dice *dice);
void dice_make_table(struct dice *dice);
void dice_make_moving(struct dice *dice);
void dice_make_transfer(struct dice *dice);

#endif /* _MEMREPLAY_DICE_H */
