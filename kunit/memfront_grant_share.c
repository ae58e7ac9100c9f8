// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of the kernel that are shared with domains beside it, one of each type:
 * what those can do with them, and what becomes of the pages when they do not let
 * go.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <memfront/grant.h>

#include "grant-share.h"
#include "grant-table.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"

/**
 * struct own - pages of the kernel
 * @pages: the pages
 * @handles: for each, how the other domain calls its mapping
 */
struct own {
	struct page *pages[NR];
	grant_handle_t handles[NR];
};

static struct own *own_begin(struct kunit *test)
{
	struct own *own = kunit_kzalloc(test, sizeof(*own), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, own);
	for (i = 0; i < NR; i++) {
		own->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, own->pages[i]);
		*(u64 *)page_address(own->pages[i]) = 500 + i;
	}
	return own;
}

static unsigned int held(const struct own *own)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR; i++)
		nr += page_count(own->pages[i]) - 1;
	return nr;
}

/* Nobody has a reference any more but the case. */
static void own_end(struct kunit *test, struct own *own)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, held(own), 0);
	expect_core_sound(test);
	for (i = 0; i < NR; i++)
		__free_page(own->pages[i]);
}

static struct memfront_share *share_some(struct kunit *test, struct own *own,
					 unsigned int nr, unsigned int flags)
{
	struct grants *s = test->priv;
	struct memfront_share *share;

	share = memfront_grant_share(s->g->peer.domid, own->pages, nr, flags);
	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	expect_core_sound_so_far(test);
	return share;
}

static void map_all(struct kunit *test, struct own *own,
		    const struct memfront_share *share, unsigned int nr,
		    bool read_only)
{
	const grant_ref_t *refs = memfront_grant_refs(share);
	struct grants *s = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(test, granter_map(s->g, i, refs[i], read_only,
						  &own->handles[i]),
				GNTST_okay);
	expect_core_sound_so_far(test);
}

static void unmap_all(struct kunit *test, struct own *own, unsigned int first,
		      unsigned int nr)
{
	struct grants *s = test->priv;
	unsigned int i;

	for (i = first; i < first + nr; i++)
		KUNIT_ASSERT_EQ(test, granter_unmap(s->g, i, own->handles[i]),
				GNTST_okay);
	expect_core_sound_so_far(test);
}

static void share_both_ways(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, NR, 0);
	struct grants *s = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, held(own), NR);
	map_all(test, own, share, NR, false);
	for (i = 0; i < NR; i++) {
		KUNIT_EXPECT_EQ(test, granter_mapped_read(s->g, i), 500 + i);
		KUNIT_EXPECT_EQ(test, granter_mapped_write(s->g, i, i), 0);
		KUNIT_EXPECT_EQ(test, *(u64 *)page_address(own->pages[i]), i);
	}
	unmap_all(test, own, 0, NR);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	own_end(test, own);
}

static void what_either_writes_is_seen_by_both(struct kunit *test)
{
	grants_for_both(test, share_both_ways);
}

static void what_is_shared_to_be_read_is_not_written(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct grants *s = test->priv;
	struct memfront_share *share;
	grant_handle_t handle;

	share = share_some(test, own, 3, MEMFRONT_GRANT_READ_ONLY);
	KUNIT_EXPECT_EQ(test, granter_map(s->g, 0,
					  memfront_grant_refs(share)[0], false,
					  &handle), GNTST_general_error);
	map_all(test, own, share, 3, true);
	KUNIT_EXPECT_EQ(test, granter_mapped_read(s->g, 2), 502);
	KUNIT_EXPECT_NE(test, granter_mapped_write(s->g, 2, 1), 0);
	KUNIT_EXPECT_EQ(test, *(u64 *)page_address(own->pages[2]), 502);
	unmap_all(test, own, 0, 3);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	own_end(test, own);
}

static void who_is_not_meant_maps_nothing(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, 1, 0);
	struct grants *s = test->priv;
	grant_handle_t handle;

	KUNIT_EXPECT_EQ(test, granter_map(&s->translated, 0,
					  memfront_grant_refs(share)[0], true,
					  &handle), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	own_end(test, own);
}

