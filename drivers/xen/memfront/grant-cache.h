/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Caches of mapped grants inside.
 */
#ifndef _MEMFRONT_GRANT_CACHE_H
#define _MEMFRONT_GRANT_CACHE_H

#include <linux/atomic.h>
#include <linux/seq_file.h>

struct memfront_grant_cache;

/* The most that a cache may have mapped. */
#define GRANT_CACHE_MAX	65536U

/**
 * struct grant_cache_stats - what became of the caches since the module was loaded
 * @hits:	grants that were mapped already
 * @misses:	those that were not
 * @evictions:	mappings that made room for others, or gave memory back
 * @mapped:	mappings there are now
 */
struct grant_cache_stats {
	atomic_long_t hits;
	atomic_long_t misses;
	atomic_long_t evictions;
	atomic_long_t mapped;
};

extern struct grant_cache_stats grant_cache_stats;

unsigned long grant_cache_shrink(struct memfront_grant_cache *cache,
				 unsigned long nr);
void grant_cache_flush(struct memfront_grant_cache *cache);
void grant_caches_show(struct seq_file *m);

#endif /* _MEMFRONT_GRANT_CACHE_H */
