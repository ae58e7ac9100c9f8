// SPDX-License-Identifier: GPL-2.0
/*
 * The machine's free frames: a buddy allocator by node and address width, that
 * knows which frames still hold what their last owner left in them.
 *
 * A chunk knows from which of its frames on there may be something to scrub.
 * Dirty chunks wait at the tail of their list. What is handed out is always
 * scrubbed. heap-pick.c chooses; a chunk that is too large is halved, its upper
 * half is kept. The upper half of a chunk whose lower half is dirty counts as
 * dirty, too, as on Xen: nobody looks.
 *
 * Chunks merge neither across nodes nor across address widths. Frame 0 stays out
 * of the heap: with it a chunk could have addresses of several widths.
 *
 * Frames that domains have claimed are for them only; see claim.c.
 */
#include <linux/mm.h>
#include <memcore/kunit.h>
#include "heap.h"

/* A chunk with nothing to scrub. */
#define CLEAN	U32_MAX

static struct memcore_frame *frame_at(struct memcore_heap *heap,
				      struct mc_mfn mfn)
{
	return memcore_frame(heap->ft, mfn);
}

static struct memcore_zone *zone_of(struct memcore_heap *heap,
				    const struct memcore_frame *frame)
{
	struct mc_mfn mfn = memcore_frame_mfn(heap->ft, frame);

	return &heap->nodes[frame->node].zones[memcore_zone_of(mfn)];
}

static void chunk_insert(struct memcore_zone *zone, struct memcore_frame *head,
			 unsigned int order, u32 first_dirty)
{
	head->state = MC_FRAME_HEAD;
	head->order = order;
	head->first_dirty = first_dirty;
	zone->orders |= BIT(order);
	if (first_dirty == CLEAN) {
		zone->clean_orders |= BIT(order);
		list_add(&head->list, &zone->chunks[order]);
	} else {
		list_add_tail(&head->list, &zone->chunks[order]);
	}
}

static void chunk_remove(struct memcore_zone *zone, struct memcore_frame *head)
{
	unsigned int order = head->order;
	struct memcore_frame *first;

	list_del(&head->list);
	head->state = MC_FRAME_FREE;
	first = list_first_entry_or_null(&zone->chunks[order],
					 struct memcore_frame, list);
	if (!first)
		zone->orders &= ~BIT(order);
	/* Clean ones are first: one look tells. */
	if (!first || first->first_dirty != CLEAN)
		zone->clean_orders &= ~BIT(order);
}

/* The lower half goes back. Return: the upper one, out of the lists. */
static struct memcore_frame *chunk_halve(struct memcore_zone *zone,
					 struct memcore_frame *head)
{
	u32 half = 1U << (head->order - 1), dirty = head->first_dirty;
	unsigned int order = head->order - 1;
	struct memcore_frame *upper = head + half;

	upper->order = order;
	upper->first_dirty = dirty == CLEAN ? CLEAN :
			     dirty < half ? 0 : dirty - half;
	chunk_insert(zone, head, order, dirty < half ? dirty : CLEAN);
	return upper;
}

/* Return: how many frames there were to scrub. */
static unsigned long scrub(struct memcore_frame *head, unsigned long size)
{
	unsigned long nr = 0, i;

	for (i = head->first_dirty; i < size; i++) {
		nr += head[i].need_scrub;
		head[i].need_scrub = false;
	}
	return nr;
}

static void count_free(struct memcore_heap *heap, struct memcore_frame *head,
		       long nr)
{
	struct memcore_node *node = &heap->nodes[head->node];
	struct memcore_zone *zone = zone_of(heap, head);
	u64 bit = BIT_ULL(zone - node->zones);

	heap->free_frames += nr;
	node->free += nr;
	zone->free += nr;
	node->zones_free = zone->free ? node->zones_free | bit :
					node->zones_free & ~bit;
}

static struct memcore_frame *take(struct memcore_heap *heap,
				  struct memcore_frame *head,
				  unsigned int order)
{
	struct memcore_zone *zone = zone_of(heap, head);
	unsigned long size = 1UL << order, nr, i;

	chunk_remove(zone, head);
	while (head->order > order)
		head = chunk_halve(zone, head);
	nr = scrub(head, size);
	heap->scrubbed += nr;
	heap->nodes[head->node].dirty -= nr;
	for (i = 0; i < size; i++)
		head[i].state = MC_FRAME_USED;
	count_free(heap, head, -size);
	return head;
}

/* May this request be served, or are the frames somebody else's? */
static bool has_room(const struct memcore_heap *heap,
		     const struct memcore_heap_request *req)
{
	unsigned long size = 1UL << req->order;

	if (heap->free_frames < size ||
	    heap->free_frames - size < heap->withheld)
		return false;
	if (heap->free_frames - size >= heap->claimed)
		return true;
	return !req->unclaimed && req->user && req->user->claimed >= size;
}

