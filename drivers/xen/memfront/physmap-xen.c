// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudo-physical frames without RAM of a translated guest on Xen: holes of the
 * balloon, or unused address space, which goes back when nobody needs it. A kernel
 * that cannot add pages to itself balloons some out instead.
 */
#include <linux/mm.h>

#include <memfront/pseudophys.h>

#include <xen/xen.h>
#include <asm/pgtable.h>

#include "foreign-map.h"
#include "hollow.h"

#if IS_ENABLED(CONFIG_ZONE_DEVICE)
static int xen_take(unsigned int nr, struct page **pages)
{
	return memfront_pseudophys_alloc_pages(&foreign_user, nr, pages);
}

static void xen_give(unsigned int nr, struct page **pages)
{
	memfront_pseudophys_free_pages(&foreign_user, nr, pages);
}
#else
static int xen_take(unsigned int nr, struct page **pages)
{
	return xen_alloc_unpopulated_pages(nr, pages);
}

static void xen_give(unsigned int nr, struct page **pages)
{
	xen_free_unpopulated_pages(nr, pages);
}
#endif

/* An access would be an emulator's, and nobody's: it must fault instead. */
static void xen_hide(void *addr)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)addr, &level);

	if (pte && level == PG_LEVEL_4K)
		set_pte(pte, __pte(0));
}

const struct physmap_ops physmap_ops_xen = {
	.take = xen_take,
	.give = xen_give,
	.hide = xen_hide,
};
