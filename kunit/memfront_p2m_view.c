// SPDX-License-Identifier: GPL-2.0
/*
 * The P2M of the loaded module as tools of Xen see it: the address space that
 * p2m_cr3 names, and the list at p2m_vaddr in it, read by the core's software
 * CPU; and the frame list beside it, that must say the same.
 */
#include <kunit/test.h>
#include <linux/mm.h>

#include <memcore/memcore.h>
#include <memfront/m2p.h>
#include <memfront/p2m.h>

#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m-tree.h"

#define LEAF	P2M_LEAF_ENTRIES

static int view_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret || !memfront_hv.p2m_tree)
		return ret;
	balloon_stop(&memfront_balloon);
	test->priv = memfront_hv.p2m_tree;
	return 0;
}

static void view_test_exit(struct kunit *test)
{
	no_faults();
	if (!test->priv)
		return;
	balloon_start(&memfront_balloon);
	expect_core_sound(test);
}

static struct p2m_tree *tree_of(struct kunit *test)
{
	if (!test->priv)
		kunit_skip(test, "the kernel is not adopted as PV");
	return test->priv;
}

/* A leaf as it is read through the view. */
static int read_leaf(const struct arch_shared_info *shared, unsigned long pfn,
		     unsigned long *leaf)
{
	unsigned int error;

	return memcore_access(shared->p2m_vaddr + pfn * sizeof(*leaf), leaf,
			      PAGE_SIZE, 0, &error);
}

static bool same_for_tools(unsigned long dump, unsigned long pfn)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(mf_pfn(pfn));

	return dump == entry.raw || (dump == MF_P2M_INVALID &&
				     mf_p2m_state(entry) == MF_P2M_IDENTITY);
}

static const unsigned long *page_of(unsigned long mfn)
{
	struct mf_pfn pfn;

	return memfront_mfn_to_pfn(mf_mfn(mfn), &pfn) ? NULL :
		       page_address(pfn_to_page(pfn.nr));
}

static const unsigned long *listed_leaf(const struct arch_shared_info *shared,
					unsigned long pfn)
{
	const unsigned long *page =
		page_of(shared->pfn_to_mfn_frame_list_list);

	page = page ? page_of(page[pfn / (LEAF * LEAF)]) : NULL;
	return page ? page_of(page[pfn / LEAF % LEAF]) : NULL;
}

static unsigned long wrong_in_leaf(const struct arch_shared_info *shared,
				   unsigned long first, unsigned long *leaf)
{
	const unsigned long *listed = listed_leaf(shared, first);
	unsigned long i, wrong = 0;

	if (!listed || read_leaf(shared, first, leaf))
		return LEAF;
	for (i = 0; i < LEAF; i++)
		wrong += !same_for_tools(leaf[i], first + i) ||
			 listed[i] != leaf[i];
	return wrong;
}

static void expect_dump(struct kunit *test, struct p2m_tree *tree)
{
	const struct arch_shared_info *shared = &tree->shared;
	unsigned long *leaf = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned long pfn, wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, leaf);
	KUNIT_EXPECT_EQ(test, shared->p2m_generation % 2, 0);
	KUNIT_EXPECT_EQ(test, shared->max_pfn, memfront_p2m_size());
	for (pfn = 0; pfn < shared->max_pfn; pfn += LEAF)
		wrong += wrong_in_leaf(shared, pfn, leaf);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	kunit_kfree(test, leaf);
}

static void the_address_space_is_the_guests(struct kunit *test)
{
	struct p2m_tree *tree = tree_of(test);

	if (!tree)
		return;
	KUNIT_EXPECT_EQ(test, tree->shared.p2m_cr3,
			xen_pfn_to_cr3(memcore_root(false)));
}

static void tools_find_all_of_it(struct kunit *test)
{
	struct p2m_tree *tree = tree_of(test);

	if (!tree)
		return;
	expect_dump(test, tree);
}

