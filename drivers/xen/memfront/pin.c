// SPDX-License-Identifier: GPL-2.0
/*
 * Trees of page tables in pages of the kernel. A page that is to be a table must
 * not be mapped writable anywhere, so its entry in the direct map goes read-only
 * before, and comes back when it is a page again.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include <memfront/mmu.h>
#include <memfront/pin.h>

#include "direct-map.h"
#include "hypercall.h"
#include "p2m.h"

static const struct memfront_mmu_result no_sink;

/* The entry of the direct map that maps a table, and the table's frame. */
static int find_table(struct page *table, struct mf_maddr *entry,
		      struct mf_mfn *mfn)
{
	struct mf_p2m_entry found = memfront_p2m_lookup(mf_page_pfn(table));

	if (mf_p2m_state(found) != MF_P2M_RAM)
		return -EINVAL;
	*mfn = mf_p2m_mfn(found);
	if (!memfront_hv.direct_map->find(mf_page_pfn(table), &entry->addr))
		return -ENXIO;
	return 0;
}

static int map_table(struct page *table, bool writable)
{
	struct mf_maddr entry;
	struct mf_mfn mfn;
	int ret = find_table(table, &entry, &mfn);
	u64 pte;

	if (ret)
		return ret;
	pte = memfront_hv.direct_map->entry(mfn);
	if (!writable)
		pte &= ~MF_PTE_RW;
	return memfront_mmu_set_pte(entry, pte, 0, DOMID_SELF, no_sink);
}

/* Inside a batch. */
static int map_tables(const struct memfront_tree *tree, bool writable)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < tree->nr && !ret; i++)
		ret = map_table(tree->tables[i], writable) ?:
		      memfront_mmu_relax();
	return ret;
}

/*
 * One by one, so that a table that is still in use keeps no other from becoming
 * a page again. A page that is writable stays so.
 */
static int make_pages(const struct memfront_tree *tree)
{
	unsigned int i;
	int ret = 0;
	int err;

	for (i = 0; i < tree->nr; i++) {
		err = map_table(tree->tables[i], true);
		ret = ret ?: err;
		cond_resched();
	}
	return ret;
}

static int check_tree(const struct memfront_tree *tree)
{
	struct mf_maddr entry;
	struct mf_mfn mfn;
	unsigned int i;
	int ret = 0;

	if (memfront_hv.translated)
		return -EOPNOTSUPP;
	if (!memfront_hv.direct_map)
		return -ENXIO;
	if (!tree->nr || !tree->level || tree->level > 4)
		return -EINVAL;
	for (i = 0; i < tree->nr && !ret; i++)
		ret = find_table(tree->tables[i], &entry, &mfn);
	return ret;
}

static int root_frame(const struct memfront_tree *tree, struct mf_mfn *root)
{
	struct mf_maddr entry;

	return find_table(tree->tables[0], &entry, root);
}

/* The root has been pinned or unpinned, whatever became of the rest. */
struct root_step {
	struct memfront_mmu_sink sink;
	int err;
};

static void root_done(struct memfront_mmu_sink *sink, unsigned long cookie,
		      int err)
{
	container_of(sink, struct root_step, sink)->err = err;
}

static const struct root_step root_step_ahead = {
	.sink.done = root_done,
	.err = -ECANCELED,
};

static int pin_root(const struct memfront_tree *tree, struct root_step *step)
{
	struct memfront_mmu_result result = { .sink = &step->sink };
	struct mf_mfn root;
	int ret = root_frame(tree, &root);

	return ret ?: memfront_mmu_pin(tree->level, root, result);
}

static int unpin_root(const struct memfront_tree *tree, struct root_step *step)
{
	struct memfront_mmu_result result = { .sink = &step->sink };
	struct mf_mfn root;
	int ret = root_frame(tree, &root);

	return ret ?: memfront_mmu_unpin(root, result);
}

