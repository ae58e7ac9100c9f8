// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign mappings of a translated control domain. The core puts the frames of a
 * domain beside it behind the kernel's, and is asked; between is a recorder that
 * notes what the core has done, and can answer what the core never does: that a
 * frame is paged out, that it does not let go of one, that it refuses a call.
 *
 * The kernel's page goes on showing what is in it: the core has no page tables that
 * a CPU walks.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <memcore/memcore.h>
#include <memfront/foreign.h>
#include <memfront/p2m.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "balloon.h"
#include "foreign-map.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_hollow.h"
#include "memfront_neighbour.h"
#include "p2m.h"

#define DOMID		7
/* More than go with one hypercall. */
#define NR		600U
#define BAD_GFN		1UL

/**
 * struct behind - a pseudo-physical frame with a foreign one behind it
 * @pfn: its number
 * @gfn: the foreign one's
 */
struct behind {
	unsigned long pfn;
	unsigned long gfn;
};

/**
 * struct recorder - what the core was asked, and what it did
 * @behind: what it has put there
 * @nr: how many
 * @adds: calls that put frames there
 * @removes: frames taken away
 * @entries: times it was entered
 * @paged_gfn: a frame that is said to be paged out; 0: none
 * @paged_times: so many times
 * @refuse_add: the answer to a whole add; 0: the core's
 * @keep_gfn: a frame that is not let go of; 0: none
 */
struct recorder {
	struct behind behind[NR];
	unsigned int nr;
	unsigned int adds;
	unsigned int removes;
	unsigned int entries;
	unsigned long paged_gfn;
	unsigned int paged_times;
	long refuse_add;
	unsigned long keep_gfn;
};

static struct recorder *rec;

static long core_memory_op(unsigned long op, const void *arg)
{
	return memcore_hypercall(__HYPERVISOR_memory_op, op,
				 (unsigned long)arg, 0, 0, 0);
}

static struct behind *find_behind(unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < rec->nr; i++)
		if (rec->behind[i].pfn == pfn)
			return &rec->behind[i];
	return NULL;
}

/* The core never sees the frame that is paged out. */
static void page_out(const struct xen_add_to_physmap_range *arg,
		     unsigned long gfn)
{
	unsigned int i;

	for (i = 0; i < arg->size; i++)
		if (arg->idxs[i] == rec->paged_gfn)
			arg->idxs[i] = gfn;
}

static void record_adds(const struct xen_add_to_physmap_range *arg)
{
	unsigned int i;

	for (i = 0; i < arg->size; i++) {
		if (arg->errs[i] || rec->nr == NR)
			continue;
		rec->behind[rec->nr++] = (struct behind){
			.pfn = arg->gpfns[i],
			.gfn = arg->idxs[i],
		};
	}
}

static void say_paged_out(const struct xen_add_to_physmap_range *arg)
{
	unsigned int i;

	for (i = 0; i < arg->size; i++) {
		if (arg->idxs[i] != BAD_GFN)
			continue;
		arg->idxs[i] = rec->paged_gfn;
		arg->errs[i] = -ENOENT;
		rec->paged_times--;
	}
}

static long record_add(const struct xen_add_to_physmap_range *arg)
{
	bool paged = rec->paged_gfn && rec->paged_times;
	long ret;

	rec->adds++;
	if (rec->refuse_add)
		return rec->refuse_add;
	if (paged)
		page_out(arg, BAD_GFN);
	ret = core_memory_op(XENMEM_add_to_physmap_range, arg);
	if (paged)
		say_paged_out(arg);
	record_adds(arg);
	return ret;
}

static long record_remove(const struct xen_remove_from_physmap *arg)
{
	struct behind *b = find_behind(arg->gpfn);
	long ret;

	if (b && b->gfn == rec->keep_gfn)
		return -EBUSY;
	ret = core_memory_op(XENMEM_remove_from_physmap, arg);
	if (ret || !b)
		return ret;
	*b = rec->behind[--rec->nr];
	rec->removes++;
	return 0;
}

static long recorded_call(unsigned int nr, unsigned long a1, unsigned long a2,
			  unsigned long a3, unsigned long a4, unsigned long a5)
{
	rec->entries++;
	if (nr == __HYPERVISOR_memory_op && a1 == XENMEM_add_to_physmap_range)
		return record_add((const void *)a2);
	if (nr == __HYPERVISOR_memory_op && a1 == XENMEM_remove_from_physmap)
		return record_remove((const void *)a2);
	return memcore_hypercall(nr, a1, a2, a3, a4, a5);
}

/**
 * struct state - what a case starts with
 * @rec: what is between the frontend and the core
 * @before: the seam as it was
 * @gfns: frames of the other domain
 * @errs: room for an answer each
 * @xen: frames of the kernel
 */
