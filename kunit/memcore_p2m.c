// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "p2m/p2m.h"
#include "memcore_fixture.h"

#define REGIONS		6UL
#define GFNS		(REGIONS * MC_SUPER_SIZE)
#define NR_STEPS	300

/**
 * struct p2m_test - a P2M and its naive reference
 * @p2m: the P2M
 * @failpoint: of the P2M
 * @ref: the frame at each gfn below GFNS
 */
struct p2m_test {
	struct memcore_p2m p2m;
	struct memcore_failpoint failpoint;
	unsigned long *ref;
};

static int p2m_test_init(struct kunit *test)
{
	struct p2m_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->ref = kunit_kmalloc_array(test, GFNS, sizeof(*t->ref), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->ref);
	memset(t->ref, 0xff, GFNS * sizeof(*t->ref));
	memcore_p2m_init(&t->p2m, &t->failpoint);
	test->priv = t;
	return 0;
}

static void p2m_test_exit(struct kunit *test)
{
	struct p2m_test *t = test->priv;

	if (t)
		memcore_p2m_destroy(&t->p2m);
}

static void set(struct kunit *test, unsigned long gfn, unsigned long mfn,
		unsigned int order)
{
	struct p2m_test *t = test->priv;
	unsigned long i;

	KUNIT_ASSERT_EQ(test,
			memcore_p2m_prepare(&t->p2m, mc_gfn(gfn), order,
					    GFP_KERNEL),
			0);
	memcore_p2m_set(&t->p2m, mc_gfn(gfn), mc_mfn(mfn), order);
	for (i = 0; i < 1UL << order && gfn + i < GFNS; i++)
		t->ref[gfn + i] = mfn == MC_INVALID ? mfn : mfn + i;
}

