// SPDX-License-Identifier: GPL-2.0
/*
 * A stack of frames for each CPU. Its lock is nearly never contended, so it costs
 * little, and whoever gives memory back can empty the caches of other CPUs without
 * their help.
 */
#include <linux/kernel.h>

#include <memfront/kunit.h>

#include "inject.h"
#include "pseudophys-cache.h"

/**
 * caches_new - make the caches, empty
 *
 * Context: may sleep.
 * Return: the caches, or NULL.
 */
struct frame_cache __percpu *caches_new(void)
{
	struct frame_cache __percpu *caches;
	int cpu;

	if (memfront_should_fail())
		return NULL;
	caches = alloc_percpu(struct frame_cache);
	if (!caches)
		return NULL;
	for_each_possible_cpu(cpu)
		spin_lock_init(&per_cpu_ptr(caches, cpu)->lock);
	return caches;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_new);

/**
 * caches_free - free the caches
 * @caches: empty, or NULL
 */
void caches_free(struct frame_cache __percpu *caches)
{
	free_percpu(caches);
}
EXPORT_SYMBOL_FOR_KUNIT(caches_free);

static unsigned int pop(struct frame_cache *cache, struct mf_pfn *pfns,
			unsigned int max)
{
	unsigned int nr;

	spin_lock(&cache->lock);
	nr = min(cache->nr, max);
	cache->nr -= nr;
	memcpy(pfns, cache->pfns + cache->nr, nr * sizeof(*pfns));
	spin_unlock(&cache->lock);
	return nr;
}

/**
 * caches_pop - take frames out of this CPU's cache
 * @caches:	the caches
 * @pfns:	gets them
 * @max:	how many at most
 *
 * Context: not in an interrupt. It may be another CPU's in the end: that does no
 * harm.
 * Return: how many there were.
 */
unsigned int caches_pop(struct frame_cache __percpu *caches,
			struct mf_pfn *pfns, unsigned int max)
{
	return pop(raw_cpu_ptr(caches), pfns, max);
}
EXPORT_SYMBOL_FOR_KUNIT(caches_pop);

/**
 * caches_push - put frames into this CPU's cache
 * @caches:	the caches
 * @pfns:	the frames
 * @nr:		how many
 *
 * Context: as caches_pop().
 * Return: how many there was room for, the first ones.
 */
unsigned int caches_push(struct frame_cache __percpu *caches,
			 const struct mf_pfn *pfns, unsigned int nr)
{
	struct frame_cache *cache = raw_cpu_ptr(caches);

	spin_lock(&cache->lock);
	nr = min(nr, CACHE_FRAMES - cache->nr);
	memcpy(cache->pfns + cache->nr, pfns, nr * sizeof(*pfns));
	cache->nr += nr;
	spin_unlock(&cache->lock);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_push);

/**
 * caches_pop_any - take frames out of a cache, whichever has some
 * @caches:	the caches
 * @pfns:	gets them
 * @max:	how many at most
 *
 * Context: not in an interrupt.
 * Return: how many; 0 only after a look at each.
 */
unsigned int caches_pop_any(struct frame_cache __percpu *caches,
			    struct mf_pfn *pfns, unsigned int max)
{
	unsigned int nr;
	int cpu;

	for_each_possible_cpu(cpu) {
		nr = pop(per_cpu_ptr(caches, cpu), pfns, max);
		if (nr)
			return nr;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_pop_any);

/**
 * caches_count - how many frames wait in all
 * @caches: the caches
 */
unsigned long caches_count(struct frame_cache __percpu *caches)
{
	unsigned long nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += READ_ONCE(per_cpu_ptr(caches, cpu)->nr);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_count);
