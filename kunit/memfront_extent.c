// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <memcore/tools.h>

#include "extent.h"
#include "hypercall.h"
#include "mmu-batch.h"
#include "memfront_fixture.h"
#include "stats.h"

#define SUPER		MEMFRONT_SUPER_ORDER
#define MOVE_PAGES	(4 * MEMFRONT_SUPER_PAGES)
#define NR_STEPS	40

/* A failure point that is still reached after so many is a loop. */
#define POINTS_MAX	200

static struct ledger *const ledger = &memfront_balloon.ledger;

/* The worker stays out while a case moves extents by itself. */
static int extent_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	no_faults();
	balloon_stop(&memfront_balloon);
	test->priv = &memfront_balloon;
	return 0;
}

static void refill(struct kunit *test)
{
	while (ledger->nr_holes &&
	       (extent_populate(ledger, SUPER, ledger->nr_holes).pages ||
		extent_populate(ledger, 0, ledger->nr_holes).pages))
		;
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 0UL);
}

static void extent_test_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	no_faults();
	refill(test);
	expect_core_sound(test);
	balloon_start(&memfront_balloon);
}

static unsigned long release(struct kunit *test, unsigned int order)
{
	struct account before = take_account();
	struct extent_result result;

	result = extent_release(ledger, order, MOVE_PAGES, true);
	expect_moved(test, &before, result.pages);
	return result.pages;
}

static unsigned long populate(struct kunit *test, unsigned int order)
{
	struct account before = take_account();
	struct extent_result result;

	result = extent_populate(ledger, order, MOVE_PAGES);
	expect_moved(test, &before, -(long)result.pages);
	return result.pages;
}

static void there_and_back(struct kunit *test, unsigned int order)
{
	KUNIT_EXPECT_EQ(test, release(test, order), MOVE_PAGES);
	KUNIT_EXPECT_EQ(test, populate(test, order), MOVE_PAGES);
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 0UL);
}

static void super_there_and_back(struct kunit *test)
{
	there_and_back(test, SUPER);
}

static void single_there_and_back(struct kunit *test)
{
	there_and_back(test, 0);
}

static void single_pages_fill_super_holes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, release(test, SUPER), MOVE_PAGES);
	KUNIT_EXPECT_EQ(test, populate(test, 0), MOVE_PAGES);
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 0UL);
}

static void one_hypercall_for_many(struct kunit *test)
{
	/* With a direct map, its entries go out and in by 512 each. */
	unsigned long each =
		1 + (memfront_hv.direct_map ? MOVE_PAGES / MMU_BATCH_UPDATES : 0);
	unsigned long before = memfront_stats.hypercalls;

	extent_release(ledger, SUPER, MOVE_PAGES, true);
	extent_populate(ledger, SUPER, MOVE_PAGES);
	KUNIT_EXPECT_EQ(test, memfront_stats.hypercalls - before, 2 * each);
}

static void less_than_asked_is_moved(struct kunit *test)
{
	struct extent_result result;

	result = extent_release(ledger, SUPER, MEMFRONT_SUPER_PAGES - 1, true);
	KUNIT_EXPECT_EQ(test, result.pages, 0UL);
	result = extent_release(ledger, SUPER, 2 * MEMFRONT_SUPER_PAGES - 1,
				true);
	KUNIT_EXPECT_EQ(test, result.pages, MEMFRONT_SUPER_PAGES);
	result = extent_populate(ledger, SUPER, MEMFRONT_SUPER_PAGES - 1);
	KUNIT_EXPECT_EQ(test, result.pages, 0UL);
}

static void released_pages_are_zero(struct kunit *test)
{
	u64 before = memcore_tool_stat(MEMCORE_STAT_UNSCRUBBED);

	release(test, SUPER);
	release(test, 0);
	KUNIT_EXPECT_EQ(test, memcore_tool_stat(MEMCORE_STAT_UNSCRUBBED),
			before);
}

static bool allocator_zeroes(void)
{
	return want_init_on_alloc(GFP_KERNEL) || want_init_on_free();
}

static void scrubbed_once_at_most(struct kunit *test)
{
	unsigned long before = memfront_stats.scrubbed;
	unsigned long pages = release(test, SUPER);

	KUNIT_EXPECT_EQ(test, memfront_stats.scrubbed - before,
			allocator_zeroes() ? 0 : pages);
}

