// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of an adopted PV-type kernel that are made neighbours in the core's
 * machine. What maps them is seen through the core's software CPU.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/static_call.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include <memfront/m2p.h>
#include <memfront/p2m.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "balloon.h"
#include "direct-map.h"
#include "hypercall.h"
#include "inject.h"
#include "memfront_fixture.h"
#include "pseudophys.h"
#include "stats.h"

#define WIDTH		48
/* A failure point that is still reached after so many is a loop. */
#define POINTS_MAX	50
/* Blocks that are looked at for one whose frames are no neighbours. */
#define SCATTERED_TRIES	16

static struct memfront_pseudophys_user user = { .name = "contiguous" };

/*
 * What the next exchange is answered with, if the core's answer is not wanted, or
 * that everything fails after it; and the first page that it was for, with its
 * frame.
 */
static struct {
	bool forge;
	bool fail_after;
	long ret;
	unsigned long exchanged;
	struct mf_pfn pfn;
	struct mf_mfn mfn;
} answer;

static void fail_from_now_on(void)
{
	struct fault_attr attr = FAULT_ATTR_INITIALIZER;

	attr.probability = 100;
	attr.verbose = 0;
	atomic_set(&attr.times, -1);
	memfront_fault = attr;
}

static long exchange_and_fail(struct xen_memory_exchange *arg)
{
	long ret;

	answer.fail_after = false;
	answer.pfn = mf_pfn(*arg->out.extent_start);
	ret = memcore_hypercall(__HYPERVISOR_memory_op, XENMEM_exchange,
				(unsigned long)arg, 0, 0, 0);
	answer.mfn = mf_mfn(*arg->out.extent_start);
	fail_from_now_on();
	return ret;
}

static long forging_call(unsigned int nr, unsigned long a1, unsigned long a2,
			 unsigned long a3, unsigned long a4, unsigned long a5)
{
	struct xen_memory_exchange *arg = (void *)a2;

	if (nr != __HYPERVISOR_memory_op || a1 != XENMEM_exchange)
		return memcore_hypercall(nr, a1, a2, a3, a4, a5);
	if (answer.fail_after)
		return exchange_and_fail(arg);
	if (!answer.forge)
		return memcore_hypercall(nr, a1, a2, a3, a4, a5);
	answer.forge = false;
	answer.pfn = mf_pfn(*arg->out.extent_start);
	answer.mfn = mf_mfn(*arg->in.extent_start);
	arg->nr_exchanged = answer.exchanged;
	return answer.ret;
}

/**
 * struct state - what a case starts with
 * @before: both sides' story
 * @not_exchanged: frames that did not go back, so far
 */
struct state {
	struct account before;
	long not_exchanged;
};

static long not_exchanged(void)
{
	return atomic_long_read(&memfront_pseudophys.stats.not_exchanged);
}

static int contiguous_test_init(struct kunit *test)
{
	struct state *s;
	int ret = need_core(test);

	if (ret)
		return ret;
	no_faults();
	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	balloon_stop(&memfront_balloon);
	memfront_pseudophys_register(&user);
	static_call_update(memfront_hypercall, forging_call);
	s->before = take_account();
	s->not_exchanged = not_exchanged();
	test->priv = s;
	return 0;
}

static void contiguous_test_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	no_faults();
	static_call_update(memfront_hypercall, memcore_hypercall);
	KUNIT_EXPECT_EQ(test, memfront_pseudophys_unregister(&user), 0L);
	balloon_start(&memfront_balloon);
}

static bool is_pv(struct kunit *test)
{
	if (!memfront_hv.direct_map)
		kunit_skip(test, "the kernel is not adopted as PV");
	return memfront_hv.direct_map;
}

static int get(unsigned int order, unsigned int width, struct mf_pfn *pfn,
	       struct mf_mfn *mfn)
{
	return memfront_pseudophys_alloc_contiguous(&user, order, width, pfn,
						    mfn);
}

