// SPDX-License-Identifier: GPL-2.0
/*
 * Grants of this domain's pages to itself. On Xen the kernel has the grant table;
 * on the core nobody has, so it is written here, by the software CPU.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/grant_table.h>
#include <xen/xen.h>

#include <xen-public/grant_table.h>
#include <xen-public/xen.h>

#include "hypervisor.h"
#include "pages.h"
#include "refs.h"

/* The first are reserved. */
#define FIRST_REF	8
#define PER_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))
#define MAX_FRAMES	4

/* It is the control domain, on both. */
u16 refs_domid(void)
{
	return 0;
}

static int grant_on_xen(struct refs *refs, struct page *page)
{
	int ref = gnttab_grant_foreign_access(refs_domid(), hv_frame(page), 0);

	if (ref < 0)
		return ref;
	refs->ref[refs->nr++] = ref;
	return 0;
}

/**
 * struct table - the frames of a grant table, on the core
 * @domid:	whose
 * @window:	where the direct map shows one of them
 * @frames:	machine frames
 * @nr:		how many
 */
struct table {
	u16 domid;
	struct own_pages window;
	xen_pfn_t frames[MAX_FRAMES];
	unsigned int nr;
};

static int table_find(struct table *table, unsigned int nr_refs)
{
	struct gnttab_setup_table setup = {
		.dom = table->domid,
		.nr_frames = DIV_ROUND_UP(FIRST_REF + nr_refs, PER_FRAME),
	};

	if (setup.nr_frames > MAX_FRAMES)
		return -EINVAL;
	table->nr = setup.nr_frames;
	set_xen_guest_handle(setup.frame_list, table->frames);
	if (hv.call(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table,
		    (unsigned long)&setup, 1, 0, 0) ||
	    setup.status != GNTST_okay)
		return -EIO;
	return own_pages_take(&table->window, 1);
}

static int table_show(struct table *table, unsigned int i)
{
	u64 entry = (u64)table->frames[i] << PAGE_SHIFT | ENTRY_WRITABLE;
	/* Who calls does not count as another domain. */
	u16 owner = table->domid == refs_domid() ? DOMID_SELF : table->domid;

	return hv.call(__HYPERVISOR_update_va_mapping_otherdomain,
		       hv_va(table->window.page[0]), entry,
		       UVMF_INVLPG | UVMF_ALL, owner, 0) ? -EIO : 0;
}

static int table_write(struct table *table, u32 ref,
		       const struct grant_entry_v1 *entry)
{
	unsigned long va = hv_va(table->window.page[0]);

	if (table_show(table, ref / PER_FRAME))
		return -EIO;
	return hv_store(va + ref % PER_FRAME * sizeof(*entry), entry,
			sizeof(*entry));
}

static int write_all(struct table *table, const unsigned long *frames,
		     unsigned int nr)
{
	struct grant_entry_v1 entry = {
		.flags = frames ? GTF_permit_access : 0,
		.domid = table->domid,
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		entry.frame = frames ? frames[i] : 0;
		ret = table_write(table, refs_of_domain(i), &entry);
	}
	return ret;
}

u32 refs_of_domain(unsigned int i)
{
	return FIRST_REF + i;
}

/* Frames of a domain on the core, to itself; without frames the references end. */
int refs_grant_domain(u16 domid, const unsigned long *frames, unsigned int nr)
{
	struct table table = { .domid = domid };
	int ret;

	ret = table_find(&table, nr);
	if (!ret)
		ret = write_all(&table, frames, nr);
	own_pages_free(&table.window);
	return ret;
}

static int take_on_core(struct refs *refs, const struct own_pages *pages)
{
	unsigned long *frames;
	int ret;

	frames = kvmalloc_array(pages->nr, sizeof(*frames), GFP_KERNEL);
	if (!frames)
		return -ENOMEM;
	for (refs->nr = 0; refs->nr < pages->nr; refs->nr++) {
		refs->ref[refs->nr] = refs_of_domain(refs->nr);
		frames[refs->nr] = hv_frame(pages->page[refs->nr]);
	}
	ret = refs_grant_domain(refs_domid(), frames, refs->nr);
	kvfree(frames);
	return ret;
}

int refs_take(struct refs *refs, const struct own_pages *pages)
{
	unsigned int i;
	int ret = 0;

	refs->ref = kvcalloc(pages->nr, sizeof(*refs->ref), GFP_KERNEL);
	if (!refs->ref)
		return -ENOMEM;
	if (!xen_domain())
		return take_on_core(refs, pages);
	for (i = 0; i < pages->nr && !ret; i++)
		ret = grant_on_xen(refs, pages->page[i]);
	return ret;
}

/* Nothing is mapped any more: to end a grant that is would be a loss. */
int refs_free(struct refs *refs)
{
	int ret = 0;

	if (refs->nr && !xen_domain())
		ret = refs_grant_domain(refs_domid(), NULL, refs->nr);
	while (refs->nr && xen_domain())
		if (!gnttab_try_end_foreign_access(refs->ref[--refs->nr]))
			ret = -EBUSY;
	kvfree(refs->ref);
	return ret;
}
