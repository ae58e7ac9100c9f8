// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "memfront_fixture.h"
#include "pseudophys-cache.h"
#include "pseudophys-section.h"

#define ORDER		9
#define FIRST		(3UL << ORDER)
#define NR_STEPS	3000

/**
 * struct cache_test - caches, and a section for their frames
 * @caches: the caches
 * @s: the section
 */
struct cache_test {
	struct frame_cache __percpu *caches;
	struct section *s;
};

static int cache_test_init(struct kunit *test)
{
	struct cache_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	no_faults();
	test->priv = t;
	t->caches = caches_new();
	t->s = section_new(ORDER);
	if (!t->caches || !t->s)
		return -ENOMEM;
	t->s->first = mf_pfn(FIRST);
	section_open(t->s);
	return 0;
}

static void cache_test_exit(struct kunit *test)
{
	struct cache_test *t = test->priv;

	no_faults();
	if (!t)
		return;
	caches_free(t->caches);
	if (t->s)
		section_free(t->s);
}

static bool is_out(const struct cache_test *t, unsigned long pfn)
{
	return test_bit(pfn - FIRST, (unsigned long *)t->s->out);
}

static unsigned int take(struct kunit *test, unsigned int max,
			 struct mf_pfn *pfn)
{
	struct cache_test *t = test->priv;
	unsigned int nr = caches_take(t->caches, max, pfn), i;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_TRUE(test, is_out(t, pfn->nr + i));
	return nr;
}

/* Those that follow each other, the lowest first. */
static void runs_are_taken(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct mf_pfn pfn;

	migrate_disable();
	KUNIT_EXPECT_EQ(test, take(test, 1, &pfn), 0U);
	KUNIT_EXPECT_TRUE(test,
			  caches_fill(t->caches, t->s, mf_pfn(FIRST + 64), 64));
	KUNIT_EXPECT_EQ(test, caches_count(t->caches), 64UL);
	KUNIT_EXPECT_EQ(test, take(test, 3, &pfn), 3U);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 64);
	KUNIT_EXPECT_EQ(test, take(test, 1, &pfn), 1U);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 67);
	KUNIT_EXPECT_TRUE(test,
			  caches_give(t->caches, mf_pfn(FIRST + 65), 2));
	KUNIT_EXPECT_FALSE(test, is_out(t, FIRST + 66));
	KUNIT_EXPECT_EQ(test, take(test, 64, &pfn), 2U);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 65);
	KUNIT_EXPECT_EQ(test, take(test, 64, &pfn), 60U);
	KUNIT_EXPECT_EQ(test, take(test, 64, &pfn), 0U);
	KUNIT_EXPECT_EQ(test, caches_taken(t->caches), 66UL);
	migrate_enable();
}

static bool take_row(struct kunit *test, unsigned int nr, struct mf_pfn *pfn)
{
	struct cache_test *t = test->priv;
	struct page *page;
	bool good = nr == 1 ? caches_take_page(t->caches, &page) :
			      caches_take_pages(t->caches, nr, &page);

	if (good)
		*pfn = mf_page_pfn(page);
	return good;
}

