// SPDX-License-Identifier: GPL-2.0
/*
 * Which free chunk a request gets: the choice of node, address width and size.
 *
 * A request without a node goes on where the domain's last one was served, to
 * the next node that it has an affinity to, then to the others. In a node wide
 * addresses go first, so that those who need narrow ones find some. A large
 * request takes a clean chunk of any size, at any node it may go to, before a
 * dirty one; a single frame takes the first of the smallest chunks, clean or
 * not: scrubbing one frame costs less than breaking a larger chunk.
 *
 * Nothing here looks at more than the head of a list.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include "heap.h"

/* Nodes in the order that they are tried. */
struct walk {
	u64 mask;
	unsigned int node;
	unsigned int first;
	bool others;
};

/* The first node of @mask behind @node, or its first. */
static unsigned int cycle(unsigned int node, u64 mask)
{
	u64 behind = mask & ~GENMASK_ULL(node, 0);

	return __ffs64(behind ?: mask);
}

static void walk_start(struct walk *w, const struct memcore_heap *heap,
		       const struct memcore_heap_request *req)
{
	const struct memcore_heap_user *user = req->user;

	w->mask = heap->online;
	w->node = req->node;
	w->others = false;
	if (user && heap->online & user->affinity)
		w->mask &= user->affinity;
	if (w->node == MC_NO_NODE)
		w->node = user ? cycle(user->last_node, w->mask) : 0;
	w->first = w->node;
}

/* What the domain has no affinity to, if there is any. */
static bool walk_others(struct walk *w, const struct memcore_heap *heap)
{
	if (w->others)
		return false;
	w->others = true;
	w->mask = heap->online & ~w->mask;
	if (!w->mask)
		return false;
	w->node = __ffs64(w->mask);
	w->first = w->node;
	return true;
}

static bool walk_next(struct walk *w, const struct memcore_heap *heap)
{
	/* Only the very first can be outside, as the caller's wish. */
	if (!(w->mask & BIT_ULL(w->node))) {
		w->node = __ffs64(w->mask);
		w->first = w->node;
		return true;
	}
	w->node = cycle(w->node, w->mask);
	return w->node != w->first || walk_others(w, heap);
}

static struct memcore_frame *pick_in_zone(struct memcore_zone *zone,
					  unsigned int order, bool dirty_ok)
{
	u32 orders = (dirty_ok ? zone->orders : zone->clean_orders) &
		     ~(BIT(order) - 1);

	if (!orders)
		return NULL;
	return list_first_entry(&zone->chunks[__ffs(orders)],
				struct memcore_frame, list);
}

static struct memcore_frame *pick_in_node(struct memcore_node *node,
					  u64 zones, unsigned int order,
					  bool dirty_ok)
{
	struct memcore_frame *head = NULL;
	unsigned int z;

	for (zones &= node->zones_free; zones && !head; zones ^= BIT_ULL(z)) {
		z = fls64(zones) - 1;
		head = pick_in_zone(&node->zones[z], order, dirty_ok);
	}
	return head;
}

static struct memcore_frame *pick(struct memcore_heap *heap,
				  const struct memcore_heap_request *req,
				  u64 zones, bool dirty_ok)
{
	struct memcore_frame *head = NULL;
	struct walk w;

	walk_start(&w, heap, req);
	do {
		if (w.node < heap->nr_nodes)
			head = pick_in_node(&heap->nodes[w.node], zones,
					    req->order, dirty_ok);
	} while (!head && !req->exact_node && walk_next(&w, heap));
	return head;
}

/**
 * memcore_heap_pick() - choose a chunk
 * @heap: the heap, locked
 * @req: what is wanted
 * @zone_lo: the narrowest addresses that will do
 * @zone_hi: the widest
 *
 * Return: the first frame of a chunk of at least the order wanted, still free,
 * or NULL.
 */
struct memcore_frame *memcore_heap_pick(struct memcore_heap *heap,
					const struct memcore_heap_request *req,
					unsigned int zone_lo,
					unsigned int zone_hi)
{
	u64 zones = GENMASK_ULL(zone_hi, zone_lo);
	struct memcore_frame *head = pick(heap, req, zones, !req->order);

	if (!head && req->order)
		head = pick(heap, req, zones, true);
	return head;
}
