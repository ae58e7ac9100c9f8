// SPDX-License-Identifier: GPL-2.0
/*
 * A few neighbouring frames for each CPU, as bits of one word: so a run of them is
 * taken or given as fast as one, by an atomic operation and without a lock. Whoever
 * gives memory back can empty the caches of other CPUs without their help.
 */
#include <linux/kernel.h>

#include <memfront/kunit.h>

#include "inject.h"
#include "pseudophys-cache.h"
#include "pseudophys-section.h"

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
		raw_spin_lock_init(&per_cpu_ptr(caches, cpu)->lock);
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

/* The first bits that are set in a row; there is one. */
static unsigned int first_run(unsigned long word, unsigned int max,
			      unsigned int *bit)
{
	unsigned long rest;

	*bit = __ffs(word);
	rest = ~(word >> *bit);
	return rest ? min_t(unsigned int, __ffs(rest), max) : max;
}

static unsigned int cache_take_some(struct frame_cache *cache,
				    unsigned int max, unsigned int *at)
{
	unsigned long waiting;
	unsigned int nr;

	do {
		waiting = atomic_long_read(&cache->waiting);
		if (!waiting)
			return 0;
		nr = first_run(waiting, max, at);
	} while (!cache_take(cache, waiting, word_mask(*at, nr), nr));
	return nr;
}

/**
 * caches_take - take as many frames as follow each other out of this CPU's cache
 * @caches:	the caches
 * @max:	how many at most, to CACHE_FRAMES, not 0
 * @pfn:	set to the first; they are out
 *
 * Context: as caches_take_pages().
 * Return: how many; 0 if there is none.
 */
unsigned int caches_take(struct frame_cache __percpu *caches,
			 unsigned int max, struct mf_pfn *pfn)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	unsigned int at = 0, nr;

	nr = cache_take_some(cache, max, &at);
	*pfn = mf_pfn(cache->first.nr + at);
	put_cpu_ptr(caches);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_take);

/**
 * caches_give - caches_give_pages(), for frames that need not have pages
 * @caches:	the caches
 * @pfn:	the first of some that follow each other; any number
 * @nr:		how many; any number but 0
 *
 * Context: as caches_take_pages().
 * Return: likewise; and false for CACHE_FRAMES and more.
 */
bool caches_give(struct frame_cache __percpu *caches, struct mf_pfn pfn,
		 unsigned int nr)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	bool good = nr < CACHE_FRAMES &&
		    cache_give(cache, pfn.nr - cache->first.nr, nr);

	put_cpu_ptr(caches);
	return good;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_give);

static void cache_set(struct frame_cache *cache, struct section *s,
		      struct mf_pfn pfn, unsigned int nr)
{
	cache->first = mf_pfn(round_down(pfn.nr, CACHE_FRAMES));
	cache->page = mf_pfn_page(cache->first);
	cache->section = s;
	cache->out = section_word(s, pfn);
	atomic_long_set(&cache->waiting, word_mask(pfn.nr, nr));
}

/**
 * caches_fill - put parked frames into this CPU's cache, if it is empty
 * @caches:	the caches
 * @s:		their section
 * @pfn:	the first of some that follow each other
 * @nr:		how many, all of them in one word of the section's bitmap
 *
 * Context: as caches_take_pages().
 * Return: false if it has others.
 */
bool caches_fill(struct frame_cache __percpu *caches, struct section *s,
		 struct mf_pfn pfn, unsigned int nr)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	bool empty;

	raw_spin_lock(&cache->lock);
	empty = !cache_has_any(cache);
	if (empty)
		cache_set(cache, s, pfn, nr);
	raw_spin_unlock(&cache->lock);
	put_cpu_ptr(caches);
	return empty;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_fill);

/* The lock is held, so that they stay frames of the same section. */
static unsigned int cache_empty_some(struct frame_cache *cache,
				     unsigned int *at)
{
	unsigned long waiting = atomic_long_read(&cache->waiting);
	unsigned int nr;

	do {
		if (!waiting)
			return 0;
		nr = first_run(waiting, CACHE_FRAMES, at);
	} while (!atomic_long_try_cmpxchg(&cache->waiting, &waiting,
					  waiting & ~word_mask(*at, nr)));
	return nr;
}

static unsigned int empty_one(struct frame_cache *cache, struct section **s,
			      struct mf_pfn *pfn)
{
	unsigned int nr, at = 0;

	raw_spin_lock(&cache->lock);
	nr = cache_empty_some(cache, &at);
	*pfn = mf_pfn(cache->first.nr + at);
	*s = cache->section;
	raw_spin_unlock(&cache->lock);
	return nr;
}

/**
 * caches_are_full - does all of a word wait in this CPU's cache?
 * @caches: the caches
 */
bool caches_are_full(struct frame_cache __percpu *caches)
{
	return atomic_long_read(&raw_cpu_ptr(caches)->waiting) == ~0L;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_are_full);

/**
 * caches_empty_own - take frames out of this CPU's cache that stay parked
 * @caches:	the caches
 * @s:		set to their section
 * @pfn:	set to the first of some that follow each other
 *
 * Context: as caches_take_pages().
 * Return: how many; 0 if there is none.
 */
unsigned int caches_empty_own(struct frame_cache __percpu *caches,
			      struct section **s, struct mf_pfn *pfn)
{
	return empty_one(raw_cpu_ptr(caches), s, pfn);
}
EXPORT_SYMBOL_FOR_KUNIT(caches_empty_own);

/**
 * caches_empty - take frames out of a cache, whichever has some
 * @caches:	the caches
 * @s:		set to their section
 * @pfn:	set to the first of some that follow each other; they stay parked
 *
 * Context: not in an interrupt.
 * Return: how many; 0 only after a look at each cache.
 */
unsigned int caches_empty(struct frame_cache __percpu *caches,
			  struct section **s, struct mf_pfn *pfn)
{
	unsigned int nr;
	int cpu;

	for_each_possible_cpu(cpu) {
		nr = empty_one(per_cpu_ptr(caches, cpu), s, pfn);
		if (nr)
			return nr;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_empty);

/**
 * caches_count - how many frames wait in all
 * @caches: the caches
 */
unsigned long caches_count(struct frame_cache __percpu *caches)
{
	unsigned long nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += hweight_long(atomic_long_read(&per_cpu_ptr(caches, cpu)->waiting));
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_count);

/**
 * caches_taken - how many frames users have got from caches so far
 * @caches: the caches
 */
unsigned long caches_taken(struct frame_cache __percpu *caches)
{
	unsigned long nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += READ_ONCE(per_cpu_ptr(caches, cpu)->taken);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(caches_taken);
