// SPDX-License-Identifier: GPL-2.0
/*
 * The M2P of the loaded module, of a kernel adopted as PV: whose frames are in
 * it, what it may lie about, and who believes that.
 */
#include <kunit/test.h>
#include <linux/mm.h>

#include <memcore/tools.h>
#include <memfront/m2p.h>
#include <memfront/mmu.h>
#include <memfront/p2m.h>

#include "direct-map.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "reservation.h"

static int m2p_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	test->priv = alloc_page(GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;
	balloon_stop(&memfront_balloon);
	return 0;
}

static void m2p_test_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	__free_page(test->priv);
	balloon_start(&memfront_balloon);
	expect_core_sound(test);
}

static bool has_m2p(struct kunit *test)
{
	if (memfront_hv.translated)
		kunit_skip(test, "the kernel is adopted as translated");
	return !memfront_hv.translated;
}

static struct mf_mfn frame_of(struct kunit *test)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(test->priv)));
}

static void frames_of_pages_lead_back(struct kunit *test)
{
	struct mf_pfn pfn = mf_pfn(0);

	if (!has_m2p(test))
		return;
	KUNIT_EXPECT_EQ(test, memfront_m2p_lookup(frame_of(test), &pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn.nr, page_to_pfn((struct page *)test->priv));
	pfn = mf_pfn(0);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(frame_of(test), &pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn.nr, page_to_pfn((struct page *)test->priv));
}

static void beyond_the_table(struct kunit *test)
{
	unsigned long mfns[] = { memfront_hv.m2p_size, memfront_hv.m2p_size + 1,
				 BIT(62), ~0UL };
	struct mf_pfn pfn = mf_pfn(5);
	unsigned int i;

	if (!has_m2p(test))
		return;
	for (i = 0; i < ARRAY_SIZE(mfns); i++) {
		struct mf_mfn mfn = mf_mfn(mfns[i]);

		KUNIT_EXPECT_EQ(test, memfront_m2p_lookup(mfn, &pfn), -ERANGE);
		KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mfn, &pfn), -ERANGE);
	}
	KUNIT_EXPECT_EQ(test, pfn.nr, 5);
}

static void unmap_page(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, direct_map_queue_out(mf_page_pfn(test->priv)));
	KUNIT_ASSERT_EQ(test, direct_map_commit(), 1U);
	memfront_p2m_clear(mf_page_pfn(test->priv));
}

static void map_page(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, direct_map_queue_in(mf_page_pfn(test->priv),
						    frame_of(test)));
	KUNIT_ASSERT_EQ(test, direct_map_commit(), 1U);
}

static void a_frame_that_is_gone_has_no_pfn(struct kunit *test)
{
	unsigned long page = mf_page_pfn(test->priv).nr;
	unsigned long frame = frame_of(test).nr;
	struct mf_pfn pfn;

	if (!has_m2p(test))
		return;
	unmap_page(test);
	KUNIT_ASSERT_EQ(test, reservation_decrease(&frame, 1, 0), 1U);
	KUNIT_EXPECT_EQ(test, memfront_m2p_lookup(mf_mfn(frame), &pfn),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mf_mfn(frame), &pfn),
			-ENOENT);
	KUNIT_ASSERT_EQ(test, reservation_populate(&page, 1, 0), 1U);
	memfront_p2m_set(mf_page_pfn(test->priv), mf_mfn(page));
	map_page(test);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mf_mfn(page), &pfn), 0);
}

/* Every frame of the table: this guest's own, nobody's, or the neighbour's. */
static void foreign_frames_are_told_apart(struct kunit *test)
{
	unsigned long own = 0, foreign = 0, wrong = 0, mfn;
	struct mf_pfn pfn;

	if (!has_m2p(test))
		return;
	for (mfn = 0; mfn < memfront_hv.m2p_size; mfn++) {
		switch (memfront_mfn_to_pfn(mf_mfn(mfn), &pfn)) {
		case 0:
			wrong += memfront_p2m_lookup(pfn).raw != mfn;
			own++;
			break;
		case -EXDEV:
			foreign++;
			break;
		case -ENOENT:
			break;
		default:
			wrong++;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, own, (unsigned long)reservation_current());
	KUNIT_EXPECT_EQ(test, foreign, frames_of_others());
}

static int tell_m2p(struct mf_mfn mfn, struct mf_pfn pfn)
{
	return memfront_mmu_set_m2p(mfn, pfn,
				    (struct memfront_mmu_result){});
}

static void lies_are_not_believed(struct kunit *test)
{
	struct mf_pfn truth = mf_page_pfn(test->priv);
	struct mf_mfn mfn = frame_of(test);
	struct mf_pfn pfn = mf_pfn(0);

	if (!has_m2p(test))
		return;
	KUNIT_ASSERT_EQ(test, tell_m2p(mfn, mf_pfn(truth.nr ^ 1)), 0);
	KUNIT_EXPECT_EQ(test, memfront_m2p_lookup(mfn, &pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn.nr, truth.nr ^ 1);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mfn, &pfn), -EXDEV);
	KUNIT_ASSERT_EQ(test, tell_m2p(mfn, truth), 0);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mfn, &pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn.nr, truth.nr);
}

/* The P2M must say RAM: a mark on the same number is no confirmation. */
static void a_marked_entry_confirms_nothing(struct kunit *test)
{
	struct mf_pfn truth = mf_page_pfn(test->priv);
	struct mf_mfn mfn = frame_of(test);
	struct mf_pfn pfn;

	if (!has_m2p(test))
		return;
	KUNIT_ASSERT_EQ(test, memfront_p2m_set_foreign(truth, mfn), 0);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mfn, &pfn), -EXDEV);
	KUNIT_ASSERT_EQ(test, memfront_p2m_set(truth, mfn), 0);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mfn, &pfn), 0);
}

static void a_translated_guest_has_none(struct kunit *test)
{
	struct mf_pfn pfn;

	if (!memfront_hv.translated) {
		kunit_skip(test, "the kernel is adopted as PV");
		return;
	}
	KUNIT_EXPECT_EQ(test, memfront_m2p_lookup(mf_mfn(1), &pfn),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mfn_to_pfn(mf_mfn(1), &pfn),
			-EOPNOTSUPP);
}

static struct kunit_case m2p_cases[] = {
	KUNIT_CASE(frames_of_pages_lead_back),
	KUNIT_CASE(beyond_the_table),
	KUNIT_CASE(a_frame_that_is_gone_has_no_pfn),
	KUNIT_CASE(foreign_frames_are_told_apart),
	KUNIT_CASE(lies_are_not_believed),
	KUNIT_CASE(a_marked_entry_confirms_nothing),
	KUNIT_CASE(a_translated_guest_has_none),
	{}
};

static struct kunit_suite m2p_suite = {
	.name = "memfront_m2p",
	.init = m2p_test_init,
	.exit = m2p_test_exit,
	.test_cases = m2p_cases,
};

kunit_test_suite(m2p_suite);
