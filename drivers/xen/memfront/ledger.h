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
 * @stubborn:	completing it was tried and failed since it last changed
 * @node:	in a list of the ledger by @nr; not in any while @nr is 0
 * @holes:	a set bit is a page without a frame
 */
struct ledger_block {
	unsigned long index;
	unsigned int nr;
	bool stubborn;
	struct list_head node;
	DECLARE_BITMAP(holes, MEMFRONT_SUPER_PAGES);
};

/**
 * struct ledger - all blocks with holes
 * @blocks:	struct ledger_block by number
 * @whole:	blocks that are one hole
 * @partial:	the others, bucket i holding i * 64 < nr <= (i + 1) * 64
 * @nr_holes:	pages without a frame
 * @nr_whole:	blocks in @whole
 *
 * The owner serialises all use.
 */
struct ledger {
	struct xarray blocks;
	struct list_head whole;
	struct list_head partial[LEDGER_BUCKETS];
	unsigned long nr_holes;
	unsigned long nr_whole;
};

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
unsigned int ledger_runs(const struct ledger_block *block);

#endif /* _MEMFRONT_LEDGER_H */
