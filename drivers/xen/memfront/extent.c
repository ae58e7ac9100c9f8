// SPDX-License-Identifier: GPL-2.0
/*
 * One step of the balloon: a list of extents of one order, moved by one
 * hypercall. Everything that can fail for want of memory is done before it;
 * after it, each extent is either in the ledger or in the kernel, according to
 * what the hypervisor has really done.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <memfront/kunit.h>

#include "direct-map.h"
#include "extent.h"
#include "hypercall.h"
#include "p2m.h"
#include "pages.h"
#include "reservation.h"
#include "stats.h"

/*
 * A step is long enough to make the hypercall's own cost vanish, and short
 * enough to notice a new target: 16 MiB in single pages, 128 MiB in blocks.
 */
#define BATCH_FRAMES	4096
#define BATCH_SUPER	64

/* More pages than this, or in more runs, are not cheap to move away. */
#define COMPLETE_PAGES	(MEMFRONT_SUPER_PAGES / 4)
#define COMPLETE_RUNS	8

/**
 * struct extent_batch - the extents of one step
 * @order:	log2 of the pages in each
 * @nr:		how many
 * @pages:	first page of each
 * @frames:	frame numbers in the form that the hypercall takes
 * @entries:	what the P2M says of an extent
 *
 * Used under the balloon's lock.
 */
struct extent_batch {
	unsigned int order;
	unsigned int nr;
	struct page *pages[BATCH_FRAMES];
	unsigned long frames[BATCH_FRAMES];
	struct mf_p2m_entry entries[MEMFRONT_SUPER_PAGES];
};

static struct extent_batch *batch;

/**
 * extent_init - allocate what a step needs
 *
 * Return: 0 or -ENOMEM.
 */
int extent_init(void)
{
	batch = kvzalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	if (memfront_hv.direct_map && direct_map_init(BATCH_FRAMES)) {
		kvfree(batch);
		return -ENOMEM;
	}
	return 0;
}

/** extent_exit - free it. */
void extent_exit(void)
{
	direct_map_exit();
	kvfree(batch);
	batch = NULL;
}

/* PV gives frames one by one, so a step is limited in frames. */
static unsigned int batch_limit(unsigned int order, unsigned long max_pages)
{
	unsigned long limit = BATCH_FRAMES >> order;

	if (memfront_hv.translated && order)
		limit = BATCH_SUPER;
	return min(limit, max_pages >> order);
}

static struct mf_pfn extent_pfn(unsigned int i)
{
	return mf_page_pfn(batch->pages[i]);
}

static void count_released(unsigned int order, unsigned long nr)
{
	if (order)
		memfront_stats.released_super += nr;
	else
		memfront_stats.released_single += nr;
}

static void count_populated(unsigned int order, unsigned long nr)
{
	if (order)
		memfront_stats.populated_super += nr;
	else
		memfront_stats.populated_single += nr;
}

/* The kernel gets pages back that were on their way out. */
static void give_back(struct ledger *ledger, struct page *page,
		      unsigned int order)
{
	pages_give(page, order);
	ledger_unreserve(ledger, mf_page_pfn(page));
}

static void enter_hole(struct ledger *ledger, struct page *page,
		       unsigned int order)
{
	ledger_add(ledger, mf_page_pfn(page), order);
	count_released(order, 1);
}

/* Pages with a frame that nothing maps: out of reach for both sides. */
static void report_stuck(unsigned long nr, const char *why)
{
	memfront_stats.stuck += nr;
	pr_err_ratelimited("%lu pages are out of use: %s\n", nr, why);
}

/*
 * An extent that was refused may have lost some of its frames. Those are
 * holes; the others go back to the kernel, as one if it lost none.
 */
