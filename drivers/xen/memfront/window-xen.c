// SPDX-License-Identifier: GPL-2.0
/*
 * Windows of a PV guest on Xen: ranges of the kernel's own vmalloc area. Modules
 * get one with page tables behind it only by mapping something there; so one
 * page is mapped everywhere, and taken out again in batches.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <xen/page.h>
#include <asm/pgtable.h>

#include "window.h"

/* The 512 entries of a table lie in a row, so each table is looked up once. */
static int find_tables(struct window *w)
{
	unsigned int i, level, slot = pte_index(w->va);
	unsigned long va = w->va & PMD_MASK;
	pte_t *pte;

	w->first_slot = slot;
	for (i = 0; i < window_tables(w); i++, va += PMD_SIZE) {
		pte = lookup_address(va, &level);
		if (!pte || level != PG_LEVEL_4K)
			return -ENXIO;
		w->tables[i].addr = arbitrary_virt_to_machine(pte).maddr;
	}
	return 0;
}

static int map_placeholder(struct window *w)
{
	struct page **pages = kvmalloc_array(w->nr, sizeof(*pages), GFP_KERNEL);
	unsigned int i;
	void *va;

	if (!pages)
		return -ENOMEM;
	for (i = 0; i < w->nr; i++)
		pages[i] = ZERO_PAGE(0);
	va = vmap(pages, w->nr, VM_MAP, PAGE_KERNEL_RO);
	kvfree(pages);
	w->va = (unsigned long)va;
	return va ? 0 : -ENOMEM;
}

static int xen_make(struct window *w)
{
	int err = map_placeholder(w);

	if (err)
		return err;
	err = find_tables(w);
	if (!err)
		err = window_clear(w, w->nr);
	if (err)
		vunmap((void *)w->va);
	return err;
}

static bool xen_free(struct window *w)
{
	vunmap((void *)w->va);
	return true;
}

const struct window_ops window_ops_xen = {
	.make = xen_make,
	.free = xen_free,
};