static void what_is_revoked_cannot_be_mapped(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, 2, 0);
	struct grants *s = test->priv;
	grant_ref_t ref = memfront_grant_refs(share)[1];
	struct memfront_share *other = share_some(test, own, 1, 0);
	grant_handle_t handle;

	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	KUNIT_EXPECT_EQ(test, granter_map(s->g, 0, ref, true, &handle),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(other), 0);
	own_end(test, own);
}

static void revoke_while_mapped(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, NR, 0);
	struct grants *s = test->priv;

	map_all(test, own, share, NR, false);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, held(own), NR);
	grant_shares_look();
	KUNIT_EXPECT_EQ(test, held(own), NR);
	KUNIT_EXPECT_EQ(test, granter_mapped_write(s->g, 0, 77), 0);
	KUNIT_EXPECT_EQ(test, *(u64 *)page_address(own->pages[0]), 77);
	unmap_all(test, own, 0, NR);
	while (grant_shares_look())
		;
	own_end(test, own);
}

static void what_is_mapped_waits(struct kunit *test)
{
	grants_for_both(test, revoke_while_mapped);
}

static void what_is_not_mapped_does_not_wait(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, NR, 0);

	map_all(test, own, share, NR, false);
	unmap_all(test, own, 3, NR - 3);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, held(own), 3);
	unmap_all(test, own, 0, 1);
	KUNIT_EXPECT_LE(test, grant_shares_look(), 3);
	KUNIT_EXPECT_EQ(test, held(own), 2);
	unmap_all(test, own, 1, 2);
	grant_shares_look();
	own_end(test, own);
}

/* For soon(). */
static bool holds_none(unsigned long own)
{
	return !held((const struct own *)own);
}

/* Nobody calls: the work alone does it. */
static void the_work_sees_it(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, 3, 0);

	map_all(test, own, share, 3, false);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	unmap_all(test, own, 0, 3);
	KUNIT_EXPECT_TRUE(test, soon(holds_none, (unsigned long)own));
	own_end(test, own);
}

static struct page **same_page(struct kunit *test, struct page *page,
			       unsigned int nr)
{
	struct page **pages = vmalloc(nr * sizeof(*pages));
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (i = 0; i < nr; i++)
		pages[i] = page;
	return pages;
}

/* A table whose entries are all in use for good. */
static int busy_end(grant_ref_t ref)
{
	return -EBUSY;
}

/**
 * struct turns - the pages that have gone, in the turns of the queue
 * @ops:	ends them
 * @ends:	how many have
 * @last:	when the last did, in jiffies
 * @pause:	the shortest between two turns
 */
static struct turns {
	const struct grant_table_ops *ops;
	unsigned int ends;
	unsigned long last;
	unsigned long pause;
} turns;

static int end_in_turn(grant_ref_t ref)
{
	unsigned long now = jiffies;

	if (turns.ends && !(turns.ends % GRANT_QUEUE_LOOKS))
		turns.pause = min(turns.pause, now - turns.last);
	turns.ends++;
	turns.last = now;
	return turns.ops->end(ref);
}

/*
 * Far more than a turn has, all let go of: they do not wait a tenth of a second for each
 * turn. How long a turn takes is another matter, so the shortest pause tells.
 */
static void many_that_can_go_go_at_once(struct kunit *test)
{
	const struct grant_table_ops *ops = memfront_hv.grant_table;
	const unsigned int nr = 60 * GRANT_QUEUE_LOOKS;
	struct grant_table_ops busy = *ops, counted = *ops;
	struct own *own = own_begin(test);
	struct page **pages = same_page(test, own->pages[0], nr);
	struct memfront_share *share = memfront_grant_share(2, pages, nr, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	turns = (struct turns){ .ops = ops, .pause = ULONG_MAX };
	busy.end = busy_end;
	counted.end = end_in_turn;
	memfront_hv.grant_table = &busy;
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	memfront_hv.grant_table = &counted;
	KUNIT_EXPECT_TRUE(test, soon(holds_none, (unsigned long)own));
	while (grant_shares_look())
		;
	memfront_hv.grant_table = ops;
	KUNIT_EXPECT_EQ(test, turns.ends, nr);
	KUNIT_EXPECT_LT(test, turns.pause, HZ / 10);
	vfree(pages);
	own_end(test, own);
}

static void end_while_mapped(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, NR, 0);
	struct grants *s = test->priv;

	map_all(test, own, share, NR, false);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, granter_end(s->g), 0);
	expect_core_sound(test);
	while (grant_shares_look())
		;
	own_end(test, own);
}

