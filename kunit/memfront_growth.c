// SPDX-License-Identifier: GPL-2.0
/*
 * Memory to grow by is set aside before: blocks that the balloon has given to the
 * core, and that nobody counts as the guest's.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <memcore/tools.h>

#include "extent.h"
#include "growth.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "pages.h"
#include "stats.h"

#define UNIT		MEMFRONT_SUPER_PAGES
#define NR_UNITS	6
#define ASIDE		(NR_UNITS * UNIT)
#define NR_TARGETS	30

/* A failure point that is still reached after so many is a loop. */
#define POINTS_MAX	50

static struct balloon *const b = &memfront_balloon;
static struct growth *const growth = &memfront_balloon.growth;
static struct ledger *const ledger = &memfront_balloon.ledger;

/**
 * struct fake - a kernel whose memory comes and goes
 * @aside:	what it has to add
 * @online:	first pages of what has been added, and not been collected
 * @nr_online:	how many
 * @add_error:	what it says instead of adding
 * @remove_error: what it says instead of removing, in the middle of it
 * @movable:	what it was told last
 * @added:	how often it has added
 * @removed:	and removed
 */
static struct fake {
	struct ledger aside;
	struct mf_pfn online[NR_UNITS];
	unsigned int nr_online;
	int add_error;
	int remove_error;
	bool movable;
	unsigned int added;
	unsigned int removed;
} fake;

static unsigned long fake_unit(void)
{
	return UNIT;
}

static int fake_add(bool movable, struct mf_pfn *first)
{
	struct page *page;
	unsigned long pfn;
	unsigned int i;

	if (fake.add_error)
		return fake.add_error;
	if (!ledger_pick_whole(&fake.aside, &pfn, 1))
		return -EBUSY;
	*first = mf_pfn(pfn);
	page = pfn_to_page(pfn);
	ledger_del(&fake.aside, *first, MEMFRONT_SUPER_ORDER);
	for (i = 0; i < UNIT; i++)
		pages_disown(page + i);
	fake.online[fake.nr_online++] = *first;
	fake.movable = movable;
	fake.added++;
	return 0;
}

static long fake_collect(struct ledger *to)
{
	long moved = 0;

	while (fake.nr_online) {
		struct mf_pfn first = fake.online[fake.nr_online - 1];
		struct page *page = mf_pfn_page(first);
		unsigned int i;

		if (ledger_reserve(to, first))
			return moved ?: -ENOMEM;
		for (i = 0; i < UNIT; i++)
			pages_adopt(page + i);
		ledger_add(to, first, MEMFRONT_SUPER_ORDER);
		fake.nr_online--;
		moved += UNIT;
	}
	return moved;
}

/* As the kernel does: it asks first, and then counts the pages out. */
static int fake_remove(struct mf_pfn first)
{
	bool goes;
	int err;

	mutex_lock(&b->lock);
	goes = growth_lets_go(growth, first, UNIT) &&
	       !growth_lets_go(growth, mf_pfn(first.nr + UNIT), UNIT) &&
	       !growth_lets_go(growth, first, UNIT - 1);
	err = goes ? fake.remove_error : -EINVAL;
	if (!err)
		err = ledger_reserve(&fake.aside, first);
	if (err)
		growth_keeps(growth, first);
	mutex_unlock(&b->lock);
	if (err)
		return err;
	adjust_managed_page_count(mf_pfn_page(first), -(long)UNIT);
	ledger_add(&fake.aside, first, MEMFRONT_SUPER_ORDER);
	fake.removed++;
	return 0;
}

static const struct growth_source fake_source = {
	.unit = fake_unit,
	.add = fake_add,
	.collect = fake_collect,
	.remove = fake_remove,
};

/* What it has without what has grown. */
static unsigned long own_pages(void)
{
	return b->total_pages - growth->pages;
}