static unsigned long sort_out(struct ledger *ledger, struct page *page,
			      unsigned int order)
{
	DECLARE_BITMAP(gone, MEMFRONT_SUPER_PAGES);
	unsigned long nr = 1UL << order;
	unsigned long i;

	bitmap_zero(gone, MEMFRONT_SUPER_PAGES);
	if (order)
		memfront_p2m_lookup_range(mf_page_pfn(page), batch->entries,
					  nr);
	for (i = 0; order && i < nr; i++)
		if (mf_p2m_state(batch->entries[i]) != MF_P2M_RAM)
			set_bit(i, gone);

	if (bitmap_empty(gone, nr)) {
		give_back(ledger, page, order);
		return 0;
	}
	for (i = 0; i < nr; i++) {
		if (test_bit(i, gone))
			enter_hole(ledger, page + i, 0);
		else
			pages_give(page + i, 0);
	}
	return bitmap_weight(gone, nr);
}

static unsigned long release_translated(struct ledger *ledger)
{
	unsigned long pages;
	unsigned int done;
	unsigned int i;

	for (i = 0; i < batch->nr; i++)
		batch->frames[i] = extent_pfn(i).nr;
	done = reservation_decrease(batch->frames, batch->nr, batch->order);

	for (i = 0; i < done; i++)
		enter_hole(ledger, batch->pages[i], batch->order);
	pages = (unsigned long)done << batch->order;
	if (done < batch->nr)
		pages += sort_out(ledger, batch->pages[done], batch->order);
	for (i = done + 1; i < batch->nr; i++)
		give_back(ledger, batch->pages[i], batch->order);
	return pages;
}

/* Fill in the frames of an extent. */
static bool lookup_extent(struct mf_pfn first, unsigned long *frames)
{
	unsigned int nr = 1U << batch->order;
	unsigned int i;

	memfront_p2m_lookup_range(first, batch->entries, nr);
	for (i = 0; i < nr; i++) {
		if (mf_p2m_state(batch->entries[i]) != MF_P2M_RAM)
			return false;
		frames[i] = mf_p2m_mfn(batch->entries[i]).nr;
	}
	return true;
}

/* PV: fill in the frames of the extents, in their order, 1 << order for each */
static bool lookup_frames(void)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++)
		if (!lookup_extent(extent_pfn(i),
				   batch->frames + (i << batch->order)))
			return false;
	return true;
}

/* Take the direct mapping of the first @nr frames of the batch away. */
static unsigned int unmap_frames(unsigned int nr)
{
	unsigned int mask = (1U << batch->order) - 1;
	unsigned int i;

	if (!memfront_hv.direct_map)
		return nr;
	for (i = 0; i < nr; i++) {
		struct mf_pfn first = extent_pfn(i >> batch->order);

		if (!direct_map_queue_out(mf_pfn(first.nr + (i & mask))))
			break;
	}
	return direct_map_commit();
}

/*
 * Frames @from up to @to of the batch belong to the guest again: enter them
 * in the P2M and map them.
 */
static unsigned int map_frames(unsigned int from, unsigned int to)
{
	unsigned int mask = (1U << batch->order) - 1;
	unsigned int i;

	for (i = from; i < to; i++) {
		struct mf_pfn first = extent_pfn(i >> batch->order);
		struct mf_pfn pfn = mf_pfn(first.nr + (i & mask));
		struct mf_mfn mfn = mf_mfn(batch->frames[i]);

		if (memfront_p2m_set(pfn, mfn))
			break;
		if (memfront_hv.direct_map && !direct_map_queue_in(pfn, mfn))
			break;
	}
	return memfront_hv.direct_map ? direct_map_commit() : i - from;
}

static void clear_frames(unsigned int nr)
{
	unsigned int mask = (1U << batch->order) - 1;
	unsigned int i;

	for (i = 0; i < nr; i++)
		memfront_p2m_clear(mf_pfn(extent_pfn(i >> batch->order).nr +
					  (i & mask)));
}

/*
 * PV: sort the extents by the number of frames that are gone. The frames of
 * the others are mapped again as far as they were unmapped.
 */
