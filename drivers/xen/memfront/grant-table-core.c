// SPDX-License-Identifier: GPL-2.0
/*
 * The grant table of a kernel that the in-tree core took as a guest: this module's,
 * for nobody else has one. It is there while something is shared: it grows frame by
 * frame, and is hidden again when the last entry has been given back. Of which
 * version it is, is found when it is opened.
 *
 * In version 1 the core tells in the entry itself whether it is used, so an entry
 * is ended by compare-and-exchange. In version 2 it tells in frames of status
 * words: the entry is ended first, and then nobody can begin to use it; its status
 * says whether somebody still does.
 *
 * Its frames are the core's, so they are read and written by the software CPU: of a
 * PV guest through a window, of a translated one at the end of its physmap. In
 * either place those of the status come first.
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

/* Nor has it this. */
#define XENMAPIDX_grant_table_status	0x80000000U

/* Xen's tools have these; and in the tests of the core a replay has some more. */
#define FIRST_REF		64U
/* An entry that others write to all the time is in use. */
#define MAX_TRIES		5

/**
 * struct layout - where in an entry things are
 * @size:	of an entry
 * @frame:	offset of the frame's number
 * @frame_size:	of that
 * @status_size: of a status word; 0: there are none
 */
struct layout {
	unsigned int size;
	unsigned int frame;
	unsigned int frame_size;
	unsigned int status_size;
};

static const struct layout layouts[] = {
	{
		.size = sizeof(struct grant_entry_v1),
		.frame = offsetof(struct grant_entry_v1, frame),
		.frame_size = sizeof(u32),
	},
	{
		.size = sizeof(union grant_entry_v2),
		.frame = offsetof(union grant_entry_v2, full_page.frame),
		.frame_size = sizeof(u64),
		.status_size = sizeof(grant_status_t),
	},
};

/**
 * struct core_table - the table
 * @lock:	for the rest
 * @layout:	of its entries
 * @max_frames:	frames that it may have
 * @max_status:	status frames for those
 * @frames:	frames that it has, each visible
 * @status:	the same of status frames
 * @used:	for each entry of all frames: is it taken?
 * @nr_used:	how many are
 * @window:	PV: where it is visible
 * @gpfn:	translated: the first of the frames there
 * @va:		where the software CPU finds the first
 * @access:	the core's
 * @exchange:	the core's
 */