/* Return: the widest zone that the request may be served from. */
static unsigned int widest_zone(const struct memcore_heap_request *req)
{
	unsigned int bits = req->address_bits ?: UINT_MAX;

	if (req->user && req->user->address_bits)
		bits = min(bits, req->user->address_bits);
	return memcore_bits_to_zone(bits);
}

static struct memcore_frame *alloc_locked(struct memcore_heap *heap,
					  const struct memcore_heap_request *req)
{
	unsigned int zone_hi = widest_zone(req);
	struct memcore_frame *head = NULL;

	if (!has_room(heap, req))
		return NULL;
	if (heap->dma_zone && heap->dma_zone < zone_hi)
		head = memcore_heap_pick(heap, req, heap->dma_zone + 1,
					 zone_hi);
	if (!head)
		head = memcore_heap_pick(heap, req, 1, zone_hi);
	if (!head)
		return NULL;
	head = take(heap, head, req->order);
	if (req->user)
		req->user->last_node = head->node;
	return head;
}

/**
 * memcore_heap_request() - take a chunk of a certain kind
 * @heap: the heap
 * @req: what is wanted, and for whom
 *
 * Return: the first frame of 2^@req->order scrubbed ones, aligned to their
 * number, or MC_INVALID.
 */
struct mc_mfn memcore_heap_request(struct memcore_heap *heap,
				   const struct memcore_heap_request *req)
{
	struct memcore_frame *head;
	unsigned long flags;

	if (req->order > MC_MAX_ORDER)
		return mc_mfn(MC_INVALID);
	spin_lock_irqsave(&heap->lock, flags);
	head = alloc_locked(heap, req);
	spin_unlock_irqrestore(&heap->lock, flags);
	return head ? memcore_frame_mfn(heap->ft, head) : mc_mfn(MC_INVALID);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_request);

/**
 * memcore_heap_alloc() - take a chunk for the hypervisor itself
 * @heap: the heap
 * @order: its size, up to MC_MAX_ORDER
 *
 * Return: the first frame of 2^@order scrubbed ones, aligned to their number,
 * or MC_INVALID.
 */
struct mc_mfn memcore_heap_alloc(struct memcore_heap *heap, unsigned int order)
{
	const struct memcore_heap_request req = {
		.order = order,
		.node = MC_NO_NODE,
	};

	return memcore_heap_request(heap, &req);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_alloc);

/* The free chunk of @order that together with @mfn makes one of the next. */
static struct memcore_frame *buddy_of(struct memcore_heap *heap,
				      struct mc_mfn mfn, unsigned int order)
{
	struct mc_mfn other = mc_mfn(mfn.nr ^ (1UL << order));
	struct memcore_frame *buddy = frame_at(heap, other);

	if (!buddy || buddy->state != MC_FRAME_HEAD || buddy->order != order ||
	    buddy->node != frame_at(heap, mfn)->node)
		return NULL;
	return buddy;
}

static u32 merged_dirty(u32 lower, u32 upper, unsigned int order)
{
	if (lower != CLEAN || upper == CLEAN)
		return lower;
	return upper + (1U << order);
}

static void merge_and_insert(struct memcore_heap *heap, struct mc_mfn mfn,
			     unsigned int order, u32 dirty)
{
	struct memcore_zone *zone = zone_of(heap, frame_at(heap, mfn));
	struct memcore_frame *buddy;

	while (order < MC_MAX_ORDER) {
		buddy = buddy_of(heap, mfn, order);
		if (!buddy)
			break;
		chunk_remove(zone, buddy);
		if (mfn.nr & (1UL << order))
			dirty = merged_dirty(buddy->first_dirty, dirty, order);
		else
			dirty = merged_dirty(dirty, buddy->first_dirty, order);
		mfn.nr &= ~(1UL << order);
		order++;
	}
	chunk_insert(zone, frame_at(heap, mfn), order, dirty);
}

