// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m.h"
#include "reservation.h"
#include "stats.h"

/* What a hypervisor that means no good answers, and what it was asked. */
static long hostile_answer;
static unsigned int asked_nr;

static long hostile_call(unsigned int nr, unsigned long a1, unsigned long a2,
			 unsigned long a3, unsigned long a4, unsigned long a5)
{
	asked_nr = nr;
	return hostile_answer;
}

/**
 * struct answer_case - an answer to a call with four extents
 * @answer:	what the hypervisor says
 * @done:	how many extents that is taken for
 * @error:	is it counted as an error?
 */
struct answer_case {
	long answer;
	unsigned int done;
	bool error;
};

static const struct answer_case answers[] = {
	{ 0, 0, false },	   { 1, 1, false },
	{ 4, 4, false },	   { 5, 4, true },
	{ LONG_MAX, 4, true },	   { 1L << 32, 4, true },
	{ -1, 0, true },	   { -EFAULT, 0, true },
	{ LONG_MIN, 0, true },	   { -EPERM, 0, true },
};

/* Nobody else may call meanwhile. */
static int reservation_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret)
		return ret;
	no_faults();
	balloon_stop(&memfront_balloon);
	test->priv = static_call_query(memfront_hypercall);
	return 0;
}

static void reservation_test_exit(struct kunit *test)
{
	if (!test->priv)
		return;
	static_call_update(memfront_hypercall, test->priv);
	balloon_start(&memfront_balloon);
}

static void check_answers(struct kunit *test,
			  unsigned int (*move)(unsigned long *frames,
					       unsigned int nr,
					       unsigned int order),
			  unsigned long *shortfalls)
{
	unsigned long frames[4] = {};
	unsigned int i;

	static_call_update(memfront_hypercall, hostile_call);
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		unsigned long errors = memfront_stats.call_errors;
		unsigned long before = *shortfalls;

		hostile_answer = answers[i].answer;
		KUNIT_EXPECT_EQ(test, move(frames, 4, 0), answers[i].done);
		KUNIT_EXPECT_EQ(test, memfront_stats.call_errors - errors,
				(unsigned long)answers[i].error);
		KUNIT_EXPECT_EQ(test, *shortfalls - before,
				(unsigned long)(answers[i].done < 4));
		KUNIT_EXPECT_EQ(test, asked_nr, __HYPERVISOR_memory_op + 0U);
	}
}

static void absurd_answers_to_decrease(struct kunit *test)
{
	check_answers(test, reservation_decrease,
		      &memfront_stats.release_short);
}

static void absurd_answers_to_populate(struct kunit *test)
{
	check_answers(test, reservation_populate,
		      &memfront_stats.populate_short);
}

static bool has_frame(unsigned long pfn)
{
	return mf_p2m_state(p2m_ask(mf_pfn(pfn))) == MF_P2M_RAM;
}

static void silence_is_not_memory(struct kunit *test)
{
	static_call_update(memfront_hypercall, hostile_call);
	hostile_answer = -EPERM;
	KUNIT_EXPECT_FALSE(test, has_frame(1));
	KUNIT_EXPECT_EQ(test, reservation_current(), -EPERM);
	KUNIT_EXPECT_EQ(test, reservation_maximum(), -EPERM);
}

static void core_tells_its_figures(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, (unsigned long)reservation_current(),
			take_account().xen);
	KUNIT_EXPECT_GE(test, reservation_maximum(), reservation_current());
}

static void hole_told_from_memory(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long frame;

	KUNIT_ASSERT_NOT_NULL(test, page);
	frame = page_to_pfn(page);
	if (!memfront_hv.translated) {
		__free_page(page);
		kunit_skip(test, "a PV guest does not ask");
	}
	KUNIT_EXPECT_TRUE(test, has_frame(frame));
	KUNIT_ASSERT_EQ(test, reservation_decrease(&frame, 1, 0), 1U);
	KUNIT_EXPECT_FALSE(test, has_frame(frame));
	KUNIT_ASSERT_EQ(test, reservation_populate(&frame, 1, 0), 1U);
	KUNIT_EXPECT_TRUE(test, has_frame(frame));
	__free_page(page);
}

static struct kunit_case reservation_cases[] = {
	KUNIT_CASE(absurd_answers_to_decrease),
	KUNIT_CASE(absurd_answers_to_populate),
	KUNIT_CASE(silence_is_not_memory),
	KUNIT_CASE(core_tells_its_figures),
	KUNIT_CASE(hole_told_from_memory),
	{}
};

static struct kunit_suite reservation_suite = {
	.name = "memfront_reservation",
	.init = reservation_test_init,
	.exit = reservation_test_exit,
	.test_cases = reservation_cases,
};

kunit_test_suite(reservation_suite);