struct core_table {
	struct mutex lock; /* for the rest */
	const struct layout *layout;
	unsigned int max_frames;
	unsigned int max_status;
	unsigned int frames;
	unsigned int status;
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

static unsigned int entries_per_frame(void)
{
	return PAGE_SIZE / table.layout->size;
}

/* Status frames that go with so many. */
static unsigned int status_for(unsigned int frames)
{
	return DIV_ROUND_UP(frames * entries_per_frame() *
			    table.layout->status_size, PAGE_SIZE);
}

static int find_version(void)
{
	struct gnttab_get_version op = { .dom = DOMID_SELF };
	int err = grant_op(GNTTABOP_get_version, &op, 1);

	if (err)
		return err;
	if (!op.version || op.version > ARRAY_SIZE(layouts))
		return -EOPNOTSUPP;
	table.layout = &layouts[op.version - 1];
	return 0;
}

static int find_size(void)
{
	struct gnttab_query_size op = {
		.dom = DOMID_SELF,
		.status = GRANT_NOT_DONE,
	};
	int err = grant_op(GNTTABOP_query_size, &op, 1);

	table.max_frames = op.max_nr_frames;
	table.max_status = status_for(op.max_nr_frames);
	return err ?: grant_errno(op.status);
}

static int find_place(void)
{
	domid_t domid = DOMID_SELF;
	struct window *w;
	long gpfn;

	if (!memfront_hv.translated) {
		w = window_take(table.max_status + table.max_frames);
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
					   entries_per_frame(), GFP_KERNEL);
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
	int err = find_version() ?: find_size() ?: get_symbols();

	if (err)
		return err;
	err = open_place();
	if (err)
		put_symbols();
	return err;
}

static int hide_gpfn(unsigned int place)
{
	struct xen_remove_from_physmap arg = {
		.domid = DOMID_SELF,
		.gpfn = table.gpfn + place,
	};

	return memfront_call(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
			     (unsigned long)&arg, 0, 0, 0);
}

static int hide_translated(void)
{
	int err = 0, ret;

	while (table.frames) {
		ret = hide_gpfn(table.max_status + --table.frames);
		err = err ?: ret;
	}
	while (table.status) {
		ret = hide_gpfn(--table.status);
		err = err ?: ret;
	}
	return err;
}

/* What lies between the last of the status and the first frame is empty. */
static int hide_pv(void)
{
	int err = window_clear(table.window, table.max_status + table.frames);

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
	table.status = 0;
	bitmap_free(table.used);
	put_symbols();
}

/* Frames of the table are the domain's own as entries name them. */
static int see_pv(unsigned int place, u64 frame)
{
	struct window *w = table.window;
	int err;

	w->ptes[0] = mf_pte(mf_mfn(frame), MF_PTE_PAGE_RW);
	err = window_write(w, place, 1, DOMID_SELF);
	return err ?: w->errs[0];
}

static void *alloc_list(unsigned int nr)
{
	return memfront_should_fail() ? NULL :
					kcalloc(nr, sizeof(u64), GFP_KERNEL);
}

static int add_frame_pv(void)
{
	struct gnttab_setup_table op = {
		.dom = DOMID_SELF,
		.nr_frames = table.frames + 1,
		.status = GRANT_NOT_DONE,
	};
	xen_pfn_t *frames = alloc_list(op.nr_frames);
	int err;

	if (!frames)
		return -ENOMEM;
	set_xen_guest_handle(op.frame_list, frames);
	err = grant_op(GNTTABOP_setup_table, &op, 1) ?: grant_errno(op.status);
	if (!err)
		err = see_pv(table.max_status + table.frames,
			     frames[table.frames]);
	kfree(frames);
	return err;
}

static int add_status_pv(void)
{
	struct gnttab_get_status_frames op = {
		.dom = DOMID_SELF,
		.nr_frames = table.status + 1,
		.status = GRANT_NOT_DONE,
	};
	u64 *frames = alloc_list(op.nr_frames);
	int err;

	if (!frames)
		return -ENOMEM;
	set_xen_guest_handle(op.frame_list, frames);
	err = grant_op(GNTTABOP_get_status_frames, &op, 1) ?:
	      grant_errno(op.status);
	if (!err)
		err = see_pv(table.status, frames[table.status]);
	kfree(frames);
	return err;
}

static int see_translated(unsigned int place, xen_ulong_t idx)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_grant_table,
		.idx = idx,
		.gpfn = table.gpfn + place,
	};

	if (memfront_should_fail())
		return -ENOMEM;
	return memfront_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			     (unsigned long)&arg, 0, 0, 0);
}

static int add_frame(void)
{
	int err;

	if (table.frames == table.max_frames)
		return -ENOSPC;
	err = memfront_hv.translated ?
	      see_translated(table.max_status + table.frames, table.frames) :
	      add_frame_pv();
	table.frames += !err;
	return err;
}

static int add_status(void)
{
	int err = memfront_hv.translated ?
		  see_translated(table.status,
				 XENMAPIDX_grant_table_status | table.status) :
		  add_status_pv();

	table.status += !err;
	return err;
}

/* The hypervisor has a status frame as soon as there is a frame that needs it. */
static int grow(void)
{
	int err = 0;

	if (status_for(table.frames) == table.status)
		err = add_frame();
	while (!err && table.status < status_for(table.frames))
		err = add_status();
	return err;
}

/* Those whose status is seen, too. */
static unsigned long entries_there(void)
{
	unsigned int frames = table.frames;

	while (status_for(frames) > table.status)
		frames--;
	return (unsigned long)frames * entries_per_frame();
}