static void free_locked(struct memcore_heap *heap, struct mc_mfn mfn,
			unsigned int order, bool dirty)
{
	struct memcore_frame *frame = frame_at(heap, mfn);
	unsigned long size = 1UL << order, i;

	for (i = 0; i < size; i++) {
		frame[i].state = MC_FRAME_FREE;
		frame[i].need_scrub = dirty;
	}
	count_free(heap, frame, size);
	if (dirty)
		heap->nodes[frame->node].dirty += size;
	merge_and_insert(heap, mfn, order, dirty ? 0 : CLEAN);
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
	unsigned long flags;

	spin_lock_irqsave(&heap->lock, flags);
	free_locked(heap, mfn, order, dirty);
	spin_unlock_irqrestore(&heap->lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_free);

/* The largest chunk that may start at @mfn and has at most @nr frames. */
static unsigned int largest_order(struct mc_mfn mfn, unsigned long nr)
{
	unsigned int order = min_t(unsigned int, fls_long(nr) - 1,
				   MC_MAX_ORDER);

	return min_t(unsigned int, order, __ffs(mfn.nr));
}

/* Frames of @mfn's node from there on. */
static unsigned long left_of_node(struct memcore_heap *heap, struct mc_mfn mfn)
{
	const struct memcore_node *node;

	node = &heap->nodes[frame_at(heap, mfn)->node];
	return node->start.nr + node->nr - mfn.nr;
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

	if (!mfn.nr && nr) {
		mfn = mc_mfn_add(mfn, 1);
		nr--;
	}
	while (nr) {
		order = largest_order(mfn, min(nr, left_of_node(heap, mfn)));
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

static unsigned long free_of_node(const struct memcore_node *node,
				  unsigned int zone_lo, unsigned int zone_hi)
{
	unsigned long nr = 0;
	unsigned int z;

	for (z = zone_lo; z <= zone_hi; z++)
		nr += READ_ONCE(node->zones[z].free);
	return nr;
}

/**
 * memcore_heap_free_of() - how many frames are free somewhere
 * @heap: the heap
 * @node: in this node; all nodes if it is MC_NO_NODE
 * @zone_lo: from this address width on
 * @zone_hi: up to this one
 *
 * Return: their number, 0 for a node that is not there.
 */
unsigned long memcore_heap_free_of(struct memcore_heap *heap, unsigned int node,
				   unsigned int zone_lo, unsigned int zone_hi)
{
	unsigned long nr = 0;
	unsigned int n;

	for (n = 0; n < heap->nr_nodes; n++)
		if (node == MC_NO_NODE || n == node)
			nr += free_of_node(&heap->nodes[n], zone_lo, zone_hi);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_free_of);

static int zones_init(struct memcore_node *node)
{
	unsigned int z, order;

	node->zones = kvcalloc(MC_NR_ZONES, sizeof(*node->zones), GFP_KERNEL);
	if (!node->zones)
		return -ENOMEM;
	for (z = 0; z < MC_NR_ZONES; z++)
		for (order = 0; order <= MC_MAX_ORDER; order++)
			INIT_LIST_HEAD(&node->zones[z].chunks[order]);
	return 0;
}

static int node_init(struct memcore_heap *heap, unsigned int n,
		     struct mc_mfn start, unsigned long nr)
{
	struct memcore_frame *frame = frame_at(heap, start);
	unsigned long i;

	heap->nodes[n].start = start;
	heap->nodes[n].nr = nr;
	for (i = 0; i < nr; i++)
		frame[i].node = n;
	heap->online |= BIT_ULL(n);
	heap->nr_nodes = n + 1;
	return zones_init(&heap->nodes[n]);
}

/*
 * A machine with nodes keeps what has addresses of up to 32 bits, or a quarter
 * of its first node if that is less, for those who ask for it.
 */
static unsigned int find_dma_zone(const struct memcore_heap *heap)
{
	const struct memcore_node *node = &heap->nodes[0];

	if (heap->nr_nodes == 1 || node->start.nr >> (32 - PAGE_SHIFT))
		return 0;
	return memcore_bits_to_zone(min(fls_long(node->start.nr +
						 node->nr / 4 - 1) +
					PAGE_SHIFT, 32U));
}

/**
 * memcore_heap_init() - make an empty heap
 * @heap: the heap
 * @ft: the frames that will be added to it
 * @numa: nodes of the machine; NULL for a single one
 *
 * Return: 0, -EINVAL if these are not the nodes of such a machine, or -ENOMEM;
 * memcore_heap_destroy() is needed in any case.
 */
int memcore_heap_init(struct memcore_heap *heap, struct memcore_frametable *ft,
		      const struct memcore_numa *numa)
{
	struct mc_mfn start = ft->base;
	unsigned int n;
	int err = 0;

	memset(heap, 0, sizeof(*heap));
	spin_lock_init(&heap->lock);
	heap->ft = ft;
	if (!numa)
		return node_init(heap, 0, start, ft->nr);
	if (memcore_numa_check(numa, ft->nr))
		return -EINVAL;
	for (n = 0; n < numa->nr && !err; n++) {
		err = node_init(heap, n, start, numa->frames[n]);
		start = mc_mfn_add(start, numa->frames[n]);
	}
	heap->dma_zone = find_dma_zone(heap);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_init);

/**
 * memcore_heap_destroy() - give back what memcore_heap_init() took
 * @heap: the heap, or zeros
 */
void memcore_heap_destroy(struct memcore_heap *heap)
{
	unsigned int n;

	for (n = 0; n < heap->nr_nodes; n++)
		kvfree(heap->nodes[n].zones);
	memset(heap, 0, sizeof(*heap));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_heap_destroy);
