/* SPDX-License-Identifier: GPL-2.0 */
/* An array that grows. */
#ifndef _MEMREPLAY_POOL_H
#define _MEMREPLAY_POOL_H

#include <linux/types.h>

/**
 * struct replay_pool - elements of one size
 * @data: the array; moves when it grows
 * @nr: elements in use
 * @max: elements there is room for
 * @size: of an element, in bytes
 */
struct replay_pool {
	void *data;
	u32 nr;
	u32 max;
	u32 size;
};

void replay_pool_init(struct replay_pool *pool, u32 size);
void *replay_pool_add(struct replay_pool *pool, u32 nr);
void replay_pool_free(struct replay_pool *pool);

static inline void *replay_pool_at(const struct replay_pool *pool, u32 index)
{
	return pool->data + (size_t)index * pool->size;
}

#endif /* _MEMREPLAY_POOL_H */