struct state {
	struct recorder rec;
	struct memfront_hypervisor before;
	struct mf_gfn gfns[NR];
	int errs[NR];
	unsigned long xen;
};

static int physmap_test_init(struct kunit *test)
{
	struct state *s;
	int ret = need_core(test);

	if (ret)
		return ret;
	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	balloon_stop(&memfront_balloon);
	/* A PV kernel, or one that controls nobody: see need_neighbour(). */
	if (!memfront_hv.translated ||
	    neighbour_make(DOMID, NR, (unsigned long *)s->gfns))
		return 0;
	s->before = memfront_hv;
	s->xen = take_account().xen;
	rec = &s->rec;
	memfront_hv.physmap = &hollow_source_ops;
	static_call_update(memfront_hypercall, recorded_call);
	test->priv = s;
	return 0;
}

static void end_neighbour(struct kunit *test)
{
	if (neighbour_exists(DOMID))
		KUNIT_EXPECT_EQ(test, neighbour_end(DOMID), 0);
	KUNIT_EXPECT_FALSE(test, neighbour_exists(DOMID));
}

static void physmap_test_exit(struct kunit *test)
{
	struct state *s = test->priv;

	no_faults();
	if (s) {
		static_call_update(memfront_hypercall, memcore_hypercall);
		memfront_hv = s->before;
		KUNIT_EXPECT_EQ(test, hollow_source.taken, 0);
		KUNIT_EXPECT_EQ(test, s->rec.nr, 0);
		KUNIT_EXPECT_EQ(test, take_account().xen, s->xen);
		expect_core_sound(test);
		end_neighbour(test);
		expect_core_sound(test);
	}
	balloon_start(&memfront_balloon);
}

static struct state *need_neighbour(struct kunit *test)
{
	if (!test->priv)
		kunit_skip(test,
			   "the kernel is not a translated control domain");
	return test->priv;
}

