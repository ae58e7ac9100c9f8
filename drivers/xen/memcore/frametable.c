// SPDX-License-Identifier: GPL-2.0
/*
 * The frame table and the machine-to-physical table (M2P).
 *
 * The M2P starts at mfn 0, as Xen's does, although the machine's frames start
 * higher: the entries below are one shared page that says "no gfn". It is
 * mapped twice, writable for the core and read-only for guests.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <memcore/kunit.h>
#include "frametable.h"

#define ENTRIES_PER_PAGE	(PAGE_SIZE / sizeof(unsigned long))

static struct page *m2p_page_alloc(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (page)
		memset(page_address(page), 0xff, PAGE_SIZE);
	return page;
}

/* Index of the first M2P page that is not the shared one. */
static unsigned long m2p_first_own(const struct memcore_frametable *ft)
{
	return ft->base.nr / ENTRIES_PER_PAGE;
}

static int m2p_alloc_pages(struct memcore_frametable *ft)
{
	unsigned long own = m2p_first_own(ft), i;
	struct page *page;

	for (i = 0; i < ft->nr_m2p_pages; i++) {
		page = i && i < own ? ft->m2p_pages[0] : m2p_page_alloc();
		if (!page)
			return -ENOMEM;
		ft->m2p_pages[i] = page;
	}
	return 0;
}

static void m2p_free_pages(struct memcore_frametable *ft)
{
	unsigned long own = m2p_first_own(ft), i;

	if (!ft->m2p_pages)
		return;
	for (i = 0; i < ft->nr_m2p_pages; i++)
		if ((!i || i >= own) && ft->m2p_pages[i])
			__free_page(ft->m2p_pages[i]);
}

static int m2p_init(struct memcore_frametable *ft)
{
	int err;

	/* The hypervisor's own frame has an entry, too. */
	ft->nr_m2p_pages = DIV_ROUND_UP(memcore_frametable_end(ft) + 1,
					ENTRIES_PER_PAGE);
	ft->m2p_pages = kvcalloc(ft->nr_m2p_pages, sizeof(*ft->m2p_pages),
				 GFP_KERNEL);
	if (!ft->m2p_pages)
		return -ENOMEM;
	err = m2p_alloc_pages(ft);
	if (err)
		return err;
	ft->m2p = vmap(ft->m2p_pages, ft->nr_m2p_pages, VM_MAP, PAGE_KERNEL);
	ft->m2p_guest = vmap(ft->m2p_pages, ft->nr_m2p_pages, VM_MAP,
			     PAGE_KERNEL_RO);
	return ft->m2p && ft->m2p_guest ? 0 : -ENOMEM;
}

static size_t frames_size(const struct memcore_frametable *ft)
{
	return array_size(ft->nr + 1, sizeof(*ft->frames));
}

static int frames_init(struct memcore_frametable *ft)
{
	unsigned long i;

	ft->frames = vcalloc(ft->nr + 1, sizeof(*ft->frames));
	if (!ft->frames)
		return -ENOMEM;
	for (i = 0; i <= ft->nr; i++)
		ft->frames[i].owner = MC_NO_OWNER;
	return 0;
}

/* Most of what guests name is outside, and needs no closer look. */
static void find_bounds(struct memcore_frametable *ft)
{
	const unsigned long m2p_size = ft->nr_m2p_pages * PAGE_SIZE;
	const unsigned long start[] = {
		(unsigned long)ft->frames,
		(unsigned long)ft->m2p,
		(unsigned long)ft->m2p_guest,
	};
	const unsigned long end[] = {
		start[0] + frames_size(ft),
		start[1] + m2p_size,
		start[2] + m2p_size,
	};

	ft->lowest = min3(start[0], start[1], start[2]);
	ft->end = max3(end[0], end[1], end[2]);
}

/**
 * memcore_frametable_init() - make the table of a machine
 * @ft: the table
 * @base: first frame of the machine, a multiple of the entries in a page
 * @nr: number of frames
 *
 * Every frame starts in use by nobody, with no gfn.
 *
 * Return: 0, -EINVAL, or -ENOMEM with nothing left behind.
 */
int memcore_frametable_init(struct memcore_frametable *ft, struct mc_mfn base,
			    unsigned long nr)
{
	int err;

	memset(ft, 0, sizeof(*ft));
	if (!nr || nr > INT_MAX || base.nr > INT_MAX ||
	    base.nr % ENTRIES_PER_PAGE)
		return -EINVAL;
	ft->base = base;
	ft->nr = nr;
	err = frames_init(ft);
	if (!err)
		err = m2p_init(ft);
	if (err)
		memcore_frametable_destroy(ft);
	else
		find_bounds(ft);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frametable_init);

/**
 * memcore_frametable_destroy() - give back what memcore_frametable_init() took
 * @ft: the table
 */
void memcore_frametable_destroy(struct memcore_frametable *ft)
{
	vunmap(ft->m2p_guest);
	vunmap(ft->m2p);
	m2p_free_pages(ft);
	kvfree(ft->m2p_pages);
	vfree(ft->frames);
	memset(ft, 0, sizeof(*ft));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frametable_destroy);

/**
 * memcore_m2p_get() - where a frame's owner has it
 * @ft: the table
 * @mfn: any number at all
 *
 * Return: the gfn, or MC_INVALID if there is none.
 */
struct mc_gfn memcore_m2p_get(const struct memcore_frametable *ft,
			      struct mc_mfn mfn)
{
	if (!memcore_frame(ft, mfn))
		return mc_gfn(MC_INVALID);
	return mc_gfn(READ_ONCE(ft->m2p[mfn.nr]));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_m2p_get);

/**
 * memcore_m2p_set() - note where a frame's owner has it
 * @ft: the table
 * @mfn: the frame; a number the machine does not have is ignored
 * @gfn: where, or MC_INVALID
 */
void memcore_m2p_set(struct memcore_frametable *ft, struct mc_mfn mfn,
		     struct mc_gfn gfn)
{
	if (memcore_frame(ft, mfn))
		WRITE_ONCE(ft->m2p[mfn.nr], gfn.nr);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_m2p_set);

static bool overlaps(const void *area, size_t size, unsigned long addr,
		     unsigned long len)
{
	unsigned long start = (unsigned long)area;

	return addr < start + size && start < addr + len;
}

/**
 * memcore_frametable_overlaps() - does a range touch the core's tables?
 * @ft: the table
 * @addr: start of the range, which does not wrap
 * @len: its length
 *
 * Return: true if a guest must not name this range in a hypercall.
 */
bool memcore_frametable_overlaps(const struct memcore_frametable *ft,
				 unsigned long addr, unsigned long len)
{
	size_t m2p_size = ft->nr_m2p_pages * PAGE_SIZE;

	if (addr >= ft->end || addr + len <= ft->lowest)
		return false;
	return overlaps(ft->frames, frames_size(ft), addr, len) ||
	       overlaps(ft->m2p, m2p_size, addr, len) ||
	       overlaps(ft->m2p_guest, m2p_size, addr, len);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frametable_overlaps);
