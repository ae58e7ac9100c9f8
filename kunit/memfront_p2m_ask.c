// SPDX-License-Identifier: GPL-2.0
/*
 * The P2M of the loaded module: of a translated guest, asked for; and what
 * both types of guest say of the kernel's own pages.
 */
#include <kunit/test.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>
#include <memcore/memcore.h>

#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m.h"
#include "reservation.h"

/* Calls that went through the seam, and whether multicalls are refused. */
static unsigned long calls;
static bool no_multicalls;

static long counting_call(unsigned int nr, unsigned long a1, unsigned long a2,
			  unsigned long a3, unsigned long a4, unsigned long a5)
{
	calls++;
	if (no_multicalls && nr == __HYPERVISOR_multicall)
		return -EPERM;
	return memcore_hypercall(nr, a1, a2, a3, a4, a5);
}

static int ask_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	calls = 0;
	no_multicalls = false;
	test->priv = alloc_pages(GFP_KERNEL, 6);
	if (!test->priv)
		return -ENOMEM;
	balloon_stop(&memfront_balloon);
	static_call_update(memfront_hypercall, counting_call);
	return 0;
}

static void ask_test_exit(struct kunit *test)
{
	no_faults();
	if (!test->priv)
		return;
	static_call_update(memfront_hypercall, memcore_hypercall);
	balloon_start(&memfront_balloon);
	__free_pages(test->priv, 6);
	expect_core_sound(test);
}

static bool is_translated(struct kunit *test)
{
	if (!memfront_hv.translated)
		kunit_skip(test, "the kernel is adopted as PV");
	return memfront_hv.translated;
}

static enum mf_p2m_state state_of(struct mf_pfn pfn)
{
	return mf_p2m_state(memfront_p2m_lookup(pfn));
}

static void pages_of_the_kernel_are_ram(struct kunit *test)
{
	struct mf_pfn pfn = mf_page_pfn(test->priv);
	struct mf_p2m_entry entry = memfront_p2m_lookup(pfn);

	KUNIT_EXPECT_EQ(test, (int)mf_p2m_state(entry), (int)MF_P2M_RAM);
	if (memfront_hv.translated)
		KUNIT_EXPECT_EQ(test, mf_p2m_mfn(entry).nr, pfn.nr);
	else
		KUNIT_EXPECT_NE(test, mf_p2m_mfn(entry).nr, pfn.nr);
}

#define NR	64

/* Some of the pages lose their frame, and get one again. */
static unsigned int move_some(struct mf_pfn first, bool out)
{
	unsigned long frames[NR / 3 + 1];
	unsigned int i, nr = 0;

	for (i = 0; i < NR; i += 3)
		frames[nr++] = first.nr + i;
	return nr - (out ? reservation_decrease(frames, nr, 0) :
			   reservation_populate(frames, nr, 0));
}

static unsigned int wrong_in_range(struct mf_pfn first)
{
	struct mf_p2m_entry entries[NR];
	unsigned int i, wrong = 0;

	memfront_p2m_lookup_range(first, entries, NR);
	for (i = 0; i < NR; i++)
		wrong += mf_p2m_state(entries[i]) !=
			 (i % 3 ? MF_P2M_RAM : MF_P2M_HOLE);
	return wrong;
}

static unsigned int wrong_in_array(struct mf_pfn first)
{
	struct mf_p2m_entry entries[NR];
	struct mf_pfn pfns[NR];
	unsigned int i, wrong = 0;

	for (i = 0; i < NR; i++)
		pfns[i] = mf_pfn(first.nr + NR - 1 - i);
	memfront_p2m_lookup_array(pfns, entries, NR);
	for (i = 0; i < NR; i++)
		wrong += entries[i].raw != (((NR - 1 - i) % 3) ?
						    pfns[i].nr :
						    MF_P2M_INVALID);
	return wrong;
}

static void holes_are_told_in_runs_too(struct kunit *test)
{
	struct mf_pfn first = mf_page_pfn(test->priv);
	int without;

	if (!is_translated(test))
		return;
	KUNIT_ASSERT_EQ(test, move_some(first, true), 0);
	for (without = 0; without < 2; without++) {
		no_multicalls = without;
		KUNIT_EXPECT_EQ(test, wrong_in_range(first), 0);
		KUNIT_EXPECT_EQ(test, wrong_in_array(first), 0);
	}
	KUNIT_EXPECT_EQ(test, move_some(first, false), 0);
}

