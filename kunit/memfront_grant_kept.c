// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings that are to go and cannot yet: for somebody has references to their
 * pages, or the hypervisor does not take them back.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <memfront/grant.h>

#include "grant-cache.h"
#include "grant-map.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"
#include "memfront_hollow.h"
#include "window.h"

#define MANY_REFUSALS	1000000

/**
 * struct word - what the one who waits was told
 * @times: how often
 * @err: the last
 */
struct word {
	unsigned int times;
	int err;
};

static void hear(void *data, int err)
{
	struct word *word = data;

	word->times++;
	word->err = err;
}

static struct memfront_grant_map *map_some(struct kunit *test, unsigned int nr)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	map = memfront_grant_map(s->g->peer.domid, s->refs, nr, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

static void expect_mapped(struct kunit *test, unsigned int nr)
{
	struct grants *s = test->priv;

	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR - nr);
	expect_core_sound(test);
}

static void refuse(grant_handle_t handle, unsigned int times)
{
	layer.ref = 0;
	layer.handle = handle;
	layer.status = GNTST_general_error;
	layer.times = times;
}

static void need_pages(struct kunit *test)
{
	if (!memfront_hv.translated)
		kunit_skip(test, "on PV no page stands for a mapping");
}

static struct page *hold(const struct memfront_grant_map *map, unsigned int i)
{
	struct page *page = memfront_grant_page(map, i);

	get_page(page);
	return page;
}

/* Nobody calls: the worker alone does it. */
static void expect_soon(struct kunit *test)
{
	struct grants *s = test->priv;
	unsigned int i;

	for (i = 0; i < 200 && grants_count_uses(s->g, 0) != NR; i++)
		msleep(20);
	expect_mapped(test, 0);
}

static void what_is_refused_is_tried_again(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 5);
	struct grants *s = test->priv;
	long looks = atomic_long_read(&grant_map_stats.looks);

	grant_kept_first_delay = s->delay;
	refuse(map->handles[3], 3);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	expect_soon(test);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_map_stats.looks),
			looks + 3);
}

/* 5, 10, 20, 40, ... 640 milliseconds: whatever the machine does, few. */
static void it_is_tried_less_and_less_often(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 5);
	long looks = atomic_long_read(&grant_map_stats.looks);
	struct grants *s = test->priv;

	grant_kept_first_delay = s->delay;
	refuse(map->handles[3], MANY_REFUSALS);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	msleep(1000);
	looks = atomic_long_read(&grant_map_stats.looks) - looks;
	KUNIT_EXPECT_GT(test, looks, 1);
	KUNIT_EXPECT_LT(test, looks, 10);
	expect_mapped(test, 1);
	layer.times = 0;
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
}

/* Who comes is not kept waiting by those that wait for long. */
static void who_comes_has_its_turn_soon(struct kunit *test)
{
	struct memfront_grant_map *old = map_some(test, 1);
	struct memfront_grant_map *map = map_some(test, 5);
	struct grants *s = test->priv;
	unsigned int i;

	refuse(old->handles[0], MANY_REFUSALS);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(old), -EACCES);
	grant_kept_first_delay = s->delay;
	refuse(map->handles[4], 1);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	for (i = 0; i < 200 && granter_uses(s->g, s->refs[4]); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, granter_uses(s->g, s->refs[4]), 0);
	layer.times = 0;
	expect_soon(test);
}

/* Fewer than all, and then the others. */
static void a_turn_has_a_bound(struct kunit *test)
{
	const unsigned int nr = GRANT_KEPT_PAGES / NR + 2;
	long looks = atomic_long_read(&grant_map_stats.looks), turn;
	unsigned int i;

	refuse(GRANT_NO_HANDLE, MANY_REFUSALS);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map_some(test, NR)),
				-EACCES);
	grant_kept_look();
	turn = atomic_long_read(&grant_map_stats.looks) - looks;
	KUNIT_EXPECT_EQ(test, turn, DIV_ROUND_UP(GRANT_KEPT_PAGES, NR));
	expect_mapped(test, NR);
	layer.times = 0;
	grant_kept_look();
	expect_mapped(test, NR);
	grant_kept_look();
	expect_mapped(test, 0);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
}

