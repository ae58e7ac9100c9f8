// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "inject.h"
#include "ledger.h"
#include "ref_ledger.h"

#define NR_STEPS	4000
#define PICK_MAX	700

/**
 * struct ledger_test - a ledger and its reference
 * @ledger: the ledger
 * @ref: the same holes, kept naively
 * @rnd: the seeded source of the steps
 * @pfns: room for what a pick names
 * @lent: room for what is lent
 */
struct ledger_test {
	struct ledger ledger;
	struct ref_ledger ref;
	struct rnd_state rnd;
	unsigned long pfns[REF_PAGES];
	struct mf_pfn lent[REF_PAGES];
};

static int ledger_test_init(struct kunit *test)
{
	struct ledger_test *t = kvzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	ledger_init(&t->ledger);
	test->priv = t;
	return 0;
}

static void ledger_test_exit(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	if (!t)
		return;
	ledger_destroy(&t->ledger);
	kvfree(t);
}

static void add(struct kunit *test, unsigned long pfn, unsigned int order)
{
	struct ledger_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, ledger_reserve(&t->ledger, mf_pfn(pfn)), 0);
	ledger_add(&t->ledger, mf_pfn(pfn), order);
	ref_set(&t->ref, pfn, order, true);
}

static void del(struct kunit *test, unsigned long pfn, unsigned int order)
{
	struct ledger_test *t = test->priv;

	ledger_del(&t->ledger, mf_pfn(pfn), order);
	ref_set(&t->ref, pfn, order, false);
}

static void expect_same(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	unsigned long differ = 0;
	unsigned long i;

	for (i = 0; i < REF_PAGES; i++) {
		differ += t->ref.hole[i] !=
			  ledger_has_any(&t->ledger, mf_pfn(i), 1);
		differ += t->ref.lent[i] !=
			  ledger_is_lent(&t->ledger, mf_pfn(i), 0);
	}
	KUNIT_EXPECT_EQ(test, differ, 0UL);
	KUNIT_EXPECT_EQ(test, t->ledger.nr_holes, ref_holes(&t->ref));
	KUNIT_EXPECT_EQ(test, t->ledger.nr_lent, ref_lent(&t->ref));
	KUNIT_EXPECT_EQ(test, ledger_fillable(&t->ledger),
			ref_holes(&t->ref) - ref_lent(&t->ref));
	KUNIT_EXPECT_EQ(test, t->ledger.nr_whole, ref_whole(&t->ref));
}

/* What is named must be holes, each once, and as many as there are. */
static void expect_single_picks(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	struct ref_ledger *left = kvmalloc(sizeof(*left), GFP_KERNEL);
	unsigned long holes = ref_holes(&t->ref) - ref_lent(&t->ref);
	unsigned int nr, i;

	KUNIT_ASSERT_NOT_NULL(test, left);
	*left = t->ref;
	nr = ledger_pick_single(&t->ledger, t->pfns, PICK_MAX);
	for (i = 0; i < nr; i++) {
		if (!ref_idle(left, t->pfns[i], 0))
			KUNIT_FAIL(test, "pfn %lu named twice, lent or no hole",
				   t->pfns[i]);
		left->hole[t->pfns[i]] = false;
	}
	kvfree(left);
	KUNIT_EXPECT_EQ(test, (unsigned long)nr,
			min_t(unsigned long, holes, PICK_MAX));
}

static void expect_whole_picks(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	unsigned int nr, i;

	nr = ledger_pick_whole(&t->ledger, t->pfns, PICK_MAX);
	KUNIT_EXPECT_EQ(test, (unsigned long)nr, ref_whole(&t->ref));
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_TRUE(test, ref_idle(&t->ref, t->pfns[i],
						 MEMFRONT_SUPER_ORDER));
}

static void expect_blocks(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	struct ledger_block *block;
	unsigned long i;

	xa_for_each(&t->ledger.blocks, i, block) {
		KUNIT_EXPECT_GT(test, block->nr, 0U);
		KUNIT_EXPECT_EQ(test, ledger_runs(block), ref_runs(&t->ref, i));
	}
}

/* So many idle runs of that order there are, in blocks that are broken or not. */
static unsigned int idle_runs(const struct ref_ledger *ref, unsigned int order,
			      bool whole)
{
	unsigned int nr = 0;
	unsigned long pfn;

	for (pfn = 0; pfn < REF_PAGES; pfn += 1UL << order)
		nr += ref_idle(ref, pfn, order) &&
		      ref_idle(ref, round_down(pfn, MEMFRONT_SUPER_PAGES),
			       MEMFRONT_SUPER_ORDER) == whole;
	return nr;
}

