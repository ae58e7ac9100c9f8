// SPDX-License-Identifier: GPL-2.0
/*
 * Address space is what the kernel's tree of resources has unused. When the kernel
 * gets pages there, it makes page tables for them. A PV guest's are made from its
 * P2M, so that has holes there first: else the machine frames of the same numbers
 * would be mapped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include <memfront/p2m.h>

#include "address-space.h"
#include "hypercall.h"

static struct range usable_range(void)
{
	struct range range = mhp_get_pluggable_range(true);

	if (!memfront_hv.translated)
		range.end = min_t(u64, range.end,
				  PFN_PHYS(memfront_p2m_size()) - 1);
	return range;
}

/**
 * address_space_claim - find a place in the tree that is unused
 * @res:	what to call it; gets the place
 * @nr:		pages, a power of two; the place is aligned likewise
 *
 * Return: 0, and release_resource() undoes it; -EBUSY if there is none.
 */
int address_space_claim(struct resource *res, unsigned long nr)
{
	struct range range = usable_range();
	u64 size = PFN_PHYS(nr);

	return allocate_resource(&iomem_resource, res, size, range.start,
				 range.end, size, NULL, NULL);
}

/**
 * address_space_forget - the entries of a P2M are identity again, as they were
 * @first:	first page
 * @nr:		pages, with nothing behind them and out of use
 *
 * Context: may sleep.
 */
void address_space_forget(struct mf_pfn first, unsigned long nr)
{
	if (!memfront_hv.translated && memfront_p2m_set_identity(first, nr))
		pr_warn_ratelimited("the P2M keeps holes from pfn %#lx on\n",
				    first.nr);
}

/**
 * address_space_hollow - let a P2M say that nothing is there
 * @first:	first page
 * @nr:		pages, of which the kernel has none yet
 *
 * Context: may sleep.
 * Return: 0 or an errno, and nothing is changed.
 */
int address_space_hollow(struct mf_pfn first, unsigned long nr)
{
	unsigned long i;
	int err;

	if (memfront_hv.translated)
		return 0;
	err = memfront_p2m_reserve(first, nr);
	for (i = 0; i < nr && !err; i++) {
		err = memfront_p2m_clear(mf_pfn(first.nr + i));
		if (!(i % MEMFRONT_SUPER_PAGES))
			cond_resched();
	}
	if (err)
		address_space_forget(first, nr);
	return err;
}
