// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign mappings of a PV control domain, of the frames of a domain beside it.
 * What they show is read by the core's software CPU; what the other domain's
 * frames hold is written by that domain. On a kernel that is not the control
 * domain, or not PV, there is only the refusal to be seen.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include <memfront/foreign.h>
#include <memfront/mmu.h>
#include <xen/interface/xen.h>

#include "balloon.h"
#include "foreign-map.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_neighbour.h"
#include "window.h"

#define DOMID		7
#define NO_DOMID	99
/* Some more than a table has entries. */
#define NR		600U
#define BAD_GFN		1UL

/**
 * struct state - what a case starts with
 * @gfns: the other domain's frames
 * @errs: room for an answer each
 */
struct state {
	struct mf_gfn gfns[NR];
	int errs[NR];
};

/* Without a neighbour there is nothing to map. */
static int foreign_test_init(struct kunit *test)
{
	struct state *s;
	int ret = need_core(test);

	if (ret)
		return ret;
	balloon_stop(&memfront_balloon);
	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	if (memfront_hv.translated ||
	    neighbour_make(DOMID, NR, (unsigned long *)s->gfns))
		return 0;
	test->priv = s;
	return 0;
}

/* With all windows gone too, the domain's frames are nobody's. */
static void foreign_test_exit(struct kunit *test)
{
	no_faults();
	static_call_update(memfront_hypercall, memcore_hypercall);
	if (test->priv) {
		windows_drop_idle();
		expect_core_sound(test);
		if (neighbour_exists(DOMID))
			KUNIT_EXPECT_EQ(test, neighbour_end(DOMID), 0);
		KUNIT_EXPECT_FALSE(test, neighbour_exists(DOMID));
		expect_core_sound(test);
	}
	balloon_start(&memfront_balloon);
}

static struct state *need_neighbour(struct kunit *test)
{
	if (!test->priv)
		kunit_skip(test, "the kernel is not a PV control domain");
	return test->priv;
}

static struct memfront_foreign *map_first(struct kunit *test, unsigned int nr,
					  unsigned int flags)
{
	struct state *s = test->priv;
	struct memfront_foreign *map;

	map = memfront_foreign_map(DOMID, s->gfns, nr, flags, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

static unsigned long va_of(const struct memfront_foreign *map, unsigned int page)
{
	return (unsigned long)memfront_foreign_addr(map) + page * PAGE_SIZE;
}

static bool reads(unsigned long va, u64 *word)
{
	unsigned int error;

	return !memcore_access(va, word, sizeof(*word), 0, &error);
}

static bool writes(unsigned long va, u64 word)
{
	unsigned int error;

	return !memcore_access(va, &word, sizeof(word), MEMCORE_ACCESS_WRITE,
			       &error);
}

static void expect_word(struct kunit *test, const struct memfront_foreign *map,
			unsigned int page, u64 word)
{
	u64 found = 0;

	KUNIT_EXPECT_TRUE(test, reads(va_of(map, page), &found));
	KUNIT_EXPECT_EQ(test, found, word);
}

static void write_all(struct kunit *test, unsigned int nr, u64 base)
{
	struct state *s = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(test,
				neighbour_write(DOMID, s->gfns[i].nr, 0,
						base + i), 0);
}

static void what_the_other_domain_writes_is_seen(struct kunit *test)
{
	struct memfront_foreign *map;
	unsigned int i;

	if (!need_neighbour(test))
		return;
	write_all(test, NR, 1000);
	map = map_first(test, NR, 0);
	for (i = 0; i < NR; i++)
		expect_word(test, map, i, 1000 + i);
	write_all(test, NR, 5000);
	for (i = 0; i < NR; i++)
		expect_word(test, map, i, 5000 + i);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void what_is_written_is_in_the_frame(struct kunit *test)
{
	struct memfront_foreign *map, *other;

	if (!need_neighbour(test))
		return;
	map = map_first(test, NR, 0);
	other = map_first(test, NR, MEMFRONT_FOREIGN_READ_ONLY);
	KUNIT_EXPECT_TRUE(test, writes(va_of(map, NR - 1), 42));
	expect_word(test, other, NR - 1, 42);
	expect_word(test, other, 0, 0);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(other), 0);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void read_only_is_read_only(struct kunit *test)
{
	struct memfront_foreign *map;

	if (!need_neighbour(test))
		return;
	map = map_first(test, 2, MEMFRONT_FOREIGN_READ_ONLY);
	KUNIT_EXPECT_FALSE(test, writes(va_of(map, 1), 42));
	expect_word(test, map, 1, 0);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

/* The CPU had remembered it: without the flush it could still be read. */
static void unmapped_is_out_of_the_tlb_too(struct kunit *test)
{
	struct memfront_foreign *map;
	unsigned long va;
	u64 word;

	if (!need_neighbour(test))
		return;
	map = map_first(test, NR, 0);
	va = va_of(map, NR - 1);
	expect_word(test, map, NR - 1, 0);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_FALSE(test, reads(va, &word));
}

static void expect_holes(struct kunit *test, const struct memfront_foreign *map,
			 const int *errs, unsigned int nr)
{
	unsigned int i;
	u64 word;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, reads(va_of(map, i), &word), !errs[i]);
}

static void a_bad_frame_is_alone_with_its_error(struct kunit *test)
{
	static const unsigned int at[] = { 0, 1, 255, 510, 511, 512, NR - 1 };
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;
	struct mf_gfn good;
	unsigned int i, bad;

	if (!s)
		return;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		good = s->gfns[at[i]];
		s->gfns[at[i]] = mf_gfn(BAD_GFN);
		map = memfront_foreign_map(DOMID, s->gfns, NR, 0, s->errs);
		KUNIT_ASSERT_FALSE(test, IS_ERR(map));
		for (bad = 0; bad < NR; bad++)
			KUNIT_EXPECT_EQ(test, s->errs[bad] < 0, bad == at[i]);
		expect_holes(test, map, s->errs, NR);
		KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
		s->gfns[at[i]] = good;
	}
}

static void every_other_frame_may_be_bad(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;
	unsigned int i;

	if (!s)
		return;
	for (i = 0; i < NR; i += 2)
		s->gfns[i] = mf_gfn(i % 4 ? BAD_GFN : ~0UL);
	map = memfront_foreign_map(DOMID, s->gfns, NR, 0, s->errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, s->errs[i] < 0, i % 2 == 0);
	expect_holes(test, map, s->errs, NR);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void all_or_nothing_leaves_nothing(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct mf_gfn good;
	long failures;

	if (!s)
		return;
	failures = atomic_long_read(&foreign_stats.map_failures);
	good = s->gfns[NR - 1];
	s->gfns[NR - 1] = mf_gfn(~0UL);
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID, s->gfns, NR,
							     0, NULL)),
			-EINVAL);
	s->gfns[NR - 1] = good;
	KUNIT_EXPECT_EQ(test, atomic_long_read(&foreign_stats.map_failures),
			failures + 1);
	/* Nothing holds the frames: the domain can go. */
	KUNIT_EXPECT_EQ(test, neighbour_end(DOMID), 0);
	KUNIT_EXPECT_FALSE(test, neighbour_exists(DOMID));
}