static int growth_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	no_faults();
	balloon_stop(b);
	memset(&fake, 0, sizeof(fake));
	ledger_init(&fake.aside);
	while (fake.aside.nr_holes < ASIDE)
		if (!extent_release(&fake.aside, MEMFRONT_SUPER_ORDER,
				    ASIDE - fake.aside.nr_holes, true).pages)
			break;
	b->total_pages -= fake.aside.nr_holes;
	balloon_set_target(b, b->total_pages);
	growth->source = &fake_source;
	balloon_start(b);
	test->priv = b;
	KUNIT_EXPECT_EQ(test, fake.aside.nr_holes, ASIDE);
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages));
	return 0;
}

/* What the kernel itself keeps of a unit stays the guest's. */
static void growth_test_exit(struct kunit *test)
{
	struct ledger *aside = &fake.aside;

	if (!test->priv)
		return;
	no_faults();
	fake.add_error = 0;
	fake.remove_error = 0;
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages));
	balloon_stop(b);
	KUNIT_EXPECT_EQ(test, fake.nr_online, 0U);
	growth->source = NULL;
	growth_exit(growth);
	b->total_pages += aside->nr_holes;
	while (aside->nr_holes &&
	       (extent_populate(aside, MEMFRONT_SUPER_ORDER,
				aside->nr_holes).pages ||
		extent_populate(aside, 0, aside->nr_holes).pages))
		;
	KUNIT_EXPECT_EQ(test, aside->nr_holes, 0UL);
	ledger_destroy(aside);
	balloon_start(b);
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages));
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 0UL);
	expect_core_sound(test);
}

static void a_target_beyond_adds_memory(struct kunit *test)
{
	unsigned long before = b->total_pages;
	unsigned long ram = totalram_pages();
	unsigned long target = before + 2 * UNIT + 100;

	KUNIT_EXPECT_TRUE(test, reach(target));
	KUNIT_EXPECT_EQ(test, growth->pages, 3 * UNIT);
	KUNIT_EXPECT_EQ(test, fake.added, 3U);
	KUNIT_EXPECT_TRUE(test, fake.movable);
	KUNIT_EXPECT_EQ(test, b->total_pages, before + 3 * UNIT);
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, UNIT - 100);
	KUNIT_EXPECT_EQ(test, totalram_pages() - ram, 2 * UNIT + 100);
	expect_core_sound(test);
}

static void more_than_there_is_waits(struct kunit *test)
{
	unsigned long before = b->total_pages;

	balloon_set_target(b, before + ASIDE + UNIT);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_NO_HOLES));
	KUNIT_EXPECT_EQ(test, growth->pages, ASIDE);
	KUNIT_EXPECT_EQ(test, b->current_pages, before + ASIDE);
}

static void nothing_grows_at_a_loss(struct kunit *test)
{
	unsigned long cost = growth_cost(growth);

	KUNIT_EXPECT_EQ(test, cost, UNIT * sizeof(struct page) / PAGE_SIZE);
	balloon_set_target(b, b->total_pages + cost);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_NO_HOLES));
	KUNIT_EXPECT_EQ(test, growth->pages, 0UL);
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages + cost + 1));
	KUNIT_EXPECT_EQ(test, growth->pages, UNIT);
}

static void the_limit_of_xen_holds(struct kunit *test)
{
	unsigned long cost = growth_cost(growth);
	struct memcore_status status;

	memcore_tool_status(&status);
	memcore_tool_set_max_pages(status.tot_pages + cost);
	balloon_set_target(b, b->total_pages + UNIT);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_MAX_RESERVATION));
	KUNIT_EXPECT_EQ(test, growth->pages, 0UL);
	memcore_tool_set_max_pages(status.max_pages);
	KUNIT_EXPECT_TRUE(test, soon(is_idle_at, own_pages() + UNIT));
}

static void a_failure_is_told_and_tried_again(struct kunit *test)
{
	unsigned long before = b->total_pages;

	fake.add_error = -ENOMEM;
	balloon_set_target(b, before + UNIT);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_NO_FREE_MEMORY));
	fake.add_error = -EEXIST;
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_NO_HOLES));
	KUNIT_EXPECT_EQ(test, b->total_pages, before);
	fake.add_error = 0;
	KUNIT_EXPECT_TRUE(test, soon(is_idle_at, before + UNIT));
}

