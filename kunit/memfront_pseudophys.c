// SPDX-License-Identifier: GPL-2.0
/*
 * The allocator of frames without RAM, with address space and holes of the
 * suite's, against a flag for each frame.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "memfront_fixture.h"
#include "ref_pseudophys.h"

#define LARGEST	MEMFRONT_PSEUDOPHYS_MAX_ORDER
#define NR_STEPS	2500
/* After so many all that is out goes back, so that there is room again. */
#define PHASE		400
#define NR_HELD		300
#define MANY		200

/* A failure point that is still reached after so many is a loop. */
#define POINTS_MAX	50

/**
 * struct held - a list of blocks that was handed out
 * @order: log2 of the frames in each
 * @nr: how many; 0: nothing
 * @pfns: the blocks
 */
struct held {
	unsigned int order;
	unsigned int nr;
	struct mf_pfn pfns[MANY];
};

/**
 * struct state - what a case starts with
 * @ref: what surrounds the allocator
 * @ps: the allocator
 * @rnd: the seeded source of the steps
 * @held: what was handed out
 * @pfns: room for more
 * @pages: and for some as pages
 */
struct state {
	struct ref_pseudophys *ref;
	struct pseudophys ps;
	struct rnd_state rnd;
	struct held held[NR_HELD];
	struct mf_pfn pfns[REF_END];
	struct page *pages[REF_SECTIONS * REF_SECTION_FRAMES];
};

static int alloc_test_init(struct kunit *test)
{
	struct state *s = kvzalloc(sizeof(*s), GFP_KERNEL);

	no_faults();
	if (!s)
		return -ENOMEM;
	s->ref = ref_pseudophys_begin();
	if (!s->ref || pseudophys_init(&s->ps, &ref_source, &ref_lender)) {
		kvfree(s->ref);
		kvfree(s);
		return -ENOMEM;
	}
	test->priv = s;
	return 0;
}

static void alloc_test_exit(struct kunit *test)
{
	struct state *s = test->priv;

	no_faults();
	if (!s)
		return;
	pseudophys_exit(&s->ps);
	ref_pseudophys_end(test, s->ref);
	kvfree(s);
}

static void expect_sound(struct kunit *test)
{
	struct state *s = test->priv;

	expect_frames_sound(test, s->ref, &s->ps);
}

static void note_out(struct kunit *test, struct mf_pfn pfn, unsigned int order)
{
	struct state *s = test->priv;
	unsigned long i;

	KUNIT_ASSERT_LE(test, pfn.nr + (1UL << order), REF_END);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pfn.nr, 1UL << order));
	for (i = pfn.nr; i < pfn.nr + (1UL << order); i++) {
		if (s->ref->out[i] || !ref_exists(s->ref, i))
			KUNIT_FAIL(test, "pfn %lu is out or is none", i);
		s->ref->out[i] = true;
	}
}

static int alloc(struct kunit *test, unsigned int order, unsigned int nr,
		 struct mf_pfn *pfns)
{
	struct state *s = test->priv;
	int err = pseudophys_alloc(&s->ps, order, nr, pfns);
	unsigned int i;

	for (i = 0; i < nr && !err; i++)
		note_out(test, pfns[i], order);
	expect_sound(test);
	return err;
}

static void free_all(struct kunit *test, unsigned int order, unsigned int nr,
		     const struct mf_pfn *pfns)
{
	struct state *s = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++)
		memset(s->ref->out + pfns[i].nr, 0, 1UL << order);
	KUNIT_EXPECT_EQ(test, pseudophys_free(&s->ps, order, nr, pfns),
			(unsigned long)nr << order);
	expect_sound(test);
}

/* The same as pages: nobody looks into them, so there need be none. */
static int alloc_pages_of(struct kunit *test, unsigned int nr,
			  struct mf_pfn *pfns)
{
	struct state *s = test->priv;
	int err = pseudophys_alloc_pages(&s->ps, nr, s->pages);
	unsigned int i;

	for (i = 0; i < nr && !err; i++) {
		pfns[i] = mf_page_pfn(s->pages[i]);
		note_out(test, pfns[i], 0);
	}
	expect_sound(test);
	return err;
}

static void free_pages_of(struct kunit *test, unsigned int nr,
			  const struct mf_pfn *pfns)
{
	struct state *s = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		s->ref->out[pfns[i].nr] = false;
		s->pages[i] = mf_pfn_page(pfns[i]);
	}
	KUNIT_EXPECT_EQ(test, pseudophys_free_pages(&s->ps, nr, s->pages),
			(unsigned long)nr);
	expect_sound(test);
}

