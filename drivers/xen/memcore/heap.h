/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_HEAP_H
#define MEMCORE_HEAP_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include "frametable.h"
#include "numa.h"

#define MC_MAX_ORDER	18

/* One for each width that an address can have, up to 52 bits; 0 has none. */
#define MC_NR_ZONES	41

/**
 * struct memcore_zone - free frames of a node whose addresses have one width
 * @chunks: free chunks of each order, those with nothing to scrub first
 * @orders: a bit for each order that has chunks
 * @clean_orders: likewise, chunks with nothing to scrub
 * @free: frames in all of them
 */
struct memcore_zone {
	struct list_head chunks[MC_MAX_ORDER + 1];
	u32 orders;
	u32 clean_orders;
	unsigned long free;
};

/**
 * struct memcore_node - free frames of a node
 * @zones: by address width, MC_NR_ZONES of them
 * @zones_free: a bit for each zone that has frames
 * @start: the node's first frame
 * @nr: frames of the node, free or not
 * @free: free ones
 * @dirty: free ones that need scrubbing
 */
struct memcore_node {
	struct memcore_zone *zones;
	u64 zones_free;
	struct mc_mfn start;
	unsigned long nr;
	unsigned long free;
	unsigned long dirty;
};

/**
 * struct memcore_heap - the free frames of a machine
 * @lock: covers everything here and the heap's fields of the frame table;
 *        taken under a domain's lock
 * @ft: the frames
 * @nodes: by node and address width, @nr_nodes of them
 * @nr_nodes: their number, for good
 * @online: a bit for each node, for good
 * @dma_zone: the widest zone that is spared as long as others have memory, for
 *            good; 0: none
 * @free_frames: free frames of all nodes
 * @claimed: of these, set aside for domains that have claimed them
 * @withheld: frames that no allocation may have (fault injection)
 * @scrubbed: frames scrubbed when allocated, ever
 */
struct memcore_heap {
	spinlock_t lock; /* inside a domain's */
	struct memcore_frametable *ft;
	struct memcore_node nodes[MC_MAX_NODES];
	unsigned int nr_nodes;
	u64 online;
	unsigned int dma_zone;
	unsigned long free_frames;
	unsigned long claimed;
	unsigned long withheld;
	unsigned long scrubbed;
};

/**
 * struct memcore_heap_user - what the heap has to know of a domain
 * @affinity: a bit for each node that it would have frames of
 * @last_node: where its last ones came from
 * @address_bits: its frames must have no wider address; 0: any will do
 * @claimed: frames set aside for it (also under the heap's lock)
 *
 * Covered by the domain's lock.
 */
struct memcore_heap_user {
	u64 affinity;
	unsigned int last_node;
	unsigned int address_bits;
	unsigned long claimed;
};

/**
 * struct memcore_heap_request - which frames are wanted
 * @order: 2^@order of them, up to MC_MAX_ORDER
 * @address_bits: with no wider address; 0: any will do
 * @node: of this node if it has them, or MC_NO_NODE
 * @exact_node: of this node or none
 * @unclaimed: not of those that @user has claimed
 * @user: for whom, locked; NULL for the hypervisor itself
 */
struct memcore_heap_request {
	unsigned int order;
	unsigned int address_bits;
	unsigned int node;
	bool exact_node;
	bool unclaimed;
	struct memcore_heap_user *user;
};

/* The widest zone that has only addresses of up to @bits bits. */
static inline unsigned int memcore_bits_to_zone(unsigned int bits)
{
	return bits <= PAGE_SHIFT ? 1 : min(bits - PAGE_SHIFT,
					    MC_NR_ZONES - 1U);
}

static inline unsigned int memcore_zone_of(struct mc_mfn mfn)
{
	return max(fls_long(mfn.nr), 1U);
}

int memcore_heap_init(struct memcore_heap *heap, struct memcore_frametable *ft,
		      const struct memcore_numa *numa);
void memcore_heap_destroy(struct memcore_heap *heap);
void memcore_heap_add(struct memcore_heap *heap, struct mc_mfn mfn,
		      unsigned long nr);
struct mc_mfn memcore_heap_alloc(struct memcore_heap *heap, unsigned int order);
struct mc_mfn memcore_heap_request(struct memcore_heap *heap,
				   const struct memcore_heap_request *req);
void memcore_heap_free(struct memcore_heap *heap, struct mc_mfn mfn,
		       unsigned int order, bool dirty);
void memcore_heap_withhold(struct memcore_heap *heap, unsigned long frames);
unsigned long memcore_heap_free_of(struct memcore_heap *heap, unsigned int node,
				   unsigned int zone_lo, unsigned int zone_hi);

struct memcore_frame *memcore_heap_pick(struct memcore_heap *heap,
					const struct memcore_heap_request *req,
					unsigned int zone_lo,
					unsigned int zone_hi);

#endif
