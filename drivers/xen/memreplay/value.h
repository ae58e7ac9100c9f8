/* SPDX-License-Identifier: GPL-2.0 */
/* Words that are numbers, addresses, entries or slots. */
#ifndef _MEMREPLAY_VALUE_H
#define _MEMREPLAY_VALUE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "script.h"

struct replay_name;

/*
 * The window is in a root slot that neither Linux on Xen nor the core uses:
 * Linux has the LDT there that it maps for page-table isolation, which PV lacks.
 */
#define REPLAY_WINDOW_SLOT	272
#define REPLAY_WINDOW_VA	0xffff880000000000ULL
#define REPLAY_WINDOW_SIZE	BIT_ULL(39)

/* Where a PC has no memory, but video. */
#define REPLAY_HOLE_MFN		0xa0

/* Where a translated guest has none, and room for frames that it has not yet. */
#define REPLAY_HOLE_GFN		0xd0000
#define REPLAY_EMPTY_GFN	0xd1000

bool replay_parse_number(const char *word, u64 *number);
bool replay_parse_named(const struct replay_name *names, const char *word,
			u64 *number);
bool replay_parse_value(struct replay_script *script, char *word,
			struct replay_value *value);
bool replay_parse_argument(struct replay_script *script, char *word,
			   struct replay_value *value);
bool replay_parse_mem_flags(char *word, u64 *flags);
bool replay_names_no_frame(u64 mfn);
bool replay_parse_domain(const struct replay_script *script, const char *word,
			 struct replay_value *value);
bool replay_parse_frame(struct replay_script *script, const char *word,
			u16 *frame);
bool replay_parse_slots(struct replay_script *script, char *word,
			struct replay_item *item);

#endif /* _MEMREPLAY_VALUE_H */
