// SPDX-License-Identifier: GPL-2.0
/*
 * The loaded module's allocator: address space is what the core has nothing
 * behind, holes are the balloon's. What other kernel code calls is called here.
 */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <memfront/p2m.h>

#include "extent.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m.h"
#include "pseudophys.h"
#include "pseudophys-source.h"

#define NR_HOLES	100U

/* A failure point that is still reached after so many is a loop. */
#define POINTS_MAX	200

static struct balloon *const balloon = &memfront_balloon;
static struct ledger *const ledger = &memfront_balloon.ledger;
static struct pseudophys *const ps = &memfront_pseudophys;

/**
 * struct state - what a case starts with
 * @user: who asks for frames
 * @p2m_size: what the P2M covers
 * @pfns: room for frames
 */
struct state {
	struct memfront_pseudophys_user user;
	unsigned long p2m_size;
	struct mf_pfn pfns[NR_HOLES];
};

static int core_test_init(struct kunit *test)
{
	struct state *s;
	int ret = need_core(test);

	if (ret)
		return ret;
	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	no_faults();
	balloon_stop(balloon);
	s->user.name = "kunit";
	memfront_pseudophys_register(&s->user);
	s->p2m_size = memfront_p2m_size();
	test->priv = s;
	return 0;
}

static void fill_holes(struct kunit *test)
{
	while (ledger_fillable(ledger) &&
	       (extent_populate(ledger, MEMFRONT_SUPER_ORDER,
				ledger->nr_holes).pages ||
		extent_populate(ledger, 0, ledger->nr_holes).pages))
		;
	KUNIT_EXPECT_EQ(test, ledger_fillable(ledger), 0UL);
}

static void expect_sound(struct kunit *test)
{
	struct pseudophys_census census;

	pseudophys_count(ps, &census);
	KUNIT_EXPECT_TRUE(test, census.sound);
	expect_core_sound(test);
}

static void expect_all_given_back(struct kunit *test)
{
	struct state *s = test->priv;
	struct pseudophys_census census;

	pseudophys_reap(ps);
	pseudophys_count(ps, &census);
	KUNIT_EXPECT_TRUE(test, census.sound);
	KUNIT_EXPECT_EQ(test, census.nr_sections, 0UL);
	KUNIT_EXPECT_EQ(test, census.nr_stuck, 0UL);
	KUNIT_EXPECT_EQ(test, memfront_p2m_size(), s->p2m_size);
	expect_core_sound(test);
}

static void core_test_exit(struct kunit *test)
{
	struct state *s = test->priv;

	if (!s)
		return;
	no_faults();
	expect_all_given_back(test);
	fill_holes(test);
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 0UL);
	KUNIT_EXPECT_EQ(test, memfront_pseudophys_unregister(&s->user), 0L);
	expect_core_sound(test);
	balloon_start(balloon);
}

static enum mf_p2m_state state_of(struct mf_pfn pfn)
{
	return mf_p2m_state(memfront_p2m_lookup(pfn));
}

static void nothing_is_behind_the_frames(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn pfn;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc(&s->user, 6, &pfn), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->user.frames), 64L);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pfn.nr, 64));
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, (int)state_of(mf_pfn(pfn.nr + i)),
				(int)MF_P2M_HOLE);
	expect_sound(test);
	memfront_pseudophys_free(&s->user, pfn, 6);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->user.frames), 0L);
	expect_all_given_back(test);
}

/* PV: without memory, and so without a way to fail. */
static void the_p2m_can_be_written_at_once(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn pfn;
	unsigned int i;

	if (memfront_hv.translated) {
		kunit_skip(test, "a translated guest has no P2M");
		return;
	}
	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc(&s->user, 9, &pfn), 0);
	KUNIT_EXPECT_GT(test, memfront_p2m_size(), s->p2m_size);
	fail_at(1);
	for (i = 0; i < 512; i++)
		KUNIT_EXPECT_EQ(test,
				memfront_p2m_set_foreign(mf_pfn(pfn.nr + i),
							 mf_mfn(i)), 0);
	KUNIT_EXPECT_FALSE(test, has_failed());
	KUNIT_EXPECT_EQ(test, (int)state_of(pfn), (int)MF_P2M_FOREIGN);
	for (i = 0; i < 512; i++)
		KUNIT_EXPECT_EQ(test,
				memfront_p2m_clear(mf_pfn(pfn.nr + i)), 0);
	memfront_pseudophys_free(&s->user, pfn, 9);
}

static int put_something_behind(struct mf_pfn pfn)
{
	return memfront_hv.translated ? p2m_mark_foreign(pfn) :
					memfront_p2m_set_foreign(pfn, mf_mfn(1));
}

