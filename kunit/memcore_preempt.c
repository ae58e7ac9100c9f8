// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "memcore_pv.h"

#define NR	9

static void never_unless_asked(struct kunit *test)
{
	struct memcore_preempt preempt = { };
	unsigned int i;

	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_FALSE(test, memcore_preempt_check(&preempt));
}

static void at_every_nth_check(struct kunit *test)
{
	struct memcore_preempt preempt = { };
	unsigned int n, i;

	for (n = 1; n < 6; n++) {
		memcore_preempt_set(&preempt, n);
		for (i = 1; i < 20; i++)
			KUNIT_EXPECT_EQ(test, memcore_preempt_check(&preempt),
					i % n == 0);
	}
}

static void setting_starts_the_count_again(struct kunit *test)
{
	struct memcore_preempt preempt = { };

	memcore_preempt_set(&preempt, 2);
	KUNIT_EXPECT_FALSE(test, memcore_preempt_check(&preempt));
	memcore_preempt_set(&preempt, 2);
	KUNIT_EXPECT_FALSE(test, memcore_preempt_check(&preempt));
	KUNIT_EXPECT_TRUE(test, memcore_preempt_check(&preempt));
}

/* A round of populate and decrease that is preempted at every @at'th check. */
static void round_trip(struct kunit *test, struct memcore_domain *d,
		       unsigned int at)
{
	struct fixture *f = test->priv;

	memcore_preempt_set(&f->machine->preempt, at);
	fixture_populate(test, d, 40, NR);
	KUNIT_EXPECT_EQ(test, d->tot_pages, NR);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test,
			fixture_move(d, XENMEM_decrease_reservation, f->list,
				     NR, 0),
			NR);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 0);
	expect_audit(test, f->machine);
}

static void resumed_at_every_extent(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int at;

	for (at = 1; at <= NR; at++) {
		round_trip(test, f->hvm, at);
		round_trip(test, f->pv, at);
	}
}

static u64 continuations(struct fixture *f)
{
	return memcore_stat_read(f->machine, MEMCORE_STAT_CONTINUATIONS);
}

static void every_entry_makes_progress(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 before = continuations(f);

	memcore_preempt_set(&f->machine->preempt, 1);
	fixture_populate(test, f->hvm, 0, NR);
	KUNIT_EXPECT_EQ(test, continuations(f) - before, NR - 1);
}

static void same_answer_when_it_stops_early(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int at, i;

	memcore_domain_set_max_pages(f->hvm, 5);
	for (at = 0; at <= NR; at++) {
		memcore_preempt_set(&f->machine->preempt, at);
		for (i = 0; i < NR; i++)
			f->list[i] = i;
		KUNIT_EXPECT_EQ(test,
				fixture_move(f->hvm, XENMEM_populate_physmap,
					     f->list, NR, 0),
				5);
		expect_audit(test, f->machine);
		KUNIT_EXPECT_EQ(test,
				fixture_move(f->hvm,
					     XENMEM_decrease_reservation,
					     f->list, NR, 0),
				5);
	}
}

/* The continuation's own encoding, as a caller that is resumed has it. */
static void resumed_by_hand(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = { .nr_extents = NR, .domid = 1 };
	struct memcore_call call = {
		.caller = f->hvm,
		.arg = { XENMEM_populate_physmap, (unsigned long)&r },
		.max_extents = UINT_MAX,
	};
	unsigned int i;

	for (i = 0; i < NR; i++)
		f->list[i] = i;
	set_xen_guest_handle(r.extent_start, f->list);
	memcore_preempt_set(&f->machine->preempt, 1);
	for (i = 1; i < NR; i++) {
		call.again = false;
		memcore_do_memory_op(&call);
		KUNIT_EXPECT_TRUE(test, call.again);
		KUNIT_EXPECT_EQ(test, call.arg[0],
				XENMEM_populate_physmap | i << 6);
		KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, i);
		expect_audit(test, f->machine);
	}
	call.again = false;
	KUNIT_EXPECT_EQ(test, memcore_do_memory_op(&call), NR);
	KUNIT_EXPECT_FALSE(test, call.again);
}

/* Whole page tables, made and taken apart: the longest calls that there are. */
static void tables_at_every_check(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct pv_space s;
	unsigned int at;

	pv_space_make(test, &s, f->pv);
	for (at = 1; at <= 600; at += at < 40 ? 1 : 37) {
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, s.l4),
				0);
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, s.page[7]), 1);
		expect_audit(test, f->machine);
		KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, s.l4),
				0);
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, s.page[7]), 0);
		KUNIT_EXPECT_EQ(test, pv_count(f->pv, s.l1), 1);
		expect_audit(test, f->machine);
	}
}

/* What a continuation is made with is counted, and the call itself once. */
static void continuations_of_tables_are_counted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct pv_space s;
	u64 before;

	pv_space_make(test, &s, f->pv);
	before = continuations(f);
	pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, s.l4);
	KUNIT_EXPECT_EQ(test, continuations(f), before);
	memcore_preempt_set(&f->machine->preempt, 1);
	pv_ext(f->pv, MMUEXT_UNPIN_TABLE, s.l4);
	KUNIT_EXPECT_GT(test, continuations(f), before + 1);
}

static struct kunit_case preempt_cases[] = {
	KUNIT_CASE(never_unless_asked),
	KUNIT_CASE(at_every_nth_check),
	KUNIT_CASE(setting_starts_the_count_again),
	KUNIT_CASE(resumed_at_every_extent),
	KUNIT_CASE(every_entry_makes_progress),
	KUNIT_CASE(same_answer_when_it_stops_early),
	KUNIT_CASE(resumed_by_hand),
	KUNIT_CASE(tables_at_every_check),
	KUNIT_CASE(continuations_of_tables_are_counted),
	{ }
};

static struct kunit_suite preempt_suite = {
	.name = "memcore_preempt",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = preempt_cases,
};

kunit_test_suite(preempt_suite);
