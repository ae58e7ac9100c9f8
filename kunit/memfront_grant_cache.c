// SPDX-License-Identifier: GPL-2.0
/*
 * Caches of what domains beside the kernel grant. What is mapped is seen by those
 * domains: in their grant tables.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <memfront/grant.h>

#include "grant-cache.h"
#include "grant-map.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"

#define ROOM		4U

static struct memfront_grant_cache *make(struct kunit *test, unsigned int max,
					 unsigned int flags)
{
	struct memfront_grant_cache *cache;

	cache = memfront_grant_cache_create(max, flags);
	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	return cache;
}

static void end(struct kunit *test, struct memfront_grant_cache *cache)
{
	struct grants *s = test->priv;

	memfront_grant_cache_destroy(cache);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, grants_count_uses(&s->pv, 0), NR);
	KUNIT_EXPECT_EQ(test, grants_count_uses(&s->translated, 0), NR);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_cache_stats.mapped), 0);
}

static struct memfront_cached_grant *get(struct kunit *test,
					 struct memfront_grant_cache *cache,
					 unsigned int i)
{
	struct grants *s = test->priv;

	return memfront_grant_cache_get(cache, s->g->peer.domid, s->refs[i]);
}

static struct memfront_cached_grant *
must_get(struct kunit *test, struct memfront_grant_cache *cache, unsigned int i)
{
	struct memfront_cached_grant *g = get(test, cache, i);

	KUNIT_ASSERT_FALSE(test, IS_ERR(g));
	expect_core_sound_so_far(test);
	return g;
}

static void touch(struct kunit *test, struct memfront_grant_cache *cache,
		  unsigned int i)
{
	memfront_grant_cache_put(cache, must_get(test, cache, i));
}

static bool is_mapped(struct kunit *test, unsigned int i)
{
	struct grants *s = test->priv;

	return granter_uses(s->g, s->refs[i]);
}

static int forget(struct kunit *test, struct memfront_grant_cache *cache,
		  unsigned int i)
{
	struct grants *s = test->priv;

	return memfront_grant_cache_forget(cache, s->g->peer.domid,
					   s->refs[i]);
}

static int forget_domain(struct kunit *test, struct memfront_grant_cache *cache)
{
	struct grants *s = test->priv;

	return memfront_grant_cache_forget_domain(cache, s->g->peer.domid);
}

static void a_hit_costs_no_hypercall(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	struct memfront_cached_grant *one, *again;
	long hits = atomic_long_read(&grant_cache_stats.hits);

	one = must_get(test, cache, 3);
	layer.calls = 0;
	again = must_get(test, cache, 3);
	KUNIT_EXPECT_PTR_EQ(test, one, again);
	memfront_grant_cache_put(cache, one);
	memfront_grant_cache_put(cache, again);
	KUNIT_EXPECT_PTR_EQ(test, must_get(test, cache, 3), one);
	KUNIT_EXPECT_PTR_NE(test, memfront_grant_cache_addr(one), NULL);
	memfront_grant_cache_put(cache, one);
	KUNIT_EXPECT_EQ(test, layer.calls, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_cache_stats.hits),
			hits + 2);
	end(test, cache);
}

static void what_has_waited_longest_goes(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	struct grants *s = test->priv;
	unsigned int i;

	for (i = 0; i < ROOM; i++)
		touch(test, cache, i);
	touch(test, cache, 0);
	touch(test, cache, 10);
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 0));
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 1));
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 2));
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR - ROOM);
	end(test, cache);
}

static void what_is_used_stays(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	struct memfront_cached_grant *used[ROOM];
	unsigned int i;

	for (i = 0; i < ROOM; i++)
		used[i] = must_get(test, cache, i);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(get(test, cache, 10)), -EBUSY);
	memfront_grant_cache_put(cache, used[2]);
	touch(test, cache, 10);
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 0));
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 2));
	for (i = 0; i < ROOM; i++)
		if (i != 2)
			memfront_grant_cache_put(cache, used[i]);
	end(test, cache);
}

static void read_only_is_how_it_maps(struct kunit *test)
{
	struct memfront_grant_cache *cache;
	struct grants *s = test->priv;

	cache = make(test, ROOM, MEMFRONT_GRANT_READ_ONLY);
	touch(test, cache, 1);
	KUNIT_EXPECT_EQ(test, granter_uses(s->g, s->refs[1]), GTF_reading);
	end(test, cache);
}

static void an_error_is_not_remembered(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, 1, 0);
	struct grants *s = test->priv;

	granter_withdraw(s->g, s->refs[1]);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(get(test, cache, 1)), -EACCES);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(get(test, cache, 1)), -EACCES);
	granter_offer(s->g, s->refs[1], 1, 0, OWN_DOMID);
	touch(test, cache, 1);
	end(test, cache);
}

static void domains_are_not_mixed_up(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	struct grants *s = test->priv;

	touch(test, cache, 1);
	s->g = &s->translated;
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 1));
	touch(test, cache, 1);
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 1));
	KUNIT_EXPECT_EQ(test, forget_domain(test, cache), 0);
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 1));
	s->g = &s->pv;
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 1));
	end(test, cache);
}

static void what_is_forgotten_is_not_mapped(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	struct grants *s = test->priv;
	struct memfront_cached_grant *g;

	touch(test, cache, 1);
	KUNIT_EXPECT_EQ(test, forget(test, cache, 1), 0);
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 1));
	KUNIT_EXPECT_EQ(test, forget(test, cache, 1), 0);
	g = must_get(test, cache, 2);
	KUNIT_EXPECT_EQ(test, forget(test, cache, 2), -EINPROGRESS);
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 2));
	memfront_grant_cache_put(cache, g);
	grant_cache_flush(cache);
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 2));
	g = must_get(test, cache, 3);
	touch(test, cache, 4);
	KUNIT_EXPECT_EQ(test, forget_domain(test, cache), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR - 1);
	memfront_grant_cache_put(cache, g);
	end(test, cache);
}

/* Its place is not another's until it has gone. */
static void what_is_forgotten_in_use_still_counts(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, 1, 0);
	struct memfront_cached_grant *g = must_get(test, cache, 1);

	KUNIT_EXPECT_EQ(test, forget(test, cache, 1), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(get(test, cache, 1)), -EBUSY);
	memfront_grant_cache_put(cache, g);
	grant_cache_flush(cache);
	touch(test, cache, 1);
	end(test, cache);
}