static void many_frames_are_few_calls(struct kunit *test)
{
	struct mf_p2m_entry entries[NR];
	struct mf_pfn first = mf_page_pfn(test->priv);

	if (!is_translated(test))
		return;
	memfront_p2m_lookup_range(first, entries, NR);
	KUNIT_EXPECT_LE(test, calls, NR / 8);
	no_multicalls = true;
	calls = 0;
	memfront_p2m_lookup_range(first, entries, NR);
	KUNIT_EXPECT_GE(test, calls, NR);
}

static void marked_frames_are_foreign(struct kunit *test)
{
	struct mf_pfn pfn = mf_page_pfn(test->priv);
	/* No page stands for it. */
	struct mf_pfn beyond = mf_pfn(BIT(34));
	struct mf_p2m_entry entries[3];

	if (!is_translated(test))
		return;
	fail_at(1);
	KUNIT_EXPECT_EQ(test, p2m_mark_foreign(beyond), -ENOMEM);
	no_faults();
	KUNIT_EXPECT_EQ(test, (int)state_of(beyond), (int)MF_P2M_HOLE);
	KUNIT_ASSERT_EQ(test, p2m_mark_foreign(beyond), 0);
	KUNIT_EXPECT_EQ(test, (int)state_of(beyond), (int)MF_P2M_FOREIGN);
	p2m_unmark_foreign(beyond);
	KUNIT_EXPECT_EQ(test, (int)state_of(beyond), (int)MF_P2M_HOLE);
	KUNIT_ASSERT_EQ(test, p2m_mark_foreign(mf_pfn(pfn.nr + 1)), 0);
	memfront_p2m_lookup_range(pfn, entries, 3);
	KUNIT_EXPECT_EQ(test, (int)mf_p2m_state(entries[0]), (int)MF_P2M_RAM);
	KUNIT_EXPECT_EQ(test, (int)mf_p2m_state(entries[1]),
			(int)MF_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, (int)mf_p2m_state(entries[2]), (int)MF_P2M_RAM);
	p2m_unmark_foreign(mf_pfn(pfn.nr + 1));
	KUNIT_EXPECT_EQ(test, (int)state_of(mf_pfn(pfn.nr + 1)),
			(int)MF_P2M_RAM);
}

static void no_number_is_too_large_to_ask(struct kunit *test)
{
	static const unsigned long pfns[] = { BIT(40), BIT(52), BIT(62),
					      ~0UL - 1, ~0UL };
	unsigned int i;

	if (!is_translated(test))
		return;
	for (i = 0; i < ARRAY_SIZE(pfns); i++)
		KUNIT_EXPECT_EQ(test, (int)state_of(mf_pfn(pfns[i])),
				(int)MF_P2M_HOLE);
}

static void a_translated_guest_has_no_list(struct kunit *test)
{
	struct mf_pfn pfn = mf_pfn(1);
	struct mf_mfn mfn = mf_mfn(1);

	if (!is_translated(test))
		return;
	KUNIT_EXPECT_EQ(test, memfront_p2m_size(), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(pfn, mfn), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set_foreign(pfn, mfn), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_p2m_clear(pfn), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set_identity(pfn, 1), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(pfn, 1), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_p2m_extend(1), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(1), -EOPNOTSUPP);
}

static struct kunit_case ask_cases[] = {
	KUNIT_CASE(pages_of_the_kernel_are_ram),
	KUNIT_CASE(holes_are_told_in_runs_too),
	KUNIT_CASE(many_frames_are_few_calls),
	KUNIT_CASE(marked_frames_are_foreign),
	KUNIT_CASE(no_number_is_too_large_to_ask),
	KUNIT_CASE(a_translated_guest_has_no_list),
	{}
};

static struct kunit_suite ask_suite = {
	.name = "memfront_p2m_ask",
	.init = ask_test_init,
	.exit = ask_test_exit,
	.test_cases = ask_cases,
};

kunit_test_suite(ask_suite);
