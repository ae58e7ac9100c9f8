// SPDX-License-Identifier: GPL-2.0
/*
 * An array that grows.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <memreplay/kunit.h>

#include "pool.h"

/**
 * replay_pool_init() - an empty array
 * @pool: the array
 * @size: of an element
 */
void replay_pool_init(struct replay_pool *pool, u32 size)
{
	memset(pool, 0, sizeof(*pool));
	pool->size = size;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_pool_init);

static bool pool_grow(struct replay_pool *pool, u32 nr)
{
	u32 max = max(pool->max * 2, pool->nr + nr + 64);
	void *data;

	data = kvrealloc(pool->data, (size_t)pool->max * pool->size,
			 (size_t)max * pool->size, GFP_KERNEL);
	if (!data)
		return false;
	pool->data = data;
	pool->max = max;
	return true;
}

/**
 * replay_pool_add() - elements at the end, all zero
 * @pool: the array
 * @nr: how many
 *
 * Return: the first of them, valid until the next is added; NULL if there is
 * no memory.
 */
void *replay_pool_add(struct replay_pool *pool, u32 nr)
{
	void *added;

	if (pool->nr + nr > pool->max && !pool_grow(pool, nr))
		return NULL;
	added = replay_pool_at(pool, pool->nr);
	memset(added, 0, (size_t)nr * pool->size);
	pool->nr += nr;
	return added;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_pool_add);

/**
 * replay_pool_free() - give the memory back
 * @pool: the array, empty afterwards
 */
void replay_pool_free(struct replay_pool *pool)
{
	kvfree(pool->data);
	replay_pool_init(pool, pool->size);
}
EXPORT_SYMBOL_FOR_KUNIT(replay_pool_free);
