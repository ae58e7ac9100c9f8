// SPDX-License-Identifier: GPL-2.0
/*
 * Pages are taken from the kernel's allocator clean and given back in any
 * order: as the pages of a whole block or one by one, whatever they came as.
 *
 * A page in the balloon is marked offline, so that dumps and /proc/kcore leave
 * it alone, and is not counted in MemTotal. It has no reference: so nobody who
 * walks over pages can get hold of it, it does not keep the rest of its block
 * from being isolated, and pages of a block can be given back together whatever
 * they were taken as.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

#include <memfront/kunit.h>

#include "inject.h"
#include "pages.h"
#include "stats.h"

/* Never worth an OOM kill or the reserves: the balloon can wait. */
#define GFP_TAKE	(GFP_HIGHUSER | __GFP_NOWARN | __GFP_NORETRY | \
			 __GFP_NOMEMALLOC)

/*
 * A whole block may come from anywhere outside ZONE_MOVABLE, and leaves the
 * kind of its page block as it is: pages that fill part of the block later are
 * then movable, and the block can be completed. Single pages would be in the
 * way among movable ones.
 */
static gfp_t take_flags(unsigned int order)
{
	if (order < MEMFRONT_SUPER_ORDER)
		return GFP_TAKE;
	return (GFP_TAKE & ~__GFP_HIGHMEM) | __GFP_MOVABLE;
}

/* With init_on_alloc or init_on_free the allocator has zeroed it already. */
static bool allocator_zeroes(gfp_t gfp)
{
	return want_init_on_alloc(gfp) || want_init_on_free();
}

static void scrub_pages(struct page *page, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		clear_highpage(page + i);
	memfront_stats.scrubbed += nr;
}

/**
 * pages_take - take an extent out of the kernel
 * @order:	log2 of its pages
 * @scrub:	hand it out zeroed
 *
 * Context: may sleep; may reclaim and compact, never kills.
 * Return: its first page, or NULL.
 */
struct page *pages_take(unsigned int order, bool scrub)
{
	gfp_t gfp = take_flags(order);
	struct page *page = NULL;

	if (!memfront_should_fail())
		page = alloc_pages(gfp, order);
	if (!page) {
		memfront_stats.alloc_failures++;
		return NULL;
	}
	if (scrub && !allocator_zeroes(gfp))
		scrub_pages(page, 1UL << order);
	return page;
}

/**
 * pages_take_run - take particular pages out of the kernel, moving their users
 * @first:	first page
 * @nr:		pages, all in one 2 MiB block
 * @scrub:	hand them out zeroed
 *
 * Context: may sleep, isolates the block for a moment.
 * Return: 0 and the pages are taken, each on its own; -EBUSY if one of them
 * cannot be moved; -ENOMEM.
 */
int pages_take_run(struct mf_pfn first, unsigned long nr, bool scrub)
{
#ifdef CONFIG_CONTIG_ALLOC
	int ret;

	if (memfront_should_fail() || !pfn_to_online_page(first.nr))
		return -EBUSY;
	ret = alloc_contig_range(first.nr, first.nr + nr, MIGRATE_MOVABLE,
				 GFP_KERNEL | __GFP_NOWARN);
	if (!ret && scrub && !allocator_zeroes(__GFP_MOVABLE))
		scrub_pages(mf_pfn_page(first), nr);
	return ret;
#else
	return -EBUSY;
#endif
}

/**
 * pages_mark - count taken pages out of the kernel's memory
 * @page:	first page, from pages_take() or pages_take_run()
 * @order:	log2 of the pages
 */
void pages_mark(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		__SetPageOffline(page + i);
	set_page_count(page, 0);
	adjust_managed_page_count(page, -(1L << order));
}

/**
 * pages_give - give marked pages back to the kernel, which counts them again
 * @page:	first page, naturally aligned to @order
 * @order:	log2 of the pages
 */
void pages_give(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		__ClearPageOffline(page + i);
	set_page_count(page, 1);
	__free_pages(page, order);
	adjust_managed_page_count(page, 1L << order);
}

/**
 * pages_adopt - take over a page that another balloon has marked
 * @page: a page that is not counted in MemTotal, with no frame behind it
 *
 * A page that never was RAM of the running kernel is still reserved.
 */
void pages_adopt(struct page *page)
{
	ClearPageReserved(page);
	__SetPageOffline(page);
	set_page_count(page, 0);
}
EXPORT_SYMBOL_FOR_KUNIT(pages_adopt);

/**
 * pages_disown - undo pages_adopt() so that another balloon can mark @page
 * @page: a page in the balloon
 */
void pages_disown(struct page *page)
{
	__ClearPageOffline(page);
	set_page_count(page, 1);
}
EXPORT_SYMBOL_FOR_KUNIT(pages_disown);
