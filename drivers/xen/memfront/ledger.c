// SPDX-License-Identifier: GPL-2.0
/*
 * Holes are kept by 2 MiB block, so that memory comes back a block at a time
 * wherever a block is whole, and so that single pages are taken from the
 * blocks with the fewest holes, which are the nearest to being healed.
 *
 * Holes may be lent, to put something else behind their pages. Those come from
 * the blocks with the most holes, which are the farthest from it.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/slab.h>

#include <memfront/kunit.h>

#include "inject.h"
#include "ledger.h"

#define BUCKET_HOLES	(MEMFRONT_SUPER_PAGES / LEDGER_BUCKETS)

static unsigned int pfn_offset(struct mf_pfn pfn)
{
	return pfn.nr & (MEMFRONT_SUPER_PAGES - 1);
}

static struct ledger_block *find_block(struct ledger *ledger,
				       struct mf_pfn pfn)
{
	return xa_load(&ledger->blocks, mf_pfn_block(pfn));
}

static bool is_whole(const struct ledger_block *block)
{
	return block->nr == MEMFRONT_SUPER_PAGES && !block->nr_lent;
}

/* NULL: nothing of it may be named. */
static struct list_head *list_for(struct ledger *ledger,
				  const struct ledger_block *block)
{
	if (block->nr == block->nr_lent)
		return NULL;
	if (is_whole(block))
		return &ledger->whole;
	return &ledger->partial[(block->nr - 1) / BUCKET_HOLES];
}

static void forget_block(struct ledger *ledger, struct ledger_block *block)
{
	xa_erase(&ledger->blocks, block->index);
	kfree(block);
}

/* Account a change in the numbers of holes and file the block by them. */
static void refile(struct ledger *ledger, struct ledger_block *block,
		   unsigned int nr, unsigned int nr_lent)
{
	struct list_head *list;

	ledger->nr_whole -= is_whole(block);
	ledger->nr_holes += (long)nr - (long)block->nr;
	ledger->nr_lent += (long)nr_lent - (long)block->nr_lent;

	block->nr = nr;
	block->nr_lent = nr_lent;
	block->stubborn = false;
	ledger->nr_whole += is_whole(block);
	list = list_for(ledger, block);
	if (list)
		list_move(&block->node, list);
	else
		list_del_init(&block->node);
}

/**
 * ledger_init - make an empty ledger
 * @ledger: the memory for it
 */
void ledger_init(struct ledger *ledger)
{
	unsigned int i;

	xa_init(&ledger->blocks);
	INIT_LIST_HEAD(&ledger->whole);
	for (i = 0; i < LEDGER_BUCKETS; i++)
		INIT_LIST_HEAD(&ledger->partial[i]);
	ledger->nr_holes = 0;
	ledger->nr_lent = 0;
	ledger->nr_whole = 0;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_init);

/**
 * ledger_destroy - free the ledger's own memory; the pages are not touched
 * @ledger: the ledger
 */
void ledger_destroy(struct ledger *ledger)
{
	struct ledger_block *block;
	unsigned long index;

	xa_for_each(&ledger->blocks, index, block)
		kfree(block);
	xa_destroy(&ledger->blocks);
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_destroy);

/**
 * ledger_reserve - make sure that ledger_add() of @pfn will find its room
 * @ledger:	the ledger
 * @pfn:	any pfn of the 2 MiB block
 *
 * Return: 0 or -ENOMEM.
 */
int ledger_reserve(struct ledger *ledger, struct mf_pfn pfn)
{
	struct ledger_block *block;
	int ret;

	if (find_block(ledger, pfn))
		return 0;
	if (memfront_should_fail())
		return -ENOMEM;

	block = kzalloc(sizeof(*block), GFP_KERNEL | __GFP_NOWARN);
	if (!block)
		return -ENOMEM;
	block->index = mf_pfn_block(pfn);
	INIT_LIST_HEAD(&block->node);

	ret = xa_err(xa_store(&ledger->blocks, block->index, block,
			      GFP_KERNEL | __GFP_NOWARN));
	if (ret)
		kfree(block);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_reserve);