/* Then all sections are gone of which nobody has a frame, and no other. */
static void reap(struct kunit *test)
{
	struct state *s = test->priv;

	pseudophys_reap(&s->ps);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), ref_in_use(s->ref));
	expect_sound(test);
}

static void random_holes(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned long pfn;

	for (pfn = 0; pfn < REF_FIRST; pfn += 64)
		if (prandom_u32_state(&s->rnd) % 3)
			ref_add_holes(test, s->ref, pfn,
				      prandom_u32_state(&s->rnd) % 7);
}

static void random_alloc(struct kunit *test, struct held *held)
{
	struct state *s = test->priv;
	u32 bits = prandom_u32_state(&s->rnd);
	int err;

	held->order = bits & 1 ? 0 : (bits >> 1) % (LARGEST + 1);
	held->nr = bits & 0x1000 ? 1 : (bits >> 13) % (MANY >> held->order ?: 1) + 1;
	if (!held->order && bits & BIT(30))
		err = alloc_pages_of(test, held->nr, held->pfns);
	else
		err = alloc(test, held->order, held->nr, held->pfns);
	if (!err)
		return;
	held->nr = 0;
	KUNIT_EXPECT_TRUE(test, err == -ENOSPC || err == -ENOMEM);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), (unsigned int)REF_SECTIONS);
}

/* Blocks may go back in parts, frames in any order and as pages. */
static void random_free(struct kunit *test, struct held *held)
{
	struct state *s = test->priv;
	u32 how = prandom_u32_state(&s->rnd) % 4;
	struct mf_pfn half;
	unsigned int i;

	if (held->order && !how) {
		for (i = 0; i < held->nr; i++) {
			half = mf_pfn(held->pfns[i].nr +
				      BIT(held->order - 1));
			free_all(test, held->order - 1, 1, &half);
			free_all(test, held->order - 1, 1, &held->pfns[i]);
		}
	} else if (!held->order && how == 1) {
		free_pages_of(test, held->nr, held->pfns);
	} else if (!held->order && how == 2 && held->nr > 1) {
		swap(held->pfns[0], held->pfns[held->nr / 2]);
		free_all(test, 0, held->nr, held->pfns);
	} else {
		free_all(test, held->order, held->nr, held->pfns);
	}
	held->nr = 0;
}

static void random_step(struct kunit *test)
{
	struct state *s = test->priv;
	struct held *held = &s->held[prandom_u32_state(&s->rnd) % NR_HELD];

	if (held->nr)
		random_free(test, held);
	else
		random_alloc(test, held);
	if (!(prandom_u32_state(&s->rnd) % 64))
		reap(test);
}

static void free_what_is_held(struct kunit *test)
{
	struct state *s = test->priv;
	struct held *held;

	for (held = s->held; held < s->held + NR_HELD; held++) {
		if (held->nr)
			free_all(test, held->order, held->nr, held->pfns);
		held->nr = 0;
	}
}

static void random_against_reference(struct kunit *test)
{
	struct state *s = test->priv;
	u64 seed = get_random_u64();
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&s->rnd, seed);
	random_holes(test);
	for (i = 0; i < NR_STEPS; i++) {
		random_step(test);
		if (i % PHASE == PHASE - 1)
			free_what_is_held(test);
	}
	KUNIT_EXPECT_GT(test, s->ref->removes, 0U);
	KUNIT_EXPECT_GT(test, caches_taken(s->ps.caches), 0UL);
	KUNIT_EXPECT_GT(test, atomic_long_read(&s->ps.stats.lent), 0L);
	free_what_is_held(test);
	reap(test);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->ps.stats.bad_frees), 0L);
}

static bool in_section(struct mf_pfn pfn)
{
	return pfn.nr >= REF_FIRST;
}

