// SPDX-License-Identifier: GPL-2.0
/*
 * The direct map of an adopted PV-type kernel, changed in batches. What the
 * tables say is seen through the core's software CPU. A translated kernel has
 * no such map.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <memcore/memcore.h>

#include "balloon.h"
#include "direct-map.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m.h"

#define ORDER	4
#define NR	BIT(ORDER)

static int direct_map_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	if (!memfront_hv.direct_map)
		return 0;
	test->priv = alloc_pages(GFP_KERNEL | __GFP_ZERO, ORDER);
	if (!test->priv)
		return -ENOMEM;
	balloon_stop(&memfront_balloon);
	return 0;
}

static void direct_map_test_exit(struct kunit *test)
{
	no_faults();
	if (!test->priv)
		return;
	expect_core_sound(test);
	balloon_start(&memfront_balloon);
	__free_pages(test->priv, ORDER);
}

static struct mf_pfn page_at(struct kunit *test, unsigned int i)
{
	return mf_pfn(page_to_pfn((struct page *)test->priv) + i);
}

static bool has_map(struct kunit *test)
{
	if (!test->priv)
		kunit_skip(test, "the kernel is not adopted as PV");
	return test->priv;
}

static bool can_access(struct mf_pfn pfn, unsigned int access)
{
	unsigned long va = MEMCORE_DIRECT_MAP + PFN_PHYS(pfn.nr);
	unsigned int error;
	u64 word = 0;

	return !memcore_access(va, &word, sizeof(word), access, &error);
}

static unsigned int nr_mapped(struct kunit *test)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR; i++)
		nr += can_access(page_at(test, i), MEMCORE_ACCESS_WRITE);
	return nr;
}

static unsigned int take_out(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_TRUE(test, direct_map_queue_out(page_at(test, i)));
	return direct_map_commit();
}

static struct mf_mfn frame_at(struct kunit *test, unsigned int i)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(page_at(test, i));

	KUNIT_EXPECT_EQ(test, (int)mf_p2m_state(entry), (int)MF_P2M_RAM);
	return mf_p2m_mfn(entry);
}

static unsigned int put_in(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_TRUE(test,
				  direct_map_queue_in(page_at(test, i),
						      frame_at(test, i)));
	return direct_map_commit();
}

static void all_out_and_all_in(struct kunit *test)
{
	if (!has_map(test))
		return;
	KUNIT_EXPECT_EQ(test, nr_mapped(test), NR);
	KUNIT_EXPECT_EQ(test, take_out(test), NR);
	KUNIT_EXPECT_EQ(test, nr_mapped(test), 0);
	KUNIT_EXPECT_EQ(test, put_in(test), NR);
	KUNIT_EXPECT_EQ(test, nr_mapped(test), NR);
}

/* The CPU had remembered them: without the flush they could still be used. */
static void out_means_out_of_the_tlb_too(struct kunit *test)
{
	if (!has_map(test))
		return;
	KUNIT_EXPECT_TRUE(test, can_access(page_at(test, 0), 0));
	KUNIT_EXPECT_EQ(test, take_out(test), NR);
	KUNIT_EXPECT_FALSE(test, can_access(page_at(test, 0), 0));
	KUNIT_EXPECT_EQ(test, put_in(test), NR);
}

static void a_batch_cut_short_says_how_far_it_came(struct kunit *test)
{
	if (!has_map(test))
		return;
	fail_at(1);
	KUNIT_EXPECT_EQ(test, take_out(test), NR / 2);
	no_faults();
	KUNIT_EXPECT_EQ(test, nr_mapped(test), NR / 2);
	KUNIT_EXPECT_EQ(test, put_in(test), NR);
	KUNIT_EXPECT_EQ(test, nr_mapped(test), NR);
}

/* A frame that is not ours: the entry before it changes, those after not. */
static void the_first_refusal_ends_a_batch(struct kunit *test)
{
	struct mf_mfn mfn;

	if (!has_map(test))
		return;
	KUNIT_EXPECT_EQ(test, take_out(test), NR);
	mfn = frame_at(test, 0);
	direct_map_queue_in(page_at(test, 0), mfn);
	direct_map_queue_in(page_at(test, 1), mf_mfn(1));
	direct_map_queue_in(page_at(test, 2), mfn);
	KUNIT_EXPECT_EQ(test, direct_map_commit(), 1);
	KUNIT_EXPECT_EQ(test, nr_mapped(test), 1);
	KUNIT_EXPECT_EQ(test, put_in(test), NR);
}

static void nothing_queued_is_nothing_done(struct kunit *test)
{
	if (!has_map(test))
		return;
	KUNIT_EXPECT_EQ(test, direct_map_commit(), 0);
	KUNIT_EXPECT_EQ(test, nr_mapped(test), NR);
}

static struct kunit_case direct_map_cases[] = {
	KUNIT_CASE(all_out_and_all_in),
	KUNIT_CASE(out_means_out_of_the_tlb_too),
	KUNIT_CASE(a_batch_cut_short_says_how_far_it_came),
	KUNIT_CASE(the_first_refusal_ends_a_batch),
	KUNIT_CASE(nothing_queued_is_nothing_done),
	{ }
};

static struct kunit_suite direct_map_suite = {
	.name = "memfront_direct_map",
	.init = direct_map_test_init,
	.exit = direct_map_test_exit,
	.test_cases = direct_map_cases,
};

kunit_test_suite(direct_map_suite);
