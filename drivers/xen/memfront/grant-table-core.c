// SPDX-License-Identifier: GPL-2.0
/*
 * The grant table of a kernel that the in-tree core took as a guest: this module's,
 * for nobody else has one. It is of version 1, and there while something is
 * shared: it grows frame by frame, and is hidden again when the last entry has
 * been given back.
 *
 * Its frames are the core's, so they are read and written by the software CPU: of a
 * PV guest through a window, of a translated one at the end of its physmap.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/memory.h>

#include <memcore/memcore.h>
#include <memfront/mmu.h>

#include "grant-op.h"
#include "grant-table.h"
#include "hypercall.h"
#include "inject.h"
#include "window.h"

/* The kernel's copy of Xen's header does not have it. */
#ifndef XENMEM_maximum_gpfn
#define XENMEM_maximum_gpfn	14
#endif

#define ENTRIES_PER_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))
/* Xen's tools have these; and in the tests of the core a replay has some more. */
#define FIRST_REF		64U
/* An entry that others write to all the time is in use. */
#define MAX_TRIES		5

/**
 * struct core_table - the table
 * @lock:	for the rest
 * @max_frames:	frames that it may have
 * @frames:	frames that it has, each visible
 * @used:	for each entry of all frames: is it taken?
 * @nr_used:	how many are
 * @window:	PV: where it is visible
 * @gpfn:	translated: the first of the frames there
 * @va:		where the software CPU finds it
 * @access:	the core's
 * @exchange:	the core's
 */
struct core_table {
	struct mutex lock; /* for the rest */
	unsigned int max_frames;
	unsigned int frames;
	unsigned long *used;
	unsigned int nr_used;
	struct window *window;
	unsigned long gpfn;
	unsigned long va;
	int (*access)(unsigned long va, void *buf, size_t len,
		      unsigned int access, unsigned int *error);
	int (*exchange)(unsigned long va, u32 *old, u32 new);
};

static struct core_table table = {
	.lock = __MUTEX_INITIALIZER(table.lock),
};

static int find_size(void)
{
	struct gnttab_query_size op = {
		.dom = DOMID_SELF,
		.status = GRANT_NOT_DONE,
	};
	int err = grant_op(GNTTABOP_query_size, &op, 1);

	table.max_frames = op.max_nr_frames;
	return err ?: grant_errno(op.status);
}

static int find_place(void)
{
	domid_t domid = DOMID_SELF;
	struct window *w;
	long gpfn;

	if (!memfront_hv.translated) {
		w = window_take(table.max_frames);
		if (IS_ERR(w))
			return PTR_ERR(w);
		table.window = w;
		table.va = w->va;
		return 0;
	}
	gpfn = memfront_call(__HYPERVISOR_memory_op, XENMEM_maximum_gpfn,
			     (unsigned long)&domid, 0, 0, 0);
	if (gpfn < 0)
		return gpfn;
	table.gpfn = gpfn + 1;
	table.va = MEMCORE_DIRECT_MAP + PFN_PHYS(table.gpfn);
	return 0;
}

static int alloc_used(void)
{
	table.used = NULL;
	if (!memfront_should_fail())
		table.used = bitmap_zalloc(table.max_frames *
					   ENTRIES_PER_FRAME, GFP_KERNEL);
	if (!table.used)
		return -ENOMEM;
	bitmap_set(table.used, 0, FIRST_REF);
	return 0;
}

static void put_symbols(void)
{
	if (table.access)
		symbol_put(memcore_access);
	if (table.exchange)
		symbol_put(memcore_exchange);
}

static int get_symbols(void)
{
	table.access = symbol_get(memcore_access);
	table.exchange = symbol_get(memcore_exchange);
	if (table.access && table.exchange)
		return 0;
	put_symbols();
	return -ENODEV;
}

static int open_place(void)
{
	int err = alloc_used();

	if (err)
		return err;
	err = find_place();
	if (err)
		bitmap_free(table.used);
	return err;
}

static int open_table(void)
{
	int err = find_size() ?: get_symbols();

	if (err)
		return err;
	err = open_place();
	if (err)
		put_symbols();
	return err;
}

static int hide_translated(void)
{
	struct xen_remove_from_physmap arg = { .domid = DOMID_SELF };
	long ret;
	int err = 0;

	while (table.frames) {
		arg.gpfn = table.gpfn + --table.frames;
		ret = memfront_call(__HYPERVISOR_memory_op,
				    XENMEM_remove_from_physmap,
				    (unsigned long)&arg, 0, 0, 0);
		err = err ?: ret;
	}
	return err;
}

static int hide_pv(void)
{
	int err = window_clear(table.window, table.frames);

	if (err)
		window_lose(table.window);
	else
		window_give(table.window);
	return err;
}

static void close_table(void)
{
	int err = memfront_hv.translated ? hide_translated() : hide_pv();

	if (err)
		pr_err("grant: the table stays where it is seen (%d)\n", err);
	table.frames = 0;
	bitmap_free(table.used);
	put_symbols();
}