/* Broken blocks' holes, free frames, whole holes, and then address space. */
static void address_space_comes_last(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn *pfns = s->pfns;

	KUNIT_EXPECT_EQ(test, alloc(test, 3, 1, &pfns[0]), 0);
	KUNIT_EXPECT_TRUE(test, in_section(pfns[0]));
	ref_add_holes(test, s->ref, 0, LARGEST);
	ref_add_holes(test, s->ref, 1024, 3);
	KUNIT_EXPECT_EQ(test, alloc(test, 3, 1, &pfns[1]), 0);
	KUNIT_EXPECT_EQ(test, pfns[1].nr, 1024UL);
	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, &pfns[2]), 0);
	KUNIT_EXPECT_TRUE(test, in_section(pfns[2]));
	KUNIT_EXPECT_EQ(test, s->ref->adds, 1U);
	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, &pfns[3]), 0);
	KUNIT_EXPECT_EQ(test, pfns[3].nr, 0UL);
	KUNIT_EXPECT_EQ(test, s->ref->adds, 1U);
	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, &pfns[4]), 0);
	KUNIT_EXPECT_EQ(test, s->ref->adds, 2U);
	free_all(test, 3, 2, pfns);
	free_all(test, LARGEST, 3, pfns + 2);
	KUNIT_EXPECT_EQ(test, s->ref->ledger.nr_whole, 1UL);
}

/* The ledger has them back at once: none waits in a cache. */
static void holes_go_back_to_the_ledger(struct kunit *test)
{
	struct state *s = test->priv;

	ref_add_holes(test, s->ref, 0, 5);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 32, s->pfns), 0);
	KUNIT_EXPECT_EQ(test, s->ref->adds, 0U);
	KUNIT_EXPECT_EQ(test, s->ref->ledger.nr_lent, 32UL);
	free_all(test, 0, 32, s->pfns);
	KUNIT_EXPECT_EQ(test, s->ref->ledger.nr_lent, 0UL);
	KUNIT_EXPECT_EQ(test, caches_count(s->ps.caches), 0UL);
}

static void a_section_goes_when_all_of_it_is_free(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int nr = REF_SECTION_FRAMES + 1;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, nr, s->pfns), 0);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 2U);
	free_all(test, 0, nr - 1, s->pfns + 1);
	reap(test);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 1U);
	free_all(test, 0, 1, s->pfns);
	KUNIT_EXPECT_GT(test, caches_count(s->ps.caches), 0UL);
	reap(test);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 0U);
	KUNIT_EXPECT_EQ(test, s->ref->removes, 2U);
}

/* By itself, a moment after the last frame is back. */
static void a_section_goes_by_itself(struct kunit *test)
{
	struct state *s = test->priv;

	KUNIT_EXPECT_EQ(test, alloc(test, 4, 1, s->pfns), 0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&s->ps.reap));
	free_all(test, 4, 1, s->pfns);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&s->ps.reap));
	flush_delayed_work(&s->ps.reap);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 0U);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, s->pfns), 0);
	free_all(test, 0, 1, s->pfns);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&s->ps.reap));
	flush_delayed_work(&s->ps.reap);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 0U);
}

/* What a few frames come with waits, but not longer than they are out. */
static void cached_frames_keep_no_section(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int nr = REF_SECTION_FRAMES;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, nr, s->pfns), 0);
	KUNIT_EXPECT_EQ(test, alloc(test, 1, 1, s->pfns + nr), 0);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 5, s->pfns + nr + 1), 0);
	KUNIT_EXPECT_EQ(test, caches_count(s->ps.caches),
			(unsigned long)CACHE_FRAMES - 5);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 2U);
	free_all(test, 0, 5, s->pfns + nr + 1);
	KUNIT_EXPECT_EQ(test, caches_count(s->ps.caches),
			(unsigned long)CACHE_FRAMES);
	free_all(test, 1, 1, s->pfns + nr);
	flush_delayed_work(&s->ps.reap);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 1U);
	free_all(test, 0, nr, s->pfns);
}

/* A word after the other goes through the cache, and each back as a whole. */
static void single_frames_go_back_a_word_at_a_time(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int nr = 5 * CACHE_FRAMES, i;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, nr, s->pfns), 0);
	for (i = 0; i < nr; i++) {
		free_all(test, 0, 1, s->pfns + i);
		KUNIT_EXPECT_EQ(test, caches_count(s->ps.caches),
				(unsigned long)i % CACHE_FRAMES + 1);
	}
}

static void single_frames_come_from_the_cache(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn again;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, s->pfns), 0);
	free_all(test, 0, 1, s->pfns);
	KUNIT_EXPECT_EQ(test, caches_taken(s->ps.caches), 0UL);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, &again), 0);
	KUNIT_EXPECT_EQ(test, caches_taken(s->ps.caches), 1UL);
	free_all(test, 0, 1, &again);
}

