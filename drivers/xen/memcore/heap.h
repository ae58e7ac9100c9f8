/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_HEAP_H
#define MEMCORE_HEAP_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include "frametable.h"

#define MC_MAX_ORDER	18

/**
 * struct memcore_heap - the free frames of a machine
 * @lock: covers everything here and the heap's fields of the frame table;
 *        innermost, taken under a domain's lock
 * @ft: the frames
 * @chunks: free chunks of each order, those with nothing to scrub first
 * @nr_chunks: length of each list
 * @free_frames: frames in all of them
 * @withheld: frames that no allocation may have (fault injection)
 * @scrubbed: frames scrubbed when allocated, ever
 */
struct memcore_heap {
	spinlock_t lock; /* innermost */
	struct memcore_frametable *ft;
	struct list_head chunks[MC_MAX_ORDER + 1];
	unsigned long nr_chunks[MC_MAX_ORDER + 1];
	unsigned long free_frames;
	unsigned long withheld;
	unsigned long scrubbed;
};

void memcore_heap_init(struct memcore_heap *heap,
		       struct memcore_frametable *ft);
void memcore_heap_add(struct memcore_heap *heap, struct mc_mfn mfn,
		      unsigned long nr);
struct mc_mfn memcore_heap_alloc(struct memcore_heap *heap, unsigned int order);
void memcore_heap_free(struct memcore_heap *heap, struct mc_mfn mfn,
		       unsigned int order, bool dirty);
void memcore_heap_withhold(struct memcore_heap *heap, unsigned long frames);

#endif
