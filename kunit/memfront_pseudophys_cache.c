// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/cpumask.h>

#include "memfront_fixture.h"
#include "pseudophys-cache.h"

static int cache_test_init(struct kunit *test)
{
	no_faults();
	test->priv = (void __force *)caches_new();
	return test->priv ? 0 : -ENOMEM;
}

static void cache_test_exit(struct kunit *test)
{
	no_faults();
	caches_free((struct frame_cache __percpu __force *)test->priv);
}

static struct frame_cache __percpu *caches_of(struct kunit *test)
{
	return (struct frame_cache __percpu __force *)test->priv;
}

static void last_in_first_out(struct kunit *test)
{
	struct frame_cache __percpu *caches = caches_of(test);
	struct mf_pfn in[] = { { 10 }, { 11 }, { 12 } }, out[3];

	migrate_disable();
	KUNIT_EXPECT_EQ(test, caches_push(caches, in, 3), 3U);
	KUNIT_EXPECT_EQ(test, caches_count(caches), 3UL);
	KUNIT_EXPECT_EQ(test, caches_pop(caches, out, 2), 2U);
	KUNIT_EXPECT_EQ(test, out[0].nr, 11UL);
	KUNIT_EXPECT_EQ(test, out[1].nr, 12UL);
	KUNIT_EXPECT_EQ(test, caches_pop(caches, out, 3), 1U);
	KUNIT_EXPECT_EQ(test, out[0].nr, 10UL);
	KUNIT_EXPECT_EQ(test, caches_pop(caches, out, 3), 0U);
	migrate_enable();
}

static void no_more_than_there_is_room_for(struct kunit *test)
{
	struct frame_cache __percpu *caches = caches_of(test);
	struct mf_pfn pfns[CACHE_FRAMES] = {};
	unsigned int i;

	migrate_disable();
	for (i = 0; i < CACHE_FRAMES; i++)
		pfns[i] = mf_pfn(i);
	KUNIT_EXPECT_EQ(test, caches_push(caches, pfns, 10), 10U);
	KUNIT_EXPECT_EQ(test, caches_push(caches, pfns, CACHE_FRAMES),
			CACHE_FRAMES - 10U);
	KUNIT_EXPECT_EQ(test, caches_push(caches, pfns, 1), 0U);
	KUNIT_EXPECT_EQ(test, caches_count(caches),
			(unsigned long)CACHE_FRAMES);
	migrate_enable();
}

/* Whichever CPU they wait on. */
static void any_cache_can_be_emptied(struct kunit *test)
{
	struct frame_cache __percpu *caches = caches_of(test);
	unsigned int nr, got = 0;
	struct mf_pfn pfns[4];
	int cpu;

	for_each_possible_cpu(cpu) {
		struct frame_cache *cache = per_cpu_ptr(caches, cpu);

		for (nr = 0; nr < 5; nr++)
			cache->pfns[cache->nr++] = mf_pfn(nr);
	}
	while ((nr = caches_pop_any(caches, pfns, ARRAY_SIZE(pfns))))
		got += nr;
	KUNIT_EXPECT_EQ(test, got, 5 * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, caches_count(caches), 0UL);
}

static void no_memory_no_caches(struct kunit *test)
{
	fail_at(1);
	KUNIT_EXPECT_TRUE(test, !caches_new());
	KUNIT_EXPECT_TRUE(test, has_failed());
}

static struct kunit_case cache_cases[] = {
	KUNIT_CASE(last_in_first_out),
	KUNIT_CASE(no_more_than_there_is_room_for),
	KUNIT_CASE(any_cache_can_be_emptied),
	KUNIT_CASE(no_memory_no_caches),
	{}
};

static struct kunit_suite cache_suite = {
	.name = "memfront_pseudophys_cache",
	.init = cache_test_init,
	.exit = cache_test_exit,
	.test_cases = cache_cases,
};

kunit_test_suite(cache_suite);
