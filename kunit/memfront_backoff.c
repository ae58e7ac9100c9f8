// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "backoff.h"

static void doubles_up_to_cap(struct kunit *test)
{
	static const unsigned long delays[] = { 1, 2, 4, 8, 16, 20, 20, 20 };
	struct backoff b = { .max_schedule_delay = 20 };
	unsigned int i;

	backoff_reset(&b);
	for (i = 0; i < ARRAY_SIZE(delays); i++)
		KUNIT_EXPECT_EQ(test, backoff_next(&b), delays[i]);
	KUNIT_EXPECT_EQ(test, b.retry_count, ARRAY_SIZE(delays) + 1);
}

static void never_gives_up_by_default(struct kunit *test)
{
	struct backoff b = { .max_schedule_delay = 32,
			     .max_retry_count = RETRY_FOR_EVER };
	unsigned int i;

	backoff_reset(&b);
	for (i = 0; i < 100000; i++)
		if (!backoff_next(&b))
			break;
	KUNIT_EXPECT_EQ(test, i, 100000U);
}

static void gives_up_after_limit(struct kunit *test)
{
	struct backoff b = { .max_schedule_delay = 32, .max_retry_count = 4 };

	backoff_reset(&b);
	KUNIT_EXPECT_EQ(test, backoff_next(&b), 1UL);
	KUNIT_EXPECT_EQ(test, backoff_next(&b), 2UL);
	KUNIT_EXPECT_EQ(test, backoff_next(&b), 4UL);
	KUNIT_EXPECT_EQ(test, backoff_next(&b), 0UL);
	KUNIT_EXPECT_EQ(test, b.retry_count, 1UL);
	KUNIT_EXPECT_EQ(test, b.schedule_delay, 1UL);
}

static void reset_starts_over(struct kunit *test)
{
	struct backoff b = { .max_schedule_delay = 32 };

	backoff_reset(&b);
	backoff_next(&b);
	backoff_next(&b);
	backoff_reset(&b);
	KUNIT_EXPECT_EQ(test, backoff_next(&b), 1UL);
}

/* The stock files take any number for the cap. */
static void survives_any_setting(struct kunit *test)
{
	static const unsigned long caps[] = { 0, 1, ULONG_MAX };
	unsigned int c, i;

	for (c = 0; c < ARRAY_SIZE(caps); c++) {
		struct backoff b = { .max_schedule_delay = caps[c] };

		for (i = 0; i < 100; i++) {
			unsigned long delay = backoff_next(&b);

			KUNIT_EXPECT_GE(test, delay, 1UL);
			KUNIT_EXPECT_LE(test, delay, MAX_DELAY_LIMIT + 0UL);
		}
	}
}

static struct kunit_case backoff_cases[] = {
	KUNIT_CASE(doubles_up_to_cap),
	KUNIT_CASE(never_gives_up_by_default),
	KUNIT_CASE(gives_up_after_limit),
	KUNIT_CASE(reset_starts_over),
	KUNIT_CASE(survives_any_setting),
	{}
};

static struct kunit_suite backoff_suite = {
	.name = "memfront_backoff",
	.test_cases = backoff_cases,
};

kunit_test_suite(backoff_suite);