/* Refused or not, then it is no half-checked table any more. */
static void check_l2_again(struct page *table)
{
	const struct memfront_tree tree = {
		.level = 2,
		.tables = &table,
		.nr = 1,
	};
	struct root_step step = root_step_ahead;

	pin_root(&tree, &step);
	if (!step.err)
		unpin_root(&tree, &step);
}

/*
 * If an L2 table at slot 0 of an L3 table is refused after its first entry, and the
 * L3 table is not at slot 0 of its L4 table, Xen 4.17 leaves the L2 table half
 * checked, and those below it in use, until somebody has it checked again
 * (scripts/replay/lost-table.hc).
 */
static int make_lost_pages(const struct memfront_tree *tree)
{
	unsigned int i;

	for (i = 0; i < tree->nr; i++) {
		if (map_table(tree->tables[i], true))
			check_l2_again(tree->tables[i]);
		cond_resched();
	}
	return make_pages(tree);
}

static void undo_pin(const struct memfront_tree *tree, bool pinned)
{
	struct root_step unpin = root_step_ahead;
	int ret = 0;

	if (pinned)
		ret = unpin_root(tree, &unpin);
	ret = ret ?: make_pages(tree);
	if (ret && !pinned && tree->level == 4)
		ret = make_lost_pages(tree);
	if (ret)
		pr_err_ratelimited("pin: a tree of %u tables was refused, and not all of its pages are writable again (%d)\n",
				   tree->nr, ret);
}

/**
 * memfront_tree_pin - make pages of the kernel a tree of page tables
 * @tree: the tree; its pages are nobody else's and mapped only in the direct map
 *
 * The pages go read-only and the root is pinned in one batch. If anything is
 * refused all is as before, with the pages writable. So it is, too, with an L2 table
 * that Xen 4.17 leaves half checked; but the reference to its frame that Xen loses
 * then is not got back: given to Xen, such a frame does not become free.
 *
 * Context: task context, may sleep.
 * Return: 0; -EOPNOTSUPP for a translated guest; -EINVAL for a tree without
 * tables, of no level, or with a page that has no frame of this domain; -ENXIO
 * if the direct map has no 4 KiB entry for a page; or what the hypervisor
 * answers: -EINVAL for a table with an entry that it does not allow.
 */
int memfront_tree_pin(const struct memfront_tree *tree)
{
	int ret = check_tree(tree);
	struct root_step pin = root_step_ahead;
	int err;

	if (ret)
		return ret;

	/* A stale alias of a page would be a writable mapping. */
	vm_unmap_aliases();

	ret = memfront_mmu_begin();
	if (ret)
		return ret;
	err = map_tables(tree, false) ?: pin_root(tree, &pin);
	ret = memfront_mmu_end() ?: err;
	if (ret)
		undo_pin(tree, !pin.err);
	return ret;
}
EXPORT_SYMBOL_GPL(memfront_tree_pin);

/**
 * memfront_tree_unpin - make a pinned tree pages of the kernel again
 * @tree: as it was pinned, whatever its entries are now
 *
 * The entries are left as they are, with their frames.
 *
 * Context: task context, may sleep.
 * Return: 0; else the pages are still tables and must not be freed: the error of
 * unpinning the root, when nothing has changed and it can be tried again; or of
 * a table that something outside the tree names.
 */
int memfront_tree_unpin(const struct memfront_tree *tree)
{
	int ret = check_tree(tree);
	struct root_step unpin = root_step_ahead;
	int err;

	if (ret)
		return ret;
	ret = memfront_mmu_begin();
	if (ret)
		return ret;
	err = unpin_root(tree, &unpin) ?: map_tables(tree, true);
	ret = memfront_mmu_end() ?: err;
	if (unpin.err)
		return unpin.err;
	return ret ? make_pages(tree) : 0;
}
EXPORT_SYMBOL_GPL(memfront_tree_unpin);
