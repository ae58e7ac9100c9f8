// SPDX-License-Identifier: GPL-2.0
/*
 * Frames handed out to several threads at once, while another empties caches and
 * gives sections back. Each frame has a mark that only one thread may have set; in
 * the end nothing may be out.
 *
 * With one CPU the threads only take turns; then this shows less.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "memfront_fixture.h"
#include "parameter.h"
#include "ref_pseudophys.h"

static unsigned int pseudophys_race_ms = 2000;
module_param(pseudophys_race_ms, uint, 0444);
MODULE_PARM_DESC(pseudophys_race_ms, "how long the threads of memfront_pseudophys_race run");

#define NR_THREADS	4U
#define NR_ROUNDS	4U
#define NR_HELD		24
#define MANY		80

/**
 * struct race - what the threads have in common
 * @test: the case
 * @ref: what surrounds the allocator
 * @ps: the allocator
 * @out: a mark for each frame
 * @ops: lists of frames handed out
 * @failed: times there was none left
 * @overlaps: frames that two have had at once, or that are none
 */
struct race {
	struct kunit *test;
	struct ref_pseudophys *ref;
	struct pseudophys ps;
	unsigned int out[REF_END];
	atomic_long_t ops;
	atomic_long_t failed;
	atomic_long_t overlaps;
};

/**
 * struct held - a list of blocks that a thread has
 * @order: log2 of the frames in each
 * @nr: how many
 * @as_pages: they were handed out as pages, and go back so
 * @pfns: the blocks
 */
struct held {
	unsigned int order;
	unsigned int nr;
	bool as_pages;
	struct mf_pfn pfns[MANY];
};

/**
 * struct racer - a thread
 * @race: what it has in common with others
 * @rnd: the seeded source of what it does
 * @task: the thread
 * @held: what it has
 */
struct racer {
	struct race *race;
	struct rnd_state rnd;
	struct task_struct *task;
	struct held held[NR_HELD];
};

static void mark(struct race *race, struct mf_pfn pfn, unsigned int order,
		 bool out)
{
	unsigned long i;

	if (pfn.nr + (1UL << order) > REF_END) {
		atomic_long_inc(&race->overlaps);
		return;
	}
	for (i = pfn.nr; i < pfn.nr + (1UL << order); i++)
		if (xchg(&race->out[i], out) == out)
			atomic_long_inc(&race->overlaps);
}

static int alloc_as_pages(struct racer *r, struct held *held)
{
	struct page *pages[MANY];
	unsigned int i;
	int err = pseudophys_alloc_pages(&r->race->ps, held->nr, pages);

	for (i = 0; i < held->nr && !err; i++)
		held->pfns[i] = mf_page_pfn(pages[i]);
	return err;
}

static int alloc_for(struct racer *r, struct held *held)
{
	return held->as_pages ? alloc_as_pages(r, held) :
				pseudophys_alloc(&r->race->ps, held->order,
						 held->nr, held->pfns);
}

static unsigned long free_for(struct racer *r, struct held *held)
{
	struct page *pages[MANY];
	unsigned int i;

	if (!held->as_pages)
		return pseudophys_free(&r->race->ps, held->order, held->nr,
				       held->pfns);
	for (i = 0; i < held->nr; i++)
		pages[i] = mf_pfn_page(held->pfns[i]);
	return pseudophys_free_pages(&r->race->ps, held->nr, pages);
}

static void get(struct racer *r, struct held *held)
{
	struct race *race = r->race;
	u32 bits = prandom_u32_state(&r->rnd);
	unsigned int i;

	held->order = bits & 3 ? 0 : (bits >> 2) % 8;
	held->nr = held->order ? 1 : (bits >> 8) % MANY + 1;
	if (bits & BIT(20))
		held->nr = 1;
	held->as_pages = !held->order && bits & BIT(21);
	if (alloc_for(r, held)) {
		held->nr = 0;
		atomic_long_inc(&race->failed);
	}
	for (i = 0; i < held->nr; i++)
		mark(race, held->pfns[i], held->order, true);
	atomic_long_inc(&race->ops);
}

static void put(struct racer *r, struct held *held)
{
	struct race *race = r->race;
	unsigned int i;

	for (i = 0; i < held->nr; i++)
		mark(race, held->pfns[i], held->order, false);
	if (free_for(r, held) != (unsigned long)held->nr << held->order)
		atomic_long_inc(&race->overlaps);
	held->nr = 0;
}