static void hold_while_unmapped(struct kunit *test)
{
	long deferred = atomic_long_read(&grant_map_stats.deferred);
	long failures = atomic_long_read(&grant_map_stats.unmap_failures);
	struct memfront_grant_map *map = map_some(test, NR);
	struct page *page = hold(map, 200), *other = hold(map, 0);
	unsigned int taken = hollow_source.taken;

	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_map_stats.deferred),
			deferred + 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	put_page(other);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	expect_mapped(test, NR);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, taken);
	put_page(page);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, taken - NR);
	KUNIT_EXPECT_EQ(test,
			atomic_long_read(&grant_map_stats.unmap_failures),
			failures);
}

static void what_is_used_waits(struct kunit *test)
{
	need_pages(test);
	grants_for_both(test, hold_while_unmapped);
}

static void the_worker_sees_that_it_is_used_no_more(struct kunit *test)
{
	struct memfront_grant_map *map;
	struct grants *s = test->priv;
	struct page *page;

	need_pages(test);
	grant_kept_first_delay = s->delay;
	map = map_some(test, 3);
	page = hold(map, 2);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EINPROGRESS);
	msleep(50);
	expect_mapped(test, 3);
	put_page(page);
	expect_soon(test);
}

static void no_page_stands_for_what_pv_maps(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 3);

	KUNIT_EXPECT_EQ(test, !memfront_grant_page(map, 1),
			!memfront_hv.translated);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
}

static void who_waits_is_told_at_once_if_nobody_uses_it(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, NR);
	struct word word = {};

	memfront_grant_unmap_async(map, hear, &word);
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	KUNIT_EXPECT_EQ(test, word.err, 0);
	expect_mapped(test, 0);
}

static void who_waits_is_told_of_a_refusal_once(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, NR);
	struct word word = {};

	refuse(map->handles[7], 2);
	memfront_grant_unmap_async(map, hear, &word);
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	KUNIT_EXPECT_EQ(test, word.err, -EACCES);
	expect_mapped(test, 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
	KUNIT_EXPECT_EQ(test, word.times, 1U);
}

static void who_waits_is_told_when_it_is_used_no_more(struct kunit *test)
{
	struct memfront_grant_map *map;
	struct word word = {};
	struct page *page;

	need_pages(test);
	map = map_some(test, NR);
	page = hold(map, NR - 1);
	memfront_grant_unmap_async(map, hear, &word);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	KUNIT_EXPECT_EQ(test, word.times, 0U);
	put_page(page);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	KUNIT_EXPECT_EQ(test, word.err, 0);
	expect_mapped(test, 0);
}

/* It was used, and when it is not the hypervisor keeps some of it. */
static void what_was_used_may_be_refused(struct kunit *test)
{
	struct memfront_grant_map *map;
	struct word word = {};
	struct page *page;

	need_pages(test);
	map = map_some(test, NR);
	page = hold(map, 1);
	memfront_grant_unmap_async(map, hear, &word);
	refuse(map->handles[5], 2);
	put_page(page);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	KUNIT_EXPECT_EQ(test, word.err, -EACCES);
	expect_mapped(test, 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	expect_mapped(test, 0);
}

static void map_again(void *data, int err)
{
	struct kunit *test = data;
	struct memfront_grant_map *map = map_some(test, 3);

	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
}

static void who_is_told_may_map_and_unmap(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 3);
	struct page *page = memfront_grant_page(map, 0);

	if (page)
		get_page(page);
	memfront_grant_unmap_async(map, map_again, test);
	if (page)
		put_page(page);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
}

static void a_cache_waits_for_its_pages_too(struct kunit *test)
{
	struct memfront_grant_cache *cache = memfront_grant_cache_create(4, 0);
	struct memfront_cached_grant *g;
	struct grants *s = test->priv;
	struct page *page;

	KUNIT_ASSERT_FALSE(test, IS_ERR(cache));
	g = memfront_grant_cache_get(cache, s->g->peer.domid, s->refs[1]);
	KUNIT_ASSERT_FALSE(test, IS_ERR(g));
	page = memfront_grant_cache_page(g);
	KUNIT_EXPECT_EQ(test, !page, !memfront_hv.translated);
	if (page)
		get_page(page);
	memfront_grant_cache_put(cache, g);
	KUNIT_EXPECT_EQ(test,
			memfront_grant_cache_forget(cache, s->g->peer.domid,
						    s->refs[1]),
			page ? -EINPROGRESS : 0);
	memfront_grant_cache_destroy(cache);
	expect_mapped(test, !!page);
	if (page)
		put_page(page);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
}

