// SPDX-License-Identifier: GPL-2.0
/*
 * Hollow pages: where they come from and go to, what the P2M says of them, and
 * how the kernel sees them as one range.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "hollow.h"
#include "hypercall.h"
#include "inject.h"
#include "p2m.h"

static void free_lists(struct hollow *h)
{
	bitmap_free(h->there);
	kvfree(h->pages);
}

static int alloc_lists(struct hollow *h)
{
	h->there = bitmap_zalloc(h->nr, GFP_KERNEL);
	if (!memfront_should_fail())
		h->pages = kvcalloc(h->nr, sizeof(*h->pages), GFP_KERNEL);
	if (h->there && h->pages)
		return 0;
	free_lists(h);
	return -ENOMEM;
}

/**
 * hollow_take - get pages with nothing behind them
 * @h:	filled in
 * @nr:	how many, at least 1
 *
 * Context: may sleep.
 * Return: 0; -EOPNOTSUPP if there is no source of them; -ENOMEM or what the
 * source says.
 */
int hollow_take(struct hollow *h, unsigned int nr)
{
	int err;

	if (!memfront_hv.physmap)
		return -EOPNOTSUPP;
	*h = (struct hollow){ .nr = nr };
	err = alloc_lists(h);
	if (err)
		return err;
	err = memfront_should_fail() ? -ENOMEM :
				       memfront_hv.physmap->take(nr, h->pages);
	if (err)
		free_lists(h);
	return err;
}

/**
 * hollow_give - give the pages back
 * @h: the pages, mapped nowhere
 *
 * Pages with a frame of another domain behind them are nobody's for ever.
 *
 * Context: may sleep.
 * Return: how many pages are lost for that reason.
 */
unsigned int hollow_give(struct hollow *h)
{
	unsigned int i, nr = 0;

	for (i = 0; i < h->nr; i++)
		if (!test_bit(i, h->there))
			h->pages[nr++] = h->pages[i];
	if (nr)
		memfront_hv.physmap->give(nr, h->pages);
	free_lists(h);
	return h->nr - nr;
}

/**
 * hollow_expect - frames are to be put behind pages: the P2M knows before
 * @h:		the pages
 * @first:	the first of them
 * @nr:		how many
 *
 * Where none comes in the end, hollow_empty() follows.
 */
void hollow_expect(struct hollow *h, unsigned int first, unsigned int nr)
{
	unsigned int i;

	for (i = first; i < first + nr; i++) {
		p2m_mark_page(h->pages[i]);
		__set_bit(i, h->there);
	}
}

/**
 * hollow_empty - the frames behind pages have gone, or have not come
 * @h:		the pages
 * @first:	the first of them
 * @nr:		how many
 */
void hollow_empty(struct hollow *h, unsigned int first, unsigned int nr)
{
	unsigned int i;

	for (i = first; i < first + nr; i++) {
		__clear_bit(i, h->there);
		p2m_unmark_page(h->pages[i]);
	}
}

/**
 * hollow_is_used - has somebody references to pages?
 * @h:	the pages
 * @nr:	how many, from the first on
 */
bool hollow_is_used(const struct hollow *h, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (page_count(h->pages[i]) > 1)
			return true;
	return false;
}

/**
 * hollow_show - map the pages at neighbouring addresses
 * @h:		the pages
 * @read_only:	they cannot be written there
 *
 * Context: may sleep.
 * Return: 0, with @h->addr set, or -ENOMEM.
 */
int hollow_show(struct hollow *h, bool read_only)
{
	if (!memfront_should_fail())
		h->addr = vmap(h->pages, h->nr, VM_MAP,
			       read_only ? PAGE_KERNEL_RO : PAGE_KERNEL);
	return h->addr ? 0 : -ENOMEM;
}

/**
 * hollow_hide_bad - let there be nothing to see where nothing is
 * @h:		the pages, mapped, and touched by nobody yet
 * @errs:	for each page; where it is not 0, it is hidden
 * @nr:		how many those are, from the first page on
 *
 * Return: how many were hidden.
 */
unsigned int hollow_hide_bad(struct hollow *h, const int *errs, unsigned int nr)
{
	unsigned int i, hidden = 0;

	for (i = 0; i < nr; i++) {
		if (!errs[i])
			continue;
		memfront_hv.physmap->hide(h->addr + i * PAGE_SIZE);
		hidden++;
	}
	return hidden;
}

/**
 * hollow_hide - undo hollow_show(), if that was
 * @h: the pages
 *
 * Context: may sleep.
 */
void hollow_hide(struct hollow *h)
{
	if (h->addr)
		vunmap(h->addr);
	h->addr = NULL;
}
