// SPDX-License-Identifier: GPL-2.0
/*
 * Trees of page tables on the in-tree core: pinned, refused with all undone, and
 * let go again.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <memcore/memcore.h>

#include "balloon.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_tables.h"

#define NR_L1		3
#define NR_TABLES	(3 + NR_L1)

/**
 * struct grown - a tree of four levels
 * @table:	L4, L3, L2 and the L1 tables
 * @data:	what slot i of L1 table i maps
 */
struct grown {
	struct page *table[NR_TABLES];
	struct page *data[NR_L1];
};

static struct page *new_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page;
}

static void put_slot(struct page *table, unsigned int slot, u64 pte)
{
	((u64 *)page_address(table))[slot] = pte;
}

static int pin_test_init(struct kunit *test)
{
	int ret = need_core(test);
	struct grown *g;
	unsigned int i;

	if (ret || !memfront_hv.direct_map)
		return ret;
	g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, g);
	for (i = 0; i < NR_TABLES; i++)
		g->table[i] = new_page(test);
	for (i = 0; i < NR_L1; i++) {
		g->data[i] = new_page(test);
		put_slot(g->table[3 + i], i,
			 mf_pte(frame_of(g->data[i]), MF_PTE_PAGE_RW));
		put_slot(g->table[2], i,
			 mf_pte(frame_of(g->table[3 + i]), MF_PTE_TABLE));
	}
	put_slot(g->table[1], 0, mf_pte(frame_of(g->table[2]), MF_PTE_TABLE));
	put_slot(g->table[0], 0, mf_pte(frame_of(g->table[1]), MF_PTE_TABLE));
	balloon_stop(&memfront_balloon);
	test->priv = g;
	return 0;
}

static void pin_test_exit(struct kunit *test)
{
	struct grown *g = test->priv;
	unsigned int i;

	no_faults();
	if (!g)
		return;
	expect_core_sound(test);
	balloon_start(&memfront_balloon);
	for (i = 0; i < NR_TABLES; i++)
		__free_page(g->table[i]);
	for (i = 0; i < NR_L1; i++)
		__free_page(g->data[i]);
}

/* The tree from @level down. */
static struct memfront_tree tree_from(struct grown *g, unsigned int level)
{
	unsigned int above = 4 - level;

	return (struct memfront_tree){
		.level = level,
		.tables = g->table + above,
		.nr = level == 1 ? 1 : NR_TABLES - above,
	};
}

static bool writable(struct page *page)
{
	unsigned long va = model_va(page);
	unsigned int error;
	u64 word = 0;

	/* As it is: the word is written back unchanged. */
	if (memcore_access(va, &word, sizeof(word), 0, &error))
		return false;
	return !memcore_access(va, &word, sizeof(word), MEMCORE_ACCESS_WRITE,
			       &error);
}

static unsigned int nr_writable(struct memfront_tree *tree)
{
	unsigned int i, nr = 0;

	for (i = 0; i < tree->nr; i++)
		nr += writable(tree->tables[i]);
	return nr;
}

static void pinned_from_every_level(struct kunit *test)
{
	struct memfront_tree tree;
	unsigned int level;

	if (!tables_possible(test))
		return;
	for (level = 1; level <= 4; level++) {
		tree = tree_from(test->priv, level);
		KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), 0);
		expect_core_sound(test);
		KUNIT_EXPECT_NE(test, memfront_tree_pin(&tree), 0);
		KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), 0);
		KUNIT_EXPECT_EQ(test, nr_writable(&tree), tree.nr);
		expect_core_sound(test);
	}
}

/* A write to a table is checked, so it is none to the page of another type. */
static void tables_are_read_only_while_pinned(struct kunit *test)
{
	struct memfront_tree tree;
	struct grown *g = test->priv;

	if (!tables_possible(test))
		return;
	tree = tree_from(g, 4);
	KUNIT_ASSERT_EQ(test, memfront_tree_pin(&tree), 0);
	KUNIT_EXPECT_FALSE(test, writable(g->table[0]));
	KUNIT_EXPECT_FALSE(test, writable(g->table[2]));
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), 0);
}

static void one_bad_entry_anywhere_undoes_all(struct kunit *test)
{
	struct memfront_tree tree;
	struct grown *g = test->priv;
	unsigned int i;

	if (!tables_possible(test))
		return;
	tree = tree_from(g, 4);
	for (i = 0; i < NR_TABLES; i++) {
		put_slot(g->table[i], 100, mf_pte(BAD_FRAME, MF_PTE_TABLE));
		KUNIT_EXPECT_NE(test, memfront_tree_pin(&tree), 0);
		KUNIT_EXPECT_EQ(test, nr_writable(&tree), NR_TABLES);
		expect_core_sound(test);
		put_slot(g->table[i], 100, 0);
	}
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), 0);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), 0);
}

static void a_table_left_out_is_refused(struct kunit *test)
{
	struct memfront_tree tree;

	if (!tables_possible(test))
		return;
	tree = tree_from(test->priv, 4);
	tree.nr--;
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), -EINVAL);
	KUNIT_EXPECT_EQ(test, nr_writable(&tree), tree.nr);
}

