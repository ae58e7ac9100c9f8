// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign mappings of a translated guest. The core does not put foreign frames
 * behind a guest's, so behind the seam there is a fake that notes what it is asked
 * for, and sources of pages that are only pages.
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
#include "foreign-physmap.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "p2m.h"

#define DOMID		7
/* More than go with one hypercall. */
#define NR		600U
#define FIRST_GFN	5000UL

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
 * struct fake - a hypervisor that has a translated guest, and what it is told
 * @behind: what it has put there
 * @nr: how many
 * @adds: calls that put frames there
 * @removes: frames taken away
 * @entries: times it was entered
 * @bad_gfn: a frame that it does not have; 0: none
 * @bad_err: and what it says of it
 * @bad_times: so many times
 * @refuse_add: the answer to a whole add; 0: none
 * @keep_gfn: a frame that it does not let go of; 0: none
 * @taken: pages that are out
 * @hidden: pages made not present
 * @pages: of the last source
 */
struct fake {
	struct behind behind[NR];
	unsigned int nr;
	unsigned int adds;
	unsigned int removes;
	unsigned int entries;
	unsigned long bad_gfn;
	int bad_err;
	unsigned int bad_times;
	long refuse_add;
	unsigned long keep_gfn;
	unsigned int taken;
	unsigned int hidden;
	struct page *pages[NR];
};

static struct fake *fake;

static struct behind *find_behind(unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < fake->nr; i++)
		if (fake->behind[i].pfn == pfn)
			return &fake->behind[i];
	return NULL;
}

static int add_one(unsigned long pfn, unsigned long gfn)
{
	if (gfn == fake->bad_gfn && fake->bad_times) {
		fake->bad_times--;
		return fake->bad_err;
	}
	if (find_behind(pfn) || fake->nr == NR)
		return -EEXIST;
	fake->behind[fake->nr++] = (struct behind){ .pfn = pfn, .gfn = gfn };
	return 0;
}

static long fake_add(const struct xen_add_to_physmap_range *arg)
{
	unsigned int i;

	fake->adds++;
	if (fake->refuse_add)
		return fake->refuse_add;
	if (arg->domid != DOMID_SELF || arg->foreign_domid != DOMID ||
	    arg->space != XENMAPSPACE_gmfn_foreign)
		return -EINVAL;
	for (i = 0; i < arg->size; i++)
		arg->errs[i] = add_one(arg->gpfns[i], arg->idxs[i]);
	return 0;
}

static long fake_remove(const struct xen_remove_from_physmap *arg)
{
	struct behind *b = find_behind(arg->gpfn);

	if (!b || arg->domid != DOMID_SELF)
		return -ENOENT;
	if (b->gfn == fake->keep_gfn)
		return -EBUSY;
	*b = fake->behind[--fake->nr];
	fake->removes++;
	return 0;
}

static long fake_memory_op(unsigned long op, unsigned long arg)
{
	if (op == XENMEM_add_to_physmap_range)
		return fake_add((const void *)arg);
	if (op == XENMEM_remove_from_physmap)
		return fake_remove((const void *)arg);
	return -EOPNOTSUPP;
}

static long fake_call(unsigned int nr, unsigned long a1, unsigned long a2,
		      unsigned long a3, unsigned long a4, unsigned long a5)
{
	fake->entries++;
	if (nr == __HYPERVISOR_memory_op)
		return fake_memory_op(a1, a2);
	return -EOPNOTSUPP;
}

static void fake_give(unsigned int nr, struct page **pages)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		__free_page(pages[i]);
	fake->taken -= nr;
}

static int fake_take(unsigned int nr, struct page **pages)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i]) {
			fake_give(i, pages);
			return -ENOMEM;
		}
		fake->taken++;
	}
	memcpy(fake->pages, pages, nr * sizeof(*pages));
	return 0;
}

static void fake_hide(void *addr)
{
	fake->hidden++;
}

