// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "grant/maptrack.h"
#include "memcore_fixture.h"
#include "ref_maptrack.h"

#define NR_VCPUS	4U
#define MAX_FRAMES	3U
#define PER_FRAME	((u32)MC_MAPPINGS_PER_FRAME)
#define MAX_HANDLES	(MAX_FRAMES * PER_FRAME)
#define NR_STEPS	8000

/**
 * struct maptrack_test - a maptrack, its reference, and what was taken of both
 * @failpoint: of the maptrack
 * @mt: the maptrack
 * @ref: its reference
 * @held: handles that are taken
 * @nr_held: how many
 * @rnd: what is done next
 */
struct maptrack_test {
	struct memcore_failpoint failpoint;
	struct memcore_maptrack *mt;
	struct ref_maptrack ref;
	u32 held[MAX_HANDLES];
	u32 nr_held;
	struct rnd_state rnd;
};

static int maptrack_init(struct kunit *test)
{
	struct maptrack_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->mt = memcore_maptrack_create(&t->failpoint, MAX_FRAMES, NR_VCPUS);
	KUNIT_ASSERT_NOT_NULL(test, t->mt);
	test->priv = t;
	t->ref.max = MAX_HANDLES;
	t->ref.per_frame = PER_FRAME;
	t->ref.nr_vcpus = NR_VCPUS;
	t->ref.handle = kunit_kcalloc(test, MAX_HANDLES,
				      sizeof(*t->ref.handle), GFP_KERNEL);
	t->ref.free = kunit_kcalloc(test, NR_VCPUS, sizeof(*t->ref.free),
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->ref.handle);
	KUNIT_ASSERT_NOT_NULL(test, t->ref.free);
	ref_maptrack_init(&t->ref);
	return 0;
}

static void maptrack_exit(struct kunit *test)
{
	struct maptrack_test *t = test->priv;

	if (t)
		memcore_maptrack_destroy(t->mt);
}

static u32 take(struct kunit *test, unsigned int vcpu)
{
	struct maptrack_test *t = test->priv;
	u32 handle = memcore_maptrack_get(t->mt, vcpu);

	KUNIT_ASSERT_TRUE(test,
			  ref_maptrack_get(&t->ref, vcpu, handle,
					   t->mt->vcpu[vcpu].tail));
	if (handle != MC_NO_HANDLE)
		t->held[t->nr_held++] = handle;
	return handle;
}

static void put_at(struct kunit *test, u32 i)
{
	struct maptrack_test *t = test->priv;

	memcore_maptrack_put(t->mt, t->held[i]);
	ref_maptrack_put(&t->ref, t->held[i]);
	t->held[i] = t->held[--t->nr_held];
}

static void compare_list(struct kunit *test, unsigned int vcpu)
{
	struct maptrack_test *t = test->priv;
	u32 handle = t->mt->vcpu[vcpu].head, last = MC_NO_HANDLE;
	struct ref_handle *expected;

	list_for_each_entry(expected, &t->ref.free[vcpu], link) {
		KUNIT_ASSERT_EQ(test, handle, expected - t->ref.handle);
		KUNIT_ASSERT_EQ(test, memcore_mapping(t->mt, handle)->vcpu,
				vcpu);
		last = handle;
		handle = memcore_mapping(t->mt, handle)->ref;
	}
	KUNIT_ASSERT_EQ(test, handle, MC_NO_HANDLE);
	KUNIT_ASSERT_EQ(test, t->mt->vcpu[vcpu].tail, last);
}

static void compare(struct kunit *test)
{
	struct maptrack_test *t = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, t->mt->limit, t->ref.nr);
	for (i = 0; i < NR_VCPUS; i++)
		compare_list(test, i);
}

static u32 below(struct kunit *test, u32 limit)
{
	struct maptrack_test *t = test->priv;

	return prandom_u32_state(&t->rnd) % limit;
}

/* For a while more is taken, then more is given back, and so on. */
static void random_against_reference(struct kunit *test)
{
	struct maptrack_test *t = test->priv;
	unsigned int i, bias = 1;

	prandom_seed_state(&t->rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS; i++) {
		if (!(i % 500))
			bias = 1 + below(test, 9);
		if (t->nr_held && below(test, 10) >= bias)
			put_at(test, below(test, t->nr_held));
		else
			take(test, below(test, NR_VCPUS));
		compare(test);
	}
}

static void the_first_handle_is_0_and_the_next_1(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, take(test, 0), 0);
	KUNIT_EXPECT_EQ(test, take(test, 0), 1);
	KUNIT_EXPECT_EQ(test, take(test, 1), PER_FRAME);
	compare(test);
}

static void what_is_given_back_is_the_last_to_be_taken(struct kunit *test)
{
	unsigned int i;

	take(test, 0);
	put_at(test, 0);
	for (i = 1; i < PER_FRAME; i++)
		KUNIT_EXPECT_EQ(test, take(test, 0), i);
	/* The one that was given back stays, as the last of the list. */
	KUNIT_EXPECT_EQ(test, take(test, 0), PER_FRAME);
}