static void check_all(struct kunit *test)
{
	struct p2m_test *t = test->priv;
	unsigned long gfn, wrong = 0;

	for (gfn = 0; gfn < GFNS; gfn++)
		wrong += memcore_p2m_get(&t->p2m, mc_gfn(gfn), NULL).nr !=
			 t->ref[gfn];
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static unsigned int order_at(struct kunit *test, unsigned long gfn)
{
	struct p2m_test *t = test->priv;
	unsigned int order;

	memcore_p2m_get(&t->p2m, mc_gfn(gfn), &order);
	return order;
}

static void empty_has_nothing(struct kunit *test)
{
	struct p2m_test *t = test->priv;

	check_all(test);
	KUNIT_EXPECT_FALSE(test,
			   mc_mfn_ok(memcore_p2m_get(&t->p2m,
						     mc_gfn(MC_INVALID),
						     NULL)));
}

static void superpage_kept_whole(struct kunit *test)
{
	set(test, MC_SUPER_SIZE, 0x4000, MC_SUPER_ORDER);
	check_all(test);
	KUNIT_EXPECT_EQ(test, order_at(test, MC_SUPER_SIZE + 77),
			MC_SUPER_ORDER);
}

static void partial_removal_splits(struct kunit *test)
{
	struct p2m_test *t = test->priv;

	set(test, 0, 0x4000, MC_SUPER_ORDER);
	set(test, 77, MC_INVALID, 0);
	check_all(test);
	KUNIT_EXPECT_EQ(test, order_at(test, 78), 0);
	KUNIT_EXPECT_EQ(test, t->p2m.nr_splits, 1);
}

static void whole_removal_does_not_split(struct kunit *test)
{
	struct p2m_test *t = test->priv;

	set(test, 0, 0x4000, MC_SUPER_ORDER);
	set(test, 0, MC_INVALID, MC_SUPER_ORDER);
	check_all(test);
	KUNIT_EXPECT_EQ(test, t->p2m.nr_splits, 0);
}

static void misaligned_becomes_single_pages(struct kunit *test)
{
	set(test, 100, 0x4000, MC_SUPER_ORDER);
	set(test, 3 * MC_SUPER_SIZE, 0x6001, MC_SUPER_ORDER);
	check_all(test);
	KUNIT_EXPECT_EQ(test, order_at(test, 100), 0);
	KUNIT_EXPECT_EQ(test, order_at(test, 3 * MC_SUPER_SIZE), 0);
}

static void map_across_regions(struct kunit *test)
{
	set(test, 2 * MC_SUPER_SIZE, 0x8000, MC_SUPER_ORDER + 1);
	set(test, 3 * MC_SUPER_SIZE - 4, 0x9000, 3);
	check_all(test);
	KUNIT_EXPECT_EQ(test, order_at(test, 2 * MC_SUPER_SIZE), 0);
	KUNIT_EXPECT_EQ(test, order_at(test, 4 * MC_SUPER_SIZE - 1), 0);
}

static void superpage_replaces_single_pages(struct kunit *test)
{
	set(test, 5, 0x77, 0);
	set(test, 0, 0x4000, MC_SUPER_ORDER);
	set(test, 5, 0x78, 0);
	check_all(test);
}

static void maximum_only_grows(struct kunit *test)
{
	struct p2m_test *t = test->priv;

	set(test, 700, 0x77, 0);
	set(test, 3, 0x78, 0);
	set(test, 700, MC_INVALID, 0);
	KUNIT_EXPECT_EQ(test, t->p2m.max_mapped, 700);
}

static void out_of_range_refused(struct kunit *test)
{
	struct p2m_test *t = test->priv;
	const unsigned long end = 1UL << MC_GFN_BITS;

	KUNIT_EXPECT_EQ(test,
			memcore_p2m_prepare(&t->p2m, mc_gfn(end), 0,
					    GFP_KERNEL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_p2m_prepare(&t->p2m, mc_gfn(end - 1), 1,
					    GFP_KERNEL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_p2m_prepare(&t->p2m, mc_gfn(ULONG_MAX), 9,
					    GFP_KERNEL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_p2m_prepare(&t->p2m, mc_gfn(end - 1), 0,
					    GFP_KERNEL),
			0);
}

static void prepare_fails_at_every_point(struct kunit *test)
{
	struct p2m_test *t = test->priv;
	unsigned int n = 0;
	int err;

	set(test, 700, 0x77, 0);
	do {
		atomic_set(&t->failpoint.left, ++n);
		err = memcore_p2m_prepare(&t->p2m, mc_gfn(100), 10, GFP_KERNEL);
		check_all(test);
	} while (err == -ENOMEM && n < 20);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GE(test, n, 2);
	atomic_set(&t->failpoint.left, 0);
}

/* What is mapped, or was, needs no memory to change. */
static void change_without_memory(struct kunit *test)
{
	struct p2m_test *t = test->priv;

	set(test, 0, 0x4000, MC_SUPER_ORDER);
	atomic_set(&t->failpoint.left, 1);
	set(test, 9, MC_INVALID, 0);
	set(test, 0, MC_INVALID, MC_SUPER_ORDER);
	set(test, 9, 0x55, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->failpoint.left), 1);
	check_all(test);
}

static void random_against_array(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned long gfn, mfn;
	unsigned int i, order;
	u32 r;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS; i++) {
		r = prandom_u32_state(&rnd);
		order = r & 1 ? MC_SUPER_ORDER : (r >> 1) % 11;
		gfn = prandom_u32_state(&rnd) % (GFNS - (1UL << order) + 1);
		if (r & 0x1000)
			gfn &= ~((1UL << order) - 1);
		mfn = prandom_u32_state(&rnd) & ~((1UL << order) - 1);
		set(test, gfn, r & 0x6000 ? mfn : MC_INVALID, order);
		check_all(test);
	}
}

static enum mc_p2m_type type_at(struct kunit *test, unsigned long gfn)
{
	struct p2m_test *t = test->priv;
	enum mc_p2m_type type;

	KUNIT_EXPECT_EQ(test,
			memcore_p2m_lookup(&t->p2m, mc_gfn(gfn), &type).nr,
			t->ref[gfn]);
	return type;
}

static void set_page(struct kunit *test, unsigned long gfn, unsigned long mfn,
		     enum mc_p2m_type type)
{
	struct p2m_test *t = test->priv;

	KUNIT_ASSERT_EQ(test,
			memcore_p2m_prepare(&t->p2m, mc_gfn(gfn), 0,
					    GFP_KERNEL),
			0);
	memcore_p2m_set_page(&t->p2m, mc_gfn(gfn), mc_mfn(mfn), type);
	t->ref[gfn] = mfn;
}

static void each_page_has_a_type(struct kunit *test)
{
	set(test, 0, 0x4000, MC_SUPER_ORDER);
	set_page(test, 7, 0x77, MC_P2M_FOREIGN);
	set_page(test, 8, 0x78, MC_P2M_GRANT_RW);
	set_page(test, 9, 0x79, MC_P2M_GRANT_RO);
	check_all(test);
	KUNIT_EXPECT_EQ(test, type_at(test, 6), MC_P2M_RAM);
	KUNIT_EXPECT_EQ(test, type_at(test, 7), MC_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, type_at(test, 8), MC_P2M_GRANT_RW);
	KUNIT_EXPECT_EQ(test, type_at(test, 9), MC_P2M_GRANT_RO);
	KUNIT_EXPECT_EQ(test, type_at(test, 10), MC_P2M_RAM);
}

static void type_goes_with_the_page(struct kunit *test)
{
	set_page(test, 7, 0x77, MC_P2M_FOREIGN);
	set_page(test, 8, 0x78, MC_P2M_GRANT_RO);
	set_page(test, 7, MC_INVALID, MC_P2M_FOREIGN);
	set(test, 8, 0x79, 0);
	check_all(test);
	KUNIT_EXPECT_EQ(test, type_at(test, 7), MC_P2M_RAM);
	KUNIT_EXPECT_EQ(test, type_at(test, 8), MC_P2M_RAM);
}

static int add_type(struct mc_gfn gfn, struct mc_mfn mfn,
		    enum mc_p2m_type type, void *data)
{
	unsigned long *sum = data;

	sum[type] += gfn.nr * mfn.nr;
	return 0;
}

static void walk_tells_types(struct kunit *test)
{
	struct p2m_test *t = test->priv;
	unsigned long sum[4] = {};

	set_page(test, 3, 5, MC_P2M_RAM);
	set_page(test, 7, 11, MC_P2M_GRANT_RW);
	set_page(test, 1030, 13, MC_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, memcore_p2m_for_each(&t->p2m, add_type, sum), 0);
	KUNIT_EXPECT_EQ(test, sum[MC_P2M_RAM], 15);
	KUNIT_EXPECT_EQ(test, sum[MC_P2M_FOREIGN], 1030 * 13);
	KUNIT_EXPECT_EQ(test, sum[MC_P2M_GRANT_RW], 77);
	KUNIT_EXPECT_EQ(test, sum[MC_P2M_GRANT_RO], 0);
}

static struct kunit_case p2m_cases[] = {
	KUNIT_CASE(empty_has_nothing),
	KUNIT_CASE(superpage_kept_whole),
	KUNIT_CASE(partial_removal_splits),
	KUNIT_CASE(whole_removal_does_not_split),
	KUNIT_CASE(misaligned_becomes_single_pages),
	KUNIT_CASE(map_across_regions),
	KUNIT_CASE(superpage_replaces_single_pages),
	KUNIT_CASE(maximum_only_grows),
	KUNIT_CASE(out_of_range_refused),
	KUNIT_CASE(prepare_fails_at_every_point),
	KUNIT_CASE(change_without_memory),
	KUNIT_CASE(random_against_array),
	KUNIT_CASE(each_page_has_a_type),
	KUNIT_CASE(type_goes_with_the_page),
	KUNIT_CASE(walk_tells_types),
	{ }
};

static struct kunit_suite p2m_suite = {
	.name = "memcore_p2m",
	.init = p2m_test_init,
	.exit = p2m_test_exit,
	.test_cases = p2m_cases,
};

kunit_test_suite(p2m_suite);