static unsigned long entry_va(grant_ref_t ref)
{
	return table.va + PFN_PHYS(table.max_status) +
	       ref * table.layout->size;
}

static int read_word(unsigned long va, void *word, size_t len)
{
	unsigned int error;

	return table.access(va, word, len, 0, &error);
}

static int write_word(unsigned long va, void *word, size_t len)
{
	unsigned int error;

	return table.access(va, word, len, MEMCORE_ACCESS_WRITE, &error);
}

/* The next that is not taken; the table grows for it. */
static int find_free(unsigned long *ref)
{
	int err = 0;

	for (;;) {
		*ref = find_first_zero_bit(table.used, entries_there());
		if (*ref < entries_there())
			return 0;
		err = grow();
		if (err)
			return err;
	}
}

static int read_status(grant_ref_t ref, grant_status_t *status)
{
	return read_word(table.va + ref * sizeof(*status), status,
			 sizeof(*status));
}

/* What is there of an entry: 0 if it grants nothing, and nobody uses it. */
static int read_entry(grant_ref_t ref, u32 *word)
{
	grant_status_t status = 0;
	int err = read_word(entry_va(ref), word, sizeof(*word));

	if (!err && table.layout->status_size)
		err = read_status(ref, &status);
	*word |= status;
	return err;
}

/* An entry that has something in it was left by one that went before: no more. */
static int take_one(grant_ref_t *ref)
{
	unsigned long i;
	u32 word;
	int err;

	do {
		err = find_free(&i) ?: read_entry(i, &word);
		if (err)
			return err;
		set_bit(i, table.used);
	} while (word);
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

/* The first word of an entry: who may do what. */
static u32 first_word(u16 flags, domid_t domid)
{
	return flags | (u32)domid << 16;
}

static int core_grant(grant_ref_t ref, domid_t domid, xen_pfn_t gfn,
		      bool read_only)
{
	u16 flags = GTF_permit_access | (read_only ? GTF_readonly : 0);
	u64 frame = gfn;
	u32 old = 0;
	int err;

	if (memfront_should_fail())
		return -ENOMEM;
	err = write_word(entry_va(ref) + table.layout->frame, &frame,
			 table.layout->frame_size);
	return err ?: table.exchange(entry_va(ref), &old,
				     first_word(flags, domid));
}

static int end_v1(grant_ref_t ref)
{
	unsigned int tries;
	u32 word;
	int err = read_word(entry_va(ref), &word, sizeof(word));

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

static int end_v2(grant_ref_t ref)
{
	u32 none = first_word(GTF_invalid, 0);
	grant_status_t status;
	int err = write_word(entry_va(ref), &none, sizeof(none));

	/* The hypervisor sets the status, then looks at the entry again. */
	smp_mb();
	if (!err)
		err = read_status(ref, &status);
	if (err)
		return err;
	return status & (GTF_reading | GTF_writing) ? -EBUSY : 0;
}

static int end_entry(grant_ref_t ref)
{
	return table.layout->status_size ? end_v2(ref) : end_v1(ref);
}

static int core_end(grant_ref_t ref)
{
	int err;

	mutex_lock(&table.lock);
	err = end_entry(ref);
	if (!err)
		put_locked(&ref, 1);
	mutex_unlock(&table.lock);
	return err;
}

/* Nobody is left who could take it back: the entry stays, and the page with it. */
static void core_abandon(grant_ref_t ref, struct page *page)
{
	pr_err_ratelimited("grant: a page is lost: another domain has it mapped\n");
	mutex_lock(&table.lock);
	if (!--table.nr_used)
		close_table();
	mutex_unlock(&table.lock);
}

const struct grant_table_ops grant_table_core = {
	.take = core_take,
	.put = core_put,
	.grant = core_grant,
	.end = core_end,
	.abandon = core_abandon,
};
