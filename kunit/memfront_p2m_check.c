// SPDX-License-Identifier: GPL-2.0
/*
 * The check on the loaded module: silent while all is well, and naming exactly
 * what a case has put wrong.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <memfront/mmu.h>

#include "extent.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m-check.h"
#include "reservation.h"

#define ORDER	1

/**
 * struct checked - what a case needs
 * @pages:	two of the kernel's
 * @check:	the walk
 */
struct checked {
	struct page *pages;
	struct p2m_check check;
};

static int check_test_init(struct kunit *test)
{
	int ret = need_core(test);
	struct checked *t;

	if (ret)
		return ret;
	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->pages = alloc_pages(GFP_KERNEL, ORDER);
	if (!t->pages)
		return -ENOMEM;
	test->priv = t;
	balloon_stop(&memfront_balloon);
	return 0;
}

static void check_test_exit(struct kunit *test)
{
	struct checked *t = test->priv;

	no_faults();
	if (!t)
		return;
	KUNIT_EXPECT_EQ(test, p2m_check_all(), 0);
	expect_core_sound(test);
	__free_pages(t->pages, ORDER);
	balloon_start(&memfront_balloon);
}

static bool is_pv(struct kunit *test)
{
	if (memfront_hv.translated)
		kunit_skip(test, "the kernel is adopted as translated");
	return !memfront_hv.translated;
}

static struct mf_pfn page_at(struct kunit *test, unsigned int i)
{
	return mf_pfn(page_to_pfn(((struct checked *)test->priv)->pages) + i);
}

static struct mf_mfn frame_at(struct kunit *test, unsigned int i)
{
	return mf_p2m_mfn(memfront_p2m_lookup(page_at(test, i)));
}

static void expect_next(struct kunit *test, enum p2m_fault fault,
			struct mf_pfn pfn, unsigned long other)
{
	struct p2m_check *check = &((struct checked *)test->priv)->check;

	KUNIT_ASSERT_TRUE(test, p2m_check_next(check));
	KUNIT_EXPECT_STREQ(test, p2m_fault_name(check->fault),
			   p2m_fault_name(fault));
	KUNIT_EXPECT_EQ(test, check->pfn.nr, pfn.nr);
	KUNIT_EXPECT_EQ(test, check->other, other);
}

static struct p2m_check *begin(struct kunit *test)
{
	struct p2m_check *check = &((struct checked *)test->priv)->check;

	p2m_check_begin(check);
	return check;
}

static void expect_no_more(struct kunit *test, unsigned long faults)
{
	struct p2m_check *check = &((struct checked *)test->priv)->check;

	KUNIT_EXPECT_FALSE(test, p2m_check_next(check));
	KUNIT_EXPECT_FALSE(test, p2m_check_end(check));
	KUNIT_EXPECT_EQ(test, check->faults, faults);
}

/* The walk is at its end; what the guest knows is @more than Xen counts. */
static void expect_count(struct kunit *test, long more, unsigned long faults)
{
	struct p2m_check *check = &((struct checked *)test->priv)->check;

	KUNIT_EXPECT_FALSE(test, p2m_check_next(check));
	KUNIT_EXPECT_TRUE(test, p2m_check_end(check));
	KUNIT_EXPECT_EQ(test, (int)check->fault, (int)P2M_FAULT_COUNT);
	KUNIT_EXPECT_EQ(test, (long)(check->entry.raw - check->other), more);
	KUNIT_EXPECT_EQ(test, check->faults, faults);
}

static void all_is_well(struct kunit *test)
{
	struct p2m_check *check = begin(test);

	expect_no_more(test, 0);
	KUNIT_EXPECT_EQ(test, check->states[MF_P2M_RAM],
			(unsigned long)reservation_current());
	KUNIT_EXPECT_EQ(test, check->reservation, reservation_current());
}

static void a_frame_that_nobody_has(struct kunit *test)
{
	struct mf_mfn mfn = frame_at(test, 0);

	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, memfront_p2m_set(page_at(test, 0), mf_mfn(0)), 0);
	begin(test);
	expect_next(test, P2M_FAULT_NO_M2P, page_at(test, 0), MF_P2M_INVALID);
	expect_no_more(test, 1);
	memfront_p2m_set(page_at(test, 0), mfn);
}

static void one_frame_behind_two_pages(struct kunit *test)
{
	struct mf_mfn mfn = frame_at(test, 0);

	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, memfront_p2m_set(page_at(test, 0),
					       frame_at(test, 1)), 0);
	begin(test);
	expect_next(test, P2M_FAULT_TWICE, page_at(test, 0),
		    page_at(test, 1).nr);
	expect_no_more(test, 1);
	memfront_p2m_set(page_at(test, 0), mfn);
}