static void no_frame_at_all_is_no_mapping(struct kunit *test)
{
	struct state *s = need_neighbour(test);

	if (!s)
		return;
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_foreign_map(NO_DOMID, s->gfns,
							     3, 0, s->errs)),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[0], -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[1], -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[2], -ESRCH);
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	static const struct mf_gfn gfn;
	static const struct {
		const struct mf_gfn *gfns;
		unsigned int nr;
		unsigned int flags;
	} wrong[] = {
		{ &gfn, 0, 0 },
		{ &gfn, WINDOW_MAX_PAGES + 1, 0 },
		{ &gfn, UINT_MAX, 0 },
		{ &gfn, 1, BIT(1) },
		{ NULL, 1, 0 },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		err = PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID, wrong[i].gfns,
							   wrong[i].nr,
							   wrong[i].flags,
							   NULL));
		KUNIT_EXPECT_EQ_MSG(test, err, -EINVAL, "case %u", i);
	}
}

/* The core has no way for a translated guest; another's frames are not ours. */
static void an_ordinary_guest_maps_nothing(struct kunit *test)
{
	static const struct mf_gfn gfn = { .nr = 0 };
	int err, errs[1];

	if (test->priv)
		kunit_skip(test, "the kernel is the control domain");
	err = PTR_ERR_OR_ZERO(memfront_foreign_map(0, &gfn, 1, 0, errs));
	KUNIT_EXPECT_NE(test, err, 0);
	if (memfront_hv.translated)
		KUNIT_EXPECT_EQ(test, err, -EOPNOTSUPP);
	else
		KUNIT_EXPECT_EQ(test, err, -EPERM);
	windows_drop_idle();
	expect_core_sound(test);
}

