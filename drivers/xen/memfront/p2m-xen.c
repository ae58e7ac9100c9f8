// SPDX-License-Identifier: GPL-2.0
/*
 * The P2M of a PV guest on Xen: the kernel's own list, a virtual area whose
 * parts without memory show one of two shared read-only leaves. Both read as
 * all ones, so only the kernel can tell a hole from an identity entry. The
 * kernel exports the list and the means to make a leaf of it private, but not
 * its own setter.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include <xen/page.h>

#include "hypercall.h"
#include "inject.h"
#include "p2m.h"
#include "reservation.h"

/* No processor addresses a frame of more bits, and no entry could name one. */
#define PFN_BITS	(52 - PAGE_SHIFT)

static unsigned long xen_size(void)
{
	return xen_p2m_size;
}

/*
 * The area is as large as memory may ever grow. Tools are told where what it
 * is used for ends, and so is the guest, if it asks.
 */
static unsigned long xen_end(void)
{
	long end = reservation_end();

	return end < 0 ? xen_p2m_size : min_t(unsigned long, end, xen_p2m_size);
}

static struct mf_p2m_entry xen_resolve(struct mf_pfn pfn)
{
	if (pfn.nr >> PFN_BITS)
		return p2m_entry(MF_P2M_INVALID);
	return p2m_entry(get_phys_to_machine(pfn.nr));
}

/* A shared leaf faults, and is right as it is if it says the same. */
static int xen_write(struct mf_pfn pfn, struct mf_p2m_entry entry)
{
	if (!xen_safe_write_ulong(xen_p2m_addr + pfn.nr, entry.raw))
		return 0;
	return get_phys_to_machine(pfn.nr) == entry.raw ? 0 : -ENOENT;
}

static int xen_reserve(struct mf_pfn pfn)
{
	return memfront_should_fail() ? -ENOMEM : xen_alloc_p2m_entry(pfn.nr);
}

static int xen_identity(struct mf_pfn first, unsigned long nr)
{
	unsigned long pfn;
	int err = 0;

	for (pfn = first.nr; pfn < first.nr + nr && !err; pfn++) {
		struct mf_p2m_entry entry = p2m_entry(pfn | MF_P2M_IDENTITY_BIT);

		err = xen_write(mf_pfn(pfn), entry);
		if (err != -ENOENT)
			continue;
		err = xen_reserve(mf_pfn(pfn)) ?: xen_write(mf_pfn(pfn), entry);
	}
	return err;
}

static int xen_extend(unsigned long nr_pfns)
{
	unsigned long pfn;
	int err = 0;

	if (nr_pfns > xen_p2m_size)
		return -ERANGE;
	for (pfn = xen_end(); pfn < nr_pfns && !err; pfn += P2M_LEAF_ENTRIES) {
		err = xen_reserve(mf_pfn(pfn));
		cond_resched();
	}
	return err;
}

/* Without memory the kernel's entries are holes, or identity by default. */
static bool is_used(struct mf_pfn pfn)
{
	enum mf_p2m_state state = mf_p2m_state(xen_resolve(pfn));

	return state == MF_P2M_RAM || state == MF_P2M_FOREIGN;
}

static int xen_shrink(unsigned long nr_pfns)
{
	unsigned long end = xen_end();
	unsigned long pfn;

	for (pfn = nr_pfns; pfn < end; pfn++) {
		if (is_used(mf_pfn(pfn)))
			return -EBUSY;
		if (!(pfn % P2M_LEAF_ENTRIES))
			cond_resched();
	}
	return 0;
}

const struct p2m_ops p2m_xen_ops = {
	.size = xen_size,
	.end = xen_end,
	.resolve = xen_resolve,
	.write = xen_write,
	.reserve = xen_reserve,
	.identity = xen_identity,
	.extend = xen_extend,
	.shrink = xen_shrink,
};
