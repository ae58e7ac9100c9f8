/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pinning a tree of page tables that a PV guest has built in pages of its own:
 * from then on the hypervisor checks every change of it.
 */
#ifndef _MEMFRONT_PIN_H
#define _MEMFRONT_PIN_H

#include <linux/mm_types.h>

/**
 * struct memfront_tree - a tree of page tables
 * @level:	of the root, 1 to 4
 * @tables:	all of its tables, the root first, each page once. They are
 *		filled, with machine frames in their entries, before the tree
 *		is pinned; afterwards only the hypervisor can write them.
 * @nr:		how many
 */
struct memfront_tree {
	unsigned int level;
	struct page **tables;
	unsigned int nr;
};

int memfront_tree_pin(const struct memfront_tree *tree);
int memfront_tree_unpin(const struct memfront_tree *tree);

#endif /* _MEMFRONT_PIN_H */
