// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <memcore/memcore.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "memfront_hollow.h"

struct hollow_source hollow_source;

/* For hollow_source. */
static DEFINE_MUTEX(lock);

/* Take the frame behind a page away, or get one. */
static bool move_frame(unsigned int op, struct page *page)
{
	struct xen_memory_reservation r = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};
	xen_pfn_t pfn = page_to_pfn(page);

	set_xen_guest_handle(r.extent_start, &pfn);
	return memcore_hypercall(__HYPERVISOR_memory_op, op, (unsigned long)&r,
				 0, 0, 0) == 1;
}

static void give_locked(unsigned int nr, struct page **pages)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (move_frame(XENMEM_populate_physmap, pages[i]))
			__free_page(pages[i]);
	hollow_source.taken -= nr;
}

void hollow_source_give(unsigned int nr, struct page **pages)
{
	mutex_lock(&lock);
	give_locked(nr, pages);
	mutex_unlock(&lock);
}

static int take_locked(unsigned int nr, struct page **pages)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i] ||
		    !move_frame(XENMEM_decrease_reservation, pages[i])) {
			give_locked(i, pages);
			return -ENOMEM;
		}
		hollow_source.taken++;
	}
	memcpy(hollow_source.pages, pages,
	       min(nr, HOLLOW_SOURCE_PAGES) * sizeof(*pages));
	return 0;
}

static int take(unsigned int nr, struct page **pages)
{
	int err;

	mutex_lock(&lock);
	err = take_locked(nr, pages);
	mutex_unlock(&lock);
	return err;
}

static void hide(void *addr)
{
	hollow_source.hidden++;
}

const struct physmap_ops hollow_source_ops = {
	.take = take,
	.give = hollow_source_give,
	.hide = hide,
};