static void one_handle_stays_when_all_are_taken(struct kunit *test)
{
	unsigned int i, nr = 0;

	for (i = 0; i < MAX_HANDLES; i++)
		nr += take(test, 0) != MC_NO_HANDLE;
	KUNIT_EXPECT_EQ(test, nr, MAX_HANDLES - 1);
	KUNIT_EXPECT_EQ(test, take(test, 0), MC_NO_HANDLE);
	KUNIT_EXPECT_EQ(test, take(test, 1), MC_NO_HANDLE);
	compare(test);
	put_at(test, 7);
	KUNIT_EXPECT_NE(test, take(test, 0), MC_NO_HANDLE);
	compare(test);
}

static void a_vcpu_without_a_list_steals_two(struct kunit *test)
{
	struct maptrack_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < MAX_HANDLES - 3; i++)
		take(test, 0);
	KUNIT_EXPECT_EQ(test, ref_maptrack_free(&t->ref, 0), 3);
	KUNIT_EXPECT_NE(test, take(test, 2), MC_NO_HANDLE);
	KUNIT_EXPECT_EQ(test, ref_maptrack_free(&t->ref, 0), 1);
	KUNIT_EXPECT_EQ(test, ref_maptrack_free(&t->ref, 2), 1);
	KUNIT_EXPECT_EQ(test, take(test, 3), MC_NO_HANDLE);
	compare(test);
}

static void a_stolen_handle_goes_back_to_the_thief(struct kunit *test)
{
	struct maptrack_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < MAX_HANDLES - 8; i++)
		take(test, 0);
	take(test, 1);
	put_at(test, t->nr_held - 1);
	KUNIT_EXPECT_EQ(test, ref_maptrack_free(&t->ref, 1), 2);
	compare(test);
}

static void without_memory_handles_are_stolen(struct kunit *test)
{
	struct maptrack_test *t = test->priv;
	u32 handle;

	take(test, 0);
	atomic_set(&t->failpoint.left, 1);
	handle = memcore_maptrack_get(t->mt, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->failpoint.left), 0);
	KUNIT_EXPECT_EQ(test, handle, 2);
	KUNIT_EXPECT_EQ(test, t->mt->vcpu[1].tail, 1);
	KUNIT_EXPECT_EQ(test, t->mt->limit, PER_FRAME);
}

static void without_memory_and_others_there_is_none(struct kunit *test)
{
	struct maptrack_test *t = test->priv;

	atomic_set(&t->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, memcore_maptrack_get(t->mt, 1), MC_NO_HANDLE);
	KUNIT_EXPECT_EQ(test, t->mt->limit, 0);
	KUNIT_EXPECT_EQ(test, take(test, 1), 0);
}

static void a_handle_that_was_never_made_is_none(struct kunit *test)
{
	struct maptrack_test *t = test->priv;

	KUNIT_EXPECT_NULL(test, memcore_mapping(t->mt, 0));
	take(test, 0);
	KUNIT_EXPECT_NOT_NULL(test, memcore_mapping(t->mt, PER_FRAME - 1));
	KUNIT_EXPECT_NULL(test, memcore_mapping(t->mt, PER_FRAME));
	KUNIT_EXPECT_NULL(test, memcore_mapping(t->mt, MC_NO_HANDLE));
}

static void a_domain_may_be_allowed_none(struct kunit *test)
{
	struct memcore_failpoint failpoint = { };
	struct memcore_maptrack *mt;

	mt = memcore_maptrack_create(&failpoint, 0, 2);
	KUNIT_ASSERT_NOT_NULL(test, mt);
	KUNIT_EXPECT_EQ(test, memcore_maptrack_get(mt, 1), MC_NO_HANDLE);
	memcore_maptrack_destroy(mt);
	atomic_set(&failpoint.left, 1);
	KUNIT_EXPECT_NULL(test, memcore_maptrack_create(&failpoint, 1, 2));
}

static struct kunit_case maptrack_cases[] = {
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(the_first_handle_is_0_and_the_next_1),
	KUNIT_CASE(what_is_given_back_is_the_last_to_be_taken),
	KUNIT_CASE(one_handle_stays_when_all_are_taken),
	KUNIT_CASE(a_vcpu_without_a_list_steals_two),
	KUNIT_CASE(a_stolen_handle_goes_back_to_the_thief),
	KUNIT_CASE(without_memory_handles_are_stolen),
	KUNIT_CASE(without_memory_and_others_there_is_none),
	KUNIT_CASE(a_handle_that_was_never_made_is_none),
	KUNIT_CASE(a_domain_may_be_allowed_none),
	{ }
};

static struct kunit_suite maptrack_suite = {
	.name = "memcore_maptrack",
	.init = maptrack_init,
	.exit = maptrack_exit,
	.test_cases = maptrack_cases,
};

kunit_test_suite(maptrack_suite);