static void take_it_away(struct mf_pfn pfn)
{
	if (memfront_hv.translated)
		p2m_unmark_foreign(pfn);
	else
		memfront_p2m_clear(pfn);
}

/* A user that does not keep its word loses nobody anything. */
static void a_section_with_something_behind_stays(struct kunit *test)
{
	struct state *s = test->priv;
	struct pseudophys_census census;
	struct mf_pfn pfn;

	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc(&s->user, 2, &pfn), 0);
	KUNIT_ASSERT_EQ(test, put_something_behind(mf_pfn(pfn.nr + 3)), 0);
	memfront_pseudophys_free(&s->user, pfn, 2);
	pseudophys_reap(ps);
	pseudophys_count(ps, &census);
	KUNIT_EXPECT_EQ(test, census.nr_sections, 0UL);
	KUNIT_EXPECT_EQ(test, census.nr_stuck, 1UL);
	take_it_away(mf_pfn(pfn.nr + 3));
	expect_all_given_back(test);
}

/* Sections may go in any order: the P2M is as it was in the end. */
static void address_space_is_back_at_the_start(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned int round, i;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < 16; i++)
			KUNIT_ASSERT_EQ(test,
					memfront_pseudophys_alloc(&s->user, 9,
								  &s->pfns[i]),
					0);
		for (i = 0; i < 16; i++) {
			memfront_pseudophys_free(&s->user,
						 s->pfns[(i + round) % 16], 9);
			pseudophys_reap(ps);
		}
		expect_all_given_back(test);
	}
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool alloc_failing_at(struct kunit *test, unsigned int nth)
{
	struct state *s = test->priv;
	struct mf_pfn pfn;
	bool failed;
	int err;

	fail_at(nth);
	err = memfront_pseudophys_alloc(&s->user, 1, &pfn);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, err, failed ? -ENOMEM : 0);
	if (!err)
		memfront_pseudophys_free(&s->user, pfn, 1);
	expect_all_given_back(test);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	unsigned int nth = 1;

	while (nth < POINTS_MAX && alloc_failing_at(test, nth))
		nth++;
	/* The section, where it is found; PV: at least a leaf of its P2M. */
	KUNIT_EXPECT_GE(test, nth, memfront_hv.translated ? 3U : 4U);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)POINTS_MAX);
}

static void make_holes(struct kunit *test)
{
	unsigned long pages = 0;

	while (pages < NR_HOLES)
		pages += extent_release(ledger, 0, NR_HOLES - pages, true).pages;
	KUNIT_ASSERT_EQ(test, ledger->nr_holes, (unsigned long)NR_HOLES);
}

static bool is_as_any_page(struct mf_pfn pfn)
{
	struct page *page = mf_pfn_page(pfn);

	return !PageOffline(page) && page_count(page) == 1;
}

/* No address space is needed; and the balloon is told nothing new. */
static void holes_of_the_balloon_are_lent(struct kunit *test)
{
	struct state *s = test->priv;
	struct pseudophys_census census;
	struct account before;
	unsigned int i;

	make_holes(test);
	before = take_account();
	KUNIT_ASSERT_EQ(test,
			memfront_pseudophys_alloc_frames(&s->user, NR_HOLES,
							 s->pfns), 0);
	pseudophys_count(ps, &census);
	KUNIT_EXPECT_EQ(test, census.nr_sections, 0UL);
	KUNIT_EXPECT_EQ(test, ledger->nr_lent, (unsigned long)NR_HOLES);
	expect_moved(test, &before, 0);
	for (i = 0; i < NR_HOLES; i++) {
		KUNIT_EXPECT_TRUE(test, is_as_any_page(s->pfns[i]));
		KUNIT_EXPECT_EQ(test, (int)state_of(s->pfns[i]),
				(int)MF_P2M_HOLE);
	}
	KUNIT_EXPECT_EQ(test, extent_populate(ledger, 0, NR_HOLES).pages, 0UL);
	memfront_pseudophys_free_frames(&s->user, NR_HOLES, s->pfns);
	KUNIT_EXPECT_EQ(test, ledger->nr_lent, 0UL);
	for (i = 0; i < NR_HOLES; i++)
		KUNIT_EXPECT_TRUE(test, PageOffline(mf_pfn_page(s->pfns[i])));
	expect_moved(test, &before, 0);
	fill_holes(test);
	expect_moved(test, &before, -(long)NR_HOLES);
}