/* What is left of a place whose grant the module has left behind. */
static void find_again(struct kunit *test, struct window *w, struct page *page)
{
	if (memfront_hv.translated)
		hollow_source_give(1, &page);
	else
		window_give(w);
}

/* The module goes: all but one page is given back, and nobody is told twice. */
static void what_is_refused_to_the_end_is_lost(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, NR);
	struct page *page = memfront_grant_page(map, 9);
	struct window *w = map->window;
	struct gnttab_unmap_grant_ref op = {
		.host_addr = map->place->address(map, 9),
		.handle = map->handles[9],
	};
	struct word word = {};

	refuse(map->handles[9], MANY_REFUSALS);
	memfront_grant_unmap_async(map, hear, &word);
	grant_kept_exit();
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 1);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, memfront_hv.translated);
	layer.times = 0;
	KUNIT_EXPECT_EQ(test, grants_core_op(GNTTABOP_unmap_grant_ref, &op), 0);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_okay);
	find_again(test, w, page);
	expect_mapped(test, 0);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool unmap_failing_at(struct kunit *test, unsigned int nth)
{
	struct memfront_grant_map *map = map_some(test, NR);
	struct word word = {};
	unsigned int left = 0;
	bool failed;

	fail_at(nth);
	memfront_grant_unmap_async(map, hear, &word);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, word.times, 1U);
	KUNIT_EXPECT_EQ(test, word.err, failed ? -ENOMEM : 0);
	/* One hypercall of them was not made. */
	if (failed)
		left = min_t(unsigned int, NR - (nth - 1) * GRANT_BATCH,
			     GRANT_BATCH);
	expect_mapped(test, left);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
	return failed;
}

static void whatever_fails_it_goes_in_the_end(struct kunit *test)
{
	unsigned int nth = 1;

	while (unmap_failing_at(test, nth))
		nth++;
	KUNIT_EXPECT_EQ(test, nth, DIV_ROUND_UP(NR, (unsigned int)GRANT_BATCH) +
				   1);
}

#define RANDOM_MAPS	8
#define RANDOM_NR	5U
#define RANDOM_STEPS	400U

/**
 * struct try - a mapping as the reference has it
 * @map: the mapping, until it is unmapped
 * @is_there: it is mapped
 * @first: the first of its references
 * @nr: how many
 * @pages: for each, its page while somebody holds it
 * @refused: it is unmapped, and the hypervisor has kept one
 * @word: what the one who waits was told
 */
struct try {
	struct memfront_grant_map *map;
	bool is_there;
	unsigned int first;
	unsigned int nr;
	struct page *pages[RANDOM_NR];
	bool refused;
	struct word word;
};

/**
 * struct model - the reference
 * @rnd: where all choices come from
 * @tries: the mappings, each of references of its own
 */
struct model {
	struct rnd_state rnd;
	struct try tries[RANDOM_MAPS];
};

static u32 pick(struct model *m, u32 below)
{
	return prandom_u32_state(&m->rnd) % below;
}

static bool is_held(const struct try *t)
{
	unsigned int i;

	for (i = 0; i < t->nr; i++)
		if (t->pages[i])
			return true;
	return false;
}

static void random_map(struct kunit *test, struct model *m, struct try *t)
{
	struct grants *s = test->priv;

	memset(t, 0, sizeof(*t));
	t->nr = 1 + pick(m, RANDOM_NR);
	t->first = (t - m->tries) * RANDOM_NR;
	t->map = memfront_grant_map(s->g->peer.domid, s->refs + t->first,
				    t->nr, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->map));
	t->is_there = true;
}

/* A page of a mapping that has been unmapped is not to be had. */
static void random_hold(struct model *m, struct try *t)
{
	unsigned int i = pick(m, t->nr);

	if (t->pages[i]) {
		put_page(t->pages[i]);
		t->pages[i] = NULL;
	} else if (t->map && memfront_hv.translated) {
		t->pages[i] = hold(t->map, i);
	}
}

