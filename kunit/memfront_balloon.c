// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <memcore/tools.h>

#include "memfront_fixture.h"
#include "stats.h"

#define MIB(n)		((unsigned long)(n) << (20 - PAGE_SHIFT))

static struct balloon *const b = &memfront_balloon;

static bool has_given_up(unsigned long unused)
{
	bool yes;

	mutex_lock(&b->lock);
	yes = b->state == BALLOON_IDLE && b->reason == REASON_GAVE_UP;
	mutex_unlock(&b->lock);
	return yes;
}

static int balloon_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	no_faults();
	test->priv = b;
	return 0;
}

static void balloon_test_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	no_faults();
	b->backoff.max_retry_count = RETRY_FOR_EVER;
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages));
	KUNIT_EXPECT_EQ(test, b->ledger.nr_holes, 0UL);
	expect_core_sound(test);
}

static void target_is_reached(struct kunit *test)
{
	struct account before = take_account();

	KUNIT_EXPECT_TRUE(test, reach(b->total_pages - MIB(37) - 3));
	expect_moved(test, &before, MIB(37) + 3);
	KUNIT_EXPECT_STREQ(test, balloon_state_name(b), "idle");
	KUNIT_EXPECT_STREQ(test, balloon_reason_name(b), "none");
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages));
	expect_moved(test, &before, 0);
}

static void order_zero_moves_single_pages(struct kunit *test)
{
	unsigned long supers = memfront_stats.released_super;

	b->order = 0;
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages - MIB(8)));
	KUNIT_EXPECT_EQ(test, memfront_stats.released_super, supers);
	b->order = MEMFRONT_SUPER_ORDER;
}

static void floor_holds(struct kunit *test)
{
	unsigned long floor = b->min_pages;

	b->min_pages = b->total_pages - MIB(20) - 1;
	balloon_set_target(b, 0);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_FLOOR));
	KUNIT_EXPECT_EQ(test, b->current_pages, b->min_pages);
	KUNIT_EXPECT_STREQ(test, balloon_reason_name(b), "floor");
	b->min_pages = floor;
}

static void beyond_all_memory(struct kunit *test)
{
	reach(b->total_pages - MIB(4));
	balloon_set_target(b, b->total_pages + MIB(64));
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_NO_HOLES));
	KUNIT_EXPECT_EQ(test, b->current_pages, b->total_pages);
}

static void max_reservation_respected(struct kunit *test)
{
	struct memcore_status status;

	KUNIT_ASSERT_TRUE(test, reach(b->total_pages - MIB(32)));
	memcore_tool_status(&status);
	KUNIT_ASSERT_EQ(test, memcore_tool_set_max_pages(status.tot_pages +
							 MIB(5)), 0);
	balloon_set_target(b, b->total_pages);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_MAX_RESERVATION));
	KUNIT_EXPECT_EQ(test, b->current_pages, b->total_pages - MIB(27));
	KUNIT_EXPECT_EQ(test, balloon_max_pages(b), b->total_pages - MIB(27));
	memcore_tool_set_max_pages(status.max_pages);
}

static void recovers_when_xen_has_memory_again(struct kunit *test)
{
	struct memcore_faults none_left = { .withhold_frames = ~0UL };

	KUNIT_ASSERT_TRUE(test, reach(b->total_pages - MIB(16)));
	memcore_tool_set_faults(&none_left);
	balloon_set_target(b, b->total_pages);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_XEN_NO_MEMORY));
	no_faults();
	KUNIT_EXPECT_TRUE(test, soon(is_idle_at, b->total_pages));
}

static void recovers_from_refusal(struct kunit *test)
{
	struct memcore_faults refuse = { .refuse_calls = 1 };
	unsigned long target = b->total_pages - MIB(16);

	memcore_tool_set_faults(&refuse);
	balloon_set_target(b, target);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_REFUSED));
	KUNIT_EXPECT_TRUE(test, soon(is_idle_at, target));
}

static void gives_up_only_when_told_to(struct kunit *test)
{
	struct memcore_faults none_left = { .withhold_frames = ~0UL };

	KUNIT_ASSERT_TRUE(test, reach(b->total_pages - MIB(4)));
	memcore_tool_set_faults(&none_left);
	b->backoff.max_retry_count = 2;
	balloon_set_target(b, b->total_pages);
	KUNIT_EXPECT_TRUE(test, soon(has_given_up, 0));
	KUNIT_EXPECT_STREQ(test, balloon_reason_name(b), "gave-up");
}

static void partial_answers_all_the_way(struct kunit *test)
{
	struct memcore_faults partial = { .partial_calls = 20,
					  .partial_extents = 1 };

	memcore_tool_set_faults(&partial);
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages - MIB(24)));
	memcore_tool_set_faults(&partial);
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages));
}

static void target_changes_in_flight(struct kunit *test)
{
	struct account before = take_account();
	u64 seed = get_random_u64();
	struct rnd_state rnd;
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < 50; i++) {
		u32 less = prandom_u32_state(&rnd) % MIB(64);

		balloon_set_target(b, b->total_pages - less);
		usleep_range(0, 3000);
	}
	KUNIT_EXPECT_TRUE(test, reach(b->total_pages - MIB(10)));
	expect_moved(test, &before, MIB(10));
}

/* Nothing may run while nothing is to be done. */
static void idle_means_no_timer(struct kunit *test)
{
	unsigned long calls;

	KUNIT_ASSERT_TRUE(test, reach(b->total_pages - MIB(2)));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&b->work));
	calls = memfront_stats.hypercalls;
	msleep(1500);
	KUNIT_EXPECT_EQ(test, memfront_stats.hypercalls, calls);
}

static struct kunit_case balloon_cases[] = {
	KUNIT_CASE(target_is_reached),
	KUNIT_CASE(order_zero_moves_single_pages),
	KUNIT_CASE(floor_holds),
	KUNIT_CASE(beyond_all_memory),
	KUNIT_CASE(max_reservation_respected),
	KUNIT_CASE(recovers_when_xen_has_memory_again),
	KUNIT_CASE(recovers_from_refusal),
	KUNIT_CASE(gives_up_only_when_told_to),
	KUNIT_CASE(partial_answers_all_the_way),
	KUNIT_CASE(target_changes_in_flight),
	KUNIT_CASE(idle_means_no_timer),
	{}
};

static struct kunit_suite balloon_suite = {
	.name = "memfront_balloon",
	.init = balloon_test_init,
	.exit = balloon_test_exit,
	.test_cases = balloon_cases,
};

kunit_test_suite(balloon_suite);
