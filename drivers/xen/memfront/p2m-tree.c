// SPDX-License-Identifier: GPL-2.0
/*
 * The P2M of a kernel that the in-tree core made a PV guest. The list that it
 * was started with stays, and stays true: those are the first leaves. More are
 * added beyond, without memory at first: they are one of two shared leaves,
 * which both read as holes, until an entry is to be written.
 *
 * Beside it is what Xen's tools save and dump a guest by: a top page with the
 * frames of mid pages, with the frames of the leaves; and a generation that is
 * odd while they change.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <memfront/kunit.h>

#include "hypercall.h"
#include "inject.h"
#include "p2m-tree.h"
#include "p2m-view.h"

static unsigned int leaf_slot(unsigned long pfn)
{
	return pfn / P2M_LEAF_ENTRIES % P2M_MID_LEAVES;
}

static unsigned int entry_slot(unsigned long pfn)
{
	return pfn % P2M_LEAF_ENTRIES;
}

static unsigned long *alloc_page_of(unsigned long word)
{
	unsigned long *page;

	if (memfront_should_fail())
		return NULL;
	page = (unsigned long *)__get_free_page(GFP_KERNEL | __GFP_NOWARN);
	if (page)
		memset64((u64 *)page, word, PAGE_SIZE / sizeof(u64));
	return page;
}

static void free_page_of(void *page)
{
	free_page((unsigned long)page);
}

/* The frame that a page of the kernel's memory has. */
static unsigned long frame_of(const struct p2m_tree *tree, const void *addr)
{
	struct page *page = is_vmalloc_addr(addr) ? vmalloc_to_page(addr) :
						    virt_to_page(addr);
	unsigned long pfn = page_to_pfn(page);

	return pfn < tree->nr_frames ? READ_ONCE(tree->frames[pfn]) :
				       MF_P2M_INVALID;
}

/* Tools read the generation, the lists, and the generation once more. */
static void begin_change(struct p2m_tree *tree)
{
	WRITE_ONCE(tree->shared.p2m_generation,
		   tree->shared.p2m_generation + 1);
	smp_wmb(); /* odd before the change */
}

static void end_change(struct p2m_tree *tree)
{
	smp_wmb(); /* even after the change */
	WRITE_ONCE(tree->shared.p2m_generation,
		   tree->shared.p2m_generation + 1);
}

static struct p2m_mid *mid_of(struct p2m_tree *tree, unsigned long pfn)
{
	return &tree->mids[pfn / P2M_MID_PFNS];
}

static bool is_shared(const struct p2m_tree *tree, const unsigned long *leaf)
{
	return leaf == tree->missing || leaf == tree->identity;
}

/* The shape is locked. */
static unsigned long *leaf_of(struct p2m_tree *tree, unsigned long pfn)
{
	return mid_of(tree, pfn)->leaf[leaf_slot(pfn)];
}

static void store_leaf(struct p2m_tree *tree, unsigned long pfn,
		       unsigned long *leaf)
{
	struct p2m_mid *mid = mid_of(tree, pfn);
	unsigned long flags;

	spin_lock_irqsave(&tree->write_lock, flags);
	/* Pairs with find_leaf(): what is in the leaf is seen with it. */
	smp_store_release(&mid->leaf[leaf_slot(pfn)], leaf);
	spin_unlock_irqrestore(&tree->write_lock, flags);
	mid->mfns[leaf_slot(pfn)] = frame_of(tree, leaf);
}

/* The shape is locked. Return: 0; or the linear view refuses, and so all does. */
static int put_leaf(struct p2m_tree *tree, unsigned long pfn,
		    unsigned long *leaf)
{
	int err = 0;

	begin_change(tree);
	if (tree->view)
		err = p2m_view_set_leaf(tree->view, pfn / P2M_LEAF_ENTRIES,
					mf_mfn(frame_of(tree, leaf)));
	if (!err)
		store_leaf(tree, pfn, leaf);
	end_change(tree);
	return err;
}

