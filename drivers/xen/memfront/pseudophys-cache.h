/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Single frames that wait for the next user, a few for each CPU.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_CACHE_H
#define _MEMFRONT_PSEUDOPHYS_CACHE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <memfront/frame.h>

#include "pseudophys-section.h"

/* What a cache holds at most: a word of a section's bitmap. */
#define CACHE_FRAMES	BITS_PER_LONG

/**
 * struct frame_cache - the frames of a CPU, neighbours
 * @waiting:	a bit for each frame from @first on that is parked here. Whoever runs on
 *		the CPU takes and gives, and is not preempted meanwhile; any other may
 *		only clear bits, under @lock
 * @page:	@first as a page
 * @out:	the word of @section's bitmap that begins with @first: which of the
 *		frames users have
 * @taken:	frames that were taken out for users
 * @first:	the first frame; it changes on the CPU, under @lock, while none waits,
 *		and so do @page, @out and @section
 * @section:	cannot go while a frame is parked
 * @lock:	held to fill, and to empty; a leaf
 */
struct frame_cache {
	atomic_long_t waiting;
	struct page *page;
	atomic_long_t *out;
	unsigned long taken;
	struct mf_pfn first;
	struct section *section;
	raw_spinlock_t lock; /* to which word the rest belongs */
};

struct frame_cache __percpu *caches_new(void);
void caches_free(struct frame_cache __percpu *caches);

/*
 * What follows is done on the cache's CPU, not preempted. @mask is of frames that
 * wait, but another CPU may have emptied the cache since @waiting was read: then
 * nothing is taken.
 */
static __always_inline bool cache_take(struct frame_cache *cache,
				       unsigned long waiting,
				       unsigned long mask, unsigned int nr)
{
	if (!atomic_long_try_cmpxchg(&cache->waiting, &waiting, waiting ^ mask))
		return false;
	cache->taken += nr;
	atomic_long_or(mask, cache->out);
	return true;
}

/* A row of the lowest that wait. */
static __always_inline bool cache_take_row(struct frame_cache *cache,
					   unsigned int nr, unsigned long *at)
{
	unsigned long waiting = atomic_long_read(&cache->waiting);
	unsigned long row = (1UL << nr) - 1;

	if (!waiting)
		return false;
	*at = __ffs(waiting);
	return !(row & ~(waiting >> *at)) &&
	       cache_take(cache, waiting, row << *at, nr);
}

static __always_inline bool cache_take_one(struct frame_cache *cache,
					   unsigned long *at)
{
	unsigned long waiting = atomic_long_read(&cache->waiting);
	unsigned long old = waiting;

	if (!waiting || !atomic_long_try_cmpxchg(&cache->waiting, &old,
						 waiting & (waiting - 1)))
		return false;
	*at = __ffs(waiting);
	cache->taken++;
	set_bit(*at, (unsigned long *)cache->out);
	return true;
}

/*
 * While a frame waits the section is there; and so long as it is not preempted
 * whoever has seen that may look at it, see section_free().
 */
static __always_inline bool cache_has_any(const struct frame_cache *cache)
{
	return atomic_long_read(&cache->waiting);
}

/* Frames that were out keep their section: a cache that is empty by now can have them. */
static __always_inline bool cache_give(struct frame_cache *cache,
				       unsigned long at, unsigned int nr)
{
	unsigned long mask;

	if (at > CACHE_FRAMES - nr || !cache_has_any(cache))
		return false;
	mask = ((1UL << nr) - 1) << at;
	if (!word_clear(cache->out, mask))
		return false;
	atomic_long_or(mask, &cache->waiting);
	smp_mb__after_atomic(); /* see pseudophys_reap_soon() */
	return true;
}

static __always_inline bool cache_give_one(struct frame_cache *cache,
					   unsigned long at)
{
	if (at >= CACHE_FRAMES || !cache_has_any(cache) ||
	    !test_and_clear_bit(at, (unsigned long *)cache->out))
		return false;
	set_bit(at, (unsigned long *)&cache->waiting);
	smp_mb__after_atomic(); /* see pseudophys_reap_soon() */
	return true;
}

static __always_inline unsigned long cache_at(const struct frame_cache *cache,
					      const struct page *page)
{
	return page - cache->page;
}

/**
 * caches_take_pages - take frames out of this CPU's cache for a user
 * @caches:	the caches
 * @nr:		how many, fewer than CACHE_FRAMES
 * @page:	set to the first; they follow each other, and are out
 *
 * Context: not in an interrupt.
 * Return: false if the first that wait are not so many in a row.
 */
static __always_inline bool
caches_take_pages(struct frame_cache __percpu *caches, unsigned int nr,
		  struct page **page)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	unsigned long at;

	if (unlikely(!cache_take_row(cache, nr, &at))) {
		put_cpu_ptr(caches);
		return false;
	}
	*page = cache->page + at;
	put_cpu_ptr(caches);
	return true;
}

/** caches_take_page - caches_take_pages() of one. */
static __always_inline bool
caches_take_page(struct frame_cache __percpu *caches, struct page **page)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	unsigned long at;

	if (unlikely(!cache_take_one(cache, &at))) {
		put_cpu_ptr(caches);
		return false;
	}
	*page = cache->page + at;
	put_cpu_ptr(caches);
	return true;
}

/**
 * caches_give_pages - park frames of a user in this CPU's cache
 * @caches:	the caches
 * @page:	the first of some that follow each other
 * @nr:		how many, fewer than CACHE_FRAMES
 *
 * Context: as caches_take_pages().
 * Return: false, and nothing is changed, if they are not of the word that waits
 * there, or one of them is not out.
 */
static __always_inline bool
caches_give_pages(struct frame_cache __percpu *caches, const struct page *page,
		  unsigned int nr)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	bool good = cache_give(cache, cache_at(cache, page), nr);

	put_cpu_ptr(caches);
	return good;
}

/** caches_give_page - caches_give_pages() of one. */
static __always_inline bool
caches_give_page(struct frame_cache __percpu *caches, const struct page *page)
{
	struct frame_cache *cache = get_cpu_ptr(caches);
	bool good = cache_give_one(cache, cache_at(cache, page));

	put_cpu_ptr(caches);
	return good;
}

unsigned int caches_take(struct frame_cache __percpu *caches,
			 unsigned int max, struct mf_pfn *pfn);
bool caches_give(struct frame_cache __percpu *caches, struct mf_pfn pfn,
		 unsigned int nr);
bool caches_fill(struct frame_cache __percpu *caches, struct section *s,
		 struct mf_pfn pfn, unsigned int nr);
bool caches_are_full(struct frame_cache __percpu *caches);
unsigned int caches_empty_own(struct frame_cache __percpu *caches,
			      struct section **s, struct mf_pfn *pfn);
unsigned int caches_empty(struct frame_cache __percpu *caches,
			  struct section **s, struct mf_pfn *pfn);
unsigned long caches_count(struct frame_cache __percpu *caches);
unsigned long caches_taken(struct frame_cache __percpu *caches);

#endif /* _MEMFRONT_PSEUDOPHYS_CACHE_H */
