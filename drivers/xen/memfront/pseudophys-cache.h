/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Single frames that wait for the next user, a few for each CPU.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_CACHE_H
#define _MEMFRONT_PSEUDOPHYS_CACHE_H

#include <linux/bit_spinlock.h>
#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include <memfront/frame.h>

#include "pseudophys-section.h"

/* What a cache holds at most: a word of a section's bitmap. */
#define CACHE_FRAMES	BITS_PER_LONG

/**
 * struct frame_cache - the frames of a CPU, neighbours
 * @lock:	bit 0 is for the rest; a drain comes from any CPU
 * @waiting:	a bit for each frame from @first on that is parked here; if there
 *		is none, the rest means nothing
 * @first:	a frame of @section, where a word of its bitmap begins
 * @section:	cannot go while a frame is parked
 * @out:	that word, which says which of them users have
 * @taken:	frames that were taken out for users
 */
struct frame_cache {
	unsigned long lock;
	unsigned long waiting;
	struct mf_pfn first;
	struct section *section;
	atomic_long_t *out;
	unsigned long taken;
};

struct frame_cache __percpu *caches_new(void);
void caches_free(struct frame_cache __percpu *caches);

/* A spin lock's functions would cost more than all that is done under it. */
static __always_inline void cache_lock(struct frame_cache *cache)
	__acquires(bitlock)
{
	bit_spin_lock(0, &cache->lock);
}

static __always_inline void cache_unlock(struct frame_cache *cache)
	__releases(bitlock)
{
	__bit_spin_unlock(0, &cache->lock);
}

/* The lock is held. */
static __always_inline void cache_take(struct frame_cache *cache,
				       unsigned long mask, unsigned int nr)
{
	cache->waiting &= ~mask;
	cache->taken += nr;
	atomic_long_or(mask, cache->out);
}

/**
 * caches_take_row - take frames out of this CPU's cache for a user
 * @caches:	the caches
 * @nr:		how many, fewer than CACHE_FRAMES, not 0
 * @pfn:	set to the first; they follow each other, and are out
 *
 * Context: not in an interrupt. It may be another CPU's in the end: that does no
 * harm.
 * Return: false if the first that wait are not so many in a row.
 */
static __always_inline bool caches_take_row(struct frame_cache __percpu *caches,
					    unsigned int nr,
					    struct mf_pfn *pfn)
{
	struct frame_cache *cache = raw_cpu_ptr(caches);
	unsigned long mask = word_mask(0, nr);
	unsigned int bit;
	bool good = false;

	cache_lock(cache);
	if (cache->waiting) {
		bit = __ffs(cache->waiting);
		good = !(~(cache->waiting >> bit) & mask);
		if (good)
			cache_take(cache, mask << bit, nr);
		*pfn = mf_pfn(cache->first.nr + bit);
	}
	cache_unlock(cache);
	return good;
}

/**
 * caches_give - park frames of a user in this CPU's cache
 * @caches:	the caches
 * @pfn:	the first of some that follow each other; any number
 * @nr:		how many; any number but 0
 *
 * Context: as caches_take_row().
 * Return: false, and nothing is changed, if they are not of the word that waits
 * there, or one of them is not out.
 */
static __always_inline bool caches_give(struct frame_cache __percpu *caches,
					struct mf_pfn pfn, unsigned int nr)
{
	struct frame_cache *cache = raw_cpu_ptr(caches);
	unsigned long at, mask;
	bool good = false;

	cache_lock(cache);
	at = pfn.nr - cache->first.nr;
	if (cache->waiting && at < CACHE_FRAMES && nr <= CACHE_FRAMES - at) {
		mask = word_mask(at, nr);
		good = word_clear(cache->out, mask);
		if (good)
			cache->waiting |= mask;
	}
	cache_unlock(cache);
	return good;
}

unsigned int caches_take(struct frame_cache __percpu *caches,
			 unsigned int max, struct mf_pfn *pfn);
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