static struct memfront_foreign *map_all(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;

	map = memfront_foreign_map(DOMID, s->gfns, NR, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

static void each_frame_is_behind_its_page(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map = map_all(test);
	unsigned int i;
	u64 *word;

	KUNIT_EXPECT_EQ(test, rec->nr, NR);
	for (i = 0; i < NR; i++) {
		struct behind *b = find_behind(page_to_pfn(hollow_source.pages[i]));

		KUNIT_ASSERT_NOT_NULL(test, b);
		KUNIT_EXPECT_EQ(test, b->gfn, s->gfns[i].nr);
		word = memfront_foreign_addr(map) + i * PAGE_SIZE;
		*word = i + 1;
		word = page_address(hollow_source.pages[i]);
		KUNIT_EXPECT_EQ(test, *word, i + 1);
	}
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_EQ(test, rec->removes, NR);
}

static enum mf_p2m_state state_of(struct page *page)
{
	return mf_p2m_state(memfront_p2m_lookup(mf_page_pfn(page)));
}

static void the_p2m_knows_which_are_foreign(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;

	s->gfns[1] = mf_gfn(BAD_GFN);
	map = memfront_foreign_map(DOMID, s->gfns, 3, 0, s->errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	KUNIT_EXPECT_EQ(test, s->errs[1], -EINVAL);
	KUNIT_EXPECT_EQ(test, state_of(hollow_source.pages[0]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_NE(test, state_of(hollow_source.pages[1]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, state_of(hollow_source.pages[2]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_NE(test, state_of(hollow_source.pages[0]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_NE(test, state_of(hollow_source.pages[2]), MF_P2M_FOREIGN);
}

static void many_frames_are_few_hypercalls(struct kunit *test)
{
	struct memfront_foreign *map = map_all(test);

	KUNIT_EXPECT_EQ(test, rec->entries, DIV_ROUND_UP(NR, 512));
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

/* What the other domain gives back, or leaves behind, is held until then. */
static void mapped_frames_outlive_their_domain(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map = map_all(test);
	unsigned int i;

	for (i = 0; i < NR; i += 3)
		KUNIT_EXPECT_EQ(test, neighbour_release(DOMID, s->gfns[i].nr),
				0);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, neighbour_end(DOMID), 0);
	KUNIT_EXPECT_TRUE(test, neighbour_exists(DOMID));
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void a_bad_frame_is_alone_with_its_error(struct kunit *test)
{
	static const unsigned int at[] = { 0, 1, 511, 512, NR - 1 };
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;
	unsigned int i, bad;
	struct mf_gfn good;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		good = s->gfns[at[i]];
		s->gfns[at[i]] = mf_gfn(BAD_GFN);
		hollow_source.hidden = 0;
		map = memfront_foreign_map(DOMID, s->gfns, NR, 0, s->errs);
		KUNIT_ASSERT_FALSE(test, IS_ERR(map));
		for (bad = 0; bad < NR; bad++)
			KUNIT_EXPECT_EQ(test, s->errs[bad],
					bad == at[i] ? -EINVAL : 0);
		KUNIT_EXPECT_EQ(test, rec->nr, NR - 1);
		KUNIT_EXPECT_EQ(test, hollow_source.hidden, 1);
		KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
		s->gfns[at[i]] = good;
	}
}

static void all_or_nothing_leaves_nothing(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	int err;

	s->gfns[NR - 1] = mf_gfn(BAD_GFN);
	err = PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID, s->gfns, NR, 0,
						   NULL));
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	KUNIT_EXPECT_EQ(test, rec->removes, NR - 1);
}

static void who_is_not_there_is_each_frames_error(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	int err;

	err = PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID + 1, s->gfns, 3, 0,
						   s->errs));
	KUNIT_EXPECT_EQ(test, err, -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[0], -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[2], -ESRCH);
}

static void a_paged_out_frame_is_waited_for(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map;

	rec->paged_gfn = s->gfns[300].nr;
	rec->paged_times = 3;
	map = map_all(test);
	KUNIT_EXPECT_EQ(test, rec->adds, DIV_ROUND_UP(NR, 512) + 3);
	KUNIT_EXPECT_EQ(test, rec->nr, NR);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void a_refused_call_is_the_error_of_all(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	int err;

	rec->refuse_add = -ESRCH;
	err = PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID, s->gfns, NR, 0,
						   s->errs));
	KUNIT_EXPECT_EQ(test, err, -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[0], -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[NR - 1], -ESRCH);
	KUNIT_EXPECT_EQ(test, rec->adds, 1);
}

/* The page would show the other domain's frame to whoever had it next. */
static void a_page_that_is_not_let_go_is_not_given_back(struct kunit *test)
{
	struct state *s = need_neighbour(test);
	struct memfront_foreign *map = map_all(test);
	long lost = atomic_long_read(&foreign_stats.pages_lost);
	struct xen_remove_from_physmap arg = { .domid = DOMID_SELF };

	rec->keep_gfn = s->gfns[200].nr;
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), -EBUSY);
	KUNIT_EXPECT_EQ(test, rec->removes, NR - 1);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, 1);
	KUNIT_EXPECT_EQ(test, rec->nr, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&foreign_stats.pages_lost),
			lost + 1);
	KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(rec->behind[0].pfn),
			    hollow_source.pages[200]);
	arg.gpfn = rec->behind[0].pfn;
	rec->keep_gfn = 0;
	KUNIT_EXPECT_EQ(test, record_remove(&arg), 0);
	p2m_unmark_foreign(mf_page_pfn(hollow_source.pages[200]));
	hollow_source_give(1, &hollow_source.pages[200]);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool map_failing_at(struct kunit *test, unsigned int nth)
{
	struct state *s = test->priv;
	struct memfront_foreign *map;
	bool failed;

	fail_at(nth);
	map = memfront_foreign_map(DOMID, s->gfns, 3, 0, NULL);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, IS_ERR(map), failed);
	if (!IS_ERR(map))
		KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, 0);
	KUNIT_EXPECT_EQ(test, rec->nr, 0);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	unsigned int nth = 1;

	need_neighbour(test);
	while (map_failing_at(test, nth))
		nth++;
	/* The map, its answers, two lists, the pages, a call, vmap(). */
	KUNIT_EXPECT_EQ(test, nth, 8);
}

static struct kunit_case physmap_cases[] = {
	KUNIT_CASE(each_frame_is_behind_its_page),
	KUNIT_CASE(the_p2m_knows_which_are_foreign),
	KUNIT_CASE(many_frames_are_few_hypercalls),
	KUNIT_CASE(mapped_frames_outlive_their_domain),
	KUNIT_CASE(a_bad_frame_is_alone_with_its_error),
	KUNIT_CASE(all_or_nothing_leaves_nothing),
	KUNIT_CASE(who_is_not_there_is_each_frames_error),
	KUNIT_CASE(a_paged_out_frame_is_waited_for),
	KUNIT_CASE(a_refused_call_is_the_error_of_all),
	KUNIT_CASE(a_page_that_is_not_let_go_is_not_given_back),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	{ }
};

static struct kunit_suite physmap_suite = {
	.name = "memfront_foreign_physmap",
	.init = physmap_test_init,
	.exit = physmap_test_exit,
	.test_cases = physmap_cases,
};

kunit_test_suite(physmap_suite);