static void what_is_no_tree(struct kunit *test)
{
	struct memfront_tree tree;

	if (!tables_possible(test))
		return;
	tree = tree_from(test->priv, 4);
	tree.level = 0;
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), -EINVAL);
	tree.level = 5;
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), -EINVAL);
	tree.level = 4;
	tree.nr = 0;
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), -EINVAL);
}

/* What is not pinned cannot be let go, and stays as it is. */
static void unpinned_twice(struct kunit *test)
{
	struct memfront_tree tree;

	if (!tables_possible(test))
		return;
	tree = tree_from(test->priv, 3);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), 0);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), 0);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), -EINVAL);
	KUNIT_EXPECT_EQ(test, nr_writable(&tree), tree.nr);
}

/* A root above still names part of it: that part must not be freed. */
static void a_tree_that_is_named_from_outside(struct kunit *test)
{
	struct memfront_tree whole, part;

	if (!tables_possible(test))
		return;
	whole = tree_from(test->priv, 4);
	part = tree_from(test->priv, 3);
	KUNIT_ASSERT_EQ(test, memfront_tree_pin(&whole), 0);
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&part), 0);
	KUNIT_EXPECT_NE(test, memfront_tree_unpin(&part), 0);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&whole), 0);
	KUNIT_EXPECT_EQ(test, nr_writable(&whole), whole.nr);
}

/* Each failure point once: refused with all undone, until there is none left. */
static void every_failure_is_undone(struct kunit *test)
{
	struct memfront_tree tree;
	unsigned int point;
	int ret = -1;

	if (!tables_possible(test))
		return;
	tree = tree_from(test->priv, 4);
	for (point = 1; ret && point < 50; point++) {
		fail_at(point);
		ret = memfront_tree_pin(&tree);
		no_faults();
		if (ret)
			KUNIT_EXPECT_EQ(test, nr_writable(&tree), tree.nr);
		expect_core_sound(test);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, point, 2U);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), 0);
}

/* Unpinning that has failed can be tried again. */
static void every_failure_of_unpinning(struct kunit *test)
{
	struct memfront_tree tree;
	unsigned int point;
	bool hit = true;

	if (!tables_possible(test))
		return;
	tree = tree_from(test->priv, 4);
	for (point = 1; hit && point < 50; point++) {
		KUNIT_ASSERT_EQ(test, memfront_tree_pin(&tree), 0);
		fail_at(point);
		/* The batch comes in two parts: the second can fail alone. */
		set_tsk_need_resched(current);
		if (memfront_tree_unpin(&tree)) {
			no_faults();
			KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), 0);
		}
		hit = has_failed();
		no_faults();
		KUNIT_EXPECT_EQ(test, nr_writable(&tree), tree.nr);
		expect_core_sound(test);
	}
}

/*
 * A page on the list that the tree does not need is refused, the root is pinned
 * all the same: it must not stay so.
 */
static void pinned_in_spite_of_a_refused_page(struct kunit *test)
{
	struct grown *g = test->priv;
	struct page *listed[2];
	struct memfront_tree tree = { .level = 1, .tables = listed, .nr = 2 };

	if (!tables_possible(test))
		return;
	listed[0] = g->table[3];
	listed[1] = g->table[4];
	fail_at(1);
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), -ENOMEM);
	no_faults();
	KUNIT_EXPECT_EQ(test, nr_writable(&tree), 2U);
	KUNIT_EXPECT_EQ(test, memfront_mmu_unpin(frame_of(listed[0]), no_result),
			-EINVAL);
	expect_core_sound(test);
}

static void a_translated_guest_pins_nothing(struct kunit *test)
{
	struct page *page = NULL;
	struct memfront_tree tree = { .level = 1, .tables = &page, .nr = 1 };

	if (!memfront_hv.translated) {
		kunit_skip(test, "the kernel is adopted as PV");
		return;
	}
	KUNIT_EXPECT_EQ(test, memfront_tree_pin(&tree), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_tree_unpin(&tree), -EOPNOTSUPP);
}

static struct kunit_case pin_cases[] = {
	KUNIT_CASE(pinned_from_every_level),
	KUNIT_CASE(tables_are_read_only_while_pinned),
	KUNIT_CASE(one_bad_entry_anywhere_undoes_all),
	KUNIT_CASE(a_table_left_out_is_refused),
	KUNIT_CASE(what_is_no_tree),
	KUNIT_CASE(unpinned_twice),
	KUNIT_CASE(a_tree_that_is_named_from_outside),
	KUNIT_CASE(every_failure_is_undone),
	KUNIT_CASE(every_failure_of_unpinning),
	KUNIT_CASE(pinned_in_spite_of_a_refused_page),
	KUNIT_CASE(a_translated_guest_pins_nothing),
	{}
};

static struct kunit_suite pin_suite = {
	.name = "memfront_pin",
	.init = pin_test_init,
	.exit = pin_test_exit,
	.test_cases = pin_cases,
};

kunit_test_suite(pin_suite);