static void swap_entries(struct kunit *test)
{
	struct mf_mfn mfn = frame_at(test, 0);

	memfront_p2m_set(page_at(test, 0), frame_at(test, 1));
	memfront_p2m_set(page_at(test, 1), mfn);
}

static void swapped_entries(struct kunit *test)
{
	if (!is_pv(test))
		return;
	swap_entries(test);
	begin(test);
	expect_next(test, P2M_FAULT_M2P, page_at(test, 0), page_at(test, 1).nr);
	expect_next(test, P2M_FAULT_M2P, page_at(test, 1), page_at(test, 0).nr);
	expect_no_more(test, 2);
	swap_entries(test);
}

static int tell_m2p(struct mf_mfn mfn, struct mf_pfn pfn)
{
	return memfront_mmu_set_m2p(mfn, pfn, (struct memfront_mmu_result){});
}

static void an_m2p_that_lies(struct kunit *test)
{
	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, tell_m2p(frame_at(test, 0), page_at(test, 1)), 0);
	begin(test);
	expect_next(test, P2M_FAULT_M2P, page_at(test, 0), page_at(test, 1).nr);
	expect_no_more(test, 1);
	KUNIT_ASSERT_EQ(test, tell_m2p(frame_at(test, 0), page_at(test, 0)), 0);
}

static void a_frame_that_is_forgotten(struct kunit *test)
{
	struct mf_mfn mfn = frame_at(test, 0);

	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, memfront_p2m_clear(page_at(test, 0)), 0);
	begin(test);
	expect_count(test, -1, 1);
	memfront_p2m_set(page_at(test, 0), mfn);
}

static void a_hole_that_has_a_frame(struct kunit *test)
{
	struct ledger *ledger = &memfront_balloon.ledger;

	KUNIT_ASSERT_EQ(test, ledger_reserve(ledger, page_at(test, 1)), 0);
	ledger_add(ledger, page_at(test, 1), 0);
	begin(test);
	expect_next(test, P2M_FAULT_HAS_FRAME, page_at(test, 1),
		    MF_P2M_INVALID);
	if (memfront_hv.translated)
		expect_count(test, -1, 2);
	else
		expect_no_more(test, 1);
	ledger_del(ledger, page_at(test, 1), 0);
}

static void a_page_without_a_frame(struct kunit *test)
{
	unsigned long frame = page_at(test, 1).nr;

	if (!memfront_hv.translated) {
		kunit_skip(test, "a PV guest's holes may be lent");
		return;
	}
	KUNIT_ASSERT_EQ(test, reservation_decrease(&frame, 1, 0), 1U);
	begin(test);
	expect_next(test, P2M_FAULT_NO_FRAME, page_at(test, 1),
		    MF_P2M_INVALID);
	expect_count(test, 1, 2);
	KUNIT_ASSERT_EQ(test, reservation_populate(&frame, 1, 0), 1U);
}

/* What the balloon has is as it should be, and its moves are no faults. */
static void a_balloon_that_moves(struct kunit *test)
{
	struct ledger *ledger = &memfront_balloon.ledger;
	struct p2m_check *check = begin(test);

	KUNIT_ASSERT_EQ(test, extent_release(ledger, 0, 8, true).pages, 8);
	KUNIT_EXPECT_FALSE(test, p2m_check_next(check));
	KUNIT_EXPECT_NE(test, check->states[MF_P2M_RAM],
			(unsigned long)check->reservation);
	KUNIT_EXPECT_FALSE(test, p2m_check_end(check));
	KUNIT_EXPECT_EQ(test, p2m_check_all(), 0);
	KUNIT_ASSERT_EQ(test, extent_populate(ledger, 0, 8).pages, 8);
}

static void no_check_without_memory(struct kunit *test)
{
	fail_at(1);
	KUNIT_EXPECT_EQ(test, p2m_check_all(), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, has_failed());
}

static struct kunit_case check_cases[] = {
	KUNIT_CASE(all_is_well),
	KUNIT_CASE(a_frame_that_nobody_has),
	KUNIT_CASE(one_frame_behind_two_pages),
	KUNIT_CASE(swapped_entries),
	KUNIT_CASE(an_m2p_that_lies),
	KUNIT_CASE(a_frame_that_is_forgotten),
	KUNIT_CASE(a_hole_that_has_a_frame),
	KUNIT_CASE(a_page_without_a_frame),
	KUNIT_CASE(a_balloon_that_moves),
	KUNIT_CASE(no_check_without_memory),
	{}
};

static struct kunit_suite check_suite = {
	.name = "memfront_p2m_check",
	.init = check_test_init,
	.exit = check_test_exit,
	.test_cases = check_cases,
};

kunit_test_suite(check_suite);
