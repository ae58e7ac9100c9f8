// SPDX-License-Identifier: GPL-2.0
/*
 * The part of the audit that is about free frames: each is in one chunk, each
 * chunk in the list of its node, address width and size, and the sums are true.
 */
#include <linux/kernel.h>
#include "audit.h"
#include "machine.h"

static unsigned long mfn_of(struct memcore_audit *a,
			    const struct memcore_frame *frame)
{
	return memcore_frame_mfn(&a->machine->frames, frame).nr;
}

static bool in_chunk(struct memcore_audit *a, const struct memcore_frame *head,
		     unsigned long i)
{
	unsigned long mfn = mfn_of(a, head) + i;

	return memcore_frame(&a->machine->frames, mc_mfn(mfn)) &&
	       head[i].state == MC_FRAME_FREE && head[i].node == head->node &&
	       memcore_zone_of(mc_mfn(mfn)) ==
	       memcore_zone_of(mc_mfn(mfn_of(a, head)));
}

/* A chunk: all its frames are free and of one kind, the first ones are clean. */
static void audit_chunk(struct memcore_audit *a,
			const struct memcore_frame *head)
{
	unsigned long mfn = mfn_of(a, head), size = 1UL << head->order, i;

	if (mfn & (size - 1))
		memcore_audit_differ(a, "chunk %lu of order %u is misaligned",
				     mfn, head->order);
	for (i = 1; i < size; i++)
		if (!in_chunk(a, head, i)) {
			memcore_audit_differ(a,
					     "chunk %lu of order %u ends at %lu",
					     mfn, head->order, i);
			return;
		}
	for (i = 0; i < min_t(unsigned long, size, head->first_dirty); i++)
		if (head[i].need_scrub)
			memcore_audit_differ(a,
					     "chunk %lu is dirty at %lu, before %u",
					     mfn, i, head->first_dirty);
}

/* A list: heads of this size and zone only, clean ones first. */
static unsigned long audit_list(struct memcore_audit *a, unsigned int n,
				unsigned int z, unsigned int order)
{
	struct memcore_zone *zone = &a->machine->heap.nodes[n].zones[z];
	bool dirty = false, any_clean = false;
	struct memcore_frame *frame;
	unsigned long nr = 0;

	list_for_each_entry(frame, &zone->chunks[order], list) {
		bool clean = frame->first_dirty == U32_MAX;
		struct mc_mfn mfn = mc_mfn(mfn_of(a, frame));

		if (frame->state != MC_FRAME_HEAD || frame->order != order ||
		    frame->node != n || memcore_zone_of(mfn) != z)
			memcore_audit_differ(a, "list %u of %u/%u has frame %lu",
					     order, n, z, mfn.nr);
		if (dirty && clean)
			memcore_audit_differ(a,
					     "list %u has clean %lu behind dirty",
					     order, mfn.nr);
		dirty |= !clean;
		any_clean |= clean;
		nr++;
	}
	memcore_audit_expect(a, "order has chunks, bit", order,
			     !!(zone->orders & BIT(order)), nr != 0);
	memcore_audit_expect(a, "order has clean chunks, bit", order,
			     !!(zone->clean_orders & BIT(order)), any_clean);
	return nr;
}

/* Return: the number of chunks in its lists. */
static unsigned long audit_zone(struct memcore_audit *a, unsigned int n,
				unsigned int z)
{
	const struct memcore_node *node = &a->machine->heap.nodes[n];
	unsigned long nr, chunks = 0, frames = 0;
	unsigned int order;

	for (order = 0; order <= MC_MAX_ORDER; order++) {
		nr = audit_list(a, n, z, order);
		chunks += nr;
		frames += nr << order;
	}
	memcore_audit_expect(a, "free frames of zone", z, node->zones[z].free,
			     frames);
	memcore_audit_expect(a, "zone has frames, bit", z,
			     !!(node->zones_free & BIT_ULL(z)), frames != 0);
	return chunks;
}

/* Return: its free frames. */
static unsigned long audit_node(struct memcore_audit *a, unsigned int n)
{
	const struct memcore_node *node = &a->machine->heap.nodes[n];
	const struct memcore_frame *frame, *end;
	unsigned long nr_free = 0, dirty = 0, heads = 0, chunks = 0;
	unsigned int z;

	frame = memcore_frame(&a->machine->frames, node->start);
	for (end = frame + node->nr; frame < end; frame++) {
		if (frame->node != n)
			memcore_audit_differ(a, "frame %lu is of node %u",
					     mfn_of(a, frame), frame->node);
		nr_free += frame->state != MC_FRAME_USED;
		dirty += frame->need_scrub;
		heads += frame->state == MC_FRAME_HEAD;
		if (frame->state == MC_FRAME_HEAD)
			audit_chunk(a, frame);
	}
	for (z = 0; z < MC_NR_ZONES; z++)
		chunks += audit_zone(a, n, z);
	memcore_audit_expect(a, "chunks of node", n, chunks, heads);
	memcore_audit_expect(a, "free frames of node", n, node->free, nr_free);
	memcore_audit_expect(a, "dirty frames of node", n, node->dirty, dirty);
	return nr_free;
}

static void audit_claims(struct memcore_audit *a)
{
	unsigned long claimed = 0;
	struct memcore_domain *d;

	list_for_each_entry(d, &a->machine->domains, link)
		claimed += d->heap.claimed;
	memcore_audit_expect(a, "claimed frames of machine", 0,
			     a->machine->heap.claimed, claimed);
}

/**
 * memcore_audit_heap() - recompute everything about free frames
 * @a: the audit; all is locked
 */
void memcore_audit_heap(struct memcore_audit *a)
{
	unsigned long nr_free = 0, covered;
	unsigned int n;

	for (n = 0; n < a->machine->heap.nr_nodes; n++)
		nr_free += audit_node(a, n);
	memcore_audit_expect(a, "free frames of machine", 0,
			     a->machine->heap.free_frames, nr_free);
	covered = memcore_heap_free_of(&a->machine->heap, MC_NO_NODE, 0,
				       MC_NR_ZONES - 1);
	memcore_audit_expect(a, "frames in chunks of machine", 0, covered,
			     nr_free);
	audit_claims(a);
}