/* What waits in caches is used before new address space is. */
static void caches_are_drained_before_growing(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int half = REF_SECTION_FRAMES / 2;

	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, s->pfns), 0);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, half, s->pfns + 1), 0);
	KUNIT_EXPECT_EQ(test, s->ref->adds, 1U);
	free_all(test, 0, CACHE_FRAMES / 2, s->pfns + 1);
	free_all(test, 0, half - CACHE_FRAMES / 2,
		 s->pfns + 1 + CACHE_FRAMES / 2);
	KUNIT_EXPECT_GT(test, caches_count(s->ps.caches), 0UL);
	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, s->pfns + 1), 0);
	KUNIT_EXPECT_EQ(test, s->ref->adds, 1U);
	KUNIT_EXPECT_EQ(test, caches_count(s->ps.caches), 0UL);
	free_all(test, LARGEST, 2, s->pfns);
}

/* A list that names a frame twice, and another not, whichever place that is at. */
static void each_place_of_a_list_is_looked_at(struct kunit *test)
{
	struct state *s = test->priv;
	struct page **pages = s->pages, *left;
	unsigned int nr = 3 * 8 + 5, at, i;

	for (at = 0; at < nr; at++) {
		KUNIT_ASSERT_EQ(test, pseudophys_alloc_pages(&s->ps, nr, pages),
				0);
		for (i = 0; i < nr; i++)
			note_out(test, mf_page_pfn(pages[i]), 0);
		left = pages[at];
		pages[at] = pages[(at + 1) % nr];
		for (i = 0; i < nr; i++)
			s->ref->out[mf_page_pfn(pages[i]).nr] = false;
		KUNIT_EXPECT_EQ(test, pseudophys_free_pages(&s->ps, nr, pages),
				(unsigned long)nr - 1);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&s->ps.stats.bad_frees),
				at + 1L);
		expect_sound(test);
		s->ref->out[mf_page_pfn(left).nr] = false;
		KUNIT_EXPECT_EQ(test, pseudophys_free_pages(&s->ps, 1, &left),
				1UL);
		expect_sound(test);
	}
}

static unsigned long free_wrongly(struct kunit *test, struct mf_pfn pfn,
				  unsigned int order)
{
	struct state *s = test->priv;
	unsigned long good = pseudophys_free(&s->ps, order, 1, &pfn);

	expect_sound(test);
	return good;
}

static void what_nobody_had_is_not_taken_back(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn single, block;

	ref_add_holes(test, s->ref, 0, 0);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, &single), 0);
	KUNIT_EXPECT_EQ(test, alloc(test, 4, 1, &block), 0);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, single, 1), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, block, 5), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, block, 60), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, mf_pfn(block.nr + 1), 1), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, mf_pfn(block.nr + 16), 0), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, mf_pfn(1), 0), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, mf_pfn(REF_END), 0), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, mf_pfn(~0UL), 0), 0UL);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->ps.stats.bad_frees),
			2 + 32 + (1L << 60) + 2 + 4);
	free_all(test, 0, 1, &single);
	free_all(test, 4, 1, &block);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, single, 0), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, block, 4), 0UL);
}

/* Of frames that follow each other those that are out go back, and no other. */
static void a_bad_frame_among_good_ones(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, 200, s->pfns), 0);
	for (i = 0; i < 200; i++)
		s->ref->out[s->pfns[i].nr] = false;
	KUNIT_EXPECT_EQ(test, pseudophys_free(&s->ps, 0, 1, s->pfns + 70), 1UL);
	KUNIT_EXPECT_EQ(test, pseudophys_free(&s->ps, 0, 200, s->pfns), 199UL);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->ps.stats.bad_frees), 1L);
	expect_sound(test);
}

/* Also one that waits in a cache. */
static void no_frame_is_given_back_twice(struct kunit *test)
{
	struct state *s = test->priv;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, 2, s->pfns), 0);
	free_all(test, 0, 1, s->pfns);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, s->pfns[0], 0), 0UL);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, s->pfns[0], 0), 0UL);
	free_all(test, 0, 1, s->pfns + 1);
	reap(test);
	KUNIT_EXPECT_EQ(test, free_wrongly(test, s->pfns[0], 0), 0UL);
}

