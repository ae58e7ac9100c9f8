// SPDX-License-Identifier: GPL-2.0
/*
 * Windows of a kernel that the in-tree core made a PV guest: address space of the
 * model. A window has an L2 table of its own with its L1 tables below, in pages of
 * the kernel; all hang in one L3 table, which is made with the first window.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <memcore/memcore.h>
#include <memfront/mmu.h>
#include <memfront/p2m.h>
#include <memfront/pin.h>

#include "hypercall.h"
#include "inject.h"
#include "window.h"

/* Where Linux has its vmalloc area; the first 512 GiB of it. */
#define CORE_WINDOWS	0xffffc90000000000UL

#define TABLE_ENTRIES	WINDOW_TABLE_ENTRIES
#define L3_SLOT_SHIFT	30
#define L4_SLOT_SHIFT	39

/*
 * @root:	the root table
 * @l3:		the table of all windows; NULL before the first
 * @used:	which of its slots have a window
 */
static struct {
	struct mutex lock; /* for the rest */
	struct mf_pfn root;
	struct page *l3;
	DECLARE_BITMAP(used, TABLE_ENTRIES);
} core = {
	.lock = __MUTEX_INITIALIZER(core.lock),
};

/* The kernel's own page: it has a frame. */
static struct mf_mfn mfn_of(struct page *page)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(page)));
}

static struct mf_maddr entry_of(struct mf_mfn table, unsigned int slot)
{
	return mf_maddr(table, slot * sizeof(u64));
}

static int set_entry(struct mf_mfn table, unsigned int slot, u64 pte)
{
	static const struct memfront_mmu_result no_sink;

	return memfront_mmu_set_pte(entry_of(table, slot), pte, 0, DOMID_SELF,
				    no_sink);
}

static int set_root_entry(u64 pte)
{
	return set_entry(mfn_of(mf_pfn_page(core.root)),
			 CORE_WINDOWS >> L4_SLOT_SHIFT & (TABLE_ENTRIES - 1),
			 pte);
}

static struct page *alloc_table(void)
{
	return memfront_should_fail() ? NULL :
					alloc_page(GFP_KERNEL | __GFP_ZERO);
}

static struct memfront_tree l3_tree(void)
{
	return (struct memfront_tree){
		.level = 3,
		.tables = &core.l3,
		.nr = 1,
	};
}

/* Loses the page if the hypervisor does not let go of it. */
static void drop_l3(void)
{
	struct memfront_tree tree = l3_tree();

	if (!memfront_tree_unpin(&tree))
		__free_page(core.l3);
	core.l3 = NULL;
}

static int make_l3(void)
{
	struct memfront_tree tree = l3_tree();
	int err;

	core.l3 = alloc_table();
	if (!core.l3)
		return -ENOMEM;
	err = memfront_tree_pin(&tree);
	if (err) {
		__free_page(core.l3);
		core.l3 = NULL;
		return err;
	}
	err = set_root_entry(mf_pte(mfn_of(core.l3), MF_PTE_TABLE));
	if (err)
		drop_l3();
	return err;
}

static struct memfront_tree window_tree(struct window *w)
{
	return (struct memfront_tree){
		.level = 2,
		.tables = w->pages,
		.nr = window_tables(w) + 1,
	};
}

static void free_tables(struct window *w)
{
	unsigned int i;

	for (i = 0; i <= window_tables(w) && w->pages[i]; i++)
		__free_page(w->pages[i]);
	kvfree(w->pages);
}

/* The L2 table first. */
static int alloc_tables(struct window *w)
{
	unsigned int i, nr = window_tables(w) + 1;

	w->pages = kvcalloc(nr, sizeof(*w->pages), GFP_KERNEL);
	if (!w->pages)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		w->pages[i] = alloc_table();
		if (!w->pages[i]) {
			free_tables(w);
			return -ENOMEM;
		}
	}
	return 0;
}

static void fill_tables(struct window *w)
{
	u64 *l2 = page_address(w->pages[0]);
	unsigned int i;

	for (i = 0; i < window_tables(w); i++) {
		l2[i] = mf_pte(mfn_of(w->pages[i + 1]), MF_PTE_TABLE);
		w->tables[i] = mf_maddr(mfn_of(w->pages[i + 1]), 0);
	}
}

static int pin_tables(struct window *w)
{
	struct memfront_tree tree;
	int err = alloc_tables(w);

	if (err)
		return err;
	fill_tables(w);
	tree = window_tree(w);
	err = memfront_tree_pin(&tree);
	if (err)
		free_tables(w);
	return err;
}

static bool unpin_tables(struct window *w)
{
	struct memfront_tree tree = window_tree(w);

	if (memfront_tree_unpin(&tree))
		return false;
	free_tables(w);
	return true;
}

/* Locked. */
static int link(struct window *w)
{
	u64 pte = mf_pte(mfn_of(w->pages[0]), MF_PTE_TABLE);
	int err = core.l3 ? 0 : make_l3();

	if (err)
		return err;
	w->slot = find_first_zero_bit(core.used, TABLE_ENTRIES);
	if (w->slot == TABLE_ENTRIES)
		return -ENOSPC;
	err = set_entry(mfn_of(core.l3), w->slot, pte);
	if (err)
		return err;
	set_bit(w->slot, core.used);
	w->va = CORE_WINDOWS + ((unsigned long)w->slot << L3_SLOT_SHIFT);
	return 0;
}

static int core_make(struct window *w)
{
	int err = pin_tables(w);

	if (err)
		return err;
	mutex_lock(&core.lock);
	err = link(w);
	mutex_unlock(&core.lock);
	if (err)
		unpin_tables(w);
	return err;
}

/* Locked. The hypervisor flushes what the entry has led to. */
static bool unlink_window(struct window *w)
{
	if (set_entry(mfn_of(core.l3), w->slot, 0))
		return false;
	clear_bit(w->slot, core.used);
	return true;
}

static bool core_free(struct window *w)
{
	bool unlinked;

	mutex_lock(&core.lock);
	unlinked = unlink_window(w);
	mutex_unlock(&core.lock);
	return unlinked && unpin_tables(w);
}

static void core_exit(void)
{
	if (!core.l3)
		return;
	if (!set_root_entry(0))
		drop_l3();
	core.l3 = NULL;
	bitmap_zero(core.used, TABLE_ENTRIES);
}

static const struct window_ops core_ops = {
	.make = core_make,
	.free = core_free,
	.exit = core_exit,
};

/**
 * window_core - windows for a kernel that is the core's PV guest
 * @info: what it was started with
 *
 * Return: how to make them.
 */
const struct window_ops *window_core(const struct start_info *info)
{
	core.root = mf_pfn((info->pt_base - MEMCORE_DIRECT_MAP) >> PAGE_SHIFT);
	return &core_ops;
}