static void memory_is_given_back(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	struct memfront_cached_grant *g = must_get(test, cache, 0);
	unsigned int i;

	for (i = 1; i < ROOM; i++)
		touch(test, cache, i);
	KUNIT_EXPECT_EQ(test, grant_cache_shrink(cache, 1), 1);
	grant_cache_flush(cache);
	KUNIT_EXPECT_FALSE(test, is_mapped(test, 1));
	KUNIT_EXPECT_EQ(test, grant_cache_shrink(cache, 100), ROOM - 2);
	KUNIT_EXPECT_EQ(test, grant_cache_shrink(cache, 100), 0);
	grant_cache_flush(cache);
	KUNIT_EXPECT_TRUE(test, is_mapped(test, 0));
	KUNIT_EXPECT_FALSE(test, is_mapped(test, ROOM - 1));
	memfront_grant_cache_put(cache, g);
	end(test, cache);
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	static const struct {
		unsigned int max;
		unsigned int flags;
	} wrong[] = {
		{ 0, 0 }, { GRANT_CACHE_MAX + 1, 0 }, { UINT_MAX, 0 },
		{ 1, BIT(1) },
	};
	struct memfront_grant_cache *cache;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		cache = memfront_grant_cache_create(wrong[i].max,
						    wrong[i].flags);
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(cache), -EINVAL);
	}
	end(test, make(test, GRANT_CACHE_MAX, 0));
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool get_failing_at(struct kunit *test, unsigned int nth)
{
	struct memfront_grant_cache *cache;
	struct memfront_cached_grant *g;
	bool failed;

	grant_idle_drop();
	fail_at(nth);
	cache = memfront_grant_cache_create(1, 0);
	g = IS_ERR(cache) ? ERR_CAST(cache) : get(test, cache, 1);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, IS_ERR(g), failed);
	if (!IS_ERR(g))
		memfront_grant_cache_put(cache, g);
	if (!IS_ERR(cache)) {
		/* The place that it was to have is free again. */
		touch(test, cache, 2);
		end(test, cache);
	}
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	unsigned int nth = 1;

	while (get_failing_at(test, nth))
		nth++;
	/* At least: 2 for the cache, the grant, its mapping, the call. */
	KUNIT_EXPECT_GT(test, nth, 5);
}