/* Or none: in one row, and the first. */
static void as_many_as_are_wanted(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct mf_pfn pfn;
	unsigned int nr;

	migrate_disable();
	KUNIT_EXPECT_FALSE(test, take_row(test, 1, &pfn));
	KUNIT_EXPECT_TRUE(test,
			  caches_fill(t->caches, t->s, mf_pfn(FIRST + 70), 50));
	KUNIT_EXPECT_FALSE(test, take_row(test, 51, &pfn));
	KUNIT_EXPECT_FALSE(test, take_row(test, 63, &pfn));
	KUNIT_EXPECT_EQ(test, caches_count(t->caches), 50UL);
	for (nr = 1; nr <= 5; nr++) {
		KUNIT_EXPECT_TRUE(test, take_row(test, nr, &pfn));
		KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 70 + nr * (nr - 1) / 2);
		KUNIT_EXPECT_TRUE(test, is_out(t, pfn.nr + nr - 1));
		KUNIT_EXPECT_FALSE(test, is_out(t, pfn.nr + nr));
	}
	KUNIT_EXPECT_TRUE(test, caches_give(t->caches, mf_pfn(FIRST + 70), 1));
	KUNIT_EXPECT_FALSE(test, take_row(test, 2, &pfn));
	KUNIT_EXPECT_TRUE(test, take_row(test, 1, &pfn));
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 70);
	KUNIT_EXPECT_TRUE(test, take_row(test, 35, &pfn));
	KUNIT_EXPECT_EQ(test, caches_count(t->caches), 0UL);
	KUNIT_EXPECT_EQ(test, caches_taken(t->caches), 51UL);
	KUNIT_EXPECT_TRUE(test, caches_fill(t->caches, t->s, mf_pfn(FIRST), 64));
	KUNIT_EXPECT_TRUE(test, take_row(test, 60, &pfn));
	KUNIT_EXPECT_FALSE(test, take_row(test, 5, &pfn));
	KUNIT_EXPECT_TRUE(test, take_row(test, 4, &pfn));
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 60);
	migrate_enable();
}

static void all_of_a_word_at_once(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct mf_pfn pfn;

	migrate_disable();
	KUNIT_EXPECT_TRUE(test, caches_fill(t->caches, t->s, mf_pfn(FIRST), 64));
	KUNIT_EXPECT_EQ(test, take(test, 64, &pfn), 64U);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST);
	migrate_enable();
}

/* What is not out, or not of the word that waits; and an empty one knows no word. */
static void nothing_else_is_parked(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int absurd = ~0U;
	struct mf_pfn pfn;

	/* A checker that knows it warns of a shift that is not reached. */
	OPTIMIZER_HIDE_VAR(absurd);
	migrate_disable();
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(0), 1));
	KUNIT_EXPECT_TRUE(test,
			  caches_fill(t->caches, t->s, mf_pfn(FIRST + 64), 64));
	KUNIT_EXPECT_EQ(test, take(test, 8, &pfn), 8U);
	KUNIT_EXPECT_FALSE(test, caches_fill(t->caches, t->s, mf_pfn(FIRST), 1));
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(FIRST + 72), 1));
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(FIRST + 71), 2));
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(FIRST + 63), 2));
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(FIRST + 127), 2));
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(FIRST), 1));
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(~0UL), 1));
	KUNIT_EXPECT_FALSE(test,
			   caches_give(t->caches, mf_pfn(FIRST + 64), absurd));
	KUNIT_EXPECT_TRUE(test, is_out(t, FIRST + 71));
	KUNIT_EXPECT_EQ(test, caches_count(t->caches), 56UL);
	KUNIT_EXPECT_EQ(test, take(test, 56, &pfn), 56U);
	KUNIT_EXPECT_FALSE(test, caches_give(t->caches, mf_pfn(FIRST + 64), 1));
	migrate_enable();
}

/* One may go back as a page. */
static bool give(struct cache_test *t, unsigned long at, unsigned int nr,
		 unsigned int way)
{
	struct mf_pfn pfn = mf_pfn(FIRST + at);

	if (nr == 1 && way & 1)
		return caches_give_page(t->caches, mf_pfn_page(pfn));
	if (nr < CACHE_FRAMES && way & 2)
		return caches_give_pages(t->caches, mf_pfn_page(pfn), nr);
	return caches_give(t->caches, pfn, nr);
}