/* Frames of the table are the domain's own as entries name them. */
static int see_pv(xen_pfn_t frame)
{
	struct window *w = table.window;
	int err;

	w->ptes[0] = mf_pte(mf_mfn(frame), MF_PTE_PAGE_RW);
	err = window_write(w, table.frames, 1, DOMID_SELF);
	return err ?: w->errs[0];
}

static int grow_pv(void)
{
	struct gnttab_setup_table op = {
		.dom = DOMID_SELF,
		.nr_frames = table.frames + 1,
		.status = GRANT_NOT_DONE,
	};
	xen_pfn_t *frames = NULL;
	int err;

	if (!memfront_should_fail())
		frames = kcalloc(op.nr_frames, sizeof(*frames), GFP_KERNEL);
	if (!frames)
		return -ENOMEM;
	set_xen_guest_handle(op.frame_list, frames);
	err = grant_op(GNTTABOP_setup_table, &op, 1) ?: grant_errno(op.status);
	if (!err)
		err = see_pv(frames[table.frames]);
	kfree(frames);
	return err;
}

static int grow_translated(void)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_grant_table,
		.idx = table.frames,
		.gpfn = table.gpfn + table.frames,
	};

	if (memfront_should_fail())
		return -ENOMEM;
	return memfront_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			     (unsigned long)&arg, 0, 0, 0);
}

static int grow(void)
{
	int err;

	if (table.frames == table.max_frames)
		return -ENOSPC;
	err = memfront_hv.translated ? grow_translated() : grow_pv();
	if (!err)
		table.frames++;
	return err;
}

static int take_one(grant_ref_t *ref)
{
	unsigned long i;
	int err;

	for (;;) {
		i = find_first_zero_bit(table.used,
					table.frames * ENTRIES_PER_FRAME);
		if (i < table.frames * ENTRIES_PER_FRAME)
			break;
		err = grow();
		if (err)
			return err;
	}
	set_bit(i, table.used);
	table.nr_used++;
	*ref = i;
	return 0;
}

static void put_locked(const grant_ref_t *refs, unsigned int nr)
{
	while (nr--) {
		clear_bit(refs[nr], table.used);
		table.nr_used--;
	}
	if (!table.nr_used)
		close_table();
}

static int take_all(grant_ref_t *refs, unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = take_one(&refs[i]);
	if (err)
		put_locked(refs, i - 1);
	return err;
}

static int core_take(grant_ref_t *refs, unsigned int nr)
{
	int err = 0;

	mutex_lock(&table.lock);
	if (!table.nr_used)
		err = open_table();
	if (!err)
		err = take_all(refs, nr);
	mutex_unlock(&table.lock);
	return err;
}

static void core_put(const grant_ref_t *refs, unsigned int nr)
{
	mutex_lock(&table.lock);
	put_locked(refs, nr);
	mutex_unlock(&table.lock);
}

static unsigned long entry_va(grant_ref_t ref)
{
	return table.va + ref * sizeof(struct grant_entry_v1);
}

/* The first word of an entry: who may do what. */
static u32 first_word(u16 flags, domid_t domid)
{
	return flags | (u32)domid << 16;
}

static int core_grant(grant_ref_t ref, domid_t domid, xen_pfn_t gfn,
		      bool read_only)
{
	u16 flags = GTF_permit_access | (read_only ? GTF_readonly : 0);
	u32 frame = gfn, old = 0;
	unsigned int error;
	int err;

	if (memfront_should_fail())
		return -ENOMEM;
	err = table.access(entry_va(ref) +
			   offsetof(struct grant_entry_v1, frame), &frame,
			   sizeof(frame), MEMCORE_ACCESS_WRITE, &error);
	return err ?: table.exchange(entry_va(ref), &old,
				     first_word(flags, domid));
}

static int clear_entry(grant_ref_t ref)
{
	unsigned int error, tries;
	u32 word;
	int err = table.access(entry_va(ref), &word, sizeof(word), 0, &error);

	for (tries = 0; !err && tries < MAX_TRIES; tries++) {
		if (word & (GTF_reading | GTF_writing))
			return -EBUSY;
		err = table.exchange(entry_va(ref), &word, 0);
		if (err != -EAGAIN)
			return err;
		err = 0;
	}
	return err ?: -EBUSY;
}

static int core_end(grant_ref_t ref)
{
	int err;

	mutex_lock(&table.lock);
	err = clear_entry(ref);
	if (!err)
		put_locked(&ref, 1);
	mutex_unlock(&table.lock);
	return err;
}

/* Nobody is left who could take it back. */
static void core_abandon(grant_ref_t ref, struct page *page)
{
	pr_err("grant: a page is lost: another domain has it mapped\n");
}

const struct grant_table_ops grant_table_core = {
	.take = core_take,
	.put = core_put,
	.grant = core_grant,
	.end = core_end,
	.abandon = core_abandon,
};
