// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/uaccess.h>
#include "frametable.h"

#define BASE	0x1000UL
#define FRAMES	700UL

static int frametable_test_init(struct kunit *test)
{
	struct memcore_frametable *ft;

	ft = kunit_kzalloc(test, sizeof(*ft), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ft);
	KUNIT_ASSERT_EQ(test, memcore_frametable_init(ft, mc_mfn(BASE), FRAMES),
			0);
	test->priv = ft;
	return 0;
}

static void frametable_test_exit(struct kunit *test)
{
	if (test->priv)
		memcore_frametable_destroy(test->priv);
}

static void frames_at_the_edges(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;

	KUNIT_EXPECT_NULL(test, memcore_frame(ft, mc_mfn(0)));
	KUNIT_EXPECT_NULL(test, memcore_frame(ft, mc_mfn(BASE - 1)));
	KUNIT_EXPECT_NOT_NULL(test, memcore_frame(ft, mc_mfn(BASE)));
	KUNIT_EXPECT_NOT_NULL(test, memcore_frame(ft, mc_mfn(BASE + FRAMES - 1)));
	/* Behind them is the hypervisor's own. */
	KUNIT_EXPECT_EQ(test, memcore_own_mfn(ft).nr, BASE + FRAMES);
	KUNIT_EXPECT_NOT_NULL(test, memcore_frame(ft, mc_mfn(BASE + FRAMES)));
	KUNIT_EXPECT_NULL(test, memcore_frame(ft, mc_mfn(BASE + FRAMES + 1)));
	KUNIT_EXPECT_NULL(test, memcore_frame(ft, mc_mfn(MC_INVALID)));
}

static void frame_knows_its_number(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;
	unsigned long i;

	for (i = BASE; i < BASE + FRAMES; i++)
		KUNIT_EXPECT_EQ(test,
				memcore_frame_mfn(ft, memcore_frame(ft, mc_mfn(i))).nr,
				i);
}

static void new_frame_belongs_to_nobody(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;
	struct memcore_frame *frame = memcore_frame(ft, mc_mfn(BASE));

	KUNIT_EXPECT_EQ(test, frame->owner, MC_NO_OWNER);
	KUNIT_EXPECT_EQ(test, atomic64_read(&frame->count), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&frame->type), 0);
	KUNIT_EXPECT_FALSE(test, mc_gfn_ok(memcore_m2p_get(ft, mc_mfn(BASE))));
}

static void m2p_seen_through_both_mappings(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;
	unsigned long i;

	for (i = BASE; i < BASE + FRAMES; i++)
		memcore_m2p_set(ft, mc_mfn(i), mc_gfn(i * 3));
	for (i = BASE; i < BASE + FRAMES; i++) {
		KUNIT_EXPECT_EQ(test, memcore_m2p_get(ft, mc_mfn(i)).nr, i * 3);
		KUNIT_EXPECT_EQ(test, ft->m2p_guest[i], i * 3);
	}
}

static void m2p_below_the_machine_says_nothing(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;
	unsigned long i;

	for (i = 0; i < BASE; i++)
		KUNIT_EXPECT_EQ(test, ft->m2p_guest[i], MC_INVALID);
}

static void m2p_outside_the_machine_is_ignored(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;

	memcore_m2p_set(ft, mc_mfn(BASE - 1), mc_gfn(1));
	memcore_m2p_set(ft, mc_mfn(BASE + FRAMES), mc_gfn(1));
	memcore_m2p_set(ft, mc_mfn(MC_INVALID), mc_gfn(1));
	KUNIT_EXPECT_EQ(test, ft->m2p_guest[BASE - 1], MC_INVALID);
	KUNIT_EXPECT_FALSE(test,
			   mc_gfn_ok(memcore_m2p_get(ft, mc_mfn(MC_INVALID))));
}

static void tables_are_known_as_the_cores(struct kunit *test)
{
	struct memcore_frametable *ft = test->priv;
	unsigned long guest = (unsigned long)ft->m2p_guest;
	unsigned long frames = (unsigned long)ft->frames;

	KUNIT_EXPECT_TRUE(test, memcore_frametable_overlaps(ft, guest, 1));
	KUNIT_EXPECT_TRUE(test, memcore_frametable_overlaps(ft, guest - 1, 2));
	KUNIT_EXPECT_FALSE(test, memcore_frametable_overlaps(ft, guest - 1, 1));
	KUNIT_EXPECT_TRUE(test, memcore_frametable_overlaps(ft, frames + 8, 8));
	KUNIT_EXPECT_FALSE(test,
			   memcore_frametable_overlaps(ft, (unsigned long)test,
						       8));
}

static void bad_sizes_refused(struct kunit *test)
{
	struct memcore_frametable ft;

	KUNIT_EXPECT_EQ(test, memcore_frametable_init(&ft, mc_mfn(BASE), 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memcore_frametable_init(&ft, mc_mfn(1), 8),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_frametable_init(&ft, mc_mfn(BASE), ULONG_MAX),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_frametable_init(&ft, mc_mfn(1UL << 40), 8),
			-EINVAL);
}

static struct kunit_case frametable_cases[] = {
	KUNIT_CASE(frames_at_the_edges),
	KUNIT_CASE(frame_knows_its_number),
	KUNIT_CASE(new_frame_belongs_to_nobody),
	KUNIT_CASE(m2p_seen_through_both_mappings),
	KUNIT_CASE(m2p_below_the_machine_says_nothing),
	KUNIT_CASE(m2p_outside_the_machine_is_ignored),
	KUNIT_CASE(tables_are_known_as_the_cores),
	KUNIT_CASE(bad_sizes_refused),
	{ }
};

static struct kunit_suite frametable_suite = {
	.name = "memcore_frametable",
	.init = frametable_test_init,
	.exit = frametable_test_exit,
	.test_cases = frametable_cases,
};

kunit_test_suite(frametable_suite);
