// SPDX-License-Identifier: GPL-2.0
/*
 * Look-ups and writes on a P2M of the suite's own, so that every kind of entry
 * may be anywhere.
 */
#include <kunit/test.h>

#include <memfront/p2m.h>

#include "memfront_own_p2m.h"

#define LIST	(2 * P2M_LEAF_ENTRIES)

static int p2m_test_init(struct kunit *test)
{
	return own_p2m_begin(test, LIST);
}

static void p2m_test_exit(struct kunit *test)
{
	own_p2m_end(test);
}

static void expect_entry(struct kunit *test, unsigned long pfn,
			 enum mf_p2m_state state, unsigned long nr)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(mf_pfn(pfn));

	KUNIT_EXPECT_EQ(test, (int)mf_p2m_state(entry), (int)state);
	if (state != MF_P2M_HOLE)
		KUNIT_EXPECT_EQ(test, mf_p2m_mfn(entry).nr, nr);
}

static void an_entry_is_what_was_written(struct kunit *test)
{
	if (!has_own_p2m(test))
		return;
	expect_entry(test, 7, MF_P2M_HOLE, 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(7), mf_mfn(0x1234)), 0);
	expect_entry(test, 7, MF_P2M_RAM, 0x1234);
	expect_entry(test, 6, MF_P2M_HOLE, 0);
	expect_entry(test, 8, MF_P2M_HOLE, 0);
	KUNIT_EXPECT_EQ(test,
			memfront_p2m_set_foreign(mf_pfn(7), mf_mfn(0x55)), 0);
	expect_entry(test, 7, MF_P2M_FOREIGN, 0x55);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set_identity(mf_pfn(7), 1), 0);
	expect_entry(test, 7, MF_P2M_IDENTITY, 7);
	KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(7)), 0);
	expect_entry(test, 7, MF_P2M_HOLE, 0);
}

/* Where Xen's tools look for them: in the list itself. */
static void the_list_stays_true(struct kunit *test)
{
	struct own_p2m *own = test->priv;

	if (!has_own_p2m(test))
		return;
	memfront_p2m_set(mf_pfn(1), mf_mfn(0x1234));
	memfront_p2m_set_foreign(mf_pfn(2), mf_mfn(0x55));
	memfront_p2m_set_identity(mf_pfn(3), 1);
	KUNIT_EXPECT_EQ(test, own->list[0], ~0UL);
	KUNIT_EXPECT_EQ(test, own->list[1], 0x1234UL);
	KUNIT_EXPECT_EQ(test, own->list[2], 0x55 | MF_P2M_FOREIGN_BIT);
	KUNIT_EXPECT_EQ(test, own->list[3], 3 | MF_P2M_IDENTITY_BIT);
}

static void beyond_the_end_are_holes(struct kunit *test)
{
	unsigned long pfns[] = { LIST, LIST + 1, P2M_TREE_MAX, ~0UL };
	unsigned int i;

	if (!has_own_p2m(test))
		return;
	for (i = 0; i < ARRAY_SIZE(pfns); i++) {
		expect_entry(test, pfns[i], MF_P2M_HOLE, 0);
		KUNIT_EXPECT_EQ(test,
				memfront_p2m_set(mf_pfn(pfns[i]), mf_mfn(1)),
				-ERANGE);
		KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(pfns[i])),
				-ERANGE);
		KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(pfns[i]), 1),
				-ERANGE);
	}
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(0), LIST), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(1), LIST), -ERANGE);
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(1), ~0UL), -ERANGE);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set_identity(mf_pfn(1), LIST),
			-ERANGE);
}

static void numbers_with_marks_are_no_frames(struct kunit *test)
{
	unsigned long marks[] = { MF_P2M_FOREIGN_BIT, MF_P2M_IDENTITY_BIT,
				  ~0UL };
	unsigned int i;

	if (!has_own_p2m(test))
		return;
	memfront_p2m_set(mf_pfn(1), mf_mfn(5));
	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		struct mf_mfn mfn = mf_mfn(marks[i] | 2);

		KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(1), mfn),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, memfront_p2m_set_foreign(mf_pfn(1), mfn),
				-EINVAL);
	}
	expect_entry(test, 1, MF_P2M_RAM, 5);
}

#define NR	67

/* One special entry at each place of a run, over every start in a group. */
static void expect_run(struct kunit *test, unsigned long first,
		       unsigned long nr)
{
	static struct mf_p2m_entry range[NR], array[NR];
	static struct mf_pfn pfns[NR];
	unsigned long i, wrong = 0;

	memset(range, 0, sizeof(range));
	memset(array, 0, sizeof(array));
	for (i = 0; i < nr; i++)
		pfns[i] = mf_pfn(first + nr - 1 - i);
	memfront_p2m_lookup_range(mf_pfn(first), range, nr);
	memfront_p2m_lookup_array(pfns, array, nr);
	for (i = 0; i < nr; i++) {
		unsigned long raw = memfront_p2m_lookup(mf_pfn(first + i)).raw;

		wrong += range[i].raw != raw;
		wrong += array[nr - 1 - i].raw != raw;
	}
	for (; i < NR; i++)
		wrong += range[i].raw || array[i].raw;
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%lu from %lu", nr, first);
}

static void fill_with_frames(void)
{
	unsigned long pfn;

	for (pfn = 0; pfn < LIST; pfn++)
		memfront_p2m_set(mf_pfn(pfn), mf_mfn(0x1000 + 3 * pfn));
}

static void runs_agree_with_single_look_ups(struct kunit *test)
{
	unsigned long first, special;

	if (!has_own_p2m(test))
		return;
	fill_with_frames();
	for (special = 0; special < 24; special++) {
		memfront_p2m_set_foreign(mf_pfn(special), mf_mfn(9));
		for (first = 0; first < 9; first++)
			expect_run(test, first, NR - first);
		memfront_p2m_set_identity(mf_pfn(special), 1);
		expect_run(test, 3, 29);
		memfront_p2m_clear(mf_pfn(special));
		expect_run(test, 5, 17);
		memfront_p2m_set(mf_pfn(special), mf_mfn(1));
	}
}

static void runs_over_the_end(struct kunit *test)
{
	unsigned long back;

	if (!has_own_p2m(test))
		return;
	fill_with_frames();
	KUNIT_ASSERT_EQ(test, memfront_p2m_extend(LIST + 1), 0);
	KUNIT_ASSERT_EQ(test, memfront_p2m_set_identity(mf_pfn(LIST + 2), 20),
			0);
	for (back = 0; back < 20; back++) {
		expect_run(test, LIST - back, NR);
		expect_run(test, LIST + P2M_LEAF_ENTRIES - back, 40);
	}
	expect_run(test, LIST, 0);
	expect_run(test, ~0UL - NR, NR);
}

static struct kunit_case p2m_cases[] = {
	KUNIT_CASE(an_entry_is_what_was_written),
	KUNIT_CASE(the_list_stays_true),
	KUNIT_CASE(beyond_the_end_are_holes),
	KUNIT_CASE(numbers_with_marks_are_no_frames),
	KUNIT_CASE(runs_agree_with_single_look_ups),
	KUNIT_CASE(runs_over_the_end),
	{}
};

static struct kunit_suite p2m_suite = {
	.name = "memfront_p2m",
	.init = p2m_test_init,
	.exit = p2m_test_exit,
	.test_cases = p2m_cases,
};

kunit_test_suite(p2m_suite);