static void settle_pv(struct ledger *ledger, unsigned int gone,
		      unsigned int unmapped)
{
	unsigned int size = 1U << batch->order;
	unsigned int mapped = gone;
	unsigned int i, j;

	if (gone < unmapped)
		mapped += map_frames(gone, unmapped);
	if (mapped < unmapped)
		report_stuck(unmapped - mapped,
			     "Xen has neither taken them nor mapped them again");

	for (i = 0; i < batch->nr; i++) {
		struct page *page = batch->pages[i];

		if (gone >= (i + 1) * size) {
			enter_hole(ledger, page, batch->order);
			continue;
		}
		if (gone <= i * size && mapped == unmapped) {
			give_back(ledger, page, batch->order);
			continue;
		}
		for (j = i * size; j < (i + 1) * size; j++, page++) {
			if (j < gone)
				enter_hole(ledger, page, 0);
			else if (j < mapped || j >= unmapped)
				pages_give(page, 0);
		}
		ledger_unreserve(ledger, extent_pfn(i));
	}
}

static unsigned long release_pv(struct ledger *ledger)
{
	unsigned int nr = batch->nr << batch->order;
	unsigned int unmapped = 0;
	unsigned int gone = 0;

	if (lookup_frames())
		unmapped = unmap_frames(nr);
	if (unmapped) {
		clear_frames(unmapped);
		gone = reservation_decrease(batch->frames, unmapped, 0);
	}
	settle_pv(ledger, gone, unmapped);
	return gone;
}

/* @wanted: extents that were to be in the batch. */
static struct extent_result release_batch(struct ledger *ledger,
					  unsigned int wanted)
{
	struct extent_result result = { .kernel_short = batch->nr < wanted };
	unsigned long offered = (unsigned long)batch->nr << batch->order;

	if (!batch->nr)
		return result;
	result.pages = memfront_hv.translated ? release_translated(ledger) :
						release_pv(ledger);
	result.hypervisor_short = result.pages < offered;
	return result;
}

/* Prepare: pages out of the kernel, and room for them in the ledger. */
static void take_extents(struct ledger *ledger, unsigned int nr, bool scrub)
{
	struct page *page;

	for (batch->nr = 0; batch->nr < nr; batch->nr++) {
		page = pages_take(batch->order, scrub);
		if (!page)
			return;
		pages_mark(page, batch->order);
		if (ledger_reserve(ledger, mf_page_pfn(page))) {
			pages_give(page, batch->order);
			return;
		}
		batch->pages[batch->nr] = page;
	}
}

/**
 * extent_release - one step of inflating: give extents to the hypervisor
 * @ledger:	gets the holes
 * @order:	log2 of the pages in an extent: 0 or MEMFRONT_SUPER_ORDER
 * @max_pages:	how many pages to give at most
 * @scrub:	give them zeroed
 *
 * Moves at most one hypercall's worth, so that a new target is noticed.
 *
 * Context: balloon lock held, may sleep.
 * Return: see struct extent_result.
 */
struct extent_result extent_release(struct ledger *ledger, unsigned int order,
				    unsigned long max_pages, bool scrub)
{
	unsigned int nr = batch_limit(order, max_pages);

	batch->order = order;
	take_extents(ledger, nr, scrub);
	return release_batch(ledger, nr);
}
EXPORT_SYMBOL_FOR_KUNIT(extent_release);

static void fill_hole(struct ledger *ledger, struct page *page,
		      unsigned int order)
{
	ledger_del(ledger, mf_page_pfn(page), order);
	pages_give(page, order);
	count_populated(order, 1);
}

/* PV: one entry for each extent becomes one for each frame, last to first. */
static void expand_frames(unsigned int nr)
{
	unsigned int size = 1U << batch->order;
	unsigned int i, j;

	for (i = nr; i-- > 0;) {
		unsigned long first = batch->frames[i];

		for (j = size; j-- > 0;)
			batch->frames[i * size + j] = first + j;
	}
}

/*
 * PV: extents that could not be mapped from frame @from on stay holes; their
 * frames go back to Xen.
 */