static void scrub_off_means_off(struct kunit *test)
{
	unsigned long before = memfront_stats.scrubbed;

	extent_release(ledger, SUPER, MOVE_PAGES, false);
	extent_release(ledger, 0, MOVE_PAGES, false);
	KUNIT_EXPECT_EQ(test, memfront_stats.scrubbed, before);
}

static void every_failure_point(struct kunit *test,
				unsigned long (*move)(struct kunit *test,
						      unsigned int order),
				unsigned int order)
{
	unsigned int nth;

	for (nth = 1; nth < POINTS_MAX; nth++) {
		if (move == populate)
			extent_release(ledger, order, MOVE_PAGES, true);
		fail_at(nth);
		move(test, order);
		if (!has_failed())
			break;
		no_faults();
		refill(test);
	}
	KUNIT_EXPECT_GT(test, nth, 1U);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)POINTS_MAX);
}

static void super_release_fails_everywhere(struct kunit *test)
{
	every_failure_point(test, release, SUPER);
}

static void super_populate_fails_everywhere(struct kunit *test)
{
	every_failure_point(test, populate, SUPER);
}

static void single_populate_fails_everywhere(struct kunit *test)
{
	every_failure_point(test, populate, 0);
}

/* 2048 pages are as many allocations: far apart, but also the very ends. */
static void single_release_fails_anywhere(struct kunit *test)
{
	static const unsigned int points[] = {
		1, 2, 3, 511, 512, 513, 514, 1024, 2048, 2049, 2050, 2051, 2052,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		fail_at(points[i]);
		release(test, 0);
		no_faults();
		refill(test);
	}
}

/* The core runs out of memory for its P2M in the middle of an extent. */
static void extent_lost_in_part(struct kunit *test)
{
	struct memcore_faults faults = {};
	unsigned int nth;

	for (nth = 1; nth < 20; nth++) {
		faults.fail_alloc_at = nth;
		memcore_tool_set_faults(&faults);
		release(test, SUPER);
		memcore_tool_set_faults(&faults);
		populate(test, SUPER);
		no_faults();
		refill(test);
	}
}

static void core_refuses(struct kunit *test)
{
	struct memcore_faults faults = { .refuse_calls = 1 };
	struct extent_result result;

	memcore_tool_set_faults(&faults);
	result = extent_release(ledger, SUPER, MOVE_PAGES, true);
	KUNIT_EXPECT_EQ(test, result.pages, 0UL);
	KUNIT_EXPECT_TRUE(test, result.hypervisor_short);
	KUNIT_EXPECT_FALSE(test, result.kernel_short);
	KUNIT_EXPECT_EQ(test, release(test, SUPER), MOVE_PAGES);

	memcore_tool_set_faults(&faults);
	KUNIT_EXPECT_EQ(test, populate(test, SUPER), 0UL);
	KUNIT_EXPECT_EQ(test, populate(test, SUPER), MOVE_PAGES);
}

/* PV gives its frames one by one, whatever they were taken as. */
static unsigned int release_order(void)
{
	return memfront_hv.translated ? SUPER : 0;
}

static void core_answers_in_part(struct kunit *test)
{
	struct memcore_faults faults = {};
	unsigned long extents;

	for (extents = 0; extents <= 4; extents++) {
		faults.partial_calls = 1;
		faults.partial_extents = extents;
		memcore_tool_set_faults(&faults);
		KUNIT_EXPECT_EQ(test, release(test, SUPER),
				extents << release_order());
		no_faults();
		refill(test);
		release(test, SUPER);
		memcore_tool_set_faults(&faults);
		KUNIT_EXPECT_EQ(test, populate(test, SUPER),
				extents * MEMFRONT_SUPER_PAGES);
		no_faults();
		refill(test);
	}
}

static void core_has_no_memory(struct kunit *test)
{
	struct memcore_faults faults = { .withhold_frames = ~0UL };
	struct extent_result result;

	release(test, SUPER);
	memcore_tool_set_faults(&faults);
	result = extent_populate(ledger, SUPER, MOVE_PAGES);
	KUNIT_EXPECT_EQ(test, result.pages, 0UL);
	KUNIT_EXPECT_TRUE(test, result.hypervisor_short);
	KUNIT_EXPECT_EQ(test, populate(test, 0), 0UL);
}