static void what_waits_goes_with_its_domain(struct kunit *test)
{
	grants_for_both(test, end_while_mapped);
}

static void what_is_shared_outlives_the_domain(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, NR, 0);
	struct grants *s = test->priv;

	map_all(test, own, share, NR, false);
	KUNIT_EXPECT_EQ(test, granter_end(s->g), 0);
	KUNIT_EXPECT_EQ(test, held(own), NR);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	own_end(test, own);
}

/* All of the queue gets its turn, a part at a time. */
static void a_turn_has_a_bound(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, NR, 0);
	unsigned int i, most = 0, looks;

	map_all(test, own, share, NR, false);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	for (i = 0; i < 5; i++) {
		looks = grant_shares_look();
		most = max(most, looks);
		KUNIT_EXPECT_GT(test, looks, 0);
	}
	KUNIT_EXPECT_EQ(test, most, GRANT_QUEUE_LOOKS);
	unmap_all(test, own, NR - 1, 1);
	for (i = 0; i < 4; i++)
		grant_shares_look();
	KUNIT_EXPECT_EQ(test, held(own), NR - 1);
	unmap_all(test, own, 0, NR - 1);
	while (grant_shares_look())
		;
	own_end(test, own);
}

/* One page, under as many references as the table has entries. */
static void a_full_table_is_told(struct kunit *test)
{
	struct own *own = own_begin(test);
	const unsigned int refs = TABLE_REFS(grants_version());
	struct page **pages = same_page(test, own->pages[0], refs + 1);
	struct memfront_share *share;

	share = memfront_grant_share(2, pages, refs + 1, 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(share), -ENOSPC);
	KUNIT_EXPECT_EQ(test, held(own), 0);
	share = memfront_grant_share(2, pages, refs, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	KUNIT_EXPECT_EQ(test, held(own), refs);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(memfront_grant_share(2, pages, 1,
								   0)),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	vfree(pages);
	own_end(test, own);
}

static void a_full_queue_takes_nothing_over(struct kunit *test)
{
	const struct grant_table_ops *ops = memfront_hv.grant_table;
	struct grant_table_ops busy = *ops;
	struct memfront_share *share, *one;
	struct page **pages;
	struct own *own;
	long refused = atomic_long_read(&grant_share_stats.refused);

	if (TABLE_REFS(grants_version()) <= GRANT_QUEUE_PAGES)
		kunit_skip(test, "the table has not so many entries");
	own = own_begin(test);
	pages = same_page(test, own->pages[0], GRANT_QUEUE_PAGES);
	share = memfront_grant_share(2, pages, GRANT_QUEUE_PAGES, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	one = share_some(test, own, 1, 0);
	busy.end = busy_end;
	memfront_hv.grant_table = &busy;
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(one), -EBUSY);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(one), -EBUSY);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_share_stats.refused),
			refused + 2);
	KUNIT_EXPECT_EQ(test, held(own), GRANT_QUEUE_PAGES + 1);
	memfront_hv.grant_table = ops;
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(one), 0);
	while (grant_shares_look())
		cond_resched();
	vfree(pages);
	own_end(test, own);
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	struct page *page = ZERO_PAGE(0);
	const struct {
		struct page *const *pages;
		unsigned int nr;
		unsigned int flags;
	} wrong[] = {
		{ &page, 0, 0 },
		{ &page, BIT(18) + 1, 0 },
		{ &page, UINT_MAX, 0 },
		{ &page, 1, BIT(1) },
		{ NULL, 1, 0 },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		err = PTR_ERR_OR_ZERO(memfront_grant_share(2, wrong[i].pages,
							   wrong[i].nr,
							   wrong[i].flags));
		KUNIT_EXPECT_EQ_MSG(test, err, -EINVAL, "case %u", i);
	}
	memfront_hv.grant_table = NULL;
	err = PTR_ERR_OR_ZERO(memfront_grant_share(2, &page, 1, 0));
	KUNIT_EXPECT_EQ(test, err, -EOPNOTSUPP);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool share_failing_at(struct kunit *test, struct own *own,
			     unsigned int nth)
{
	struct memfront_share *share;
	bool failed;

	fail_at(nth);
	share = memfront_grant_share(2, own->pages, 3, 0);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, IS_ERR(share), failed);
	if (!IS_ERR(share))
		KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	KUNIT_EXPECT_EQ(test, held(own), 0);
	expect_core_sound(test);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	struct own *own = own_begin(test);
	unsigned int nth = 1;

	while (share_failing_at(test, own, nth))
		nth++;
	/* At least: the share, 2 for the table, a frame of it, 3 entries. */
	KUNIT_EXPECT_GT(test, nth, 7);
	own_end(test, own);
}

