/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A naive heap to compare the real one with: one byte a frame, everything
 * found by looking at all of them.
 */
#ifndef REF_HEAP_H
#define REF_HEAP_H

#include <linux/types.h>

#define REF_NODES	8

/* No node in particular. */
#define REF_NO_NODE	255

enum ref_state {
	REF_USED,
	REF_CLEAN,
	REF_DIRTY,
};

/**
 * struct ref_heap - the naive heap
 * @base: number of its first frame
 * @nr: number of frames
 * @max_order: of the largest chunk
 * @nr_nodes: number of nodes
 * @node_end: where each ends
 * @dma_zone: addresses up to this width are spared; 0: none
 * @claimed: frames that are set aside
 * @state: of each frame
 * @marked: of each frame: a chunk was split there whose lower part was dirty
 */
struct ref_heap {
	unsigned long base;
	unsigned long nr;
	unsigned int max_order;
	unsigned int nr_nodes;
	unsigned long node_end[REF_NODES];
	unsigned int dma_zone;
	unsigned long claimed;
	u8 *state;
	u8 *marked;
};

/**
 * struct ref_request - what is asked of it
 * @order: 2^@order frames
 * @zone_hi: of addresses up to this width
 * @node: a node, or REF_NO_NODE
 * @exact: that one or none
 * @affinity: nodes that come first
 * @last: the node that served last
 * @own_claim: how much of what is set aside is the asker's
 */
struct ref_request {
	unsigned int order;
	unsigned int zone_hi;
	unsigned int node;
	bool exact;
	u64 affinity;
	unsigned int last;
	unsigned long own_claim;
};

/**
 * struct ref_chunk - a kind of chunk
 * @node: where
 * @zone: the width of its addresses
 * @order: its size
 * @clean: nothing in it may need scrubbing
 */
struct ref_chunk {
	unsigned int node;
	unsigned int zone;
	unsigned int order;
	bool clean;
};

bool ref_heap_block_free(const struct ref_heap *ref, unsigned long mfn,
			 unsigned int order);
struct ref_chunk ref_heap_chunk(const struct ref_heap *ref, unsigned long mfn);
bool ref_heap_expect(const struct ref_heap *ref, const struct ref_request *req,
		     struct ref_chunk *chunk);
unsigned long ref_heap_count(const struct ref_heap *ref, enum ref_state state);
void ref_heap_take(struct ref_heap *ref, unsigned long mfn,
		   unsigned int order);
void ref_heap_give(struct ref_heap *ref, unsigned long mfn, unsigned int order,
		   bool dirty);

#endif