static void all_or_nothing(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int all = REF_SECTIONS * REF_SECTION_FRAMES;

	ref_add_holes(test, s->ref, 0, 3);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, all + 9, s->pfns), -ENOSPC);
	KUNIT_EXPECT_EQ(test, s->ref->ledger.nr_lent, 0UL);
	reap(test);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 0U);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, all + 8, s->pfns), 0);
	free_all(test, 0, all + 8, s->pfns);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->ps.stats.add_failures), 1L);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool alloc_failing_at(struct kunit *test, unsigned int nth)
{
	struct state *s = test->priv;
	unsigned int nr = REF_SECTION_FRAMES + 10;
	bool failed;
	int err;

	fail_at(nth);
	err = alloc(test, 0, nr, s->pfns);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, err, failed ? -ENOMEM : 0);
	if (!err)
		free_all(test, 0, nr, s->pfns);
	reap(test);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 0U);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int nth = 1;

	ref_add_holes(test, s->ref, 0, 2);
	while (nth < POINTS_MAX && alloc_failing_at(test, nth))
		nth++;
	/* Two sections, and where each is found. */
	KUNIT_EXPECT_EQ(test, nth, 5U);
}

static void no_address_space_is_an_error(struct kunit *test)
{
	struct state *s = test->priv;

	s->ref->fail_adds = 2;
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, s->pfns), -ENOSPC);
	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, s->pfns), -ENOSPC);
	KUNIT_EXPECT_EQ(test, alloc(test, LARGEST, 1, s->pfns), 0);
	free_all(test, LARGEST, 1, s->pfns);
}

/* It is asked again, and its frames are nobody's meanwhile. */
static void what_cannot_go_is_kept_apart(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn before, after;

	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, &before), 0);
	free_all(test, 0, 1, &before);
	s->ref->refuse_removes = 1;
	pseudophys_reap(&s->ps);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 1U);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&s->ps.retry));
	expect_sound(test);
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, &after), 0);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 2U);
	KUNIT_EXPECT_NE(test, before.nr / REF_SECTION_FRAMES,
			after.nr / REF_SECTION_FRAMES);
	flush_delayed_work(&s->ps.retry);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 1U);
	free_all(test, 0, 1, &after);
}

/* What comes from a source is looked at. */
static void an_impossible_section_is_refused(struct kunit *test)
{
	struct state *s = test->priv;

	s->ref->askew = true;
	KUNIT_EXPECT_EQ(test, alloc(test, 0, 1, s->pfns), -EIO);
	KUNIT_EXPECT_EQ(test, ref_live(s->ref), 0U);
}

static void without_a_source_there_are_only_holes(struct kunit *test)
{
	struct state *s = test->priv;

	s->ps.source = NULL;
	ref_add_holes(test, s->ref, 0, 1);
	KUNIT_EXPECT_EQ(test, pseudophys_alloc(&s->ps, 0, 3, s->pfns), -ENOMEM);
	KUNIT_EXPECT_EQ(test, pseudophys_alloc(&s->ps, 0, 2, s->pfns), 0);
	KUNIT_EXPECT_EQ(test, pseudophys_free(&s->ps, 0, 2, s->pfns), 2UL);
	KUNIT_EXPECT_EQ(test, pseudophys_free(&s->ps, 0, 2, s->pfns), 0UL);
	s->ps.source = &ref_source;
}

static struct kunit_case alloc_cases[] = {
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(address_space_comes_last),
	KUNIT_CASE(holes_go_back_to_the_ledger),
	KUNIT_CASE(a_section_goes_when_all_of_it_is_free),
	KUNIT_CASE(a_section_goes_by_itself),
	KUNIT_CASE(cached_frames_keep_no_section),
	KUNIT_CASE(single_frames_go_back_a_word_at_a_time),
	KUNIT_CASE(single_frames_come_from_the_cache),
	KUNIT_CASE(caches_are_drained_before_growing),
	KUNIT_CASE(each_place_of_a_list_is_looked_at),
	KUNIT_CASE(what_nobody_had_is_not_taken_back),
	KUNIT_CASE(a_bad_frame_among_good_ones),
	KUNIT_CASE(no_frame_is_given_back_twice),
	KUNIT_CASE(all_or_nothing),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	KUNIT_CASE(no_address_space_is_an_error),
	KUNIT_CASE(what_cannot_go_is_kept_apart),
	KUNIT_CASE(an_impossible_section_is_refused),
	KUNIT_CASE(without_a_source_there_are_only_holes),
	{}
};

static struct kunit_suite alloc_suite = {
	.name = "memfront_pseudophys",
	.init = alloc_test_init,
	.exit = alloc_test_exit,
	.test_cases = alloc_cases,
};

kunit_test_suite(alloc_suite);
