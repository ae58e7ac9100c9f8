/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of the guest's pseudo-physical memory: such that have no RAM behind
 * them, for frames of other domains to be put there, and such that have.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_H
#define _MEMFRONT_PSEUDOPHYS_H

#include <linux/atomic.h>
#include <linux/list.h>

#include <memfront/frame.h>

struct page;

/* log2 of the largest block of frames that is handed out. */
#define MEMFRONT_PSEUDOPHYS_MAX_ORDER	MEMFRONT_SUPER_ORDER

/**
 * struct memfront_pseudophys_user - who has frames, as users of debugfs see it
 * @name:	what to call it there
 * @frames:	how many it has; maintained by the allocator
 * @node:	private
 */
struct memfront_pseudophys_user {
	const char *name;
	atomic_long_t frames;
	struct list_head node;
};

void memfront_pseudophys_register(struct memfront_pseudophys_user *user);
long memfront_pseudophys_unregister(struct memfront_pseudophys_user *user);

int memfront_pseudophys_alloc(struct memfront_pseudophys_user *user,
			      unsigned int order, struct mf_pfn *pfn);
void memfront_pseudophys_free(struct memfront_pseudophys_user *user,
			      struct mf_pfn pfn, unsigned int order);
int memfront_pseudophys_alloc_frames(struct memfront_pseudophys_user *user,
				     unsigned int nr, struct mf_pfn *pfns);
void memfront_pseudophys_free_frames(struct memfront_pseudophys_user *user,
				     unsigned int nr,
				     const struct mf_pfn *pfns);
int memfront_pseudophys_alloc_pages(struct memfront_pseudophys_user *user,
				    unsigned int nr, struct page **pages);
void memfront_pseudophys_free_pages(struct memfront_pseudophys_user *user,
				    unsigned int nr, struct page **pages);

int memfront_pseudophys_alloc_populated(struct memfront_pseudophys_user *user,
					unsigned int order,
					unsigned int align_order, int node,
					struct mf_pfn *pfn);
int memfront_pseudophys_alloc_contiguous(struct memfront_pseudophys_user *user,
					 unsigned int order,
					 unsigned int width,
					 struct mf_pfn *pfn,
					 struct mf_mfn *mfn);
void memfront_pseudophys_free_populated(struct memfront_pseudophys_user *user,
					struct mf_pfn pfn, unsigned int order);
void memfront_pseudophys_free_contiguous(struct memfront_pseudophys_user *user,
					 struct mf_pfn pfn, unsigned int order);

#endif /* _MEMFRONT_PSEUDOPHYS_H */