/* Up to what the guest has they are waited for, beyond that there is no need. */
static void lent_holes_are_no_reason_to_grow(struct kunit *test)
{
	unsigned long before = b->total_pages;
	struct mf_pfn pfns[8];

	KUNIT_ASSERT_TRUE(test, reach(before - 8));
	mutex_lock(&b->lock);
	KUNIT_EXPECT_EQ(test, ledger_lend(ledger, pfns, 8, 0, true), 8U);
	mutex_unlock(&b->lock);
	balloon_set_target(b, before);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_HOLES_LENT));
	KUNIT_EXPECT_EQ(test, growth->pages, 0UL);
	KUNIT_EXPECT_TRUE(test, reach(before + 100));
	KUNIT_EXPECT_EQ(test, growth->pages, UNIT);
	mutex_lock(&b->lock);
	for (int i = 0; i < 8; i++)
		KUNIT_EXPECT_TRUE(test, ledger_take_back(ledger, pfns[i], 0));
	mutex_unlock(&b->lock);
}

static void not_all_is_only_movable(struct kunit *test)
{
	unsigned int i;

	balloon_stop(b);
	mutex_lock(&b->lock);
	for (i = 0; i < NR_UNITS; i++) {
		KUNIT_EXPECT_EQ(test, growth_add(growth, UNIT), 0);
		KUNIT_EXPECT_EQ(test, fake.movable, i < 3);
		b->total_pages += UNIT;
	}
	mutex_unlock(&b->lock);
	balloon_start(b);
}

static int add(void)
{
	unsigned long own;
	int err;

	mutex_lock(&b->lock);
	own = own_pages();
	err = growth_add(growth, own);
	b->total_pages = own + growth->pages;
	mutex_unlock(&b->lock);
	return err;
}

static unsigned long remove(void)
{
	unsigned long nr;

	mutex_lock(&b->lock);
	nr = growth_remove(growth);
	b->total_pages -= nr;
	mutex_unlock(&b->lock);
	return nr;
}

static void what_is_empty_goes(struct kunit *test)
{
	struct account before = take_account();

	balloon_stop(b);
	KUNIT_EXPECT_EQ(test, remove(), 0UL);
	KUNIT_EXPECT_EQ(test, add(), 0);
	KUNIT_EXPECT_EQ(test, add(), 0);
	/* One page of one of them is in use. */
	KUNIT_EXPECT_EQ(test, extent_populate(ledger, 0, 1).pages, 1UL);
	KUNIT_EXPECT_EQ(test, remove(), UNIT);
	KUNIT_EXPECT_EQ(test, remove(), 0UL);
	KUNIT_EXPECT_EQ(test, fake.removed, 1U);
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, UNIT - 1);
	KUNIT_EXPECT_EQ(test, ledger->nr_lent, 0UL);
	KUNIT_EXPECT_EQ(test, totalram_pages(), before.ram + 1);
	balloon_start(b);
}

static void what_cannot_go_stays_of_use(struct kunit *test)
{
	struct account before = take_account();

	balloon_stop(b);
	KUNIT_EXPECT_EQ(test, add(), 0);
	fake.remove_error = -EBUSY;
	KUNIT_EXPECT_EQ(test, remove(), 0UL);
	fake.remove_error = 0;
	/* Not again before there is a reason. */
	KUNIT_EXPECT_EQ(test, remove(), 0UL);
	expect_moved(test, &(struct account){
		.ram = before.ram, .holes = before.holes + UNIT,
		.core_holes = before.core_holes, .xen = before.xen,
		.stuck = before.stuck }, 0);
	growth_try_again(growth);
	KUNIT_EXPECT_EQ(test, remove(), UNIT);
	expect_moved(test, &before, 0);
	balloon_start(b);
}

static void whatever_fails_nothing_is_lost(struct kunit *test)
{
	struct account before = take_account();
	unsigned int nth;

	balloon_stop(b);
	for (nth = 1; nth < POINTS_MAX; nth++) {
		bool failed;

		fail_at(nth);
		add();
		remove();
		failed = has_failed();
		no_faults();
		while (fake.nr_online)
			KUNIT_ASSERT_EQ(test, add(), 0);
		growth_try_again(growth);
		while (remove())
			;
		expect_moved(test, &before, 0);
		KUNIT_EXPECT_EQ(test, growth->pages, 0UL);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, nth, 2U);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)POINTS_MAX);
	balloon_start(b);
}