static void note_lent(struct kunit *test, unsigned long pfn, unsigned int order,
		      bool whole)
{
	struct ledger_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, pfn & ((1UL << order) - 1), 0UL);
	KUNIT_EXPECT_TRUE(test, ref_idle(&t->ref, pfn, order));
	if (!whole)
		KUNIT_EXPECT_FALSE(test,
				   ref_idle(&t->ref,
					    round_down(pfn,
						       MEMFRONT_SUPER_PAGES),
					    MEMFRONT_SUPER_ORDER));
	ref_lend(&t->ref, pfn, order, true);
}

/* As many as there are, the broken blocks' first. */
static unsigned int lend(struct kunit *test, unsigned int max,
			 unsigned int order, bool whole)
{
	struct ledger_test *t = test->priv;
	unsigned int broken = idle_runs(&t->ref, order, false);
	unsigned int unbroken = idle_runs(&t->ref, order, true);
	unsigned int nr, i;

	nr = ledger_lend(&t->ledger, t->lent, max, order, whole);
	KUNIT_EXPECT_EQ(test, nr,
			min(max, broken + (whole ? unbroken : 0)));
	for (i = 0; i < nr; i++)
		note_lent(test, t->lent[i].nr, order, i >= broken);
	return nr;
}

static void take_back(struct kunit *test, unsigned long pfn, unsigned int order)
{
	struct ledger_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, ledger_is_lent(&t->ledger, mf_pfn(pfn), order));
	KUNIT_EXPECT_TRUE(test,
			  ledger_take_back(&t->ledger, mf_pfn(pfn), order));
	KUNIT_EXPECT_FALSE(test,
			   ledger_take_back(&t->ledger, mf_pfn(pfn), order));
	ref_lend(&t->ref, pfn, order, false);
}

static bool ref_borrowed(const struct ref_ledger *ref, unsigned long pfn,
			 unsigned int order)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++)
		if (!ref->lent[i])
			return false;
	return true;
}

/* Only as a whole. */
static void lend_block(struct kunit *test, unsigned long pfn)
{
	struct ledger_test *t = test->priv;
	bool idle = ref_idle(&t->ref, pfn, MEMFRONT_SUPER_ORDER);

	KUNIT_EXPECT_EQ(test, ledger_lend_block(&t->ledger, mf_pfn(pfn)), idle);
	if (idle)
		ref_lend(&t->ref, pfn, MEMFRONT_SUPER_ORDER, true);
}

static void random_loan(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	unsigned int order = prandom_u32_state(&t->rnd) %
			     (MEMFRONT_SUPER_ORDER + 1);
	unsigned long pfn = round_down(prandom_u32_state(&t->rnd) % REF_PAGES,
				       1UL << order);

	if (ref_borrowed(&t->ref, pfn, order))
		take_back(test, pfn, order);
	else if (order == MEMFRONT_SUPER_ORDER)
		lend_block(test, pfn);
	else if (!(prandom_u32_state(&t->rnd) % 8))
		lend(test, prandom_u32_state(&t->rnd) % 4 + 1, order,
		     prandom_u32_state(&t->rnd) % 4 == 0);
}

static void random_step(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	unsigned int order = prandom_u32_state(&t->rnd) % 4 ?
		prandom_u32_state(&t->rnd) % (MEMFRONT_SUPER_ORDER + 1) :
		MEMFRONT_SUPER_ORDER;
	unsigned long pfn = prandom_u32_state(&t->rnd) % REF_PAGES;

	pfn = round_down(pfn, 1UL << order);
	if (ref_all(&t->ref, pfn, order, false))
		add(test, pfn, order);
	else if (ref_idle(&t->ref, pfn, order))
		del(test, pfn, order);
}

static bool ref_any(const struct ref_ledger *ref, unsigned long pfn,
		    unsigned long nr)
{
	while (nr--)
		if (ref->hole[pfn++])
			return true;
	return false;
}

static void expect_ranges(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		unsigned long pfn = prandom_u32_state(&t->rnd) % REF_PAGES;
		unsigned long nr = prandom_u32_state(&t->rnd) %
				   (i % 2 ? 16 : REF_PAGES - pfn) + 1;

		nr = min(nr, REF_PAGES - pfn);
		KUNIT_EXPECT_EQ(test,
				ledger_has_any(&t->ledger, mf_pfn(pfn), nr),
				ref_any(&t->ref, pfn, nr));
	}
}

