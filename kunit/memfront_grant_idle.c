// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings that wait for the next: which are found again, that nothing is seen in
 * them, and when they go.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <memcore/memcore.h>
#include <memfront/grant.h>

#include "grant-map.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"
#include "memfront_hollow.h"

static struct memfront_grant_map *map_some(struct kunit *test, unsigned int nr,
					   unsigned int flags, int *errs)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	map = memfront_grant_map(s->g->peer.domid, s->refs, nr, flags, errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

/* Return: where it was; only to be compared. */
static void *map_and_unmap(struct kunit *test, unsigned int nr,
			   unsigned int flags)
{
	struct memfront_grant_map *map = map_some(test, nr, flags, NULL);
	void *addr = memfront_grant_addr(map);

	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
	return addr;
}

static unsigned long va_of(const struct memfront_grant_map *map, unsigned int i)
{
	if (memfront_hv.translated)
		return MEMCORE_DIRECT_MAP +
		       PFN_PHYS(hollow_pfn(&map->hollow, i).nr);
	return (unsigned long)memfront_grant_addr(map) + i * PAGE_SIZE;
}

/* A translated kernel reads all ones where there is nothing. */
static u64 read_va(unsigned long va)
{
	unsigned int error;
	u64 word = ~0ULL;

	memcore_access(va, &word, sizeof(word), 0, &error);
	return word;
}

static void the_next_has_the_place_of_the_last(struct kunit *test)
{
	void *addr = map_and_unmap(test, 8, 0);

	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 8U);
	KUNIT_EXPECT_PTR_EQ(test, map_and_unmap(test, 5, 0), addr);
	KUNIT_EXPECT_PTR_EQ(test, map_and_unmap(test, 8, 0), addr);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 8U);
	KUNIT_EXPECT_PTR_NE(test, map_and_unmap(test, 4, 0), addr);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 12U);
}

static void what_waits_costs_no_memory(struct kunit *test)
{
	struct memfront_grant_map *map;

	map_and_unmap(test, 16, 0);
	/* What can fail second is the hypercall that unmaps. */
	fail_at(2);
	map = map_some(test, 16, 0, NULL);
	KUNIT_EXPECT_FALSE(test, has_failed());
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -ENOMEM);
	no_faults();
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
}

static void read_only_waits_for_read_only(struct kunit *test)
{
	void *addr = map_and_unmap(test, 2, MEMFRONT_GRANT_READ_ONLY);

	KUNIT_EXPECT_PTR_NE(test, map_and_unmap(test, 2, 0), addr);
	KUNIT_EXPECT_PTR_EQ(test,
			    map_and_unmap(test, 2, MEMFRONT_GRANT_READ_ONLY),
			    addr);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 4U);
}

static void what_is_larger_does_not_wait(struct kunit *test)
{
	map_and_unmap(test, NR, 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 0U);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, 0U);
	map_and_unmap(test, 256, 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 256U);
}

static void nothing_is_seen_in_what_waits(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 4, 0, NULL);
	struct grants *s = test->priv;
	unsigned long va[4];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		va[i] = va_of(map, i);
		KUNIT_EXPECT_EQ(test, read_va(va[i]),
				1000 * s->g->peer.domid + i);
	}
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, read_va(va[i]), ~0ULL);
	expect_core_sound(test);
	/* Another's, in the same place. */
	s->g = &s->translated;
	map = map_some(test, 3, 0, NULL);
	KUNIT_EXPECT_EQ(test, va_of(map, 1), va[1]);
	KUNIT_EXPECT_EQ(test, read_va(va[1]), 1000 * s->g->peer.domid + 1);
	KUNIT_EXPECT_EQ(test, read_va(va[3]), ~0ULL);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
}

/* Of a translated guest some of it is not seen any more. */
static void what_had_a_bad_grant_does_not_wait(struct kunit *test)
{
	struct grants *s = test->priv;

	s->refs[1] = ~0U;
	KUNIT_EXPECT_EQ(test,
			memfront_grant_unmap(map_some(test, 4, 0, s->errs)), 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(),
			memfront_hv.translated ? 0U : 4U);
	/* None was seen. */
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_grant_map(s->g->peer.domid,
							   s->refs, 4, 0,
							   NULL)), -EINVAL);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 4U);
}

static void what_was_kept_waits_when_it_has_gone(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 4, 0, NULL);

	layer.handle = map->handles[2];
	layer.status = GNTST_general_error;
	layer.times = 1;
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 0U);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 4U);
	/* And is like any other. */
	map = map_some(test, 4, 0, NULL);
	layer.handle = map->handles[2];
	layer.times = 2;
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 4U);
}

static void count(void *data, int err)
{
	(*(unsigned int *)data)++;
}

/* Who waited for the last that was there is not told of this one. */
static void what_waits_has_nobody_to_tell(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 4, 0, NULL);
	unsigned int times = 0;

	memfront_grant_unmap_async(map, count, &times);
	KUNIT_EXPECT_EQ(test, times, 1U);
	map = map_some(test, 4, 0, NULL);
	layer.handle = map->handles[2];
	layer.status = GNTST_general_error;
	layer.times = 1;
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, times, 1U);
}

static void what_has_waited_for_two_turns_goes(struct kunit *test)
{
	map_and_unmap(test, 8, 0);
	grant_idle_turn();
	map_and_unmap(test, 1, 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 9U);
	grant_idle_turn();
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 1U);
	map_and_unmap(test, 1, 0);
	grant_idle_turn();
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 1U);
	grant_idle_turn();
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 0U);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, 0U);
}

/* Of three those go that nobody needed. */
static void only_the_top_of_many_is_used(struct kunit *test)
{
	struct memfront_grant_map *maps[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		maps[i] = map_some(test, 2, 0, NULL);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, memfront_grant_unmap(maps[i]), 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 6U);
	grant_idle_turn();
	map_and_unmap(test, 2, 0);
	grant_idle_turn();
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 2U);
}

static void all_together_have_a_bound(struct kunit *test)
{
	const unsigned int nr = 4096 / 256 + 2;
	struct memfront_grant_map **maps;
	unsigned int i;

	maps = kunit_kcalloc(test, nr, sizeof(*maps), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, maps);
	for (i = 0; i < nr; i++)
		maps[i] = map_some(test, 200, 0, NULL);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, memfront_grant_unmap(maps[i]), 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 4096U);
	map_and_unmap(test, 1, 0);
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 4096U);
	expect_core_sound(test);
}

static int idle_init(struct kunit *test)
{
	grant_idle_drop();
	return grants_init(test);
}

static struct kunit_case idle_cases[] = {
	KUNIT_CASE(the_next_has_the_place_of_the_last),
	KUNIT_CASE(what_waits_costs_no_memory),
	KUNIT_CASE(read_only_waits_for_read_only),
	KUNIT_CASE(what_is_larger_does_not_wait),
	KUNIT_CASE(nothing_is_seen_in_what_waits),
	KUNIT_CASE(what_had_a_bad_grant_does_not_wait),
	KUNIT_CASE(what_was_kept_waits_when_it_has_gone),
	KUNIT_CASE(what_waits_has_nobody_to_tell),
	KUNIT_CASE(what_has_waited_for_two_turns_goes),
	KUNIT_CASE(only_the_top_of_many_is_used),
	KUNIT_CASE(all_together_have_a_bound),
	{ }
};

static struct kunit_suite idle_suite = {
	.name = "memfront_grant_idle",
	.init = idle_init,
	.exit = grants_exit,
	.test_cases = idle_cases,
};

kunit_test_suite(idle_suite);