static void return_unmapped(unsigned int from, unsigned int nr,
			    unsigned int mapped)
{
	unsigned int first = from << batch->order;
	unsigned int last = nr << batch->order;
	unsigned int done;
	unsigned int i;

	for (i = 0; i < last - first; i++) {
		struct mf_pfn pfn = extent_pfn((first + i) >> batch->order);

		pfn.nr += (first + i) & ((1U << batch->order) - 1);
		memfront_p2m_clear(pfn);
		if (first + i < mapped)
			direct_map_queue_out(pfn);
	}
	if (mapped > first)
		direct_map_commit();
	done = reservation_decrease(batch->frames + first, last - first, 0);
	if (done < last - first)
		report_stuck(last - first - done,
			     "Xen gave frames that it neither maps nor takes back");
}

/* Returns the extents that are mapped and in the P2M. */
static unsigned int settle_populated_pv(unsigned int nr)
{
	unsigned int mapped;
	unsigned int whole;

	expand_frames(nr);
	mapped = map_frames(0, nr << batch->order);
	whole = mapped >> batch->order;
	if (whole < nr)
		return_unmapped(whole, nr, mapped);
	return whole;
}

/* Prepare: name the holes to fill, and for PV see to their P2M leaves. */
static unsigned int pick_extents(struct ledger *ledger, unsigned int nr)
{
	unsigned long leaf = ~0UL;
	unsigned int i;

	batch->nr = batch->order ?
			    ledger_pick_whole(ledger, batch->frames, nr) :
			    ledger_pick_single(ledger, batch->frames, nr);

	for (i = 0; i < batch->nr; i++) {
		struct mf_pfn pfn = mf_pfn(batch->frames[i]);

		batch->pages[i] = mf_pfn_page(pfn);
		if (memfront_hv.translated || mf_pfn_block(pfn) == leaf)
			continue;
		if (memfront_p2m_reserve(pfn, 1))
			break;
		leaf = mf_pfn_block(pfn);
	}
	return i;
}

/**
 * extent_populate - one step of deflating: fill holes with memory
 * @ledger:	loses the holes
 * @order:	log2 of the pages in an extent: 0 or MEMFRONT_SUPER_ORDER, when
 *		only blocks that are one hole are filled
 * @max_pages:	how many pages to fill at most
 *
 * Moves at most one hypercall's worth.
 *
 * Context: balloon lock held, may sleep.
 * Return: see struct extent_result; nothing and neither flag if the ledger
 * has no extent of that order.
 */
struct extent_result extent_populate(struct ledger *ledger, unsigned int order,
				     unsigned long max_pages)
{
	struct extent_result result = {};
	unsigned int done, kept;
	unsigned int nr;
	unsigned int i;

	batch->order = order;
	nr = pick_extents(ledger, batch_limit(order, max_pages));
	result.kernel_short = nr < batch->nr;
	if (!nr)
		return result;

	done = reservation_populate(batch->frames, nr, order);
	kept = memfront_hv.translated ? done : settle_populated_pv(done);
	for (i = 0; i < kept; i++)
		fill_hole(ledger, batch->pages[i], order);

	result.pages = (unsigned long)kept << order;
	result.hypervisor_short = kept < nr;
	return result;
}
EXPORT_SYMBOL_FOR_KUNIT(extent_populate);

/* Takes a run of pages out of the kernel, into the batch one by one. */
static bool take_run(unsigned long pfn, unsigned int nr, bool scrub)
{
	if (pages_take_run(mf_pfn(pfn), nr, scrub))
		return false;
	for (; nr; nr--) {
		struct page *page = pfn_to_page(pfn++);

		pages_mark(page, 0);
		batch->pages[batch->nr++] = page;
	}
	return true;
}

/* Take the pages of @block that still have frames out of the kernel. */
static bool take_missing(const struct ledger_block *block, bool scrub)
{
	unsigned long base = mf_block_pfn(block->index).nr;
	unsigned int start, end;

	batch->nr = 0;
	for_each_clear_bitrange(start, end, block->holes,
				MEMFRONT_SUPER_PAGES)
		if (!take_run(base + start, end - start, scrub))
			return false;
	return true;
}

/* Up to @nr pages of a block, of the runs that have frames and can all be moved. */
static void take_singles(unsigned long base, const unsigned long *holes,
			 unsigned int nr, bool scrub)
{
	unsigned int start, end;

	for_each_clear_bitrange(start, end, holes, MEMFRONT_SUPER_PAGES) {
		if (batch->nr >= nr)
			break;
		end = min(end, start + nr - batch->nr);
		take_run(base + start, end - start, scrub);
	}
}