static void put_size(struct p2m_tree *tree, unsigned long size)
{
	unsigned long flags;

	spin_lock_irqsave(&tree->write_lock, flags);
	begin_change(tree);
	/* Pairs with find_leaf(): there is a mid for all that is covered. */
	smp_store_release(&tree->size, size);
	tree->shared.max_pfn = size;
	end_change(tree);
	spin_unlock_irqrestore(&tree->write_lock, flags);
}

static void put_mid(struct p2m_tree *tree, unsigned int nr,
		    const struct p2m_mid *mid)
{
	begin_change(tree);
	tree->top[nr] = frame_of(tree, mid->mfns ?: tree->mid_missing);
	tree->mids[nr].mfns = mid->mfns;
	/* Pairs with find_leaf(): the pointers are seen with the page. */
	smp_store_release(&tree->mids[nr].leaf, mid->leaf);
	end_change(tree);
}

static int show_mid(struct p2m_tree *tree, unsigned int nr,
		    const struct p2m_mid *mid)
{
	return tree->view ? p2m_view_add_mid(tree->view, nr, mid->mfns) : 0;
}

static void free_mid(struct p2m_mid *mid)
{
	free_page_of(mid->leaf);
	free_page_of(mid->mfns);
}

static int add_mid(struct p2m_tree *tree, unsigned int nr)
{
	struct p2m_mid mid = {};
	int err = -ENOMEM;

	mid.leaf = (unsigned long **)
		alloc_page_of((unsigned long)tree->missing);
	mid.mfns = alloc_page_of(frame_of(tree, tree->missing));
	if (mid.leaf && mid.mfns)
		err = show_mid(tree, nr, &mid);
	if (err)
		free_mid(&mid);
	else
		put_mid(tree, nr, &mid);
	return err;
}

/* Take the mids from @first up to @end out of use, and free them. */
static void drop_mids(struct p2m_tree *tree, unsigned int first,
		      unsigned int end)
{
	static const struct p2m_mid none;
	struct p2m_mid mid;

	for (; first < end; first++) {
		mid = tree->mids[first];
		put_mid(tree, first, &none);
		if (tree->view)
			p2m_view_drop_mid(tree->view, first);
		synchronize_rcu();
		free_mid(&mid);
	}
}

static unsigned int mids_for(unsigned long nr_pfns)
{
	return DIV_ROUND_UP(nr_pfns, P2M_MID_PFNS);
}

static int add_mids(struct p2m_tree *tree, unsigned int first,
		    unsigned int end)
{
	unsigned int nr;
	int err = 0;

	for (nr = first; nr < end && !err; nr++)
		err = add_mid(tree, nr);
	if (err)
		drop_mids(tree, first, nr - 1);
	return err;
}

static struct p2m_tree *the_tree(void)
{
	return memfront_hv.p2m_tree;
}

static unsigned long tree_size(void)
{
	return READ_ONCE(the_tree()->size);
}

/* RCU read side. Return: the leaf of a pfn; NULL if it is not covered. */
static unsigned long *find_leaf(struct p2m_tree *tree, unsigned long pfn)
{
	unsigned long **leaves;

	/* Pairs with put_size(). */
	if (pfn >= smp_load_acquire(&tree->size))
		return NULL;
	/* Pairs with put_mid(). */
	leaves = smp_load_acquire(&mid_of(tree, pfn)->leaf);
	if (!leaves)
		return NULL;
	/* Pairs with store_leaf(). */
	return smp_load_acquire(&leaves[leaf_slot(pfn)]);
}

static struct mf_p2m_entry tree_resolve(struct mf_pfn pfn)
{
	struct p2m_tree *tree = the_tree();
	unsigned long raw = MF_P2M_INVALID;
	unsigned long *leaf;

	rcu_read_lock();
	leaf = find_leaf(tree, pfn.nr);
	if (leaf == tree->identity)
		raw = pfn.nr | MF_P2M_IDENTITY_BIT;
	else if (leaf)
		raw = READ_ONCE(leaf[entry_slot(pfn.nr)]);
	rcu_read_unlock();
	return p2m_entry(raw);
}