static void more_than_the_holes_is_address_space(struct kunit *test)
{
	struct state *s = test->priv;
	struct pseudophys_census census;
	unsigned int beyond = 0, i;

	make_holes(test);
	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc_frames(&s->user, 1,
							       s->pfns), 0);
	KUNIT_ASSERT_EQ(test,
			memfront_pseudophys_alloc_frames(&s->user, NR_HOLES - 1,
							 s->pfns + 1), 0);
	KUNIT_EXPECT_EQ(test, ledger_fillable(ledger), 0UL);
	memfront_pseudophys_free_frames(&s->user, 10, s->pfns);
	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc_frames(&s->user, 10,
							       s->pfns), 0);
	pseudophys_count(ps, &census);
	KUNIT_EXPECT_EQ(test, census.nr_sections, 0UL);
	memfront_pseudophys_free_frames(&s->user, 10, s->pfns);
	fill_holes(test);
	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc_frames(&s->user, 10,
							       s->pfns), 0);
	for (i = 0; i < 10; i++)
		beyond += !ledger_has_any(ledger, s->pfns[i], 1);
	KUNIT_EXPECT_EQ(test, beyond, 10U);
	memfront_pseudophys_free_frames(&s->user, NR_HOLES, s->pfns);
}

/* It says why, and goes on as soon as they are back: not after the next delay. */
static void growth_waits_for_what_is_lent(struct kunit *test)
{
	struct state *s = test->priv;
	unsigned long began;

	make_holes(test);
	KUNIT_ASSERT_EQ(test,
			memfront_pseudophys_alloc_frames(&s->user, 50,
							 s->pfns), 0);
	balloon_start(balloon);
	balloon_set_target(balloon, balloon->total_pages);
	KUNIT_EXPECT_TRUE(test, soon(waits_for, REASON_HOLES_LENT));
	KUNIT_EXPECT_STREQ(test, balloon_reason_name(balloon), "holes-lent");
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 50UL);
	/* So that the balloon's own next look would be long in coming. */
	mod_delayed_work(balloon->wq, &balloon->work, 30 * HZ);
	began = jiffies;
	memfront_pseudophys_free_frames(&s->user, 50, s->pfns);
	KUNIT_EXPECT_TRUE(test, soon(is_idle_at, balloon->total_pages));
	KUNIT_EXPECT_EQ(test, ledger->nr_holes, 0UL);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, began + 20 * HZ));
	balloon_stop(balloon);
}

static void no_pages_beyond_ram_on_the_core(struct kunit *test)
{
	struct state *s = test->priv;
	struct page *page;

	KUNIT_EXPECT_FALSE(test, ps->source->has_pages);
	KUNIT_EXPECT_EQ(test,
			memfront_pseudophys_alloc_pages(&s->user, 1, &page),
			-EOPNOTSUPP);
}

/* With a source that has pages, or none, those of holes do as well as any. */
static void holes_have_pages(struct kunit *test)
{
	const struct section_source *source = ps->source;
	struct page *pages[NR_HOLES];
	struct state *s = test->priv;
	unsigned int i;

	make_holes(test);
	ps->source = NULL;
	ps->has_pages = true;
	KUNIT_EXPECT_EQ(test,
			memfront_pseudophys_alloc_pages(&s->user, NR_HOLES,
							pages), 0);
	for (i = 0; i < NR_HOLES; i++)
		KUNIT_EXPECT_TRUE(test, is_as_any_page(mf_page_pfn(pages[i])));
	memfront_pseudophys_free_pages(&s->user, 1, pages);
	KUNIT_EXPECT_EQ(test,
			memfront_pseudophys_alloc_pages(&s->user, 1, pages), 0);
	memfront_pseudophys_free_pages(&s->user, NR_HOLES, pages);
	KUNIT_EXPECT_EQ(test, ledger->nr_lent, 0UL);
	ps->source = source;
	ps->has_pages = false;
}

static bool is_told(const struct seq_file *m, const char *line)
{
	return strstr(m->buf, line);
}

static void the_file_tells_who_has_what(struct kunit *test)
{
	struct state *s = test->priv;
	struct seq_file m = { .size = PAGE_SIZE };
	char line[32];
	struct mf_pfn pfn;

	m.buf = kunit_kzalloc(test, m.size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m.buf);
	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc(&s->user, 3, &pfn), 0);
	KUNIT_EXPECT_EQ(test, pseudophys_show(&m, NULL), 0);
	KUNIT_EXPECT_FALSE(test, seq_has_overflowed(&m));
	KUNIT_EXPECT_TRUE(test, is_told(&m, "\nsections 1\n"));
	KUNIT_EXPECT_TRUE(test, is_told(&m, "\nframes_out 8\n"));
	KUNIT_EXPECT_TRUE(test, is_told(&m, "\nholes_lent 0\n"));
	KUNIT_EXPECT_TRUE(test, is_told(&m, "\nuser kunit frames 8\n"));
	snprintf(line, sizeof(line), "\nsection pfn %#lx ", pfn.nr);
	KUNIT_EXPECT_TRUE(test, is_told(&m, line));
	KUNIT_EXPECT_TRUE(test,
			  is_told(&m, " blocks 0 0 0 1 1 1 1 1 1 3\n"));
	memfront_pseudophys_free(&s->user, pfn, 3);
}