/* Against a bit for each frame. */
static void random_against_reference(struct kunit *test)
{
	struct cache_test *t = test->priv;
	u64 seed = get_random_u64(), waits = ~0ULL;
	struct rnd_state rnd;
	struct mf_pfn pfn;
	unsigned int i, nr, at;
	u64 mask;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	migrate_disable();
	KUNIT_EXPECT_TRUE(test, caches_fill(t->caches, t->s, mf_pfn(FIRST), 64));
	for (i = 0; i < NR_STEPS; i++) {
		at = prandom_u32_state(&rnd) % 64;
		nr = prandom_u32_state(&rnd) % (64 - at) + 1;
		if (prandom_u32_state(&rnd) % 4 == 0)
			nr = 1;
		mask = GENMASK_ULL(at + nr - 1, at);
		if (prandom_u32_state(&rnd) % 4) {
			bool fits = waits && !(waits & mask);

			KUNIT_EXPECT_EQ(test,
					give(t, at, nr,
					     prandom_u32_state(&rnd)),
					fits);
			waits |= fits ? mask : 0;
		} else if (hweight64(waits) > 1) {
			nr = prandom_u32_state(&rnd) % 7 + 1;
			if (nr > 4 || !take_row(test, nr, &pfn))
				nr = take(test, nr, &pfn);
			KUNIT_ASSERT_GT(test, nr, 0U);
			KUNIT_EXPECT_EQ(test, pfn.nr - FIRST,
					(unsigned long)__ffs64(waits));
			mask = GENMASK_ULL(pfn.nr - FIRST + nr - 1,
					   pfn.nr - FIRST);
			KUNIT_EXPECT_EQ(test, waits & mask, mask);
			waits &= ~mask;
		}
		KUNIT_EXPECT_EQ(test, caches_count(t->caches),
				(unsigned long)hweight64(waits));
	}
	migrate_enable();
}

/* The others of the CPU's own stay where they are. */
static void ones_own_can_be_emptied(struct kunit *test)
{
	struct cache_test *t = test->priv;
	struct section *s = NULL;
	struct mf_pfn pfn;

	migrate_disable();
	KUNIT_EXPECT_EQ(test, caches_empty_own(t->caches, &s, &pfn), 0U);
	KUNIT_EXPECT_TRUE(test, caches_fill(t->caches, t->s, mf_pfn(FIRST), 64));
	KUNIT_EXPECT_TRUE(test, caches_are_full(t->caches));
	KUNIT_EXPECT_EQ(test, take(test, 1, &pfn), 1U);
	KUNIT_EXPECT_FALSE(test, caches_are_full(t->caches));
	KUNIT_EXPECT_EQ(test, caches_empty_own(t->caches, &s, &pfn), 63U);
	KUNIT_EXPECT_PTR_EQ(test, s, t->s);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 1);
	KUNIT_EXPECT_FALSE(test, is_out(t, FIRST + 1));
	migrate_enable();
}

/* Whichever CPU they wait on. */
static void any_cache_can_be_emptied(struct kunit *test)
{
	struct cache_test *t = test->priv;
	unsigned int nr, got = 0;
	struct mf_pfn pfn;
	struct section *s;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct frame_cache *cache = per_cpu_ptr(t->caches, cpu);

		cache->section = t->s;
		cache->out = t->s->out;
		cache->first = mf_pfn(FIRST + 64 * (cpu % 8));
		atomic_long_set(&cache->waiting, 0x8000000000000037);
	}
	while ((nr = caches_empty(t->caches, &s, &pfn))) {
		KUNIT_EXPECT_PTR_EQ(test, s, t->s);
		KUNIT_EXPECT_FALSE(test, is_out(t, pfn.nr));
		got += nr;
	}
	KUNIT_EXPECT_EQ(test, got, 6 * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, caches_count(t->caches), 0UL);
}

static void no_memory_no_caches(struct kunit *test)
{
	fail_at(1);
	KUNIT_EXPECT_TRUE(test, !caches_new());
	KUNIT_EXPECT_TRUE(test, has_failed());
}

static struct kunit_case cache_cases[] = {
	KUNIT_CASE(runs_are_taken),
	KUNIT_CASE(as_many_as_are_wanted),
	KUNIT_CASE(all_of_a_word_at_once),
	KUNIT_CASE(nothing_else_is_parked),
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(ones_own_can_be_emptied),
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