/* Returns the pages that were released from all that has grown. */
static unsigned long release_all(struct kunit *test, unsigned int order)
{
	struct account before = take_account();
	unsigned long sum = 0, pages;

	mutex_lock(&b->lock);
	growth_try_again(growth);
	while ((pages = growth_release(growth, order, UNIT + 3, true).pages))
		sum += pages;
	mutex_unlock(&b->lock);
	expect_moved(test, &before, sum);
	return sum;
}

/*
 * How much of it can be moved, and so whether a unit becomes empty, is up to the
 * kernel: these units are not in ZONE_MOVABLE, and it has put its own data there.
 */
static void what_has_grown_goes_first(struct kunit *test)
{
	unsigned int round;
	unsigned long pages = 0;

	balloon_stop(b);
	while (!add())
		extent_populate(ledger, MEMFRONT_SUPER_ORDER, UNIT);
	KUNIT_EXPECT_EQ(test, growth->pages, ASIDE);
	for (round = 0; round < 20; round++) {
		pages += release_all(test, round & 1 ? 0 : MEMFRONT_SUPER_ORDER);
		while (remove())
			;
	}
	balloon_start(b);
	if (!IS_ENABLED(CONFIG_CONTIG_ALLOC)) {
		KUNIT_EXPECT_EQ(test, pages, 0UL);
		kunit_skip(test, "this kernel cannot take given pages");
		return;
	}
	KUNIT_EXPECT_GT(test, pages, 0UL);
}

/*
 * Naively: what the guest has is its own and what has grown, less the holes; and
 * it has not grown by more than it takes.
 */
static void random_targets(struct kunit *test)
{
	unsigned long own = b->total_pages;
	u64 seed = get_random_u64();
	struct rnd_state rnd;
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < NR_TARGETS; i++) {
		unsigned long target = own - 2 * UNIT +
				       prandom_u32_state(&rnd) %
				       (ASIDE + 2 * UNIT);
		bool up = target > b->current_pages;
		unsigned int added = fake.added;

		/* At a loss it would not. */
		if (target > own &&
		    (target - own) % UNIT <= growth_cost(growth))
			target = own + round_down(target - own, UNIT);
		KUNIT_ASSERT_TRUE(test, reach(target));
		KUNIT_EXPECT_EQ(test, own_pages(), own);
		KUNIT_EXPECT_EQ(test, b->total_pages - ledger->nr_holes,
				target);
		KUNIT_EXPECT_EQ(test, growth->pages,
				(fake.added - fake.removed) * UNIT);
		if (!up)
			KUNIT_EXPECT_EQ(test, fake.added, added);
		else if (fake.added != added)
			KUNIT_EXPECT_LT(test, ledger->nr_holes, UNIT);
		expect_core_sound_so_far(test);
	}
}

static struct kunit_case growth_cases[] = {
	KUNIT_CASE(a_target_beyond_adds_memory),
	KUNIT_CASE(more_than_there_is_waits),
	KUNIT_CASE(nothing_grows_at_a_loss),
	KUNIT_CASE(the_limit_of_xen_holds),
	KUNIT_CASE(a_failure_is_told_and_tried_again),
	KUNIT_CASE(lent_holes_are_no_reason_to_grow),
	KUNIT_CASE(not_all_is_only_movable),
	KUNIT_CASE(what_is_empty_goes),
	KUNIT_CASE(what_cannot_go_stays_of_use),
	KUNIT_CASE(whatever_fails_nothing_is_lost),
	KUNIT_CASE(what_has_grown_goes_first),
	KUNIT_CASE(random_targets),
	{}
};

static struct kunit_suite growth_suite = {
	.name = "memfront_growth",
	.init = growth_test_init,
	.exit = growth_test_exit,
	.test_cases = growth_cases,
};

kunit_test_suite(growth_suite);

MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MEMFRONT_KUNIT);
MODULE_IMPORT_NS(MEMCORE_KUNIT);
