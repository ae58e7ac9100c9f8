// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/mm.h>

#include "limits.h"

#define MIB(n)	((unsigned long)(n) << (20 - PAGE_SHIFT))

static void floor_at_known_sizes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, limits_floor(0), 0UL);
	KUNIT_EXPECT_EQ(test, limits_floor(MIB(8)), MIB(8));
	KUNIT_EXPECT_EQ(test, limits_floor(MIB(128)), MIB(72));
	KUNIT_EXPECT_EQ(test, limits_floor(MIB(256)), MIB(104));
	KUNIT_EXPECT_EQ(test, limits_floor(MIB(1024)), MIB(232));
	KUNIT_EXPECT_EQ(test, limits_floor(MIB(32768)), MIB(1512));
	KUNIT_EXPECT_EQ(test, limits_floor(MIB(32768 + 64)), MIB(1513));
}

static void floor_never_falls(struct kunit *test)
{
	unsigned long before = 0;
	unsigned long total;

	for (total = 0; total < MIB(70000); total += 997) {
		unsigned long floor = limits_floor(total);

		if (floor < before || floor > total) {
			KUNIT_FAIL(test, "floor(%lu) is %lu after %lu", total,
				   floor, before);
			return;
		}
		before = floor;
	}
}

static void floor_of_absurd_size(struct kunit *test)
{
	unsigned long huge = 1UL << 52;

	KUNIT_EXPECT_LT(test, limits_floor(huge), huge);
}

static void available_within_ram(struct kunit *test)
{
	unsigned long pages = limits_available();

	KUNIT_EXPECT_GT(test, pages, 0UL);
	KUNIT_EXPECT_LE(test, pages, totalram_pages());
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(floor_at_known_sizes),
	KUNIT_CASE(floor_never_falls),
	KUNIT_CASE(floor_of_absurd_size),
	KUNIT_CASE(available_within_ram),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "memfront_limits",
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);