/* What a shared leaf says is as good as written. */
static int write_locked(struct p2m_tree *tree, struct mf_pfn pfn,
			struct mf_p2m_entry entry)
{
	unsigned long *leaf;

	if (pfn.nr >= tree->size)
		return -ERANGE;
	leaf = leaf_of(tree, pfn.nr);
	if (is_shared(tree, leaf))
		return tree_resolve(pfn).raw == entry.raw ? 0 : -ENOENT;
	WRITE_ONCE(leaf[entry_slot(pfn.nr)], entry.raw);
	return 0;
}

static int tree_write(struct mf_pfn pfn, struct mf_p2m_entry entry)
{
	struct p2m_tree *tree = the_tree();
	unsigned long flags;
	int err;

	if (pfn.nr < tree->nr_list) {
		WRITE_ONCE(tree->list[pfn.nr], entry.raw);
		return 0;
	}
	spin_lock_irqsave(&tree->write_lock, flags);
	err = write_locked(tree, pfn, entry);
	spin_unlock_irqrestore(&tree->write_lock, flags);
	return err;
}

static void fill_identity(unsigned long *leaf, unsigned long first)
{
	unsigned long i;

	for (i = 0; i < P2M_LEAF_ENTRIES; i++)
		leaf[i] = (first + i) | MF_P2M_IDENTITY_BIT;
}

/* The shape is locked. */
static int make_private(struct p2m_tree *tree, struct mf_pfn pfn)
{
	struct mf_pfn first = p2m_leaf_first(pfn);
	unsigned long *old, *leaf;
	int err;

	if (pfn.nr >= tree->size)
		return -ERANGE;
	old = leaf_of(tree, pfn.nr);
	if (!is_shared(tree, old))
		return 0;
	leaf = alloc_page_of(MF_P2M_INVALID);
	if (!leaf)
		return -ENOMEM;
	if (old == tree->identity)
		fill_identity(leaf, first.nr);
	err = put_leaf(tree, pfn.nr, leaf);
	if (err)
		free_page_of(leaf);
	return err;
}

static int tree_reserve(struct mf_pfn pfn)
{
	struct p2m_tree *tree = the_tree();
	int err;

	mutex_lock(&tree->lock);
	err = make_private(tree, pfn);
	mutex_unlock(&tree->lock);
	return err;
}

static int identity_locked(struct p2m_tree *tree, struct mf_pfn first,
			   unsigned long nr)
{
	unsigned long pfn;
	int err;

	if (first.nr >= tree->size)
		return -ERANGE;
	if (nr == P2M_LEAF_ENTRIES && is_shared(tree, leaf_of(tree, first.nr)))
		return put_leaf(tree, first.nr, tree->identity);
	err = make_private(tree, first);
	for (pfn = first.nr; pfn < first.nr + nr && !err; pfn++)
		err = tree_write(mf_pfn(pfn),
				 p2m_entry(pfn | MF_P2M_IDENTITY_BIT));
	return err;
}

static int tree_identity(struct mf_pfn first, unsigned long nr)
{
	struct p2m_tree *tree = the_tree();
	int err;

	mutex_lock(&tree->lock);
	err = identity_locked(tree, first, nr);
	mutex_unlock(&tree->lock);
	return err;
}

static int extend_locked(struct p2m_tree *tree, unsigned long size)
{
	int err;

	if (size <= tree->size)
		return 0;
	err = add_mids(tree, mids_for(tree->size), mids_for(size));
	if (!err)
		put_size(tree, size);
	return err;
}

static int tree_extend(unsigned long nr_pfns)
{
	struct p2m_tree *tree = the_tree();
	int err;

	if (nr_pfns > P2M_TREE_MAX)
		return -ERANGE;
	mutex_lock(&tree->lock);
	err = extend_locked(tree, ALIGN(nr_pfns, P2M_LEAF_ENTRIES));
	mutex_unlock(&tree->lock);
	return err;
}