static unsigned long ref_idle_in(const struct ref_ledger *ref,
				 unsigned long pfn, unsigned long nr)
{
	unsigned long sum = 0;

	while (nr--)
		sum += ref_idle(ref, pfn++, 0);
	return sum;
}

static void expect_block_ranges(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	unsigned long from, nr;

	from = prandom_u32_state(&t->rnd) % REF_BLOCKS;
	nr = prandom_u32_state(&t->rnd) % (REF_BLOCKS - from) + 1;
	from *= MEMFRONT_SUPER_PAGES;
	nr *= MEMFRONT_SUPER_PAGES;
	KUNIT_EXPECT_EQ(test, ledger_fillable_in(&t->ledger, mf_pfn(from), nr),
			ref_idle_in(&t->ref, from, nr));
}

static void random_against_reference(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	u64 seed = get_random_u64();
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&t->rnd, seed);
	for (i = 0; i < NR_STEPS; i++) {
		random_step(test);
		random_loan(test);
		if (i % 64)
			continue;
		expect_same(test);
		expect_single_picks(test);
		expect_whole_picks(test);
		expect_blocks(test);
		expect_ranges(test);
		expect_block_ranges(test);
	}
	expect_same(test);
}

static void whole_blocks_broken_last(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 0, MEMFRONT_SUPER_ORDER);
	add(test, 2 * MEMFRONT_SUPER_PAGES, 3);
	KUNIT_EXPECT_EQ(test, ledger_pick_single(&t->ledger, t->pfns, 9), 9U);
	KUNIT_EXPECT_EQ(test, t->pfns[0], 2 * MEMFRONT_SUPER_PAGES);
	KUNIT_EXPECT_EQ(test, t->pfns[7], 2 * MEMFRONT_SUPER_PAGES + 7);
	KUNIT_EXPECT_EQ(test, t->pfns[8], 0UL);
}

static void healthiest_block_first(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 0, 8);
	add(test, MEMFRONT_SUPER_PAGES, 2);
	add(test, 2 * MEMFRONT_SUPER_PAGES, 7);
	KUNIT_EXPECT_EQ(test, ledger_pick_single(&t->ledger, t->pfns, 1), 1U);
	KUNIT_EXPECT_EQ(test, t->pfns[0], MEMFRONT_SUPER_PAGES);
}

static void fullest_skips_stubborn(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	struct ledger_block *block;

	add(test, 0, 8);
	add(test, 256, 7);
	KUNIT_EXPECT_NULL(test, ledger_fullest(&t->ledger, 400, 512));
	block = ledger_fullest(&t->ledger, 384, 512);
	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_EQ(test, block->index, 0UL);
	KUNIT_EXPECT_NULL(test, ledger_fullest(&t->ledger, 384, 383));

	block->stubborn = true;
	KUNIT_EXPECT_NULL(test, ledger_fullest(&t->ledger, 384, 512));
	add(test, 384, 0);
	KUNIT_EXPECT_PTR_EQ(test, ledger_fullest(&t->ledger, 384, 512), block);
}

static void whole_is_not_partial(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 0, MEMFRONT_SUPER_ORDER);
	KUNIT_EXPECT_NULL(test, ledger_fullest(&t->ledger, 1, 512));
}

static void lent_from_the_emptiest_block(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 0, 2);
	add(test, MEMFRONT_SUPER_PAGES, 8);
	add(test, 2 * MEMFRONT_SUPER_PAGES, MEMFRONT_SUPER_ORDER);
	KUNIT_EXPECT_EQ(test, lend(test, 1, 0, true), 1U);
	KUNIT_EXPECT_EQ(test, t->lent[0].nr, MEMFRONT_SUPER_PAGES);
	KUNIT_EXPECT_EQ(test, lend(test, 1000, 0, false), 255U + 4);
	KUNIT_EXPECT_EQ(test, t->ledger.nr_whole, 1UL);
	KUNIT_EXPECT_EQ(test, lend(test, 1, 0, false), 0U);
	KUNIT_EXPECT_EQ(test, lend(test, 1, 0, true), 1U);
	KUNIT_EXPECT_EQ(test, t->ledger.nr_whole, 0UL);
	expect_same(test);
}

