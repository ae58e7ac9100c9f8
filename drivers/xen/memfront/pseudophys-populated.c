// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that have RAM, of an alignment that may be more than their number needs.
 * They are the kernel's, whose page allocator has whole blocks to give.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include <memfront/pseudophys.h>

#include "inject.h"

/* Never worth an OOM kill: whoever wants so much together can do with less. */
#define GFP_POPULATED	(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY)

static bool is_possible(unsigned int order, unsigned int align_order, int node)
{
	return align_order >= order &&
	       align_order <= MEMFRONT_PSEUDOPHYS_MAX_ORDER &&
	       (node == NUMA_NO_NODE ||
		(node >= 0 && node < MAX_NUMNODES && node_online(node)));
}

static void free_run(struct page *page, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		__free_page(page + i);
}

/**
 * memfront_pseudophys_alloc_populated - get a block of frames with RAM
 * @user:	who gets them
 * @order:	log2 of the frames
 * @align_order: log2 of the frames that the first is aligned to: @order to
 *		MEMFRONT_PSEUDOPHYS_MAX_ORDER
 * @node:	the NUMA node that all of them are of; NUMA_NO_NODE: any
 * @pfn:	set to the first
 *
 * Each page has a reference of its own. What is in them is not zeroed. They are
 * neighbours in the guest's memory; whether in the machine's is up to Xen.
 *
 * Context: may sleep; may reclaim and compact, never kills.
 * Return: 0; -EINVAL for what is no request, or a node that is not there;
 * -ENOMEM.
 */
int memfront_pseudophys_alloc_populated(struct memfront_pseudophys_user *user,
					unsigned int order,
					unsigned int align_order, int node,
					struct mf_pfn *pfn)
{
	gfp_t gfp = GFP_POPULATED | (node == NUMA_NO_NODE ? 0 : __GFP_THISNODE);
	struct page *page = NULL;

	if (!is_possible(order, align_order, node))
		return -EINVAL;
	if (!memfront_should_fail())
		page = alloc_pages_node(node, gfp, align_order);
	if (!page)
		return -ENOMEM;
	split_page(page, align_order);
	free_run(page + (1UL << order), (1UL << align_order) - (1UL << order));
	atomic_long_add(1L << order, &user->frames);
	*pfn = mf_page_pfn(page);
	return 0;
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_alloc_populated);

/**
 * memfront_pseudophys_free_populated - give a block of frames with RAM back
 * @user:	who had them
 * @pfn:	the first
 * @order:	as they were got
 *
 * Context: any.
 */
void memfront_pseudophys_free_populated(struct memfront_pseudophys_user *user,
					struct mf_pfn pfn, unsigned int order)
{
	free_run(mf_pfn_page(pfn), 1UL << order);
	atomic_long_sub(1L << order, &user->frames);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_free_populated);