static bool all_holes(struct p2m_tree *tree, unsigned long pfn,
		      unsigned long end)
{
	unsigned long *leaf;

	for (; pfn < end; pfn += P2M_LEAF_ENTRIES) {
		leaf = leaf_of(tree, pfn);
		if (leaf == tree->identity || memchr_inv(leaf, 0xff, PAGE_SIZE))
			return false;
		cond_resched();
	}
	return true;
}

/* Out of the tree, and to be freed when no reader can have it any more. */
static int unlink_leaf(struct p2m_tree *tree, unsigned long pfn,
		       struct list_head *gone)
{
	unsigned long *leaf = leaf_of(tree, pfn);
	int err;

	if (is_shared(tree, leaf))
		return 0;
	err = put_leaf(tree, pfn, tree->missing);
	if (!err)
		list_add(&virt_to_page(leaf)->lru, gone);
	return err;
}

static void free_leaves(struct list_head *gone)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, gone, lru)
		__free_page(page);
}

/* From the end, so that a leaf that has to stay is the last that is covered. */
static int unlink_leaves(struct p2m_tree *tree, unsigned long first,
			 unsigned long end)
{
	unsigned long pfn = end;
	LIST_HEAD(gone);
	int err = 0;

	while (pfn > first && !err) {
		err = unlink_leaf(tree, pfn - P2M_LEAF_ENTRIES, &gone);
		if (!err)
			pfn -= P2M_LEAF_ENTRIES;
	}
	if (err)
		put_size(tree, pfn);
	synchronize_rcu();
	free_leaves(&gone);
	drop_mids(tree, mids_for(pfn), mids_for(end));
	return err;
}

/*
 * Writers are shut out by the size before the last look, so that no entry that
 * they were told is written gets lost.
 */
static int shrink_locked(struct p2m_tree *tree, unsigned long size)
{
	unsigned long old = tree->size;

	if (size >= old)
		return 0;
	if (size < tree->nr_list || !all_holes(tree, size, old))
		return -EBUSY;
	put_size(tree, size);
	if (!all_holes(tree, size, old)) {
		put_size(tree, old);
		return -EBUSY;
	}
	return unlink_leaves(tree, size, old);
}

static int tree_shrink(unsigned long nr_pfns)
{
	struct p2m_tree *tree = the_tree();
	int err;

	if (nr_pfns > P2M_TREE_MAX)
		return 0;
	mutex_lock(&tree->lock);
	err = shrink_locked(tree, ALIGN(nr_pfns, P2M_LEAF_ENTRIES));
	mutex_unlock(&tree->lock);
	return err;
}

const struct p2m_ops p2m_tree_ops = {
	.size = tree_size,
	.end = tree_size,
	.resolve = tree_resolve,
	.write = tree_write,
	.reserve = tree_reserve,
	.identity = tree_identity,
	.extend = tree_extend,
	.shrink = tree_shrink,
};

static bool alloc_shared(struct p2m_tree *tree)
{
	tree->missing = alloc_page_of(MF_P2M_INVALID);
	tree->identity = alloc_page_of(MF_P2M_INVALID);
	if (!tree->missing || !tree->identity)
		return false;
	tree->mid_missing = alloc_page_of(frame_of(tree, tree->missing));
	if (!tree->mid_missing)
		return false;
	tree->top = alloc_page_of(frame_of(tree, tree->mid_missing));
	return tree->top;
}

static bool adopt_list(struct p2m_tree *tree)
{
	unsigned long pfn;

	if (extend_locked(tree, tree->nr_list))
		return false;
	for (pfn = 0; pfn < tree->nr_list; pfn += P2M_LEAF_ENTRIES)
		store_leaf(tree, pfn, tree->list + pfn);
	tree->shared.pfn_to_mfn_frame_list_list = frame_of(tree, tree->top);
	return true;
}

