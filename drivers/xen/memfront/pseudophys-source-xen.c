// SPDX-License-Identifier: GPL-2.0
/*
 * Address space on Xen: what the kernel's tree of resources has unused, with a
 * struct page for each frame, as the kernel's own allocator of such pages gets
 * it; but here it goes back. That allocator and its users are left alone.
 *
 * The page tables that the kernel makes for the new pages go with them; see
 * memory-tables.c.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>

#include <memfront/p2m.h>

#include "address-space.h"
#include "hypercall.h"
#include "inject.h"
#include "memory-tables.h"
#include "pseudophys-section.h"
#include "pseudophys-source.h"

/* What the kernel can add and take away: 128 MiB. */
#define ORDER		(SECTION_SIZE_BITS - PAGE_SHIFT)

/**
 * struct xen_space - what is behind a section
 * @res:	its place in the tree
 * @pgmap:	its pages
 * @name:	the resource's, which must not go with this module if that stays
 */
struct xen_space {
	struct resource res;
	struct dev_pagemap pgmap;
	char name[32];
};

static struct xen_space *alloc_space(void)
{
	struct xen_space *space;

	space = memfront_should_fail() ? NULL : kzalloc(sizeof(*space),
							GFP_KERNEL);
	if (!space)
		return NULL;
	strscpy(space->name, "xen-memfront scratch", sizeof(space->name));
	space->res.name = space->name;
	space->res.flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	return space;
}

static int claim(struct section *s, struct xen_space *space)
{
	int err = address_space_claim(&space->res, section_size(s));

	if (!err)
		s->first = mf_pfn(PHYS_PFN(space->res.start));
	return err;
}

static int make_pages(struct xen_space *space)
{
	void *addr;

	if (memfront_should_fail())
		return -ENOMEM;
	space->pgmap.type = MEMORY_DEVICE_GENERIC;
	space->pgmap.range = (struct range){
		.start = space->res.start,
		.end = space->res.end,
	};
	space->pgmap.nr_range = 1;
	space->pgmap.owner = space;
	addr = memremap_pages(&space->pgmap, NUMA_NO_NODE);
	return PTR_ERR_OR_ZERO(addr);
}

static int fill_space(struct section *s, struct xen_space *space)
{
	int err = address_space_hollow(s->first, section_size(s));

	if (err)
		return err;
	err = make_pages(space);
	if (err)
		address_space_forget(s->first, section_size(s));
	return err;
}

static int xen_add(struct section *s)
{
	struct xen_space *space = alloc_space();
	int err;

	if (!space)
		return -ENOMEM;
	err = claim(s, space);
	if (err)
		goto out_free;
	err = fill_space(s, space);
	if (err)
		goto out_release;
	s->backing = space;
	return 0;

out_release:
	release_resource(&space->res);
out_free:
	kfree(space);
	return err;
}

/* Somebody who has a reference could still look at the page. */
static bool are_unused(const struct section *s)
{
	struct page *page = mf_pfn_page(s->first);
	unsigned long i;

	for (i = 0; i < section_size(s); i++)
		if (page_count(page + i) != 1)
			return false;
	return true;
}

/* A PV guest knows what is behind its frames without asking. */
static bool are_holes(const struct section *s)
{
	unsigned long i;

	if (memfront_hv.translated)
		return true;
	for (i = 0; i < section_size(s); i++)
		if (mf_p2m_state(memfront_p2m_lookup(mf_pfn(s->first.nr + i))) !=
		    MF_P2M_HOLE)
			return false;
	return true;
}

static int take_pages_away(struct section *s, struct xen_space *space)
{
	struct memory_tables *tables;

	if (memfront_hv.translated) {
		memunmap_pages(&space->pgmap);
		return 0;
	}
	tables = memory_tables_hold(s->first, section_size(s));
	if (!tables)
		return -ENOMEM;
	memunmap_pages(&space->pgmap);
	memory_tables_release(tables);
	return 0;
}

static int xen_remove(struct section *s)
{
	struct xen_space *space = s->backing;
	int err;

	if (!are_unused(s) || !are_holes(s))
		return -EBUSY;
	err = take_pages_away(s, space);
	if (err)
		return err;
	address_space_forget(s->first, section_size(s));
	release_resource(&space->res);
	kfree(space);
	return 0;
}

const struct section_source section_source_xen = {
	.order = ORDER,
	.has_pages = true,
	.add = xen_add,
	.remove = xen_remove,
};
