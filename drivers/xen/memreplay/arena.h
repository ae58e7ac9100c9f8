/* SPDX-License-Identifier: GPL-2.0 */
/* Memory for what hypercalls point to, all of it free after each statement. */
#ifndef _MEMREPLAY_ARENA_H
#define _MEMREPLAY_ARENA_H

#include <linux/sizes.h>
#include <linux/types.h>

#define REPLAY_ARENA_SIZE	SZ_256K

/**
 * struct replay_arena - memory that is there before a script runs
 * @base: the memory
 * @used: how much of it is in use
 */
struct replay_arena {
	void *base;
	u32 used;
};

int replay_arena_init(struct replay_arena *arena);
void replay_arena_exit(struct replay_arena *arena);
void replay_arena_reset(struct replay_arena *arena);
void *replay_arena_take(struct replay_arena *arena, u32 size);

#endif /* _MEMREPLAY_ARENA_H */
