// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "balloon.h"
#include "hypercall.h"
#include "p2m.h"

#define ENTRIES		1024
#define SPECIAL(nr)	(1UL << (BITS_PER_LONG - (nr)))

/* The suite looks at a list of its own; the guest's is put back afterwards. */
static struct memfront_hypervisor saved;

static int p2m_test_init(struct kunit *test)
{
	unsigned long *list;

	list = kunit_kmalloc_array(test, ENTRIES, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	memset(list, 0xff, ENTRIES * sizeof(*list));
	balloon_stop(&memfront_balloon);
	saved = memfront_hv;
	memfront_hv.p2m = list;
	memfront_hv.p2m_size = ENTRIES;
	test->priv = list;
	return 0;
}

static void p2m_test_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	memfront_hv = saved;
	balloon_start(&memfront_balloon);
}

static void set_looked_up_cleared(struct kunit *test)
{
	unsigned long *list = test->priv;
	struct mf_mfn mfn = {};

	KUNIT_EXPECT_FALSE(test, p2m_lookup(mf_pfn(7), &mfn));
	p2m_set(mf_pfn(7), mf_mfn(0x1234));
	KUNIT_EXPECT_EQ(test, list[7], 0x1234UL);
	KUNIT_EXPECT_EQ(test, list[6] & list[8], ~0UL);
	KUNIT_EXPECT_TRUE(test, p2m_lookup(mf_pfn(7), &mfn));
	KUNIT_EXPECT_EQ(test, mfn.nr, 0x1234UL);
	p2m_clear(mf_pfn(7));
	KUNIT_EXPECT_EQ(test, list[7], ~0UL);
	KUNIT_EXPECT_FALSE(test, p2m_lookup(mf_pfn(7), &mfn));
}

/* A foreign frame or an identity entry is not ours to give away. */
static void special_entries_are_not_frames(struct kunit *test)
{
	unsigned long *list = test->priv;
	struct mf_mfn mfn;

	list[1] = 0x55 | SPECIAL(1);
	list[2] = 2 | SPECIAL(2);
	KUNIT_EXPECT_FALSE(test, p2m_lookup(mf_pfn(1), &mfn));
	KUNIT_EXPECT_FALSE(test, p2m_lookup(mf_pfn(2), &mfn));
}

static void beyond_the_list(struct kunit *test)
{
	struct mf_mfn mfn;

	KUNIT_EXPECT_FALSE(test, p2m_lookup(mf_pfn(ENTRIES), &mfn));
	KUNIT_EXPECT_FALSE(test, p2m_lookup(mf_pfn(~0UL), &mfn));
	KUNIT_EXPECT_EQ(test, p2m_reserve(mf_pfn(ENTRIES)), -ERANGE);
	KUNIT_EXPECT_EQ(test, p2m_reserve(mf_pfn(ENTRIES - 1)), 0);
}

static struct kunit_case p2m_cases[] = {
	KUNIT_CASE(set_looked_up_cleared),
	KUNIT_CASE(special_entries_are_not_frames),
	KUNIT_CASE(beyond_the_list),
	{}
};

static struct kunit_suite p2m_suite = {
	.name = "memfront_p2m",
	.init = p2m_test_init,
	.exit = p2m_test_exit,
	.test_cases = p2m_cases,
};

kunit_test_suite(p2m_suite);