static void preempted_at_each_check(struct kunit *test)
{
	struct memcore_faults faults = { .preempt_at = 1 };

	memcore_tool_set_faults(&faults);
	there_and_back(test, SUPER);
	there_and_back(test, 0);
}

/* A block of which one page stays is completed and comes back as one. */
static void partial_block_completed(struct kunit *test)
{
	unsigned long before = memfront_stats.completed;
	struct account account;

	if (!memfront_hv.translated) {
		kunit_skip(test, "a PV guest has no superpages to gain");
		return;
	}
	KUNIT_ASSERT_EQ(test, release(test, SUPER), MOVE_PAGES);
	extent_populate(ledger, 0, 3);
	KUNIT_ASSERT_EQ(test, ledger->nr_whole, 3UL);
	extent_populate(ledger, SUPER, 3 * MEMFRONT_SUPER_PAGES);

	account = take_account();
	KUNIT_EXPECT_EQ(test, extent_complete(ledger, 508, true), 0U);
	if (!extent_complete(ledger, 509, true)) {
		expect_moved(test, &account, 0);
		kunit_skip(test, "this kernel cannot take given pages");
		return;
	}
	expect_moved(test, &account, 3);
	KUNIT_EXPECT_EQ(test, ledger->nr_whole, 1UL);
	KUNIT_EXPECT_EQ(test, memfront_stats.completed - before, 1UL);
	KUNIT_EXPECT_EQ(test, populate(test, SUPER), MEMFRONT_SUPER_PAGES);
}

static void block_in_pieces_left_alone(struct kunit *test)
{
	struct account account;
	unsigned int i;

	if (!memfront_hv.translated) {
		kunit_skip(test, "a PV guest has no superpages to gain");
		return;
	}
	extent_release(ledger, SUPER, MEMFRONT_SUPER_PAGES, true);
	for (i = 0; i < 256; i++)
		extent_populate(ledger, 0, 1);
	account = take_account();
	KUNIT_EXPECT_EQ(test, extent_complete(ledger, 512, true), 0U);
	expect_moved(test, &account, 0);
}

static void random_moves(struct kunit *test)
{
	u64 seed = get_random_u64();
	struct rnd_state rnd;
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < NR_STEPS; i++) {
		u32 bits = prandom_u32_state(&rnd);
		unsigned long want = prandom_u32_state(&rnd) % MOVE_PAGES + 1;
		unsigned int order = bits & 1 ? SUPER : 0;
		struct account before = take_account();
		struct extent_result result;

		if (bits & 8)
			fail_at(prandom_u32_state(&rnd) % 64 + 1);
		if (bits & 2 && ledger->nr_holes < 4 * MOVE_PAGES) {
			result = extent_release(ledger, order, want, bits & 4);
			expect_moved(test, &before, result.pages);
		} else {
			result = extent_populate(ledger, order, want);
			expect_moved(test, &before, -(long)result.pages);
		}
		no_faults();
	}
}

static struct kunit_case extent_cases[] = {
	KUNIT_CASE(super_there_and_back),
	KUNIT_CASE(single_there_and_back),
	KUNIT_CASE(single_pages_fill_super_holes),
	KUNIT_CASE(one_hypercall_for_many),
	KUNIT_CASE(less_than_asked_is_moved),
	KUNIT_CASE(released_pages_are_zero),
	KUNIT_CASE(scrubbed_once_at_most),
	KUNIT_CASE(scrub_off_means_off),
	KUNIT_CASE(super_release_fails_everywhere),
	KUNIT_CASE(super_populate_fails_everywhere),
	KUNIT_CASE(single_populate_fails_everywhere),
	KUNIT_CASE(single_release_fails_anywhere),
	KUNIT_CASE(extent_lost_in_part),
	KUNIT_CASE(core_refuses),
	KUNIT_CASE(core_answers_in_part),
	KUNIT_CASE(core_has_no_memory),
	KUNIT_CASE(preempted_at_each_check),
	KUNIT_CASE(partial_block_completed),
	KUNIT_CASE(block_in_pieces_left_alone),
	KUNIT_CASE(random_moves),
	{}
};

static struct kunit_suite extent_suite = {
	.name = "memfront_extent",
	.init = extent_test_init,
	.exit = extent_test_exit,
	.test_cases = extent_cases,
};

kunit_test_suite(extent_suite);
