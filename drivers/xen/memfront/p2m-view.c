// SPDX-License-Identifier: GPL-2.0
/*
 * The linear view: page tables of a kernel that is the in-tree core's guest, in
 * which tools find the leaves of its P2M as one array, read-only. They are
 * ordinary pinned tables, linked to the root that the guest was started with;
 * no CPU of the kernel ever runs on them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <memfront/mmu.h>
#include <memfront/pin.h>

#include "inject.h"
#include "p2m-view.h"

#define L4_SLOT		(P2M_VIEW_VA >> 39 & 511)

static const struct memfront_mmu_result no_sink;

static struct page *alloc_table(void)
{
	if (memfront_should_fail())
		return NULL;
	return alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
}

static void free_table(struct page *table)
{
	if (table)
		__free_page(table);
}

static struct mf_mfn table_frame(struct page *table)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(table)));
}

static int put_entry(struct mf_maddr entry, u64 pte)
{
	return memfront_mmu_set_pte(entry, pte, 0, DOMID_SELF, no_sink);
}

static int pin_l1(struct page *table)
{
	struct memfront_tree tree = { .level = 1, .tables = &table, .nr = 1 };

	return memfront_tree_pin(&tree);
}

/* A table that cannot be unpinned is no page again, and is lost. */
static void unpin_and_free(struct memfront_tree *tree)
{
	unsigned int i;
	int err = memfront_tree_unpin(tree);

	if (err) {
		pr_err_ratelimited("P2M: tables of its linear view stay pinned (%d)\n",
				   err);
		return;
	}
	for (i = 0; i < tree->nr; i++)
		free_table(tree->tables[i]);
}

static void free_l1(struct page *table)
{
	struct memfront_tree tree = { .level = 1, .tables = &table, .nr = 1 };

	unpin_and_free(&tree);
}

static struct mf_maddr l2_entry(const struct p2m_view *view, unsigned int mid)
{
	return mf_maddr(table_frame(view->l2), mid * sizeof(u64));
}

static void fill_l1(struct page *table, const unsigned long *mfns)
{
	u64 *slots = page_address(table);
	unsigned int i;

	for (i = 0; i < P2M_LEAF_ENTRIES; i++)
		slots[i] = mf_pte(mf_mfn(mfns[i]), MF_PTE_PAGE_RO);
}

/**
 * p2m_view_add_mid - show 512 more leaves
 * @view:	the view
 * @mid:	which 512
 * @mfns:	their frames
 *
 * Context: the tree is locked; task context, may sleep.
 * Return: 0, -ENOMEM, or what the hypervisor answers.
 */
int p2m_view_add_mid(struct p2m_view *view, unsigned int mid,
		     const unsigned long *mfns)
{
	struct page *table = alloc_table();
	int err;

	if (!table)
		return -ENOMEM;
	fill_l1(table, mfns);
	err = pin_l1(table);
	if (err) {
		free_table(table);
		return err;
	}
	err = put_entry(l2_entry(view, mid),
			mf_pte(table_frame(table), MF_PTE_TABLE));
	if (err) {
		free_l1(table);
		return err;
	}
	view->l1[mid] = table;
	return 0;
}

/**
 * p2m_view_drop_mid - show 512 leaves no more
 * @view:	the view
 * @mid:	which 512; harmless if they are not shown
 *
 * Context: the tree is locked; task context, may sleep.
 */
void p2m_view_drop_mid(struct p2m_view *view, unsigned int mid)
{
	struct page *table = view->l1[mid];

	if (!table)
		return;
	put_entry(l2_entry(view, mid), 0);
	memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	free_l1(table);
	view->l1[mid] = NULL;
}

/**
 * p2m_view_set_leaf - show another page for a leaf
 * @view:	the view
 * @leaf:	its number, from pfn 0 on
 * @mfn:	the frame of the page
 *
 * Context: the tree is locked; task context.
 * Return: 0 or what the hypervisor answers.
 */
int p2m_view_set_leaf(struct p2m_view *view, unsigned long leaf,
		      struct mf_mfn mfn)
{
	struct page *table = view->l1[leaf / P2M_LEAF_ENTRIES];
	unsigned int slot = leaf % P2M_LEAF_ENTRIES;
	int err;

	err = put_entry(mf_maddr(table_frame(table), slot * sizeof(u64)),
			mf_pte(mfn, MF_PTE_PAGE_RO));
	return err ?: memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
}

static struct memfront_tree upper_tables(struct page *tables[2],
					 const struct p2m_view *view)
{
	tables[0] = view->l3;
	tables[1] = view->l2;
	return (struct memfront_tree){
		.level = 3,
		.tables = tables,
		.nr = 2,
	};
}

/* Tables that cannot be unpinned are no pages again. */
static void lose_upper(struct p2m_view *view)
{
	view->l3 = NULL;
	view->l2 = NULL;
}

static int link_upper(struct p2m_view *view)
{
	struct page *tables[2];
	struct memfront_tree tree = upper_tables(tables, view);
	u64 *slots = page_address(view->l3);
	int err;

	slots[0] = mf_pte(table_frame(view->l2), MF_PTE_TABLE);
	err = memfront_tree_pin(&tree);
	if (err)
		return err;
	err = put_entry(view->root_entry,
			mf_pte(table_frame(view->l3), MF_PTE_TABLE));
	if (err && memfront_tree_unpin(&tree))
		lose_upper(view);
	return err;
}

/**
 * p2m_view_create - make an empty view
 * @root: page of the guest's root table
 *
 * Context: task context, may sleep.
 * Return: the view, linked to the root; NULL without memory, or if the
 * hypervisor or the root's entry for it do not allow that.
 */
struct p2m_view *p2m_view_create(struct mf_pfn root)
{
	const u64 *slots = page_address(mf_pfn_page(root));
	struct p2m_view *view;

	if (memfront_should_fail() || slots[L4_SLOT])
		return NULL;
	view = kvzalloc(sizeof(*view), GFP_KERNEL);
	if (!view)
		return NULL;
	view->root_entry = mf_maddr(table_frame(mf_pfn_page(root)),
				    L4_SLOT * sizeof(u64));
	view->l3 = alloc_table();
	view->l2 = alloc_table();
	if (view->l3 && view->l2 && !link_upper(view))
		return view;
	free_table(view->l3);
	free_table(view->l2);
	kvfree(view);
	return NULL;
}

/**
 * p2m_view_destroy - take the view away
 * @view: it; or NULL
 *
 * Context: task context, may sleep.
 */
void p2m_view_destroy(struct p2m_view *view)
{
	struct page *tables[2];
	struct memfront_tree tree;
	unsigned int mid;

	if (!view)
		return;
	for (mid = 0; mid < P2M_LEAF_ENTRIES; mid++)
		p2m_view_drop_mid(view, mid);
	put_entry(view->root_entry, 0);
	memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	tree = upper_tables(tables, view);
	unpin_and_free(&tree);
	kvfree(view);
}