static void who_leaves_with_frames_is_told(struct kunit *test)
{
	struct memfront_pseudophys_user user = { .name = "forgetful" };
	struct mf_pfn pfn;

	memfront_pseudophys_register(&user);
	KUNIT_ASSERT_EQ(test, memfront_pseudophys_alloc(&user, 2, &pfn), 0);
	KUNIT_EXPECT_EQ(test, memfront_pseudophys_unregister(&user), 4L);
	memfront_pseudophys_free(&user, pfn, 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user.frames), 0L);
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	struct state *s = test->priv;
	struct mf_pfn pfn;

	KUNIT_EXPECT_EQ(test, memfront_pseudophys_alloc(&s->user, 10, &pfn),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_pseudophys_alloc(&s->user, ~0U, &pfn),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_pseudophys_alloc_frames(&s->user, 0,
							       &pfn), 0);
}

static int populated(struct state *s, unsigned int order, unsigned int align,
		     int node, struct mf_pfn *pfn)
{
	return memfront_pseudophys_alloc_populated(&s->user, order, align, node,
						   pfn);
}

static void populated_frames_are_aligned(struct kunit *test)
{
	unsigned int order, align, i;
	struct state *s = test->priv;
	struct mf_pfn pfn;

	for (order = 0; order <= 6; order++) {
		for (align = order; align <= 7; align++) {
			KUNIT_ASSERT_EQ(test, populated(s, order, align,
							NUMA_NO_NODE, &pfn), 0);
			KUNIT_EXPECT_TRUE(test,
					  IS_ALIGNED(pfn.nr, 1UL << align));
			for (i = 0; i < 1U << order; i++) {
				KUNIT_EXPECT_TRUE(test,
						  is_as_any_page(mf_pfn(pfn.nr + i)));
				KUNIT_EXPECT_EQ(test,
						(int)state_of(mf_pfn(pfn.nr + i)),
						(int)MF_P2M_RAM);
			}
			KUNIT_EXPECT_EQ(test, atomic_long_read(&s->user.frames),
					1L << order);
			memfront_pseudophys_free_populated(&s->user, pfn,
							   order);
		}
	}
}

static void populated_frames_are_of_their_node(struct kunit *test)
{
	struct state *s = test->priv;
	int node = numa_mem_id();
	struct mf_pfn pfn;

	KUNIT_ASSERT_EQ(test, populated(s, 2, 2, node, &pfn), 0);
	KUNIT_EXPECT_EQ(test, page_to_nid(mf_pfn_page(pfn)), node);
	memfront_pseudophys_free_populated(&s->user, pfn, 2);
	KUNIT_EXPECT_EQ(test, populated(s, 2, 2, MAX_NUMNODES, &pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, populated(s, 2, 2, -7, &pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, populated(s, 2, 1, node, &pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, populated(s, 2, 10, node, &pfn), -EINVAL);
	fail_at(1);
	KUNIT_EXPECT_EQ(test, populated(s, 2, 2, node, &pfn), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, has_failed());
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE(nothing_is_behind_the_frames),
	KUNIT_CASE(the_p2m_can_be_written_at_once),
	KUNIT_CASE(a_section_with_something_behind_stays),
	KUNIT_CASE(address_space_is_back_at_the_start),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	KUNIT_CASE(holes_of_the_balloon_are_lent),
	KUNIT_CASE(more_than_the_holes_is_address_space),
	KUNIT_CASE(growth_waits_for_what_is_lent),
	KUNIT_CASE(no_pages_beyond_ram_on_the_core),
	KUNIT_CASE(holes_have_pages),
	KUNIT_CASE(the_file_tells_who_has_what),
	KUNIT_CASE(who_leaves_with_frames_is_told),
	KUNIT_CASE(what_is_no_request_is_refused),
	KUNIT_CASE(populated_frames_are_aligned),
	KUNIT_CASE(populated_frames_are_of_their_node),
	{}
};

static struct kunit_suite core_suite = {
	.name = "memfront_pseudophys_core",
	.init = core_test_init,
	.exit = core_test_exit,
	.test_cases = core_cases,
};

kunit_test_suite(core_suite);