/* No frame has come or gone, and both agree on it. */
static void expect_same_memory(struct kunit *test)
{
	struct state *s = test->priv;
	struct account now = take_account();

	KUNIT_EXPECT_EQ(test, now.xen, s->before.xen);
	KUNIT_EXPECT_EQ(test, now.core_holes, s->before.core_holes);
	KUNIT_EXPECT_EQ(test, now.ram, s->before.ram);
	KUNIT_EXPECT_EQ(test, now.stuck, s->before.stuck);
	expect_core_sound(test);
}

static bool can_write(struct mf_pfn pfn)
{
	unsigned long va = MEMCORE_DIRECT_MAP + PFN_PHYS(pfn.nr);
	unsigned int error;
	u64 word = pfn.nr;

	return !memcore_access(va, &word, sizeof(word), MEMCORE_ACCESS_WRITE,
			       &error);
}

/* Do P2M and M2P have this frame behind the page? */
static bool is_at_home(struct mf_pfn pfn, struct mf_mfn mfn)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(pfn);
	struct mf_pfn back;

	return mf_p2m_state(entry) == MF_P2M_RAM &&
	       mf_p2m_mfn(entry).nr == mfn.nr &&
	       !memfront_m2p_lookup(mfn, &back) && back.nr == pfn.nr;
}

static bool is_mapped_to(struct mf_pfn pfn, struct mf_mfn mfn)
{
	return is_at_home(pfn, mfn) && can_write(pfn);
}

static unsigned long count_mapped(struct mf_pfn pfn, struct mf_mfn mfn,
				  unsigned int order)
{
	unsigned long i, nr = 0;

	for (i = 0; i < 1UL << order; i++)
		nr += is_mapped_to(mf_pfn(pfn.nr + i), mf_mfn(mfn.nr + i));
	return nr;
}

static void give(struct mf_pfn pfn, unsigned int order)
{
	memfront_pseudophys_free_contiguous(&user, pfn, order);
}

static void neighbours_of_each_order(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn pfn;
	struct mf_mfn mfn;
	unsigned int order;

	if (!is_pv(test))
		return;
	for (order = 0; order <= MEMFRONT_PSEUDOPHYS_MAX_ORDER; order++) {
		KUNIT_ASSERT_EQ(test, get(order, WIDTH, &pfn, &mfn), 0);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pfn.nr, 1UL << order));
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED(mfn.nr, 1UL << order));
		KUNIT_EXPECT_EQ(test, count_mapped(pfn, mfn, order),
				1UL << order);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames),
				1L << order);
		give(pfn, order);
		KUNIT_EXPECT_EQ(test, count_mapped(pfn, mfn, order), 0UL);
		expect_same_memory(test);
	}
	KUNIT_EXPECT_EQ(test, not_exchanged(), s->not_exchanged);
}

/* The pages are the kernel's then, and it can write them. */
static void they_go_back_for_frames_from_anywhere(struct kunit *test)
{
	unsigned int i, mapped = 0;
	struct mf_p2m_entry entry;
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, get(4, WIDTH, &pfn, &mfn), 0);
	/* So that nobody else gets the pages meanwhile. */
	for (i = 0; i < 16; i++)
		get_page(mf_pfn_page(mf_pfn(pfn.nr + i)));
	give(pfn, 4);
	for (i = 0; i < 16; i++) {
		entry = memfront_p2m_lookup(mf_pfn(pfn.nr + i));
		mapped += is_mapped_to(mf_pfn(pfn.nr + i), mf_p2m_mfn(entry));
		KUNIT_EXPECT_FALSE(test, is_at_home(mf_pfn(pfn.nr + i),
						    mf_mfn(mfn.nr + i)));
		put_page(mf_pfn_page(mf_pfn(pfn.nr + i)));
	}
	KUNIT_EXPECT_EQ(test, mapped, 16U);
	expect_same_memory(test);
}

/* The narrowest that the core's machine has something for. */
static void addresses_are_as_low_as_asked(struct kunit *test)
{
	unsigned int width, good = 0;
	struct mf_pfn pfn;
	struct mf_mfn mfn;
	int err;

	if (!is_pv(test))
		return;
	for (width = 16; width <= 40; width += 4) {
		err = get(2, width, &pfn, &mfn);
		KUNIT_EXPECT_TRUE(test, !err || err == -ENOMEM);
		if (!err) {
			good++;
			KUNIT_EXPECT_LE(test, mfn.nr + 4,
					1UL << (width - PAGE_SHIFT));
			give(pfn, 2);
		}
		expect_same_memory(test);
	}
	KUNIT_EXPECT_GT(test, good, 0U);
}