/**
 * ledger_unreserve - drop the room for a block that stayed without holes
 * @ledger:	the ledger
 * @pfn:	any pfn of the block; harmless if the block has holes or no room
 */
void ledger_unreserve(struct ledger *ledger, struct mf_pfn pfn)
{
	struct ledger_block *block = find_block(ledger, pfn);

	if (block && !block->nr)
		forget_block(ledger, block);
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_unreserve);

/**
 * ledger_add - enter new holes; cannot fail
 * @ledger:	the ledger
 * @pfn:	first page, naturally aligned; its block has been reserved, and
 *		none of the pages is a hole yet
 * @order:	log2 of the pages, at most MEMFRONT_SUPER_ORDER
 */
void ledger_add(struct ledger *ledger, struct mf_pfn pfn, unsigned int order)
{
	struct ledger_block *block = find_block(ledger, pfn);

	bitmap_set(block->holes, pfn_offset(pfn), 1U << order);
	refile(ledger, block, block->nr + (1U << order), block->nr_lent);
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_add);

/**
 * ledger_del - strike out holes that have been filled; cannot fail
 * @ledger:	the ledger
 * @pfn:	first page, naturally aligned; all of them are holes, none is lent
 * @order:	log2 of the pages, at most MEMFRONT_SUPER_ORDER
 */
void ledger_del(struct ledger *ledger, struct mf_pfn pfn, unsigned int order)
{
	struct ledger_block *block = find_block(ledger, pfn);

	bitmap_clear(block->holes, pfn_offset(pfn), 1U << order);
	refile(ledger, block, block->nr - (1U << order), block->nr_lent);
	if (!block->nr)
		forget_block(ledger, block);
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_del);

/**
 * ledger_has_any - is there a hole in a range?
 * @ledger:	the ledger
 * @first:	first pfn of the range
 * @nr:		pages in it
 */
bool ledger_has_any(struct ledger *ledger, struct mf_pfn first,
		    unsigned long nr)
{
	unsigned long end = first.nr + nr;
	struct ledger_block *block;
	unsigned long index, from, to;

	xa_for_each_range(&ledger->blocks, index, block, mf_pfn_block(first),
			  mf_pfn_block(mf_pfn(end - 1))) {
		unsigned long base = mf_block_pfn(index).nr;

		from = max(first.nr, base) - base;
		to = min(end - base, MEMFRONT_SUPER_PAGES);
		if (find_next_bit(block->holes, to, from) < to)
			return true;
	}
	return false;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_has_any);

/**
 * ledger_copy - the holes of a 2 MiB block
 * @ledger:	the ledger
 * @block:	number of the block
 * @holes:	gets a bit for each page, set for a hole
 */
void ledger_copy(struct ledger *ledger, unsigned long block,
		 unsigned long *holes)
{
	struct ledger_block *found = xa_load(&ledger->blocks, block);

	if (found)
		bitmap_copy(holes, found->holes, MEMFRONT_SUPER_PAGES);
	else
		bitmap_zero(holes, MEMFRONT_SUPER_PAGES);
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_copy);

/**
 * ledger_pick_whole - name blocks that are one hole
 * @ledger:	the ledger, not changed
 * @pfns:	gets the first pfn of each
 * @max:	room in @pfns
 *
 * Return: how many were named.
 */
unsigned int ledger_pick_whole(struct ledger *ledger, unsigned long *pfns,
			       unsigned int max)
{
	struct ledger_block *block;
	unsigned int nr = 0;

	list_for_each_entry(block, &ledger->whole, node) {
		if (nr == max)
			break;
		pfns[nr++] = mf_block_pfn(block->index).nr;
	}
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_pick_whole);