static void tools_only_read(struct kunit *test)
{
	struct p2m_tree *tree = tree_of(test);
	unsigned long word = 1;
	unsigned int error;

	if (!tree)
		return;
	KUNIT_EXPECT_EQ(test, memcore_access(tree->shared.p2m_vaddr, &word,
					     sizeof(word), MEMCORE_ACCESS_WRITE,
					     &error), -EFAULT);
	KUNIT_EXPECT_EQ(test, memcore_access(tree->shared.p2m_vaddr, &word,
					     sizeof(word), MEMCORE_ACCESS_USER,
					     &error), -EFAULT);
}

/*
 * Where the next 512 leaves begin. How far the guest's own memory reaches is
 * another matter in each boot of UML.
 */
static unsigned long beyond(unsigned long size)
{
	return round_up(size, LEAF * LEAF);
}

static void tools_see_it_grow_and_shrink(struct kunit *test)
{
	struct p2m_tree *tree = tree_of(test);
	unsigned long size, first, generation;

	if (!tree)
		return;
	size = memfront_p2m_size();
	generation = tree->shared.p2m_generation;
	first = beyond(size) + 3 * LEAF;
	KUNIT_ASSERT_EQ(test, memfront_p2m_extend(first + 2 * LEAF), 0);
	expect_dump(test, tree);
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(first), 1), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(first + 1), mf_mfn(9)), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set_identity(mf_pfn(first + LEAF),
							LEAF), 0);
	expect_dump(test, tree);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(size), -EBUSY);
	expect_dump(test, tree);
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(first + LEAF), 1), 0);
	for (; first < memfront_p2m_size(); first++)
		KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(first)), 0);
	expect_dump(test, tree);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(size), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_size(), size);
	expect_dump(test, tree);
	KUNIT_EXPECT_GT(test, tree->shared.p2m_generation, generation);
}

static void every_allocation_may_fail(struct kunit *test)
{
	struct p2m_tree *tree = tree_of(test);
	unsigned int nth = 0;
	unsigned long size;
	int ret;

	if (!tree)
		return;
	size = memfront_p2m_size();
	do {
		fail_at(++nth);
		ret = memfront_p2m_extend(beyond(size) + LEAF * LEAF);
		if (!ret)
			break;
		KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		KUNIT_EXPECT_EQ(test, memfront_p2m_size(), size);
		expect_dump(test, tree);
	} while (nth < 64);
	no_faults();
	KUNIT_EXPECT_GT(test, nth, 3U);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(size), 0);
	expect_dump(test, tree);
}

/* As when the module goes: nothing of it is left in the guest's tables. */
static void the_view_goes_and_comes_back(struct kunit *test)
{
	struct p2m_tree *tree = tree_of(test);
	unsigned long va, cr3, word;
	unsigned int error, nth = 0;
	struct mf_pfn root;

	if (!tree)
		return;
	va = tree->shared.p2m_vaddr;
	cr3 = tree->shared.p2m_cr3;
	KUNIT_ASSERT_EQ(test,
			memfront_m2p_lookup(mf_mfn(cr3 >> PAGE_SHIFT), &root),
			0);
	p2m_tree_unmap(tree);
	KUNIT_EXPECT_EQ(test, tree->shared.p2m_cr3, 0);
	KUNIT_EXPECT_EQ(test,
			memcore_access(va, &word, sizeof(word), 0, &error),
			-EFAULT);
	do {
		fail_at(++nth);
	} while (p2m_tree_map(tree, root) && nth < 64);
	no_faults();
	KUNIT_EXPECT_GT(test, nth, 4U);
	KUNIT_EXPECT_EQ(test, tree->shared.p2m_cr3, cr3);
	expect_dump(test, tree);
}

static struct kunit_case view_cases[] = {
	KUNIT_CASE(the_address_space_is_the_guests),
	KUNIT_CASE(tools_find_all_of_it),
	KUNIT_CASE(tools_only_read),
	KUNIT_CASE(tools_see_it_grow_and_shrink),
	KUNIT_CASE(every_allocation_may_fail),
	KUNIT_CASE(the_view_goes_and_comes_back),
	{}
};

static struct kunit_suite view_suite = {
	.name = "memfront_p2m_view",
	.init = view_test_init,
	.exit = view_test_exit,
	.test_cases = view_cases,
};

kunit_test_suite(view_suite);
