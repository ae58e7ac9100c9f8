// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for what hypercalls point to. The parser has seen to it that no
 * statement needs more than there is.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "arena.h"

/**
 * replay_arena_init() - get the memory
 * @arena: the arena
 *
 * Return: 0 or -ENOMEM.
 */
int replay_arena_init(struct replay_arena *arena)
{
	arena->used = 0;
	arena->base = vzalloc(REPLAY_ARENA_SIZE);
	return arena->base ? 0 : -ENOMEM;
}

/**
 * replay_arena_exit() - give the memory back
 * @arena: the arena
 */
void replay_arena_exit(struct replay_arena *arena)
{
	vfree(arena->base);
	arena->base = NULL;
}

/**
 * replay_arena_reset() - all of it is free, and zero, again
 * @arena: the arena
 */
void replay_arena_reset(struct replay_arena *arena)
{
	memset(arena->base, 0, arena->used);
	arena->used = 0;
}

/**
 * replay_arena_take() - some of it
 * @arena: the arena
 * @size: bytes
 *
 * Return: zeroed, aligned to 8 bytes.
 */
void *replay_arena_take(struct replay_arena *arena, u32 size)
{
	void *taken = arena->base + arena->used;

	if (WARN_ON_ONCE(size > REPLAY_ARENA_SIZE - arena->used))
		return arena->base;
	arena->used += ALIGN(size, 8);
	return taken;
}
