/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Single frames that wait for the next user, a few for each CPU.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_CACHE_H
#define _MEMFRONT_PSEUDOPHYS_CACHE_H

#include <linux/bits.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <memfront/frame.h>

struct section;

/* What a cache holds at most: a word of a section's bitmap. */
#define CACHE_FRAMES	BITS_PER_LONG

/**
 * struct frame_cache - the frames of a CPU, neighbours
 * @lock:	for the rest; a drain comes from any CPU
 * @waiting:	a bit for each frame from @first on that is parked here; if there
 *		is none, the rest means nothing
 * @first:	a frame of @section, where a word of its bitmap begins
 * @section:	cannot go while a frame is parked
 * @taken:	frames that were taken out for users
 */
struct frame_cache {
	spinlock_t lock; /* for the rest */
	unsigned long waiting;
	struct mf_pfn first;
	struct section *section;
	unsigned long taken;
};

struct frame_cache __percpu *caches_new(void);
void caches_free(struct frame_cache __percpu *caches);

unsigned int caches_take(struct frame_cache __percpu *caches,
			 unsigned int max, struct mf_pfn *pfn);
bool caches_give(struct frame_cache __percpu *caches, struct mf_pfn pfn,
		 unsigned int nr);
bool caches_fill(struct frame_cache __percpu *caches, struct section *s,
		 struct mf_pfn pfn, unsigned int nr);
unsigned int caches_empty(struct frame_cache __percpu *caches,
			  struct section **s, struct mf_pfn *pfn);
unsigned long caches_count(struct frame_cache __percpu *caches);
unsigned long caches_taken(struct frame_cache __percpu *caches);

#endif /* _MEMFRONT_PSEUDOPHYS_CACHE_H */