static const struct physmap_ops fake_ops = {
	.take = fake_take,
	.give = fake_give,
	.hide = fake_hide,
};

/**
 * struct state - what a case starts with
 * @fake: the hypervisor
 * @before: the real one
 * @gfns: frames to map
 * @errs: room for an answer each
 */
struct state {
	struct fake fake;
	struct memfront_hypervisor before;
	struct mf_gfn gfns[NR];
	int errs[NR];
};

static int physmap_test_init(struct kunit *test)
{
	struct state *s;
	unsigned int i;
	int ret = need_core(test);

	if (ret)
		return ret;
	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	for (i = 0; i < NR; i++)
		s->gfns[i] = mf_gfn(FIRST_GFN + i);
	balloon_stop(&memfront_balloon);
	s->before = memfront_hv;
	fake = &s->fake;
	memfront_hv.translated = true;
	memfront_hv.p2m_size = 0;
	memfront_hv.physmap = &fake_ops;
	static_call_update(memfront_hypercall, fake_call);
	test->priv = s;
	return 0;
}

static void physmap_test_exit(struct kunit *test)
{
	struct state *s = test->priv;

	no_faults();
	if (!s)
		return;
	static_call_update(memfront_hypercall, memcore_hypercall);
	memfront_hv = s->before;
	KUNIT_EXPECT_EQ(test, s->fake.taken, 0);
	KUNIT_EXPECT_EQ(test, s->fake.nr, 0);
	balloon_start(&memfront_balloon);
}

static struct memfront_foreign *map_all(struct kunit *test)
{
	struct state *s = test->priv;
	struct memfront_foreign *map;