/*
 * A domain that maps what it is granted at once
 * @ops:	the table in truth
 * @g:		the domain
 * @nr:		pages granted; the third is not
 * @handles:	its mappings
 */
static struct {
	const struct grant_table_ops *ops;
	struct granter *g;
	unsigned int nr;
	grant_handle_t handles[2];
} fast;

static int grant_and_map(grant_ref_t ref, domid_t domid, xen_pfn_t gfn,
			 bool read_only)
{
	unsigned int i = fast.nr++;
	int err;

	if (i == 2)
		return -ENOMEM;
	err = fast.ops->grant(ref, domid, gfn, read_only);
	if (!err)
		granter_map(fast.g, i, ref, read_only, &fast.handles[i]);
	return err;
}

static void what_is_mapped_before_a_failure_waits(struct kunit *test)
{
	struct grant_table_ops ops = *memfront_hv.grant_table;
	struct own *own = own_begin(test);
	struct grants *s = test->priv;
	struct memfront_share *share;

	fast.ops = memfront_hv.grant_table;
	fast.g = s->g;
	fast.nr = 0;
	ops.grant = grant_and_map;
	memfront_hv.grant_table = &ops;
	share = memfront_grant_share(s->g->peer.domid, own->pages, 5, 0);
	memfront_hv.grant_table = fast.ops;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(share), -ENOMEM);
	KUNIT_EXPECT_EQ(test, held(own), 2);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, granter_unmap(s->g, 0, fast.handles[0]), 0);
	KUNIT_EXPECT_EQ(test, granter_unmap(s->g, 1, fast.handles[1]), 0);
	while (grant_shares_look())
		;
	own_end(test, own);
}

/* What somebody else was left, in order. */
static struct {
	unsigned int nr;
	grant_ref_t refs[3];
	struct page *pages[3];
} left;

static void leave(grant_ref_t ref, struct page *page)
{
	if (left.nr < ARRAY_SIZE(left.refs)) {
		left.refs[left.nr] = ref;
		left.pages[left.nr] = page;
	}
	left.nr++;
}

/* As on Xen, where the kernel has a queue of its own. */
static void what_waits_is_left_to_others_in_the_end(struct kunit *test)
{
	const struct grant_table_ops *ops = memfront_hv.grant_table;
	long before = atomic_long_read(&grant_share_stats.abandoned);
	struct grant_table_ops leaving = *ops;
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, 5, 0);
	grant_ref_t refs[5];
	unsigned int i;

	memcpy(refs, memfront_grant_refs(share), sizeof(refs));
	map_all(test, own, share, 4, false);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	unmap_all(test, own, 3, 1);
	leaving.abandon = leave;
	left.nr = 0;
	memfront_hv.grant_table = &leaving;
	grant_shares_exit();
	memfront_hv.grant_table = ops;
	KUNIT_EXPECT_EQ(test, left.nr, 3U);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_share_stats.abandoned),
			before + 3);
	KUNIT_EXPECT_EQ(test, grant_shares_look(), 0U);
	KUNIT_EXPECT_EQ(test, held(own), 3);
	unmap_all(test, own, 0, 3);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, left.refs[i], refs[i]);
		KUNIT_EXPECT_PTR_EQ(test, left.pages[i], own->pages[i]);
		KUNIT_EXPECT_EQ(test, ops->end(refs[i]), 0);
		put_page(own->pages[i]);
	}
	own_end(test, own);
}

