// SPDX-License-Identifier: GPL-2.0
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/string.h>
#include "ref_heap.h"

static unsigned int node_of(const struct ref_heap *ref, unsigned long mfn)
{
	unsigned int n = 0;

	while (mfn >= ref->node_end[n])
		n++;
	return n;
}

static bool same_kind(const struct ref_heap *ref, unsigned long a,
		      unsigned long b)
{
	return node_of(ref, a) == node_of(ref, b) && fls_long(a) == fls_long(b);
}

/* Is the whole aligned block of @order around @mfn there, of a kind, and free? */
bool ref_heap_block_free(const struct ref_heap *ref, unsigned long mfn,
			 unsigned int order)
{
	unsigned long start = mfn & ~((1UL << order) - 1), i;

	for (i = start; i < start + (1UL << order); i++)
		if (i < ref->base || i >= ref->base + ref->nr ||
		    ref->state[i - ref->base] == REF_USED ||
		    !same_kind(ref, i, mfn))
			return false;
	return true;
}

/* May any of these frames need scrubbing, as far as a chunk knows? */
static bool suspect(const struct ref_heap *ref, unsigned long mfn,
		    unsigned long nr)
{
	unsigned long i = mfn - ref->base;

	for (; nr--; i++)
		if (ref->state[i] == REF_DIRTY || ref->marked[i])
			return true;
	return false;
}

/* The chunk around free @mfn, if all that can merge has. */
struct ref_chunk ref_heap_chunk(const struct ref_heap *ref, unsigned long mfn)
{
	struct ref_chunk chunk = {
		.node = node_of(ref, mfn),
		.zone = fls_long(mfn),
	};
	unsigned long size;

	while (chunk.order < ref->max_order &&
	       ref_heap_block_free(ref, mfn, chunk.order + 1))
		chunk.order++;
	size = 1UL << chunk.order;
	chunk.clean = !suspect(ref, mfn & ~(size - 1), size);
	return chunk;
}

/* The smallest chunk of a kind, clean if there is a clean one of that size. */
static bool smallest(const struct ref_heap *ref, unsigned int node,
		     unsigned int zone, unsigned int order, bool clean,
		     struct ref_chunk *best)
{
	struct ref_chunk chunk;
	unsigned long mfn;
	bool any = false;

	for (mfn = ref->base; mfn < ref->base + ref->nr; mfn++) {
		if (ref->state[mfn - ref->base] == REF_USED ||
		    node_of(ref, mfn) != node || fls_long(mfn) != zone)
			continue;
		chunk = ref_heap_chunk(ref, mfn);
		if (chunk.order < order || (clean && !chunk.clean))
			continue;
		if (!any || chunk.order < best->order ||
		    (chunk.order == best->order && chunk.clean))
			*best = chunk;
		any = true;
	}
	return any;
}

static unsigned int behind(unsigned int node, u64 mask)
{
	do
		node = (node + 1) % 64;
	while (!(mask & BIT_ULL(node)));
	return node;
}

/* The nodes in the order they are to be tried. Return: their number. */
static unsigned int order_nodes(const struct ref_heap *ref,
				const struct ref_request *req,
				unsigned int *nodes)
{
	u64 all = BIT_ULL(ref->nr_nodes) - 1, mask = all & req->affinity ?: all;
	unsigned int nr = 0, node = req->node, n;

	if (req->node != REF_NO_NODE)
		nodes[nr++] = req->node;
	if (req->exact)
		return nr;
	if (node == REF_NO_NODE)
		node = req->last;
	else if (!(mask & BIT_ULL(node)))
		node = 63;
	for (n = 0; n < hweight64(mask); n++) {
		node = behind(node, mask);
		nodes[nr++] = node;
	}
	for (n = 0; n < ref->nr_nodes; n++)
		if (!(mask & BIT_ULL(n)))
			nodes[nr++] = n;
	return nr;
}

static bool search(const struct ref_heap *ref, const struct ref_request *req,
		   unsigned int zone_lo, bool clean, struct ref_chunk *chunk)
{
	unsigned int nodes[REF_NODES + 1], nr, i, zone;

	nr = order_nodes(ref, req, nodes);
	for (i = 0; i < nr; i++)
		for (zone = req->zone_hi; zone >= zone_lo; zone--)
			if (smallest(ref, nodes[i], zone, req->order, clean,
				     chunk))
				return true;
	return false;
}

/* The kind of chunk that a request is due, by the rule; false if none is. */
bool ref_heap_expect(const struct ref_heap *ref, const struct ref_request *req,
		     struct ref_chunk *chunk)
{
	unsigned long left = ref->nr - ref_heap_count(ref, REF_USED);
	unsigned long size = 1UL << req->order;

	if (left < size ||
	    (left < size + ref->claimed && req->own_claim < size))
		return false;
	if (ref->dma_zone && ref->dma_zone < req->zone_hi &&
	    (search(ref, req, ref->dma_zone + 1, req->order, chunk) ||
	     search(ref, req, ref->dma_zone + 1, false, chunk)))
		return true;
	return search(ref, req, 1, req->order, chunk) ||
	       search(ref, req, 1, false, chunk);
}

unsigned long ref_heap_count(const struct ref_heap *ref, enum ref_state state)
{
	unsigned long i, nr = 0;

	for (i = 0; i < ref->nr; i++)
		nr += ref->state[i] == state;
	return nr;
}

/* The last 2^@order frames of their chunk leave it. */
void ref_heap_take(struct ref_heap *ref, unsigned long mfn, unsigned int order)
{
	unsigned int o = ref_heap_chunk(ref, mfn).order;
	unsigned long start = mfn & ~((1UL << o) - 1);

	for (; o-- > order; start += 1UL << o)
		if (suspect(ref, start, 1UL << o))
			ref->marked[start + (1UL << o) - ref->base] = true;
	memset(&ref->state[mfn - ref->base], REF_USED, 1UL << order);
	memset(&ref->marked[mfn - ref->base], false, 1UL << order);
}

void ref_heap_give(struct ref_heap *ref, unsigned long mfn, unsigned int order,
		   bool dirty)
{
	memset(&ref->state[mfn - ref->base], dirty ? REF_DIRTY : REF_CLEAN,
	       1UL << order);
}
