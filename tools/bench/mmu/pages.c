// SPDX-License-Identifier: GPL-2.0
/*
 * Zeroed pages of this kernel. Some become page tables: then the direct map has
 * them read-only. When they are freed, the direct map has all as it was.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <xen-public/xen.h>

#include "hypervisor.h"
#include "pages.h"

static long set_direct_map(struct page *page, u64 flags)
{
	return hv.call(__HYPERVISOR_update_va_mapping, hv_va(page),
		       hv_entry(page, flags), UVMF_INVLPG | UVMF_ALL, 0, 0);
}

int own_pages_take(struct own_pages *own, unsigned int nr)
{
	own->page = kvcalloc(nr, sizeof(*own->page), GFP_KERNEL);
	if (!own->page)
		return -ENOMEM;
	while (own->nr < nr) {
		own->page[own->nr] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!own->page[own->nr])
			return -ENOMEM;
		own->nr++;
	}
	return 0;
}

/* Fill them before: afterwards only the hypervisor can write them. */
int own_pages_make_tables(struct own_pages *own)
{
	unsigned int i;

	/* A stale alias would be a writable mapping. */
	vm_unmap_aliases();
	for (i = 0; i < own->nr; i++)
		if (set_direct_map(own->page[i], ENTRY_READ_ONLY))
			return -EIO;
	return 0;
}

static void free_one(struct page *page)
{
	if (set_direct_map(page, ENTRY_WRITABLE)) {
		pr_err("a page cannot be made writable again and is lost\n");
		return;
	}
	__free_page(page);
}

void own_pages_free(struct own_pages *own)
{
	while (own->nr)
		free_one(own->page[--own->nr]);
	kvfree(own->page);
	own->page = NULL;
}
