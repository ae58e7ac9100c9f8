// SPDX-License-Identifier: GPL-2.0
/*
 * A section, against a byte for each frame that says who has it.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "memfront_fixture.h"
#include "pseudophys-section.h"

#define ORDER		11
#define FRAMES		BIT(ORDER)
#define FIRST		(5UL << ORDER)
#define LARGEST	MEMFRONT_PSEUDOPHYS_MAX_ORDER
#define NR_STEPS	6000

/* What the reference has for a frame. */
enum { FREE, OUT, PARKED };

/**
 * struct section_test - a section and its reference
 * @s: the section
 * @rnd: the seeded source of the steps
 * @has: of each frame: who has it
 */
struct section_test {
	struct section *s;
	struct rnd_state rnd;
	u8 has[FRAMES];
};

static int section_test_init(struct kunit *test)
{
	struct section_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	no_faults();
	t->s = section_new(ORDER);
	if (!t->s)
		return -ENOMEM;
	t->s->first = mf_pfn(FIRST);
	section_open(t->s);
	test->priv = t;
	return 0;
}

static void section_test_exit(struct kunit *test)
{
	struct section_test *t = test->priv;

	no_faults();
	if (t)
		section_free(t->s);
}

static unsigned long count(const struct section_test *t, u8 what)
{
	unsigned long i, nr = 0;

	for (i = 0; i < FRAMES; i++)
		nr += t->has[i] == what;
	return nr;
}

static bool all_are(const struct section_test *t, unsigned long at,
		    unsigned long nr, u8 what)
{
	return at + nr <= FRAMES && !memchr_inv(t->has + at, what, nr);
}

/* Is there a free block of that order, aligned? */
static bool any_free(const struct section_test *t, unsigned int order)
{
	unsigned long at;

	for (at = 0; at < FRAMES; at += 1UL << order)
		if (all_are(t, at, 1UL << order, FREE))
			return true;
	return false;
}

static void expect_same(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct section_census census;

	section_count(t->s, &census);
	KUNIT_ASSERT_TRUE(test, census.sound);
	KUNIT_EXPECT_EQ(test, census.nr_free, count(t, FREE));
	KUNIT_EXPECT_EQ(test, census.nr_parked, count(t, PARKED));
	KUNIT_EXPECT_EQ(test, census.nr_out, count(t, OUT));
}

static void note(struct kunit *test, struct mf_pfn pfn, unsigned long nr,
		 u8 what)
{
	struct section_test *t = test->priv;
	unsigned long at = pfn.nr - FIRST;

	KUNIT_ASSERT_TRUE(test, all_are(t, at, nr, FREE));
	memset(t->has + at, what, nr);
}

/* A block is to be had exactly if the reference finds one. */
static bool take(struct kunit *test, unsigned int order)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn = mf_pfn(0);
	bool any = any_free(t, order);

	KUNIT_EXPECT_EQ(test, section_take(t->s, order, &pfn), any);
	if (!any)
		return false;
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pfn.nr, 1UL << order));
	note(test, pfn, 1UL << order, OUT);
	return true;
}

/* Aligned to what they are. */
static void take_run(struct kunit *test, unsigned int max)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn;
	unsigned int nr = section_take_run(t->s, max, &pfn);

	KUNIT_EXPECT_LE(test, nr, max);
	KUNIT_EXPECT_EQ(test, !nr, !count(t, FREE));
	if (!nr)
		return;
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pfn.nr, nr));
	note(test, pfn, nr, OUT);
}

static void take_parked(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn;
	unsigned int nr = section_take_parked(t->s, BITS_PER_LONG, &pfn);

	KUNIT_EXPECT_EQ(test, !nr, !count(t, FREE));
	if (!nr)
		return;
	KUNIT_EXPECT_LE(test, pfn.nr % BITS_PER_LONG + nr,
			(unsigned long)BITS_PER_LONG);
	note(test, pfn, nr, PARKED);
}

/* Any that follow each other may be, exactly if all of them are out. */
static void park(struct kunit *test, unsigned long at, unsigned long nr)
{
	struct section_test *t = test->priv;
	bool out = all_are(t, at, nr, OUT);

	if (at + nr > FRAMES)
		return;
	KUNIT_EXPECT_EQ(test, section_park(t->s, mf_pfn(FIRST + at), nr), out);
	if (out)
		memset(t->has + at, PARKED, nr);
}

