/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A naive heap to compare the real one with: one byte a frame, everything
 * found by looking at all of them.
 */
#ifndef REF_HEAP_H
#define REF_HEAP_H

#include <linux/types.h>

enum ref_state {
	REF_USED,
	REF_CLEAN,
	REF_DIRTY,
};

struct ref_heap {
	unsigned long base;
	unsigned long nr;
	unsigned int max_order;
	u8 *state;
};

bool ref_heap_block_free(const struct ref_heap *ref, unsigned long mfn,
			 unsigned int order);
unsigned int ref_heap_chunk_order(const struct ref_heap *ref,
				  unsigned long mfn);
bool ref_heap_chunk_dirty(const struct ref_heap *ref, unsigned long mfn);
int ref_heap_smallest(const struct ref_heap *ref, unsigned int order,
		      bool clean);
unsigned long ref_heap_count(const struct ref_heap *ref, enum ref_state state);
void ref_heap_set(struct ref_heap *ref, unsigned long mfn, unsigned int order,
		  enum ref_state state);

#endif