	map = memfront_foreign_map(DOMID, s->gfns, NR, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

static void each_frame_is_behind_its_page(struct kunit *test)
{
	struct memfront_foreign *map = map_all(test);
	unsigned int i;
	u64 *word;

	KUNIT_EXPECT_EQ(test, fake->nr, NR);
	for (i = 0; i < NR; i++) {
		struct behind *b = find_behind(page_to_pfn(fake->pages[i]));

		KUNIT_ASSERT_NOT_NULL(test, b);
		KUNIT_EXPECT_EQ(test, b->gfn, FIRST_GFN + i);
		word = memfront_foreign_addr(map) + i * PAGE_SIZE;
		*word = i + 1;
		word = page_address(fake->pages[i]);
		KUNIT_EXPECT_EQ(test, *word, i + 1);
	}
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_EQ(test, fake->removes, NR);
}

static enum mf_p2m_state state_of(struct page *page)
{
	return mf_p2m_state(memfront_p2m_lookup(mf_page_pfn(page)));
}

static void the_p2m_knows_which_are_foreign(struct kunit *test)
{
	struct state *s = test->priv;
	struct memfront_foreign *map;

	fake->bad_gfn = FIRST_GFN + 1;
	fake->bad_err = -EINVAL;
	fake->bad_times = 1;
	map = memfront_foreign_map(DOMID, s->gfns, 3, 0, s->errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	KUNIT_EXPECT_EQ(test, state_of(fake->pages[0]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_NE(test, state_of(fake->pages[1]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, state_of(fake->pages[2]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	KUNIT_EXPECT_NE(test, state_of(fake->pages[0]), MF_P2M_FOREIGN);
	KUNIT_EXPECT_NE(test, state_of(fake->pages[2]), MF_P2M_FOREIGN);
}

static void many_frames_are_few_hypercalls(struct kunit *test)
{
	struct memfront_foreign *map = map_all(test);

	KUNIT_EXPECT_EQ(test, fake->entries, DIV_ROUND_UP(NR, 512));
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void a_bad_frame_is_alone_with_its_error(struct kunit *test)
{
	static const unsigned int at[] = { 0, 1, 511, 512, NR - 1 };
	struct state *s = test->priv;
	struct memfront_foreign *map;
	unsigned int i, bad;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		fake->bad_gfn = FIRST_GFN + at[i];
		fake->bad_err = -EINVAL;
		fake->bad_times = 1;
		fake->hidden = 0;
		map = memfront_foreign_map(DOMID, s->gfns, NR, 0, s->errs);
		KUNIT_ASSERT_FALSE(test, IS_ERR(map));
		for (bad = 0; bad < NR; bad++)
			KUNIT_EXPECT_EQ(test, s->errs[bad],
					bad == at[i] ? -EINVAL : 0);
		KUNIT_EXPECT_EQ(test, fake->nr, NR - 1);
		KUNIT_EXPECT_EQ(test, fake->hidden, 1);
		KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
	}
}

static void all_or_nothing_leaves_nothing(struct kunit *test)
{
	struct state *s = test->priv;
	int err;

	fake->bad_gfn = FIRST_GFN + NR - 1;
	fake->bad_err = -EPERM;
	fake->bad_times = 1;
	err = PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID, s->gfns, NR, 0,
						   NULL));
	KUNIT_EXPECT_EQ(test, err, -EPERM);
	KUNIT_EXPECT_EQ(test, fake->removes, NR - 1);
}

static void a_paged_out_frame_is_waited_for(struct kunit *test)
{
	struct memfront_foreign *map;

	fake->bad_gfn = FIRST_GFN + 300;
	fake->bad_err = -ENOENT;
	fake->bad_times = 3;
	map = map_all(test);
	KUNIT_EXPECT_EQ(test, fake->adds, DIV_ROUND_UP(NR, 512) + 3);
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), 0);
}

static void a_refused_call_is_the_error_of_all(struct kunit *test)
{
	struct state *s = test->priv;
	int err;

	fake->refuse_add = -ESRCH;
	err = PTR_ERR_OR_ZERO(memfront_foreign_map(DOMID, s->gfns, NR, 0,
						   s->errs));
	KUNIT_EXPECT_EQ(test, err, -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[0], -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[NR - 1], -ESRCH);
	KUNIT_EXPECT_EQ(test, fake->adds, 1);
}

/* The page would show the other domain's frame to whoever had it next. */
static void a_page_that_is_not_let_go_is_not_given_back(struct kunit *test)
{
	struct memfront_foreign *map = map_all(test);
	long lost = atomic_long_read(&foreign_stats.pages_lost);

	fake->keep_gfn = FIRST_GFN + 200;
	KUNIT_EXPECT_EQ(test, memfront_foreign_unmap(map), -EBUSY);
	KUNIT_EXPECT_EQ(test, fake->removes, NR - 1);
	KUNIT_EXPECT_EQ(test, fake->taken, 1);
	KUNIT_EXPECT_EQ(test, fake->nr, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&foreign_stats.pages_lost),
			lost + 1);
	KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(fake->behind[0].pfn),
			    fake->pages[200]);
	fake->nr = 0;
	p2m_unmark_foreign(mf_page_pfn(fake->pages[200]));
	fake_give(1, &fake->pages[200]);
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
	KUNIT_EXPECT_EQ(test, fake->taken, 0);
	KUNIT_EXPECT_EQ(test, fake->nr, 0);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	unsigned int nth = 1;

	while (map_failing_at(test, nth))
		nth++;
	/* The map, its answers, two lists, the pages, 3 marks, a call, vmap(). */
	KUNIT_EXPECT_GT(test, nth, 10);
}

static struct kunit_case physmap_cases[] = {
	KUNIT_CASE(each_frame_is_behind_its_page),
	KUNIT_CASE(the_p2m_knows_which_are_foreign),
	KUNIT_CASE(many_frames_are_few_hypercalls),
	KUNIT_CASE(a_bad_frame_is_alone_with_its_error),
	KUNIT_CASE(all_or_nothing_leaves_nothing),
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