/* The pages are the kernel's as before, with a frame that it can write. */
static void a_refused_exchange_changes_nothing(struct kunit *test)
{
	struct memcore_faults faults = { .withhold_frames = ~0UL };
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!is_pv(test))
		return;
	memcore_tool_set_faults(&faults);
	KUNIT_EXPECT_EQ(test, get(4, WIDTH, &pfn, &mfn), -ENOMEM);
	no_faults();
	expect_same_memory(test);
	answer.forge = true;
	answer.ret = -EPERM;
	answer.exchanged = 0;
	KUNIT_EXPECT_EQ(test, get(4, WIDTH, &pfn, &mfn), -EPERM);
	expect_same_memory(test);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
}

/* It is known here which frame is behind, so the page can be had back after all. */
static void mend(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, can_write(answer.pfn));
	mutex_lock(&memfront_balloon.lock);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(answer.pfn, answer.mfn), 0);
	KUNIT_EXPECT_TRUE(test, direct_map_queue_in(answer.pfn, answer.mfn));
	KUNIT_EXPECT_EQ(test, direct_map_commit(), 1U);
	memfront_stats.stuck--;
	mutex_unlock(&memfront_balloon.lock);
	KUNIT_EXPECT_TRUE(test, is_mapped_to(answer.pfn, answer.mfn));
	__free_page(mf_pfn_page(answer.pfn));
}

/* Nobody knows what is behind the page, so nobody may have it. */
static void an_absurd_answer_loses_no_more_than_it_must(struct kunit *test)
{
	unsigned long stuck = memfront_stats.stuck;
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!is_pv(test))
		return;
	answer.forge = true;
	answer.ret = 0;
	answer.exchanged = 0;
	KUNIT_EXPECT_EQ(test, get(0, WIDTH, &pfn, &mfn), -ESTALE);
	KUNIT_EXPECT_EQ(test, memfront_stats.stuck, stuck + 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
	mend(test);
	expect_same_memory(test);
}

/* They are the kernel's as they are, and that is told. */
static void what_xen_does_not_take_back_is_kept(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, get(3, WIDTH, &pfn, &mfn), 0);
	answer.forge = true;
	answer.ret = -ENOMEM;
	answer.exchanged = 0;
	give(pfn, 3);
	KUNIT_EXPECT_EQ(test, count_mapped(pfn, mfn, 3), 8UL);
	KUNIT_EXPECT_EQ(test, not_exchanged(), s->not_exchanged + 8);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
	expect_same_memory(test);
}

static bool are_neighbours(struct mf_pfn pfn, unsigned int order)
{
	struct mf_mfn first = mf_p2m_mfn(memfront_p2m_lookup(pfn));

	return count_mapped(pfn, first, order) == 1UL << order;
}

/* What went back a moment ago may have got such as are by chance. */
static struct mf_pfn get_scattered(struct kunit *test, unsigned int order)
{
	struct mf_pfn pfns[SCATTERED_TRIES];
	unsigned int nr = 0, i;
	int err;

	do {
		KUNIT_ASSERT_LT(test, nr, SCATTERED_TRIES);
		err = memfront_pseudophys_alloc_populated(&user, order, order,
							  NUMA_NO_NODE,
							  &pfns[nr]);
		KUNIT_ASSERT_EQ(test, err, 0);
	} while (are_neighbours(pfns[nr++], order));
	for (i = 0; i < nr - 1; i++)
		memfront_pseudophys_free_populated(&user, pfns[i], order);
	return pfns[nr - 1];
}

/* Nor are pages of which somebody says it without its being so. */
static void what_are_no_neighbours_is_not_exchanged(struct kunit *test)
{
	struct state *s = test->priv;

	if (!is_pv(test))
		return;
	give(get_scattered(test, 6), 6);
	KUNIT_EXPECT_EQ(test, not_exchanged(), s->not_exchanged + 64);
	expect_same_memory(test);
}