/**
 * p2m_tree_create - make a P2M around the list that a guest was started with
 * @list:	the list, page aligned, whole leaves; stays the caller's
 * @nr:		entries in it
 *
 * The frames of the tree's own pages are looked up in the list that memfront_hv
 * has: the same, but for a tree that a test makes.
 *
 * Context: may sleep.
 * Return: the tree, or NULL without memory or for a list that is no leaves.
 */
struct p2m_tree *p2m_tree_create(unsigned long *list, unsigned long nr)
{
	struct p2m_tree *tree;

	if (!PAGE_ALIGNED(list) || nr % P2M_LEAF_ENTRIES || nr > P2M_TREE_MAX ||
	    memfront_should_fail())
		return NULL;
	tree = kvzalloc(sizeof(*tree), GFP_KERNEL);
	if (!tree)
		return NULL;
	mutex_init(&tree->lock);
	spin_lock_init(&tree->write_lock);
	tree->list = list;
	tree->nr_list = nr;
	tree->frames = memfront_hv.p2m;
	tree->nr_frames = memfront_hv.p2m_size;
	if (alloc_shared(tree) && adopt_list(tree))
		return tree;
	p2m_tree_destroy(tree);
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_tree_create);

static int show_mids(struct p2m_tree *tree)
{
	unsigned int nr;
	int err = 0;

	for (nr = 0; nr < mids_for(tree->size) && !err; nr++)
		err = show_mid(tree, nr, &tree->mids[nr]);
	return err;
}

static void tell_view(struct p2m_tree *tree, unsigned long cr3,
		      unsigned long va)
{
	begin_change(tree);
	tree->shared.p2m_vaddr = va;
	tree->shared.p2m_cr3 = cr3;
	end_change(tree);
}

static int map_locked(struct p2m_tree *tree, struct mf_pfn root)
{
	struct mf_p2m_entry frame = memfront_p2m_lookup(root);
	int err;

	tree->view = p2m_view_create(root);
	if (!tree->view)
		return -ENOMEM;
	err = show_mids(tree);
	if (err) {
		p2m_view_destroy(tree->view);
		tree->view = NULL;
		return err;
	}
	tell_view(tree, xen_pfn_to_cr3(frame.raw), P2M_VIEW_VA);
	return 0;
}

/**
 * p2m_tree_map - show tools the P2M as one array, too
 * @tree: the guest's
 * @root: page of the guest's root table
 *
 * Context: batches of page-table changes are possible; may sleep.
 * Return: 0, -ENOMEM, or what the hypervisor answers.
 */
int p2m_tree_map(struct p2m_tree *tree, struct mf_pfn root)
{
	int err;

	mutex_lock(&tree->lock);
	err = map_locked(tree, root);
	mutex_unlock(&tree->lock);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_tree_map);

/**
 * p2m_tree_unmap - undo p2m_tree_map()
 * @tree: the guest's
 *
 * Context: batches of page-table changes are still possible; may sleep.
 */
void p2m_tree_unmap(struct p2m_tree *tree)
{
	mutex_lock(&tree->lock);
	tell_view(tree, 0, 0);
	p2m_view_destroy(tree->view);
	tree->view = NULL;
	mutex_unlock(&tree->lock);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_tree_unmap);

static void free_all_leaves(struct p2m_tree *tree)
{
	unsigned long pfn, *leaf;

	for (pfn = tree->nr_list; pfn < tree->size; pfn += P2M_LEAF_ENTRIES) {
		leaf = leaf_of(tree, pfn);
		if (!is_shared(tree, leaf))
			free_page_of(leaf);
	}
}

/**
 * p2m_tree_destroy - free a P2M, whatever is in it
 * @tree: nobody uses it any more; its list is left alone
 */
void p2m_tree_destroy(struct p2m_tree *tree)
{
	unsigned int nr;

	if (!tree)
		return;
	free_all_leaves(tree);
	for (nr = 0; nr < mids_for(tree->size); nr++)
		free_mid(&tree->mids[nr]);
	free_page_of(tree->top);
	free_page_of(tree->mid_missing);
	free_page_of(tree->identity);
	free_page_of(tree->missing);
	kvfree(tree);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_tree_destroy);
