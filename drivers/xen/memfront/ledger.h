/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ledger of holes: which pages of the guest have no frame behind them.
 */
#ifndef _MEMFRONT_LEDGER_H
#define _MEMFRONT_LEDGER_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/xarray.h>

#include <memfront/frame.h>

/* Partial blocks are sorted by how many holes they have. */
#define LEDGER_BUCKETS		8

/**
 * struct ledger_block - a 2 MiB block with holes
 * @index:	its number, pfn >> 9
 * @nr:		holes in it; 0 only while reserved
 * @nr_lent:	those of them that somebody has borrowed
 * @stubborn:	completing it was tried and failed since it last changed
 * @node:	in a list of the ledger by @nr; not in any while all holes are lent
 * @holes:	a set bit is a page without a frame of this guest's
 * @lent:	a set bit is a hole that is lent: it is still no page of the guest's,
 *		but nothing may be done with it until it is taken back
 */
struct ledger_block {
	unsigned long index;
	unsigned int nr;
	unsigned int nr_lent;
	bool stubborn;
	struct list_head node;
	DECLARE_BITMAP(holes, MEMFRONT_SUPER_PAGES);
	DECLARE_BITMAP(lent, MEMFRONT_SUPER_PAGES);
};

/**
 * struct ledger - all blocks with holes
 * @blocks:	struct ledger_block by number
 * @whole:	blocks that are one hole, of which nothing is lent
 * @partial:	the others, bucket i holding i * 64 < nr <= (i + 1) * 64
 * @nr_holes:	pages without a frame of this guest's
 * @nr_lent:	those of them that are lent
 * @nr_whole:	blocks in @whole
 *
 * The owner serialises all use.
 */
struct ledger {
	struct xarray blocks;
	struct list_head whole;
	struct list_head partial[LEDGER_BUCKETS];
	unsigned long nr_holes;
	unsigned long nr_lent;
	unsigned long nr_whole;
};

/** ledger_fillable - holes that are not lent, and so could be filled. */
static inline unsigned long ledger_fillable(const struct ledger *ledger)
{
	return ledger->nr_holes - ledger->nr_lent;
}

void ledger_init(struct ledger *ledger);
void ledger_destroy(struct ledger *ledger);

int ledger_reserve(struct ledger *ledger, struct mf_pfn pfn);
void ledger_unreserve(struct ledger *ledger, struct mf_pfn pfn);
void ledger_add(struct ledger *ledger, struct mf_pfn pfn, unsigned int order);
void ledger_del(struct ledger *ledger, struct mf_pfn pfn, unsigned int order);

bool ledger_has_any(struct ledger *ledger, struct mf_pfn first,
		    unsigned long nr);
void ledger_copy(struct ledger *ledger, unsigned long block,
		 unsigned long *holes);
unsigned int ledger_pick_whole(struct ledger *ledger, unsigned long *pfns,
			       unsigned int max);
unsigned int ledger_pick_single(struct ledger *ledger, unsigned long *pfns,
				unsigned int max);
struct ledger_block *ledger_fullest(struct ledger *ledger,
				    unsigned int min_holes,
				    unsigned int max_holes);
unsigned int ledger_lend(struct ledger *ledger, struct mf_pfn *pfns,
			 unsigned int max, unsigned int order, bool whole);
bool ledger_lend_block(struct ledger *ledger, struct mf_pfn pfn);
unsigned long ledger_fillable_in(struct ledger *ledger, struct mf_pfn first,
				 unsigned long nr);
bool ledger_is_lent(struct ledger *ledger, struct mf_pfn pfn,
		    unsigned int order);
bool ledger_take_back(struct ledger *ledger, struct mf_pfn pfn,
		      unsigned int order);
unsigned int ledger_runs(const struct ledger_block *block);

#endif /* _MEMFRONT_LEDGER_H */