static void a_window_is_used_again(struct kunit *test)
{
	struct window_stats before, after;
	struct memfront_foreign *map;
	unsigned long va;
	u64 word;

	if (!need_neighbour(test))
		return;
	map = map_first(test, NR, 0);
	va = va_of(map, 0);
	memfront_foreign_unmap(map);
	window_read_stats(&before);
	map = map_first(test, NR - 1, 0);
	window_read_stats(&after);
	KUNIT_EXPECT_EQ(test, va_of(map, 0), va);
	KUNIT_EXPECT_EQ(test, after.made, before.made);
	KUNIT_EXPECT_EQ(test, after.reused, before.reused + 1);
	/* Of who had it before there is nothing left. */
	KUNIT_EXPECT_FALSE(test, reads(va_of(map, NR - 1), &word));
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void a_large_window_is_not_spent_on_a_page(struct kunit *test)
{
	struct window_stats before, after;
	struct memfront_foreign *map;

	if (!need_neighbour(test))
		return;
	windows_drop_idle();
	memfront_foreign_unmap(map_first(test, NR, 0));
	window_read_stats(&before);
	map = map_first(test, 1, 0);
	window_read_stats(&after);
	KUNIT_EXPECT_EQ(test, after.made, before.made + 1);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void the_pool_has_a_bound(struct kunit *test)
{
	struct window_stats stats;
	struct window *w[3];
	unsigned int i;

	if (!need_neighbour(test))
		return;
	for (i = 0; i < ARRAY_SIZE(w); i++) {
		w[i] = window_take(32768);
		KUNIT_ASSERT_FALSE(test, IS_ERR(w[i]));
	}
	for (i = 0; i < ARRAY_SIZE(w); i++)
		window_give(w[i]);
	window_read_stats(&stats);
	KUNIT_EXPECT_EQ(test, stats.idle_pages, 65536);
	KUNIT_EXPECT_EQ(test, stats.idle, 2);
	windows_drop_idle();
	window_read_stats(&stats);
	KUNIT_EXPECT_EQ(test, stats.idle_pages, 0);
	KUNIT_EXPECT_EQ(test, stats.idle, 0);
}

/* The number of a domain is free for another when nothing holds its frames. */
static void a_mapping_outlives_its_domain(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;
	unsigned long *mfns;

	if (!s)
		return;
	mfns = (unsigned long *)s->gfns;
	write_all(test, 3, 77);
	map = map_first(test, 3, 0);
	neighbour_end(DOMID);
	KUNIT_EXPECT_EQ(test, neighbour_make(DOMID, NR, mfns), -EEXIST);
	expect_word(test, map, 2, 79);
	KUNIT_EXPECT_TRUE(test, writes(va_of(map, 0), 1));
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_EQ(test, neighbour_make(DOMID, NR, mfns), 0);
}

static void a_mapping_outlives_the_ballooning_of_its_frame(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;

	if (!s)
		return;
	write_all(test, 3, 77);
	map = map_first(test, 3, 0);
	KUNIT_EXPECT_EQ(test, neighbour_release(DOMID, s->gfns[1].nr), 0);
	expect_word(test, map, 1, 78);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	map = memfront_foreign_map(DOMID, s->gfns, 3, 0, s->errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	KUNIT_EXPECT_EQ(test, s->errs[0], 0);
	KUNIT_EXPECT_LT(test, s->errs[1], 0);
	KUNIT_EXPECT_EQ(test, s->errs[2], 0);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

/*
 * A frame that the hypervisor calls paged out
 * @mfn:	its number
 * @times:	how often it is asked for in vain
 * @asked:	how often it was
 */
static struct {
	unsigned long mfn;
	unsigned int times;
	unsigned int asked;
} pager;

static bool is_paged_out(const struct mmu_update *update)
{
	if (!(update->val & MF_PTE_PRESENT) ||
	    mf_pte_mfn(update->val).nr != pager.mfn)
		return false;
	return pager.asked++ < pager.times;
}

static long update_until_paged_out(struct mmu_update *list, unsigned int nr,
				   int *done, unsigned long owner)
{
	unsigned int i;
	long ret = 0;

	for (i = 0; i < nr && !is_paged_out(&list[i]); i++)
		;
	if (i)
		ret = memcore_hypercall(__HYPERVISOR_mmu_update,
					(unsigned long)list, i,
					(unsigned long)done, owner, 0);
	if (ret || i == nr)
		return ret;
	*done = i;
	return -ENOENT;
}

static long call_with_pager(unsigned int nr, unsigned long a1, unsigned long a2,
			    unsigned long a3, unsigned long a4,
			    unsigned long a5)
{
	if (nr == __HYPERVISOR_mmu_update)
		return update_until_paged_out((struct mmu_update *)a1, a2,
					      (int *)a3, a4);
	return memcore_hypercall(nr, a1, a2, a3, a4, a5);
}

static void page_out(struct kunit *test, unsigned int page, unsigned int times)
{
	struct state *s = test->priv;

	pager.mfn = s->gfns[page].nr;
	pager.times = times;
	pager.asked = 0;
	static_call_update(memfront_hypercall, call_with_pager);
}

static void a_paged_out_frame_is_waited_for(struct kunit *test)
{
	struct memfront_foreign *map;
	long retries;

	if (!need_neighbour(test))
		return;
	write_all(test, NR, 3000);
	retries = atomic_long_read(&foreign_stats.retries);
	page_out(test, 520, 3);
	map = map_first(test, NR, 0);
	KUNIT_EXPECT_EQ(test, pager.asked, 4);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&foreign_stats.retries),
			retries + 3);
	expect_word(test, map, 519, 3519);
	expect_word(test, map, 520, 3520);
	expect_word(test, map, 521, 3521);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void a_frame_that_stays_paged_out_is_given_up(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;

	if (!s)
		return;
	page_out(test, 1, UINT_MAX);
	map = memfront_foreign_map(DOMID, s->gfns, 3, 0, s->errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	KUNIT_EXPECT_EQ(test, s->errs[0], 0);
	KUNIT_EXPECT_EQ(test, s->errs[1], -ENOENT);
	KUNIT_EXPECT_EQ(test, s->errs[2], 0);
	KUNIT_EXPECT_EQ(test, pager.asked, 11);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool map_failing_at(struct kunit *test, unsigned int nth)
{
	struct state *s = test->priv;
	struct memfront_foreign *map;
	bool failed;

	windows_drop_idle();
	fail_at(nth);
	map = memfront_foreign_map(DOMID, s->gfns, NR, 0, NULL);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, IS_ERR(map), failed);
	expect_core_sound(test);
	if (!IS_ERR(map))
		KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	struct window_stats stats;
	unsigned int nth = 1;
	unsigned long lost;

	if (!need_neighbour(test))
		return;
	window_read_stats(&stats);
	lost = stats.lost;
	while (map_failing_at(test, nth))
		nth++;
	/* At least: the map, its answers, the window, its lists, its tables. */
	KUNIT_EXPECT_GT(test, nth, 8);
	window_read_stats(&stats);
	KUNIT_EXPECT_EQ(test, stats.lost, lost);
	KUNIT_EXPECT_EQ(test, neighbour_end(DOMID), 0);
	KUNIT_EXPECT_FALSE(test, neighbour_exists(DOMID));
}

static void a_window_that_cannot_be_emptied_is_not_used_again(struct kunit *test)
{
	struct window_stats before, after;
	struct memfront_foreign *map;
	unsigned long va;

	if (!need_neighbour(test))
		return;
	map = map_first(test, 4, 0);
	va = va_of(map, 0);
	window_read_stats(&before);
	fail_at(1);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), -ENOMEM);
	no_faults();
	window_read_stats(&after);
	KUNIT_EXPECT_EQ(test, after.lost, before.lost + 1);
	map = map_first(test, 4, 0);
	KUNIT_EXPECT_NE(test, va_of(map, 0), va);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	expect_core_sound(test);
	windows_recover();
	window_read_stats(&after);
	KUNIT_EXPECT_EQ(test, after.lost, before.lost);
}

static struct kunit_case foreign_cases[] = {
	KUNIT_CASE(what_the_other_domain_writes_is_seen),
	KUNIT_CASE(what_is_written_is_in_the_frame),
	KUNIT_CASE(read_only_is_read_only),
	KUNIT_CASE(unmapped_is_out_of_the_tlb_too),
	KUNIT_CASE(a_bad_frame_is_alone_with_its_error),
	KUNIT_CASE(every_other_frame_may_be_bad),
	KUNIT_CASE(all_or_nothing_leaves_nothing),
	KUNIT_CASE(no_frame_at_all_is_no_mapping),
	KUNIT_CASE(what_is_no_request_is_refused),
	KUNIT_CASE(an_ordinary_guest_maps_nothing),
	KUNIT_CASE(a_window_is_used_again),
	KUNIT_CASE(a_large_window_is_not_spent_on_a_page),
	KUNIT_CASE(the_pool_has_a_bound),
	KUNIT_CASE(a_mapping_outlives_its_domain),
	KUNIT_CASE(a_mapping_outlives_the_ballooning_of_its_frame),
	KUNIT_CASE(a_paged_out_frame_is_waited_for),
	KUNIT_CASE(a_frame_that_stays_paged_out_is_given_up),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	KUNIT_CASE(a_window_that_cannot_be_emptied_is_not_used_again),
	{ }
};

static struct kunit_suite foreign_suite = {
	.name = "memfront_foreign",
	.init = foreign_test_init,
	.exit = foreign_test_exit,
	.test_cases = foreign_cases,
};

kunit_test_suite(foreign_suite);