/* All of a block, as one extent. */
static void take_whole(unsigned long base, bool scrub)
{
	struct page *page = pfn_to_page(base);
	unsigned int i;

	if (pages_take_run(mf_pfn(base), MEMFRONT_SUPER_PAGES, scrub))
		return;
	for (i = 0; i < MEMFRONT_SUPER_PAGES; i++)
		pages_mark(page + i, 0);
	batch->pages[batch->nr++] = page;
}

static void take_from_block(struct ledger *ledger, unsigned long block,
			    unsigned int nr, bool scrub)
{
	DECLARE_BITMAP(holes, MEMFRONT_SUPER_PAGES);
	struct mf_pfn first = mf_block_pfn(block);
	unsigned int before = batch->nr;

	ledger_copy(ledger, block, holes);
	if (bitmap_full(holes, MEMFRONT_SUPER_PAGES) ||
	    (batch->order && !bitmap_empty(holes, MEMFRONT_SUPER_PAGES)) ||
	    ledger_reserve(ledger, first))
		return;
	if (batch->order)
		take_whole(first.nr, scrub);
	else
		take_singles(first.nr, holes, nr, scrub);
	if (batch->nr == before)
		ledger_unreserve(ledger, first);
}

/**
 * extent_release_from - one step of inflating, from a particular range
 * @ledger:	gets the holes
 * @first:	first page of the range, of a 2 MiB block
 * @nr:		pages in it, whole blocks
 * @order:	log2 of the pages in an extent: 0 or MEMFRONT_SUPER_ORDER
 * @max_pages:	how many pages to give at most
 * @scrub:	give them zeroed
 *
 * Users of the pages are moved away, so this costs more than extent_release().
 * What cannot be moved stays. The last of the range goes first.
 *
 * Context: balloon lock held, may sleep.
 * Return: see struct extent_result.
 */
struct extent_result extent_release_from(struct ledger *ledger,
					 struct mf_pfn first, unsigned long nr,
					 unsigned int order,
					 unsigned long max_pages, bool scrub)
{
	unsigned int limit = batch_limit(order, max_pages);
	unsigned long block = mf_pfn_block(mf_pfn(first.nr + nr));

	batch->order = order;
	batch->nr = 0;
	while (batch->nr < limit && block-- > mf_pfn_block(first)) {
		take_from_block(ledger, block, limit, scrub);
		cond_resched();
	}
	return release_batch(ledger, limit);
}
EXPORT_SYMBOL_FOR_KUNIT(extent_release_from);

/**
 * extent_complete - make a partial block one hole, if that is cheap
 * @ledger:	has the block
 * @max_holes:	how many holes it may have, so that filling all of it is not
 *		too much
 * @scrub:	give its other pages zeroed
 *
 * The few pages of the block that still have frames are moved elsewhere and
 * released, so that the whole of it can come back as one extent. Only of use
 * to translated guests, where that makes a superpage.
 *
 * Context: balloon lock held, may sleep.
 * Return: pages released for it, if the ledger has one more whole block now; 0
 * if not.
 */
unsigned int extent_complete(struct ledger *ledger, unsigned long max_holes,
			     bool scrub)
{
	struct ledger_block *block;
	unsigned int i;

	block = ledger_fullest(ledger, MEMFRONT_SUPER_PAGES - COMPLETE_PAGES,
			       min(max_holes, MEMFRONT_SUPER_PAGES));
	if (!block)
		return 0;

	block->stubborn = true;
	if (ledger_runs(block) > COMPLETE_RUNS)
		return 0;

	batch->order = 0;
	if (!take_missing(block, scrub)) {
		for (i = 0; i < batch->nr; i++)
			pages_give(batch->pages[i], 0);
		return 0;
	}
	if (release_translated(ledger) < batch->nr)
		return 0;
	memfront_stats.completed++;
	return batch->nr;
}
EXPORT_SYMBOL_FOR_KUNIT(extent_complete);