static unsigned int pick_from(const struct ledger_block *block,
			      unsigned long *pfns, unsigned int max)
{
	unsigned long base = mf_block_pfn(block->index).nr;
	unsigned int nr = 0;
	unsigned int bit;

	for_each_set_bit(bit, block->holes, MEMFRONT_SUPER_PAGES) {
		if (nr == max)
			break;
		if (!test_bit(bit, block->lent))
			pfns[nr++] = base + bit;
	}
	return nr;
}

/**
 * ledger_pick_single - name single holes, those of the healthiest blocks first
 * @ledger:	the ledger, not changed
 * @pfns:	gets the pfns, ascending within a block
 * @max:	room in @pfns
 *
 * Whole blocks are broken up last, one after the other. What is lent is not named.
 *
 * Return: how many were named.
 */
unsigned int ledger_pick_single(struct ledger *ledger, unsigned long *pfns,
				unsigned int max)
{
	struct ledger_block *block;
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < LEDGER_BUCKETS && nr < max; i++)
		list_for_each_entry(block, &ledger->partial[i], node)
			nr += pick_from(block, pfns + nr, max - nr);

	list_for_each_entry(block, &ledger->whole, node) {
		if (nr == max)
			break;
		nr += pick_from(block, pfns + nr, max - nr);
	}
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_pick_single);

/**
 * ledger_fullest - a partial block with many holes, none lent, not known to be
 * stubborn
 * @ledger:	the ledger
 * @min_holes:	how many it must have
 * @max_holes:	and may have
 *
 * Return: the block, owned by the ledger, or NULL.
 */
struct ledger_block *ledger_fullest(struct ledger *ledger,
				    unsigned int min_holes,
				    unsigned int max_holes)
{
	struct ledger_block *block;
	int i;

	for (i = LEDGER_BUCKETS - 1; i >= 0; i--) {
		if ((i + 1) * BUCKET_HOLES < min_holes)
			break;
		list_for_each_entry(block, &ledger->partial[i], node)
			if (block->nr >= min_holes && block->nr <= max_holes &&
			    !block->nr_lent && !block->stubborn)
				return block;
	}
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_fullest);

/* The first naturally aligned run of set bits from @bit on. */
static unsigned int next_run(const unsigned long *bits, unsigned int bit,
			     unsigned int size)
{
	while (bit < MEMFRONT_SUPER_PAGES) {
		bit = round_up(find_next_bit(bits, MEMFRONT_SUPER_PAGES, bit),
			       size);
		if (bit >= MEMFRONT_SUPER_PAGES || size == 1 ||
		    find_next_zero_bit(bits, bit + size, bit) == bit + size)
			break;
		bit += size;
	}
	return bit;
}

static unsigned int lend_from(struct ledger *ledger, struct ledger_block *block,
			      struct mf_pfn *pfns, unsigned int max,
			      unsigned int order)
{
	unsigned long base = mf_block_pfn(block->index).nr;
	unsigned int size = 1U << order, nr = 0, bit;
	DECLARE_BITMAP(free, MEMFRONT_SUPER_PAGES);

	bitmap_andnot(free, block->holes, block->lent, MEMFRONT_SUPER_PAGES);
	for (bit = next_run(free, 0, size);
	     nr < max && bit < MEMFRONT_SUPER_PAGES;
	     bit = next_run(free, bit + size, size)) {
		bitmap_set(block->lent, bit, size);
		pfns[nr++] = mf_pfn(base + bit);
	}
	if (nr)
		refile(ledger, block, block->nr, block->nr_lent + nr * size);
	return nr;
}

static unsigned int lend_from_list(struct ledger *ledger,
				   struct list_head *list, struct mf_pfn *pfns,
				   unsigned int max, unsigned int order)
{
	struct ledger_block *block, *next;
	unsigned int nr = 0;

	list_for_each_entry_safe(block, next, list, node) {
		if (nr == max)
			break;
		nr += lend_from(ledger, block, pfns + nr, max - nr, order);
	}
	return nr;
}