static void change_version_and_back(struct kunit *test)
{
	unsigned int version = grants_version();

	KUNIT_EXPECT_EQ(test, grants_set_version(3 - version), 0);
	KUNIT_EXPECT_EQ(test, grants_set_version(version), 0);
}

/* On the core there are no others: the pages are lost, and nobody gets them. */
static void what_is_left_on_the_core_is_nobodys(struct kunit *test)
{
	struct own *own = own_begin(test);
	struct memfront_share *share = share_some(test, own, 2, 0);
	struct grants *s = test->priv;
	grant_ref_t refs[2];
	unsigned int i;

	memcpy(refs, memfront_grant_refs(share), sizeof(refs));
	map_all(test, own, share, 2, false);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), -EINPROGRESS);
	grant_shares_exit();
	KUNIT_EXPECT_EQ(test, held(own), 2);
	KUNIT_EXPECT_EQ(test, granter_mapped_write(s->g, 0, 77), 0);
	/* As who loads the module again. */
	share = share_some(test, own, 2, 0);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_NE(test, memfront_grant_refs(share)[i / 2],
				refs[i % 2]);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	unmap_all(test, own, 0, 2);
	put_page(own->pages[0]);
	put_page(own->pages[1]);
	change_version_and_back(test);
	own_end(test, own);
}

#define RANDOM_SHARES	6
#define RANDOM_NR	40U
#define RANDOM_STEPS	150U

/**
 * struct try - a share as the reference has it
 * @share: the share, until it is revoked; NULL: it is not, or waits
 * @read_only: made so
 * @nr: its pages; 0: there is none
 * @first: the first of them among the kernel's
 * @refs: how they are found
 * @mapped: for each: does the domain have it mapped?
 * @handles: and its handle
 */
struct try {
	struct memfront_share *share;
	bool read_only;
	unsigned int nr;
	unsigned int first;
	grant_ref_t refs[RANDOM_NR];
	bool mapped[RANDOM_NR];
	grant_handle_t handles[RANDOM_NR];
};

/**
 * struct model - the reference
 * @rnd: where all choices come from
 * @own: the pages
 * @tries: the shares; slots of the domain are theirs in turn
 */
struct model {
	struct rnd_state rnd;
	struct own *own;
	struct try tries[RANDOM_SHARES];
};

static u32 pick(struct model *m, u32 below)
{
	return prandom_u32_state(&m->rnd) % below;
}

static unsigned int slot_of(const struct model *m, const struct try *t,
			    unsigned int i)
{
	return (t - m->tries) * RANDOM_NR + i;
}

static void random_share(struct kunit *test, struct model *m, struct try *t)
{
	struct grants *s = test->priv;

	memset(t, 0, sizeof(*t));
	t->nr = 1 + pick(m, RANDOM_NR);
	t->first = pick(m, NR - t->nr);
	t->read_only = pick(m, 2);
	t->share = memfront_grant_share(s->g->peer.domid,
					m->own->pages + t->first, t->nr,
					t->read_only ?
					MEMFRONT_GRANT_READ_ONLY : 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->share));
	memcpy(t->refs, memfront_grant_refs(t->share),
	       t->nr * sizeof(*t->refs));
}

static unsigned int nr_mapped(const struct try *t)
{
	unsigned int i, nr = 0;

	for (i = 0; i < t->nr; i++)
		nr += t->mapped[i];
	return nr;
}

static void random_touch(struct kunit *test, struct model *m, struct try *t)
{
	unsigned int i = pick(m, t->nr), slot = slot_of(m, t, i);
	struct grants *s = test->priv;
	bool read_only = pick(m, 2);
	s16 status;

	if (t->mapped[i]) {
		KUNIT_EXPECT_EQ(test, granter_unmap(s->g, slot, t->handles[i]),
				GNTST_okay);
		t->mapped[i] = false;
		return;
	}
	/* What waits and is not mapped may be another's by now. */
	if (!t->share)
		return;
	status = granter_map(s->g, slot, t->refs[i], read_only, &t->handles[i]);
	t->mapped[i] = status == GNTST_okay;
	KUNIT_EXPECT_EQ(test, t->mapped[i], read_only || !t->read_only);
	if (t->mapped[i])
		KUNIT_EXPECT_EQ(test, granter_mapped_read(s->g, slot),
				500 + t->first + i);
}

