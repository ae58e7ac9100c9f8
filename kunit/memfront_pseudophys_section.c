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
#define FREE		0
#define PARKED		0xfe
#define INSIDE		0xff

/**
 * struct section_test - a section and its reference
 * @s: the section
 * @rnd: the seeded source of the steps
 * @has: of each frame: free, parked, inside a block, or 1 + order of a block
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

static unsigned long count_free(const struct section_test *t)
{
	unsigned long i, nr = 0;

	for (i = 0; i < FRAMES; i++)
		nr += t->has[i] == FREE;
	return nr;
}

static unsigned long count_parked(const struct section_test *t)
{
	unsigned long i, nr = 0;

	for (i = 0; i < FRAMES; i++)
		nr += t->has[i] == PARKED;
	return nr;
}

static bool all_free(const struct section_test *t, unsigned long at,
		     unsigned int order)
{
	return !memchr_inv(t->has + at, FREE, 1UL << order);
}

/* Is there a free block of that order, aligned? */
static bool any_free(const struct section_test *t, unsigned int order)
{
	unsigned long at;

	for (at = 0; at < FRAMES; at += 1UL << order)
		if (all_free(t, at, order))
			return true;
	return false;
}

static void expect_same(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct section_census census;

	section_count(t->s, &census);
	KUNIT_ASSERT_TRUE(test, census.sound);
	KUNIT_EXPECT_EQ(test, census.nr_free, count_free(t));
	KUNIT_EXPECT_EQ(test, census.nr_parked, count_parked(t));
	KUNIT_EXPECT_EQ(test, census.nr_out,
			FRAMES - count_free(t) - count_parked(t));
}

static void mark(struct section_test *t, unsigned long at, unsigned int order)
{
	memset(t->has + at, INSIDE, 1UL << order);
	t->has[at] = 1 + order;
}

/* A block is to be had exactly if the reference finds one. */
static bool take(struct kunit *test, unsigned int order)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn = mf_pfn(0);
	bool any = any_free(t, order);
	unsigned long at;

	KUNIT_EXPECT_EQ(test, section_take(t->s, order, &pfn), any);
	if (!any)
		return false;
	at = pfn.nr - FIRST;
	KUNIT_ASSERT_LT(test, at, FRAMES);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pfn.nr, 1UL << order));
	KUNIT_EXPECT_TRUE(test, all_free(t, at, order));
	mark(t, at, order);
	return true;
}

static void give(struct kunit *test, unsigned long at)
{
	struct section_test *t = test->priv;
	unsigned int order = t->has[at] - 1;

	KUNIT_EXPECT_TRUE(test, section_give(t->s, mf_pfn(FIRST + at), order));
	memset(t->has + at, FREE, 1UL << order);
}

static void park(struct kunit *test, unsigned long at)
{
	struct section_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, section_park(t->s, mf_pfn(FIRST + at)));
	t->has[at] = PARKED;
	KUNIT_EXPECT_EQ(test, section_leave(t->s),
			count_free(t) + count_parked(t) == FRAMES);
}

static void unpark(struct kunit *test, unsigned long at)
{
	struct section_test *t = test->priv;

	if (prandom_u32_state(&t->rnd) % 2) {
		section_unpark(t->s, mf_pfn(FIRST + at));
		t->has[at] = 1;
	} else {
		section_give_parked(t->s, mf_pfn(FIRST + at));
		t->has[at] = FREE;
	}
}

static void take_parked(struct kunit *test)
{
	struct section_test *t = test->priv;
	bool any = any_free(t, 0);
	struct mf_pfn pfn;

	KUNIT_EXPECT_EQ(test, section_take_parked(t->s, &pfn), any);
	if (!any)
		return;
	KUNIT_EXPECT_EQ(test, t->has[pfn.nr - FIRST], FREE);
	t->has[pfn.nr - FIRST] = PARKED;
}

/* Nothing that is not out can be given back, whatever is said of it. */
static void give_wrongly(struct kunit *test, unsigned long at)
{
	struct section_test *t = test->priv;
	unsigned int order = prandom_u32_state(&t->rnd) % (LARGEST + 3);

	if (t->has[at] == 1 + order)
		return;
	KUNIT_EXPECT_FALSE(test, section_give(t->s, mf_pfn(FIRST + at), order));
	if (t->has[at] != 1)
		KUNIT_EXPECT_FALSE(test,
				   section_park(t->s, mf_pfn(FIRST + at)));
}

static void change(struct kunit *test, unsigned long at)
{
	struct section_test *t = test->priv;

	if (t->has[at] == PARKED)
		unpark(test, at);
	else if (t->has[at] == 1 && prandom_u32_state(&t->rnd) % 2)
		park(test, at);
	else if (t->has[at] != FREE && t->has[at] != INSIDE)
		give(test, at);
}

static void random_step(struct kunit *test)
{
	struct section_test *t = test->priv;
	unsigned long at = prandom_u32_state(&t->rnd) % FRAMES;

	switch (prandom_u32_state(&t->rnd) % 8) {
	case 0:
		give_wrongly(test, at);
		break;
	case 1:
		take_parked(test);
		break;
	case 2:
	case 3:
		take(test, prandom_u32_state(&t->rnd) % (LARGEST + 1));
		break;
	case 4:
		take(test, prandom_u32_state(&t->rnd) % 3);
		break;
	default:
		change(test, at);
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
			give(test, at);
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
		give(test, i);
	take(test, 0);
	KUNIT_EXPECT_EQ(test, t->has[0], 1);
	take(test, 1);
	KUNIT_EXPECT_EQ(test, t->has[1UL << LARGEST], 2);
	expect_same(test);
}

static void no_order_is_too_large_to_refuse(struct kunit *test)
{
	struct section_test *t = test->priv;
	struct mf_pfn pfn;

	KUNIT_EXPECT_FALSE(test, section_take(t->s, LARGEST + 1, &pfn));
	KUNIT_EXPECT_FALSE(test, section_take(t->s, ~0U, &pfn));
	KUNIT_EXPECT_FALSE(test, section_give(t->s, mf_pfn(FIRST), ~0U));
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
	atomic_long_inc(&s->nr_out);
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	atomic_long_dec(&s->nr_out);
	s->nr_blocks[4]--;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->nr_blocks[4]++;
	s->state[0] = 0;
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	s->state[0] = 4;
	__set_bit(0, s->free[3]);
	section_count(s, &census);
	KUNIT_EXPECT_FALSE(test, census.sound);
	__clear_bit(0, s->free[3]);
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

static struct kunit_case section_cases[] = {
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(each_order_fills_it),
	KUNIT_CASE(small_blocks_break_one_large_one),
	KUNIT_CASE(no_order_is_too_large_to_refuse),
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