#define RANDOM_REFS	10U
#define RANDOM_STEPS	300U

/**
 * struct model - a naive cache
 * @order: what is mapped, that which was used last in front
 * @nr: how many
 */
struct model {
	unsigned int order[ROOM];
	unsigned int nr;
};

static void model_drop(struct model *m, unsigned int i)
{
	unsigned int at;

	for (at = 0; at < m->nr && m->order[at] != i; at++)
		;
	if (at == m->nr)
		return;
	for (m->nr--; at < m->nr; at++)
		m->order[at] = m->order[at + 1];
}

static void model_touch(struct model *m, unsigned int i)
{
	unsigned int at;

	model_drop(m, i);
	if (m->nr == ROOM)
		m->nr--;
	for (at = m->nr++; at; at--)
		m->order[at] = m->order[at - 1];
	m->order[0] = i;
}

static bool model_has(const struct model *m, unsigned int i)
{
	unsigned int at;

	for (at = 0; at < m->nr; at++)
		if (m->order[at] == i)
			return true;
	return false;
}

static void random_step(struct kunit *test, struct memfront_grant_cache *cache,
			struct model *m, struct rnd_state *rnd)
{
	unsigned int i = prandom_u32_state(rnd) % RANDOM_REFS;

	switch (prandom_u32_state(rnd) % 8) {
	case 0:
		KUNIT_EXPECT_EQ(test, forget(test, cache, i), 0);
		model_drop(m, i);
		break;
	case 1:
		KUNIT_EXPECT_EQ(test, grant_cache_shrink(cache, 1), !!m->nr);
		grant_cache_flush(cache);
		m->nr -= !!m->nr;
		break;
	default:
		touch(test, cache, i);
		model_touch(m, i);
	}
	for (i = 0; i < RANDOM_REFS; i++)
		KUNIT_EXPECT_EQ(test, is_mapped(test, i), model_has(m, i));
}

static void random_run(struct kunit *test)
{
	struct memfront_grant_cache *cache = make(test, ROOM, 0);
	u64 seed = get_random_u64();
	struct model m = {};
	struct rnd_state rnd;
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < RANDOM_STEPS; i++)
		random_step(test, cache, &m, &rnd);
	end(test, cache);
}

static void random_against_reference(struct kunit *test)
{
	grants_for_both(test, random_run);
}

static struct kunit_case cache_cases[] = {
	KUNIT_CASE(a_hit_costs_no_hypercall),
	KUNIT_CASE(what_has_waited_longest_goes),
	KUNIT_CASE(what_is_used_stays),
	KUNIT_CASE(read_only_is_how_it_maps),
	KUNIT_CASE(an_error_is_not_remembered),
	KUNIT_CASE(domains_are_not_mixed_up),
	KUNIT_CASE(what_is_forgotten_is_not_mapped),
	KUNIT_CASE(what_is_forgotten_in_use_still_counts),
	KUNIT_CASE(memory_is_given_back),
	KUNIT_CASE(what_is_no_request_is_refused),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	KUNIT_CASE(random_against_reference),
	{ }
};

static struct kunit_suite cache_suite = {
	.name = "memfront_grant_cache",
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = cache_cases,
};

kunit_test_suite(cache_suite);
