// SPDX-License-Identifier: GPL-2.0
/*
 * The machine's free frames: a buddy allocator that knows which frames still
 * hold what their last owner left in them.
 *
 * A chunk counts its frames that need scrubbing. Dirty chunks wait at the tail
 * of their list. A large request takes a clean chunk of any size before a
 * dirty one, a single frame takes the first of the smallest chunks, clean or
 * not: scrubbing one frame costs less than breaking a larger chunk. What is
 * handed out is always scrubbed.
 *
 * Splitting a chunk that is partly dirty has to look at half of its frames;
 * clean and wholly dirty ones are split without.
 */
#include <memcore/kunit.h>
#include "heap.h"

static struct memcore_frame *frame_at(struct memcore_heap *heap,
				      struct mc_mfn mfn)
{
	return memcore_frame(heap->ft, mfn);
}

static void chunk_insert(struct memcore_heap *heap, struct mc_mfn mfn,
			 unsigned int order, unsigned int nr_dirty)
{
	struct memcore_frame *head = frame_at(heap, mfn);

	head->state = MC_FRAME_HEAD;
	head->order = order;
	head->nr_dirty = nr_dirty;
	if (nr_dirty)
		list_add_tail(&head->list, &heap->chunks[order]);
	else
		list_add(&head->list, &heap->chunks[order]);
	heap->nr_chunks[order]++;
}

static void chunk_remove(struct memcore_heap *heap, struct memcore_frame *head)
{
	list_del(&head->list);
	heap->nr_chunks[head->order]--;
	head->state = MC_FRAME_FREE;
}

static unsigned int count_dirty(const struct memcore_frame *frame,
				unsigned long nr)
{
	unsigned int dirty = 0;

	while (nr--)
		dirty += frame++->need_scrub;
	return dirty;
}

/* How many dirty frames are in the lower half of a chunk of 2 * @half. */
static unsigned int dirty_below(const struct memcore_frame *head,
				unsigned long half)
{
	if (!head->nr_dirty)
		return 0;
	if (head->nr_dirty == 2 * half)
		return half;
	return count_dirty(head, half);
}

/* The lower half is kept, the upper one goes back. */
static void chunk_halve(struct memcore_heap *heap, struct memcore_frame *head)
{
	unsigned long half = 1UL << (head->order - 1);
	unsigned int below = dirty_below(head, half);

	head->order--;
	chunk_insert(heap, memcore_frame_mfn(heap->ft, head + half),
		     head->order, head->nr_dirty - below);
	head->nr_dirty = below;
}

/* Only the first of a list can be clean; the rest of it is no better. */
static struct memcore_frame *pick(struct memcore_heap *heap,
				  unsigned int order, bool dirty_ok)
{
	struct memcore_frame *head;
	unsigned int o;

	for (o = order; o <= MC_MAX_ORDER; o++) {
		head = list_first_entry_or_null(&heap->chunks[o],
						struct memcore_frame, list);
		if (head && (dirty_ok || !head->nr_dirty))
			return head;
	}
	return NULL;
}

static void scrub(struct memcore_heap *heap, struct memcore_frame *head)
{
	unsigned long i;

	heap->scrubbed += head->nr_dirty;
	for (i = 0; head->nr_dirty; i++) {
		head->nr_dirty -= head[i].need_scrub;
		head[i].need_scrub = false;
	}
}

static void take(struct memcore_heap *heap, struct memcore_frame *head,
		 unsigned int order)
{
	unsigned long i;

	chunk_remove(heap, head);
	while (head->order > order)
		chunk_halve(heap, head);
	scrub(heap, head);
	for (i = 0; i < 1UL << order; i++)
		head[i].state = MC_FRAME_USED;
	heap->free_frames -= 1UL << order;
}

static bool has_room(const struct memcore_heap *heap, unsigned int order)
{
	unsigned long size = 1UL << order;

	return heap->free_frames >= size &&
	       heap->free_frames - size >= heap->withheld;
}

static struct mc_mfn alloc_locked(struct memcore_heap *heap, unsigned int order)
{
	struct memcore_frame *head;

	if (!has_room(heap, order))
		return mc_mfn(MC_INVALID);
	head = pick(heap, order, !order);
	if (!head)
		head = pick(heap, order, true);
	if (!head)
		return mc_mfn(MC_INVALID);
	take(heap, head, order);
	return memcore_frame_mfn(heap->ft, head);
}

