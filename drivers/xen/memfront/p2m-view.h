/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The linear view of a P2M tree, for Xen's tools.
 */
#ifndef _MEMFRONT_P2M_VIEW_H
#define _MEMFRONT_P2M_VIEW_H

#include <linux/mm_types.h>

#include <memfront/frame.h>

#include "p2m.h"

/* A root slot of its own, beside those of the direct map and of the windows. */
#define P2M_VIEW_VA	0xffffd10000000000UL

/**
 * struct p2m_view - page tables that show the leaves one after the other
 * @l3:		the table of 512 GiB that is linked to the guest's root
 * @l2:		one table is enough: it spans all that the frame list can
 * @l1:		a table for each mid page of the frame list
 * @root_entry: the entry of the guest's root table
 */
struct p2m_view {
	struct page *l3;
	struct page *l2;
	struct page *l1[P2M_LEAF_ENTRIES];
	struct mf_maddr root_entry;
};

struct p2m_view *p2m_view_create(struct mf_pfn root);
void p2m_view_destroy(struct p2m_view *view);
int p2m_view_add_mid(struct p2m_view *view, unsigned int mid,
		     const unsigned long *mfns);
void p2m_view_drop_mid(struct p2m_view *view, unsigned int mid);
int p2m_view_set_leaf(struct p2m_view *view, unsigned long leaf,
		      struct mf_mfn mfn);

#endif /* _MEMFRONT_P2M_VIEW_H */
