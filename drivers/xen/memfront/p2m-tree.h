/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The P2M that this module keeps for a kernel which the in-tree core made a PV
 * guest.
 */
#ifndef _MEMFRONT_P2M_TREE_H
#define _MEMFRONT_P2M_TREE_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

#include "p2m.h"

struct p2m_view;

/* Leaves below a mid page, and mid pages below the top page. */
#define P2M_MID_LEAVES	P2M_LEAF_ENTRIES
#define P2M_TOP_MIDS	P2M_LEAF_ENTRIES
#define P2M_MID_PFNS	(P2M_MID_LEAVES * P2M_LEAF_ENTRIES)
#define P2M_TREE_MAX	(P2M_TOP_MIDS * P2M_MID_PFNS)

/**
 * struct p2m_mid - 512 leaves
 * @leaf:	the leaves, one page of pointers; NULL where nothing is covered
 * @mfns:	the frame of each, for tools: the mid page of the frame list
 */
struct p2m_mid {
	unsigned long **leaf;
	unsigned long *mfns;
};

/**
 * struct p2m_tree - the P2M, as guest and tools see it
 * @lock:	a change of the tree's shape; may sleep
 * @write_lock:	writers of entries beyond the list, against changes of shape
 * @list:	the list that the guest was started with: its first leaves
 * @nr_list:	entries in it, whole leaves
 * @frames:	the list that has the frames of the tree's own pages
 * @nr_frames:	entries in it
 * @size:	entries that are covered, whole leaves
 * @mids:	what covers them
 * @missing:	the leaf of holes that is shared
 * @identity:	the leaf of identity entries that is shared; holes to a reader
 * @mid_missing: the mid page of the frame list that has only @missing
 * @top:	the top page of the frame list
 * @view:	the linear view; NULL before p2m_tree_map()
 * @shared:	what tools are told; on Xen a part of the shared info
 *
 * Readers take no lock: RCU keeps leaves and mids while they look.
 */
struct p2m_tree {
	struct mutex lock; /* the shape */
	spinlock_t write_lock; /* entries, against the shape */
	unsigned long *list;
	unsigned long nr_list;
	const unsigned long *frames;
	unsigned long nr_frames;
	unsigned long size;
	struct p2m_mid mids[P2M_TOP_MIDS];
	unsigned long *missing;
	unsigned long *identity;
	unsigned long *mid_missing;
	unsigned long *top;
	struct p2m_view *view;
	struct arch_shared_info shared;
};

extern const struct p2m_ops p2m_tree_ops;

struct p2m_tree *p2m_tree_create(unsigned long *list, unsigned long nr);
void p2m_tree_destroy(struct p2m_tree *tree);
int p2m_tree_map(struct p2m_tree *tree, struct mf_pfn root);
void p2m_tree_unmap(struct p2m_tree *tree);

#endif /* _MEMFRONT_P2M_TREE_H */