/* Its block can neither be filled as one nor be completed. */
static void what_is_lent_is_left_alone(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 0, MEMFRONT_SUPER_ORDER);
	KUNIT_EXPECT_EQ(test, lend(test, 1, 3, true), 1U);
	KUNIT_EXPECT_EQ(test, ledger_pick_whole(&t->ledger, t->pfns, 1), 0U);
	KUNIT_EXPECT_NULL(test, ledger_fullest(&t->ledger, 1, 512));
	KUNIT_EXPECT_EQ(test, ledger_pick_single(&t->ledger, t->pfns, 1000),
			(unsigned int)MEMFRONT_SUPER_PAGES - 8);
	KUNIT_EXPECT_EQ(test, lend(test, 1, MEMFRONT_SUPER_ORDER, true), 0U);
	KUNIT_EXPECT_EQ(test, lend(test, 1000, 0, true),
			(unsigned int)MEMFRONT_SUPER_PAGES - 8);
	KUNIT_EXPECT_EQ(test, ledger_pick_single(&t->ledger, t->pfns, 1), 0U);
	take_back(test, 0, MEMFRONT_SUPER_ORDER);
	KUNIT_EXPECT_EQ(test, ledger_pick_whole(&t->ledger, t->pfns, 1), 1U);
	expect_same(test);
}

static void no_number_is_lent_by_mistake(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 0, 4);
	lend(test, 1, 3, false);
	KUNIT_EXPECT_TRUE(test, ledger_is_lent(&t->ledger, mf_pfn(0), 3));
	KUNIT_EXPECT_TRUE(test, ledger_is_lent(&t->ledger, mf_pfn(4), 2));
	KUNIT_EXPECT_FALSE(test, ledger_is_lent(&t->ledger, mf_pfn(0), 4));
	KUNIT_EXPECT_FALSE(test, ledger_is_lent(&t->ledger, mf_pfn(2), 2));
	KUNIT_EXPECT_FALSE(test, ledger_is_lent(&t->ledger, mf_pfn(8), 0));
	KUNIT_EXPECT_FALSE(test, ledger_is_lent(&t->ledger, mf_pfn(0), 10));
	KUNIT_EXPECT_FALSE(test, ledger_is_lent(&t->ledger, mf_pfn(0), 99));
	KUNIT_EXPECT_FALSE(test, ledger_is_lent(&t->ledger, mf_pfn(~0UL), 0));
	KUNIT_EXPECT_FALSE(test, ledger_take_back(&t->ledger, mf_pfn(0), 4));
	KUNIT_EXPECT_FALSE(test, ledger_take_back(&t->ledger, mf_pfn(0), 99));
}

static void unreserve_keeps_holes(struct kunit *test)
{
	struct ledger_test *t = test->priv;

	add(test, 5, 0);
	ledger_unreserve(&t->ledger, mf_pfn(7));
	KUNIT_EXPECT_TRUE(test, ledger_has_any(&t->ledger, mf_pfn(5), 1));
	KUNIT_ASSERT_EQ(test, ledger_reserve(&t->ledger, mf_pfn(600)), 0);
	ledger_unreserve(&t->ledger, mf_pfn(600));
	KUNIT_EXPECT_NULL(test, xa_load(&t->ledger.blocks, 1));
}

static void reserve_fails_clean(struct kunit *test)
{
	struct ledger_test *t = test->priv;
	struct fault_attr once = FAULT_ATTR_INITIALIZER;

	once.probability = 100;
	once.verbose = 0;
	memfront_fault = once;
	KUNIT_EXPECT_EQ(test, ledger_reserve(&t->ledger, mf_pfn(0)), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, xa_empty(&t->ledger.blocks));
	KUNIT_EXPECT_EQ(test, ledger_reserve(&t->ledger, mf_pfn(0)), 0);
}

static struct kunit_case ledger_cases[] = {
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(whole_blocks_broken_last),
	KUNIT_CASE(healthiest_block_first),
	KUNIT_CASE(fullest_skips_stubborn),
	KUNIT_CASE(whole_is_not_partial),
	KUNIT_CASE(lent_from_the_emptiest_block),
	KUNIT_CASE(what_is_lent_is_left_alone),
	KUNIT_CASE(no_number_is_lent_by_mistake),
	KUNIT_CASE(unreserve_keeps_holes),
	KUNIT_CASE(reserve_fails_clean),
	{}
};

static struct kunit_suite ledger_suite = {
	.name = "memfront_ledger",
	.init = ledger_test_init,
	.exit = ledger_test_exit,
	.test_cases = ledger_cases,
};

kunit_test_suite(ledger_suite);

MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MEMFRONT_KUNIT);
MODULE_IMPORT_NS(MEMCORE_KUNIT);