/**
 * ledger_lend - lend holes, for something else to be put behind their pages
 * @ledger:	the ledger
 * @pfns:	gets the first pfn of each run, naturally aligned
 * @max:	how many runs at most
 * @order:	log2 of the pages in a run, at most MEMFRONT_SUPER_ORDER
 * @whole:	also of blocks that are one hole, when there are no others
 *
 * They stay holes to all that count them, and are not named by any pick.
 *
 * Return: how many runs were lent.
 */
unsigned int ledger_lend(struct ledger *ledger, struct mf_pfn *pfns,
			 unsigned int max, unsigned int order, bool whole)
{
	unsigned int nr = 0;
	int i;

	for (i = LEDGER_BUCKETS - 1; i >= 0 && nr < max; i--)
		nr += lend_from_list(ledger, &ledger->partial[i], pfns + nr,
				     max - nr, order);
	if (whole)
		nr += lend_from_list(ledger, &ledger->whole, pfns + nr,
				     max - nr, order);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_lend);

/**
 * ledger_lend_block - lend a particular block
 * @ledger:	the ledger
 * @pfn:	its first page
 *
 * Return: false, and nothing is changed, if it is not one hole, none of it lent.
 */
bool ledger_lend_block(struct ledger *ledger, struct mf_pfn pfn)
{
	struct ledger_block *block = find_block(ledger, pfn);

	if (!block || !is_whole(block))
		return false;
	bitmap_fill(block->lent, MEMFRONT_SUPER_PAGES);
	refile(ledger, block, block->nr, block->nr);
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_lend_block);

/**
 * ledger_fillable_in - holes in a range that are not lent
 * @ledger:	the ledger
 * @first:	first page, of a 2 MiB block
 * @nr:		pages, whole blocks
 */
unsigned long ledger_fillable_in(struct ledger *ledger, struct mf_pfn first,
				 unsigned long nr)
{
	struct ledger_block *block;
	unsigned long index;
	unsigned long sum = 0;

	xa_for_each_range(&ledger->blocks, index, block, mf_pfn_block(first),
			  mf_pfn_block(mf_pfn(first.nr + nr - 1)))
		sum += block->nr - block->nr_lent;
	return sum;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_fillable_in);

static bool is_lent(const struct ledger_block *block, struct mf_pfn pfn,
		    unsigned int order)
{
	unsigned int from = pfn_offset(pfn), to;

	if (!block || order > MEMFRONT_SUPER_ORDER ||
	    !IS_ALIGNED(pfn.nr, 1UL << order))
		return false;
	to = from + (1U << order);
	return find_next_zero_bit(block->lent, to, from) == to;
}

/**
 * ledger_is_lent - are all pages of a run lent?
 * @ledger:	the ledger
 * @pfn:	first page; any number
 * @order:	log2 of the pages; any number
 */
bool ledger_is_lent(struct ledger *ledger, struct mf_pfn pfn,
		    unsigned int order)
{
	return is_lent(find_block(ledger, pfn), pfn, order);
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_is_lent);

/**
 * ledger_take_back - what was lent is back
 * @ledger:	the ledger
 * @pfn:	first page, behind which is nothing; any number
 * @order:	log2 of the pages; any number
 *
 * Return: false, and nothing is changed, if not all of them are lent.
 */
bool ledger_take_back(struct ledger *ledger, struct mf_pfn pfn,
		      unsigned int order)
{
	struct ledger_block *block = find_block(ledger, pfn);

	if (!is_lent(block, pfn, order))
		return false;
	bitmap_clear(block->lent, pfn_offset(pfn), 1U << order);
	refile(ledger, block, block->nr, block->nr_lent - (1U << order));
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_take_back);

/**
 * ledger_runs - into how many runs the pages are cut that still have frames
 * @block: the block
 */
unsigned int ledger_runs(const struct ledger_block *block)
{
	unsigned int start, end;
	unsigned int runs = 0;

	for_each_clear_bitrange(start, end, block->holes,
				MEMFRONT_SUPER_PAGES)
		runs++;
	return runs;
}
EXPORT_SYMBOL_FOR_KUNIT(ledger_runs);