static void an_absurd_answer_on_the_way_back(struct kunit *test)
{
	unsigned long stuck = memfront_stats.stuck;
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!is_pv(test))
		return;
	KUNIT_ASSERT_EQ(test, get(0, WIDTH, &pfn, &mfn), 0);
	answer.forge = true;
	answer.ret = 0;
	answer.exchanged = 0;
	give(pfn, 0);
	KUNIT_EXPECT_EQ(test, memfront_stats.stuck, stuck + 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
	mend(test);
	expect_same_memory(test);
}

/* The new frame is the guest's, but there is no way to it. */
static void a_page_that_cannot_be_mapped_is_given_up(struct kunit *test)
{
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!is_pv(test))
		return;
	answer.fail_after = true;
	KUNIT_EXPECT_EQ(test, get(0, WIDTH, &pfn, &mfn), -ESTALE);
	no_faults();
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
	mend(test);
	expect_same_memory(test);
}

/*
 * Let the @nth thing on the way fail; false when there are not so many. What comes
 * after the exchange is tried again.
 */
static bool failing_at(struct kunit *test, unsigned int nth,
		       unsigned int *errors)
{
	struct mf_pfn pfn;
	struct mf_mfn mfn;
	bool failed;
	int err;

	fail_at(nth);
	err = get(3, WIDTH, &pfn, &mfn);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_TRUE(test, failed || !err);
	*errors += !!err;
	if (!err)
		give(pfn, 3);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
	expect_same_memory(test);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	unsigned int nth = 1, errors = 0;

	if (!is_pv(test))
		return;
	while (nth < POINTS_MAX && failing_at(test, nth, &errors))
		nth++;
	/* Memory, the pages, their old entries, the exchange. */
	KUNIT_EXPECT_GE(test, errors, 4U);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)POINTS_MAX);
}

/* Also on the way back, where there is no error. */
static bool giving_fails_at(struct kunit *test, unsigned int nth)
{
	struct mf_pfn pfn;
	struct mf_mfn mfn;
	bool failed;

	KUNIT_ASSERT_EQ(test, get(3, WIDTH, &pfn, &mfn), 0);
	fail_at(nth);
	give(pfn, 3);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
	expect_same_memory(test);
	return failed;
}

static void whatever_fails_on_the_way_back(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int nth = 1;

	if (!is_pv(test))
		return;
	while (nth < POINTS_MAX && giving_fails_at(test, nth))
		nth++;
	/* Memory, their old entries, the exchange. */
	KUNIT_EXPECT_GE(test, not_exchanged(), s->not_exchanged + 3 * 8);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)POINTS_MAX);
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	struct mf_pfn pfn;
	struct mf_mfn mfn;

	if (!memfront_hv.direct_map) {
		KUNIT_EXPECT_EQ(test, get(0, WIDTH, &pfn, &mfn), -EOPNOTSUPP);
		return;
	}
	KUNIT_EXPECT_EQ(test, get(10, WIDTH, &pfn, &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, get(4, 15, &pfn, &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, get(0, 65, &pfn, &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, get(0, ~0U, &pfn, &mfn), -EINVAL);
}

static struct kunit_case contiguous_cases[] = {
	KUNIT_CASE(neighbours_of_each_order),
	KUNIT_CASE(they_go_back_for_frames_from_anywhere),
	KUNIT_CASE(addresses_are_as_low_as_asked),
	KUNIT_CASE(a_refused_exchange_changes_nothing),
	KUNIT_CASE(an_absurd_answer_loses_no_more_than_it_must),
	KUNIT_CASE(what_xen_does_not_take_back_is_kept),
	KUNIT_CASE(what_are_no_neighbours_is_not_exchanged),
	KUNIT_CASE(an_absurd_answer_on_the_way_back),
	KUNIT_CASE(a_page_that_cannot_be_mapped_is_given_up),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	KUNIT_CASE(whatever_fails_on_the_way_back),
	KUNIT_CASE(what_is_no_request_is_refused),
	{}
};

static struct kunit_suite contiguous_suite = {
	.name = "memfront_pseudophys_contiguous",
	.init = contiguous_test_init,
	.exit = contiguous_test_exit,
	.test_cases = contiguous_cases,
};

kunit_test_suite(contiguous_suite);
