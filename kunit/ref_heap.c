// SPDX-License-Identifier: GPL-2.0
#include "ref_heap.h"

/* Is the whole aligned block of @order around @mfn there, and free? */
bool ref_heap_block_free(const struct ref_heap *ref, unsigned long mfn,
			 unsigned int order)
{
	unsigned long start = mfn & ~((1UL << order) - 1), i;

	for (i = start; i < start + (1UL << order); i++)
		if (i < ref->base || i >= ref->base + ref->nr ||
		    ref->state[i - ref->base] == REF_USED)
			return false;
	return true;
}

/* How large the chunk around free @mfn is, if all that can merge has. */
unsigned int ref_heap_chunk_order(const struct ref_heap *ref,
				  unsigned long mfn)
{
	unsigned int order = 0;

	while (order < ref->max_order &&
	       ref_heap_block_free(ref, mfn, order + 1))
		order++;
	return order;
}

/* Has the chunk around free @mfn anything to scrub? */
bool ref_heap_chunk_dirty(const struct ref_heap *ref, unsigned long mfn)
{
	unsigned long size = 1UL << ref_heap_chunk_order(ref, mfn), i;
	unsigned long start = mfn & ~(size - 1);

	for (i = start; i < start + size; i++)
		if (ref->state[i - ref->base] == REF_DIRTY)
			return true;
	return false;
}

/*
 * The order of the smallest chunk that has 2^@order frames, of those without
 * anything to scrub if @clean; -1 if there is none.
 */
int ref_heap_smallest(const struct ref_heap *ref, unsigned int order,
		      bool clean)
{
	unsigned long mfn;
	int best = -1, o;

	for (mfn = ref->base; mfn < ref->base + ref->nr; mfn++) {
		if (ref->state[mfn - ref->base] == REF_USED)
			continue;
		o = ref_heap_chunk_order(ref, mfn);
		if (o < (int)order || (best >= 0 && o >= best) ||
		    (clean && ref_heap_chunk_dirty(ref, mfn)))
			continue;
		best = o;
	}
	return best;
}

unsigned long ref_heap_count(const struct ref_heap *ref, enum ref_state state)
{
	unsigned long i, nr = 0;

	for (i = 0; i < ref->nr; i++)
		nr += ref->state[i] == state;
	return nr;
}

void ref_heap_set(struct ref_heap *ref, unsigned long mfn, unsigned int order,
		  enum ref_state state)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		ref->state[mfn - ref->base + i] = state;
}