static void random_revoke(struct kunit *test, struct try *t)
{
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(t->share),
			nr_mapped(t) ? -EINPROGRESS : 0);
	t->share = NULL;
}

static void random_step(struct kunit *test, struct model *m)
{
	struct try *t = &m->tries[pick(m, RANDOM_SHARES)];

	if (!t->share && !nr_mapped(t))
		random_share(test, m, t);
	else if (pick(m, 10))
		random_touch(test, m, t);
	else if (t->share)
		random_revoke(test, t);
}

/* Once the queue has been looked at. */
static void expect_as_guessed(struct kunit *test, const struct model *m)
{
	const struct try *t;
	unsigned int i, nr = 0;

	for (i = 0; i < 4; i++)
		grant_shares_look();
	for (t = m->tries; t < m->tries + RANDOM_SHARES; t++)
		nr += t->share ? t->nr : nr_mapped(t);
	KUNIT_EXPECT_EQ(test, held(m->own), nr);
	expect_core_sound_so_far(test);
}

static void random_end(struct kunit *test, struct model *m, struct try *t)
{
	struct grants *s = test->priv;
	unsigned int i;

	if (t->share)
		random_revoke(test, t);
	for (i = 0; i < t->nr; i++)
		if (t->mapped[i])
			granter_unmap(s->g, slot_of(m, t, i), t->handles[i]);
}

static void random_run(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u64 seed = get_random_u64();
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&m->rnd, seed);
	m->own = own_begin(test);
	for (i = 0; i < RANDOM_STEPS; i++) {
		random_step(test, m);
		expect_as_guessed(test, m);
	}
	for (i = 0; i < RANDOM_SHARES; i++)
		random_end(test, m, &m->tries[i]);
	while (grant_shares_look())
		;
	own_end(test, m->own);
}

static void random_against_reference(struct kunit *test)
{
	grants_for_both(test, random_run);
}

/* KUnit keeps something in a case, so each suite has its own. */
#define SHARE_CASES(name)						\
static struct kunit_case name[] = {					\
	KUNIT_CASE(what_either_writes_is_seen_by_both),			\
	KUNIT_CASE(what_is_shared_to_be_read_is_not_written),		\
	KUNIT_CASE(who_is_not_meant_maps_nothing),			\
	KUNIT_CASE(what_is_revoked_cannot_be_mapped),			\
	KUNIT_CASE(what_is_mapped_waits),				\
	KUNIT_CASE(what_is_not_mapped_does_not_wait),			\
	KUNIT_CASE(the_work_sees_it),					\
	KUNIT_CASE(many_that_can_go_go_at_once),			\
	KUNIT_CASE(what_waits_goes_with_its_domain),			\
	KUNIT_CASE(what_is_shared_outlives_the_domain),			\
	KUNIT_CASE(a_turn_has_a_bound),					\
	KUNIT_CASE(a_full_table_is_told),				\
	KUNIT_CASE(a_full_queue_takes_nothing_over),			\
	KUNIT_CASE(what_is_no_request_is_refused),			\
	KUNIT_CASE(whatever_fails_nothing_is_left),			\
	KUNIT_CASE(what_is_mapped_before_a_failure_waits),		\
	KUNIT_CASE(what_waits_is_left_to_others_in_the_end),		\
	KUNIT_CASE(what_is_left_on_the_core_is_nobodys),		\
	KUNIT_CASE(random_against_reference),				\
	{ }								\
}

SHARE_CASES(share_cases);
SHARE_CASES(share_cases_v2);

static int init_v2(struct kunit *test)
{
	return need_core(test) ?: grants_set_version(2) ?: grants_init(test);
}

static void exit_v2(struct kunit *test)
{
	grants_exit(test);
	KUNIT_EXPECT_EQ(test, grants_set_version(1), 0);
}

static struct kunit_suite share_suite = {
	.name = "memfront_grant_share",
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = share_cases,
};

/* The same with a table of version 2. */
static struct kunit_suite share_suite_v2 = {
	.name = "memfront_grant_share_v2",
	.init = init_v2,
	.exit = exit_v2,
	.test_cases = share_cases_v2,
};

kunit_test_suites(&share_suite, &share_suite_v2);
