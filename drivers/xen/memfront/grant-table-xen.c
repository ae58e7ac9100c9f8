// SPDX-License-Identifier: GPL-2.0
/*
 * The grant table of a guest on Xen is the kernel's, of either version: its
 * drivers share pages through it, and go on doing so.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/minmax.h>
#include <linux/printk.h>

#include <xen/grant_table.h>
#include <asm/xen/hypercall.h>

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

/**
 * grant_table_xen_works - can the kernel's table be used?
 * @translated: what the guest is
 *
 * Linux (gnttab_map() of 6.1) does not map the status frames of a table of version 2
 * in a translated guest, and falls over them when a grant is to end. That version is
 * not its choice for such a guest, but can be made so (grant_table.version=2).
 *
 * Return: false, after a message, if nothing may be shared through it.
 */
bool grant_table_xen_works(bool translated)
{
	struct gnttab_get_version op = { .dom = DOMID_SELF };

	if (!translated ||
	    HYPERVISOR_grant_table_op(GNTTABOP_get_version, &op, 1) ||
	    op.version != 2)
		return true;
	pr_warn("grant table of version 2: this kernel cannot end grants there, so no pages are shared\n");
	return false;
}

const struct grant_table_ops grant_table_xen = {
	.take = xen_take,
	.put = xen_put,
	.grant = xen_grant,
	.end = xen_end,
	.abandon = xen_abandon,
};
