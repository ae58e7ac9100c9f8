/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Single frames that wait for the next user, a few for each CPU.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_CACHE_H
#define _MEMFRONT_PSEUDOPHYS_CACHE_H

#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <memfront/frame.h>

/* What a cache holds at most, and what is moved at a time. */
#define CACHE_FRAMES	64
#define CACHE_BATCH	16

/**
 * struct frame_cache - the frames of a CPU
 * @lock:	for the rest; a drain comes from any CPU
 * @nr:		how many there are
 * @pfns:	the last one that came is the first to go
 */
struct frame_cache {
	spinlock_t lock; /* for the rest */
	unsigned int nr;
	struct mf_pfn pfns[CACHE_FRAMES];
};

struct frame_cache __percpu *caches_new(void);
void caches_free(struct frame_cache __percpu *caches);

unsigned int caches_pop(struct frame_cache __percpu *caches,
			struct mf_pfn *pfns, unsigned int max);
unsigned int caches_push(struct frame_cache __percpu *caches,
			 const struct mf_pfn *pfns, unsigned int nr);
unsigned int caches_pop_any(struct frame_cache __percpu *caches,
			    struct mf_pfn *pfns, unsigned int max);
unsigned long caches_count(struct frame_cache __percpu *caches);

#endif /* _MEMFRONT_PSEUDOPHYS_CACHE_H */