static int user_fn(void *data)
{
	struct racer *r = data;
	unsigned int i;

	while (!kthread_should_stop()) {
		struct held *held;

		held = &r->held[prandom_u32_state(&r->rnd) % NR_HELD];
		if (held->nr)
			put(r, held);
		else
			get(r, held);
		/* Now and then all is back, so that sections can go. */
		if (!(prandom_u32_state(&r->rnd) % 512))
			for (i = 0; i < NR_HELD; i++)
				put(r, &r->held[i]);
		cond_resched();
	}
	for (i = 0; i < NR_HELD; i++)
		put(r, &r->held[i]);
	return 0;
}

static int reaper_fn(void *data)
{
	struct racer *r = data;

	while (!kthread_should_stop()) {
		if (prandom_u32_state(&r->rnd) % 4)
			pseudophys_reap(&r->race->ps);
		else
			pseudophys_drain(&r->race->ps);
		usleep_range(100, 2000);
	}
	return 0;
}

static int race_init(struct kunit *test)
{
	struct race *race = kvzalloc(sizeof(*race), GFP_KERNEL);

	no_faults();
	if (!race)
		return -ENOMEM;
	race->test = test;
	race->ref = ref_pseudophys_begin();
	if (!race->ref ||
	    pseudophys_init(&race->ps, &ref_source, &ref_lender)) {
		kvfree(race->ref);
		kvfree(race);
		return -ENOMEM;
	}
	test->priv = race;
	return 0;
}

static void race_exit(struct kunit *test)
{
	struct race *race = test->priv;

	if (!race)
		return;
	pseudophys_exit(&race->ps);
	ref_pseudophys_end(test, race->ref);
	kvfree(race);
}

static void start(struct race *race, struct racer *r, unsigned int id, u32 seed)
{
	r->race = race;
	prandom_seed_state(&r->rnd, seed + id);
	r->task = kthread_run(id < NR_THREADS ? user_fn : reaper_fn, r,
			      "pseudophys/%u", id);
}

static void stop(struct racer *r)
{
	KUNIT_EXPECT_FALSE(r->race->test, IS_ERR(r->task));
	if (!IS_ERR(r->task))
		kthread_stop(r->task);
}

static void one_round(struct kunit *test, struct racer *racers, u32 seed,
		      unsigned int ms)
{
	struct race *race = test->priv;
	unsigned int i;

	for (i = 0; i <= NR_THREADS; i++)
		start(race, &racers[i], i, seed);
	msleep(ms);
	for (i = 0; i <= NR_THREADS; i++)
		stop(&racers[i]);
	/* Nobody has anything, and so says the reference. */
	expect_frames_sound(test, race->ref, &race->ps);
	pseudophys_reap(&race->ps);
	KUNIT_EXPECT_EQ(test, ref_live(race->ref), 0U);
}

static void users_race_with_who_gives_sections_back(struct kunit *test)
{
	unsigned int ms = fixture_parameter(test, "pseudophys_race_ms",
					    pseudophys_race_ms);
	struct race *race = test->priv;
	struct racer *racers;
	u32 seed = get_random_u32();
	unsigned int i;

	kunit_info(test, "seed %u", seed);
	racers = kvcalloc(NR_THREADS + 1, sizeof(*racers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	ref_add_holes(test, race->ref, 0, 8);
	ref_add_holes(test, race->ref, 512, 5);
	for (i = 0; i < NR_ROUNDS; i++)
		one_round(test, racers, seed + 100 * i, ms / NR_ROUNDS);
	kvfree(racers);
	kunit_info(test, "%ld lists, %ld times none left, %lu cached, %ld lent, %ld sections given back",
		   atomic_long_read(&race->ops),
		   atomic_long_read(&race->failed),
		   caches_taken(race->ps.caches),
		   atomic_long_read(&race->ps.stats.lent),
		   atomic_long_read(&race->ps.stats.sections_removed));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&race->overlaps), 0L);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&race->ps.stats.bad_frees), 0L);
	KUNIT_EXPECT_GT(test, atomic_long_read(&race->ops), 0L);
	KUNIT_EXPECT_GT(test,
			atomic_long_read(&race->ps.stats.sections_removed), 0L);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(users_race_with_who_gives_sections_back),
	{}
};

static struct kunit_suite race_suite = {
	.name = "memfront_pseudophys_race",
	.init = race_init,
	.exit = race_exit,
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
