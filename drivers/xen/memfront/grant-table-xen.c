// SPDX-License-Identifier: GPL-2.0
/*
 * The grant table of a guest on Xen is the kernel's, of either version: its
 * drivers share pages through it, and go on doing so.
 */
#include <linux/minmax.h>

#include <xen/grant_table.h>

#include "grant-table.h"

/* Entries that are asked for together: the kernel counts them in 16 bits. */
#define TAKE_NR		4096U

static void xen_put(const grant_ref_t *refs, unsigned int nr)
{
	while (nr--)
		gnttab_free_grant_reference(refs[nr]);
}

static int take_some(grant_ref_t *refs, unsigned int nr)
{
	grant_ref_t head;
	unsigned int i;
	int err = gnttab_alloc_grant_references(nr, &head);

	if (err)
		return err;
	for (i = 0; i < nr; i++)
		refs[i] = gnttab_claim_grant_reference(&head);
	return 0;
}

static int xen_take(grant_ref_t *refs, unsigned int nr)
{
	unsigned int done, some;
	int err;

	for (done = 0; done < nr; done += some) {
		some = min(nr - done, TAKE_NR);
		err = take_some(refs + done, some);
		if (err) {
			xen_put(refs, done);
			return err;
		}
	}
	return 0;
}

static int xen_grant(grant_ref_t ref, domid_t domid, xen_pfn_t gfn,
		     bool read_only)
{
	gnttab_grant_foreign_access_ref(ref, domid, gfn, read_only);
	return 0;
}

/* In silence: it is asked again and again. */
static int xen_end(grant_ref_t ref)
{
	return gnttab_try_end_foreign_access(ref) ? 0 : -EBUSY;
}

/* The kernel has a queue of its own, which has no bound. */
static void xen_abandon(grant_ref_t ref, struct page *page)
{
	gnttab_end_foreign_access(ref, page);
}

const struct grant_table_ops grant_table_xen = {
	.take = xen_take,
	.put = xen_put,
	.grant = xen_grant,
	.end = xen_end,
	.abandon = xen_abandon,
};