/**
 * memcore_heap_alloc() - take a chunk
 * @heap: the heap
 * @order: its size, up to MC_MAX_ORDER
 *
 * Return: the first frame of 2^@order scrubbed ones, aligned to their number,
 * or MC_INVALID.
 */
struct mc_mfn memcore_heap_alloc(struct memcore_heap *heap, unsigned int order)
{
	struct mc_mfn mfn;
	unsigned long flags;

	if (order > MC_MAX_ORDER)
		return mc_mfn(MC_INVALID);
	spin_lock_irqsave(&heap->lock, flags);
	mfn = alloc_locked(heap, order);
	spin_unlock_irqrestore(&heap->lock, flags);
	return mfn;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_alloc);

/* The free chunk of @order that together with @mfn makes one of the next. */
static struct memcore_frame *buddy_of(struct memcore_heap *heap,
				      struct mc_mfn mfn, unsigned int order)
{
	struct memcore_frame *buddy;

	buddy = frame_at(heap, mc_mfn(mfn.nr ^ (1UL << order)));
	if (!buddy || buddy->state != MC_FRAME_HEAD || buddy->order != order)
		return NULL;
	return buddy;
}

static void merge_and_insert(struct memcore_heap *heap, struct mc_mfn mfn,
			     unsigned int order, unsigned int nr_dirty)
{
	struct memcore_frame *buddy;

	while (order < MC_MAX_ORDER) {
		buddy = buddy_of(heap, mfn, order);
		if (!buddy)
			break;
		chunk_remove(heap, buddy);
		nr_dirty += buddy->nr_dirty;
		mfn.nr &= ~(1UL << order);
		order++;
	}
	chunk_insert(heap, mfn, order, nr_dirty);
}

/**
 * memcore_heap_free() - give a chunk back
 * @heap: the heap
 * @mfn: first frame of 2^@order ones in use, aligned to their number
 * @order: their number
 * @dirty: scrub them before anybody else gets them
 */
void memcore_heap_free(struct memcore_heap *heap, struct mc_mfn mfn,
		       unsigned int order, bool dirty)
{
	struct memcore_frame *frame = frame_at(heap, mfn);
	unsigned long size = 1UL << order, flags, i;

	spin_lock_irqsave(&heap->lock, flags);
	for (i = 0; i < size; i++) {
		frame[i].state = MC_FRAME_FREE;
		frame[i].need_scrub = dirty;
	}
	heap->free_frames += size;
	merge_and_insert(heap, mfn, order, dirty ? size : 0);
	spin_unlock_irqrestore(&heap->lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_free);

/* The largest chunk that may start at @mfn and has at most @nr frames. */
static unsigned int largest_order(struct mc_mfn mfn, unsigned long nr)
{
	unsigned int order = MC_MAX_ORDER;

	while (mfn.nr & ((1UL << order) - 1) ||
	       1UL << order > nr)
		order--;
	return order;
}

/**
 * memcore_heap_add() - put frames that were never used into the heap
 * @heap: the heap
 * @mfn: the first
 * @nr: their number
 */
void memcore_heap_add(struct memcore_heap *heap, struct mc_mfn mfn,
		      unsigned long nr)
{
	unsigned int order;

	while (nr) {
		order = largest_order(mfn, nr);
		memcore_heap_free(heap, mfn, order, false);
		mfn = mc_mfn_add(mfn, 1UL << order);
		nr -= 1UL << order;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_add);

/**
 * memcore_heap_withhold() - let allocations fail as if memory were short
 * @heap: the heap
 * @frames: free frames that nobody may have; ~0UL for all
 */
void memcore_heap_withhold(struct memcore_heap *heap, unsigned long frames)
{
	unsigned long flags;

	spin_lock_irqsave(&heap->lock, flags);
	heap->withheld = frames;
	spin_unlock_irqrestore(&heap->lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_withhold);

/**
 * memcore_heap_init() - make an empty heap
 * @heap: the heap
 * @ft: the frames that will be added to it
 */
void memcore_heap_init(struct memcore_heap *heap, struct memcore_frametable *ft)
{
	unsigned int order;

	memset(heap, 0, sizeof(*heap));
	spin_lock_init(&heap->lock);
	heap->ft = ft;
	for (order = 0; order <= MC_MAX_ORDER; order++)
		INIT_LIST_HEAD(&heap->chunks[order]);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_init);
