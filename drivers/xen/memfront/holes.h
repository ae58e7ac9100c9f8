/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The balloon's holes as pseudo-physical frames for others to use.
 */
#ifndef _MEMFRONT_HOLES_H
#define _MEMFRONT_HOLES_H

#include <linux/types.h>

#include <memfront/frame.h>

/**
 * struct hole_lender - who has holes to lend
 * @any:	a glance: may there be one to lend?
 * @lend:	lends runs of holes, at most @nr of 1 << @order pages, naturally
 *		aligned; @whole: also of 2 MiB blocks that are one hole; returns
 *		how many
 * @take_back:	takes runs back, behind which nothing is; returns how many of
 *		them were lent
 *
 * The others may sleep.
 */
struct hole_lender {
	bool (*any)(void);
	unsigned int (*lend)(struct mf_pfn *pfns, unsigned int nr,
			     unsigned int order, bool whole);
	unsigned int (*take_back)(const struct mf_pfn *pfns, unsigned int nr,
				  unsigned int order);
};

extern const struct hole_lender balloon_holes;

#endif /* _MEMFRONT_HOLES_H */