static void random_unmap(struct kunit *test, struct model *m, struct try *t)
{
	t->refused = !is_held(t) && !pick(m, 3);
	if (t->refused)
		refuse(t->map->handles[pick(m, t->nr)], 1);
	memfront_grant_unmap_async(t->map, hear, &t->word);
	layer.times = 0;
	t->map = NULL;
	t->is_there = t->refused || is_held(t);
	KUNIT_EXPECT_EQ(test, t->word.times, !is_held(t));
	KUNIT_EXPECT_EQ(test, t->word.err, t->refused ? -EACCES : 0);
}

static void random_look(struct model *m)
{
	struct try *t;

	grant_kept_look();
	for (t = m->tries; t < m->tries + RANDOM_MAPS; t++)
		if (t->is_there && !t->map && !is_held(t))
			t->is_there = false;
}

static void random_step(struct kunit *test, struct model *m)
{
	struct try *t = &m->tries[pick(m, RANDOM_MAPS)];

	if (!t->is_there)
		random_map(test, m, t);
	else if (pick(m, 3))
		random_hold(m, t);
	else if (!t->map || !pick(m, 3))
		random_look(m);
	else
		random_unmap(test, m, t);
}

/* Of what the hypervisor kept, one. */
static void expect_try(struct kunit *test, const struct try *t)
{
	struct grants *s = test->priv;
	unsigned int i, nr = 0;

	for (i = 0; i < t->nr; i++)
		nr += !!granter_uses(s->g, s->refs[t->first + i]);
	KUNIT_EXPECT_EQ(test, nr, !t->is_there ? 0 : t->refused ? 1 : t->nr);
	KUNIT_EXPECT_EQ(test, t->word.times,
			!t->map && t->nr && (!t->is_there || t->refused));
}

static void random_end(struct kunit *test, struct try *t)
{
	unsigned int i;

	for (i = 0; i < t->nr; i++)
		if (t->pages[i])
			put_page(t->pages[i]);
	if (t->map)
		KUNIT_EXPECT_EQ(test, memfront_grant_unmap(t->map), 0);
}

static void random_run(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u64 seed = get_random_u64();
	unsigned int i, j;

	KUNIT_ASSERT_NOT_NULL(test, m);
	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&m->rnd, seed);
	for (i = 0; i < RANDOM_STEPS; i++) {
		random_step(test, m);
		for (j = 0; j < RANDOM_MAPS; j++)
			expect_try(test, &m->tries[j]);
		expect_core_sound_so_far(test);
	}
	for (i = 0; i < RANDOM_MAPS; i++)
		random_end(test, &m->tries[i]);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	expect_mapped(test, 0);
}

static void random_against_reference(struct kunit *test)
{
	grants_for_both(test, random_run);
}

static struct kunit_case kept_cases[] = {
	KUNIT_CASE(what_is_refused_is_tried_again),
	KUNIT_CASE(it_is_tried_less_and_less_often),
	KUNIT_CASE(who_comes_has_its_turn_soon),
	KUNIT_CASE(a_turn_has_a_bound),
	KUNIT_CASE(what_is_used_waits),
	KUNIT_CASE(the_worker_sees_that_it_is_used_no_more),
	KUNIT_CASE(no_page_stands_for_what_pv_maps),
	KUNIT_CASE(who_waits_is_told_at_once_if_nobody_uses_it),
	KUNIT_CASE(who_waits_is_told_of_a_refusal_once),
	KUNIT_CASE(who_waits_is_told_when_it_is_used_no_more),
	KUNIT_CASE(what_was_used_may_be_refused),
	KUNIT_CASE(who_is_told_may_map_and_unmap),
	KUNIT_CASE(a_cache_waits_for_its_pages_too),
	KUNIT_CASE(what_is_refused_to_the_end_is_lost),
	KUNIT_CASE(whatever_fails_it_goes_in_the_end),
	KUNIT_CASE(random_against_reference),
	{ }
};

static struct kunit_suite kept_suite = {
	.name = "memfront_grant_kept",
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = kept_cases,
};

kunit_test_suite(kept_suite);
