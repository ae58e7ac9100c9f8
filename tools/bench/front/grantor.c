// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that are granted to this control domain: by itself, or by another domain.
 *
 * A translated domain cannot map what is its own: the frame would move. So a PVH
 * domain beside it grants; its toolstack may write its grant table, and here writes
 * the second frame of it, which the domain's own kernel does not use.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include <memfront/grant.h>

#include "grantor.h"

#define TABLE_FRAME	1
/* 16 MiB into the domain's RAM. */
#define FIRST_GFN	0x1000

static int see_table(struct grantor *g)
{
	xen_pfn_t gfn = page_to_pfn(g->page);
	struct xen_mem_acquire_resource arg = {
		.domid = g->domid,
		.type = XENMEM_resource_grant_table,
		.id = XENMEM_resource_grant_table_id_shared,
		.nr_frames = 1,
		.frame = TABLE_FRAME,
	};

	set_xen_guest_handle(arg.frame_list, &gfn);
	return HYPERVISOR_memory_op(XENMEM_acquire_resource, &arg);
}

static int hide_table(struct grantor *g)
{
	struct xen_remove_from_physmap arg = {
		.domid = DOMID_SELF,
		.gpfn = page_to_pfn(g->page),
	};

	return HYPERVISOR_memory_op(XENMEM_remove_from_physmap, &arg);
}

static void write_table(struct grantor *g)
{
	struct grant_entry_v1 *entries = page_address(g->page);
	unsigned int i;

	for (i = 0; i < GRANTOR_REFS; i++) {
		entries[i].frame = FIRST_GFN + i;
		entries[i].domid = 0;
		/* The hypervisor finds it valid only when it is whole. */
		smp_wmb();
		entries[i].flags = GTF_permit_access;
		g->refs[i] = TABLE_FRAME * GRANTOR_REFS + i;
	}
}

static int take_other(struct grantor *g)
{
	int err = xen_alloc_unpopulated_pages(1, &g->page);

	if (err)
		return err;
	err = see_table(g);
	if (err) {
		xen_free_unpopulated_pages(1, &g->page);
		return err;
	}
	write_table(g);
	return 0;
}

static int give_other(struct grantor *g)
{
	int err;

	memset(page_address(g->page), 0, PAGE_SIZE);
	err = hide_table(g);
	if (!err)
		xen_free_unpopulated_pages(1, &g->page);
	return err;
}

static int take_self(struct grantor *g, struct page **own)
{
	g->share = memfront_grant_share(0, own, GRANTOR_REFS, 0);
	if (IS_ERR(g->share))
		return PTR_ERR(g->share);
	memcpy(g->refs, memfront_grant_refs(g->share), sizeof(g->refs));
	return 0;
}

/* @own are pages of this domain's, if it grants itself. */
int grantor_take(struct grantor *g, domid_t domid, struct page **own)
{
	g->domid = domid;
	return domid ? take_other(g) : take_self(g, own);
}

int grantor_give(struct grantor *g)
{
	return g->domid ? give_other(g) : memfront_grant_revoke(g->share);
}