static void settle_parked(struct kunit *test, unsigned long at,
			  unsigned long nr)
{
	struct section_test *t = test->priv;

	if (!all_are(t, at, nr, PARKED))
		return;
	if (prandom_u32_state(&t->rnd) % 4) {
		section_give_parked(t->s, mf_pfn(FIRST + at), nr);
		memset(t->has + at, FREE, nr);
	} else {
		section_unpark(t->s, mf_pfn(FIRST + at), nr);
		memset(t->has + at, OUT, nr);
	}
}

/* As many as there are in a row, or a few of them. */
static unsigned long row_from(struct section_test *t, unsigned long at)
{
	unsigned long nr = 1;

	while (at + nr < FRAMES && t->has[at + nr] == t->has[at])
		nr++;
	return prandom_u32_state(&t->rnd) % 2 ? nr :
		prandom_u32_state(&t->rnd) % nr + 1;
}

static void random_step(struct kunit *test)
{
	struct section_test *t = test->priv;
	unsigned long at = prandom_u32_state(&t->rnd) % FRAMES;

	switch (prandom_u32_state(&t->rnd) % 8) {
	case 0:
		take_parked(test);
		break;
	case 1:
		take(test, prandom_u32_state(&t->rnd) % (LARGEST + 1));
		break;
	case 2:
		take(test, prandom_u32_state(&t->rnd) % 3);
		break;
	case 3:
		take_run(test, prandom_u32_state(&t->rnd) % 700 + 1);
		break;
	case 4:
		park(test, at, prandom_u32_state(&t->rnd) % 200 + 1);
		break;
	case 5:
		park(test, at, row_from(t, at));
		break;
	default:
		settle_parked(test, at, row_from(t, at));
	}
}

static void random_against_reference(struct kunit *test)
{
	struct section_test *t = test->priv;
	u64 seed = get_random_u64();
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&t->rnd, seed);
	for (i = 0; i < NR_STEPS; i++) {
		random_step(test);
		expect_same(test);
	}
}

static void give(struct kunit *test, unsigned long at, unsigned int order)
{
	struct section_test *t = test->priv;

	park(test, at, 1UL << order);
	KUNIT_ASSERT_TRUE(test, all_are(t, at, 1UL << order, PARKED));
	section_give_parked(t->s, mf_pfn(FIRST + at), 1UL << order);
	memset(t->has + at, FREE, 1UL << order);
}

static void each_order_fills_it(struct kunit *test)
{
	struct section_test *t = test->priv;
	unsigned int order;
	unsigned long nr, at;

	for (order = 0; order <= LARGEST; order++) {
		for (nr = 0; take(test, order); nr++)
			;
		KUNIT_EXPECT_EQ(test, nr, FRAMES >> order);
		expect_same(test);
		for (at = 0; at < FRAMES; at += 1UL << order)
			give(test, at, order);
		KUNIT_EXPECT_EQ(test, t->s->nr_blocks[LARGEST],
				FRAMES >> LARGEST);
		expect_same(test);
	}
}

/* Small blocks stay together: then large ones are left. */
static void small_blocks_break_one_large_one(struct kunit *test)
{
	struct section_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < 1U << LARGEST; i++)
		take(test, 0);
	KUNIT_EXPECT_EQ(test, t->s->nr_blocks[LARGEST],
			(FRAMES >> LARGEST) - 1);
	for (i = 0; i < 1U << LARGEST; i += 2)
		give(test, i, 0);
	take(test, 0);
	KUNIT_EXPECT_EQ(test, t->has[0], OUT);
	take(test, 1);
	KUNIT_EXPECT_EQ(test, t->has[1UL << LARGEST], OUT);
	expect_same(test);
}

static void no_order_is_too_large_to_refuse(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn;

	KUNIT_EXPECT_FALSE(test, section_take(t->s, LARGEST + 1, &pfn));
	KUNIT_EXPECT_FALSE(test, section_take(t->s, ~0U, &pfn));
	expect_same(test);
}

/* As large as fits, and then what there is. */
static void runs_are_as_long_as_they_can_be(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 3, &pfn), 2U);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 100, &pfn), 64U);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 64);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 1, &pfn), 1U);
	KUNIT_EXPECT_EQ(test, pfn.nr, FIRST + 2);
	for (i = 1; i < FRAMES >> LARGEST; i++)
		KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn),
				1U << LARGEST);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 256U);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 128U);
	KUNIT_EXPECT_EQ(test, section_take_parked(t->s, 64, &pfn), 32U);
	section_unpark(t->s, pfn, 32);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 16U);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 8U);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 4U);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 1U);
	KUNIT_EXPECT_EQ(test, section_take_run(t->s, 700, &pfn), 0U);
	memset(t->has, OUT, FRAMES);
	expect_same(test);
}

/* Each kind of lie in the counts is found. */
static void planted_faults_are_found(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct section_census census;
	struct section *s = t->s;

	take(test, 3);
	s->nr_free++;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->nr_free--;
	s->nr_blocks[4]--;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->nr_blocks[4]++;
	atomic_long_or(BIT(8), &s->out[0]);
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	atomic_long_andnot(BIT(8), &s->out[0]);
	/* Part of a larger one; and the other half of it is free, too. */
	__set_bit(3, s->free[3]);
	s->nr_blocks[3]++;
	s->nr_free += 8;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->nr_free -= 8;
	s->nr_blocks[3]--;
	__clear_bit(3, s->free[3]);
	KUNIT_ASSERT_TRUE(test, section_park(s, mf_pfn(FIRST), 8));
	__set_bit(0, s->free[3]);
	s->nr_blocks[3]++;
	s->nr_free += 8;
	s->from[3] = 0;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->nr_free -= 8;
	s->nr_blocks[3]--;
	__clear_bit(0, s->free[3]);
	section_unpark(s, mf_pfn(FIRST), 8);
	s->from[LARGEST] = FRAMES >> LARGEST;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->from[LARGEST] = 0;
	expect_same(test);
}

static void no_memory_no_section(struct kunit *test)
{
	fail_at(1);
	KUNIT_EXPECT_NULL(test, section_new(ORDER));
	KUNIT_EXPECT_TRUE(test, has_failed());
}

static unsigned long nr_out(const struct section *s)
{
	struct section_census census;

	section_count(s, &census);
	return census.nr_out;
}

/* Of many words, too: one frame that is not out, and all stay as they are. */
static void a_block_is_parked_whole_or_not(struct kunit *test)
{
	struct section_test *t = test->priv;
	unsigned int nr = MEMFRONT_SUPER_PAGES, at;
	struct mf_pfn pfn, hole;

	for (at = 0; at < nr; at += 31) {
		KUNIT_ASSERT_TRUE(test,
				  section_take(t->s, MEMFRONT_SUPER_ORDER, &pfn));
		hole = mf_pfn(pfn.nr + at);
		KUNIT_EXPECT_TRUE(test, section_park(t->s, hole, 1));
		KUNIT_EXPECT_FALSE(test, section_park(t->s, pfn, nr));
		KUNIT_EXPECT_EQ(test, nr_out(t->s), nr - 1UL);
		section_unpark(t->s, hole, 1);
		KUNIT_EXPECT_TRUE(test, section_park(t->s, pfn, nr));
		KUNIT_EXPECT_EQ(test, nr_out(t->s), 0UL);
		section_give_parked(t->s, pfn, nr);
	}
}

static struct kunit_case section_cases[] = {
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(each_order_fills_it),
	KUNIT_CASE(small_blocks_break_one_large_one),
	KUNIT_CASE(no_order_is_too_large_to_refuse),
	KUNIT_CASE(runs_are_as_long_as_they_can_be),
	KUNIT_CASE(a_block_is_parked_whole_or_not),
	KUNIT_CASE(planted_faults_are_found),
	KUNIT_CASE(no_memory_no_section),
	{}
};

static struct kunit_suite section_suite = {
	.name = "memfront_pseudophys_section",
	.init = section_test_init,
	.exit = section_test_exit,
	.test_cases = section_cases,
};

kunit_test_suite(section_suite);
