// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of what domains beside the kernel grant, one of each type. What they
 * show is read by the core's software CPU, or in the physmap of a translated
 * kernel; what is in the page is written by its domain.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include <memfront/grant.h>
#include <memfront/p2m.h>

#include "grant-map.h"
#include "grant-op.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"
#include "memfront_hollow.h"
#include "window.h"

static struct memfront_grant_map *map_some(struct kunit *test, unsigned int nr,
					   unsigned int flags, int *errs)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	map = memfront_grant_map(s->g->peer.domid, s->refs, nr, flags, errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	expect_core_sound_so_far(test);
	return map;
}

static int map_error(struct kunit *test, unsigned int nr, unsigned int flags,
		     int *errs)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	map = memfront_grant_map(s->g->peer.domid, s->refs, nr, flags, errs);
	expect_core_sound_so_far(test);
	if (!IS_ERR(map))
		memfront_grant_unmap(map);
	return PTR_ERR_OR_ZERO(map);
}

static void unmap(struct kunit *test, struct memfront_grant_map *map)
{
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
	expect_core_sound_so_far(test);
}

static unsigned long va_of(const struct memfront_grant_map *map,
			   unsigned int page)
{
	if (memfront_hv.translated)
		return MEMCORE_DIRECT_MAP +
		       PFN_PHYS(hollow_pfn(&map->hollow, page).nr);
	return (unsigned long)memfront_grant_addr(map) + page * PAGE_SIZE;
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

/* A translated kernel reads all ones where there is nothing. */
static bool is_there(const struct memfront_grant_map *map, unsigned int page)
{
	u64 word;

	return reads(va_of(map, page), &word) && word != ~0ULL;
}

static void expect_word(struct kunit *test,
			const struct memfront_grant_map *map, unsigned int page,
			u64 word)
{
	u64 found = 0;

	KUNIT_EXPECT_TRUE(test, reads(va_of(map, page), &found));
	KUNIT_EXPECT_EQ(test, found, word);
}

static void see_both_ways(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map = map_some(test, NR, 0, NULL);
	unsigned int i;

	for (i = 0; i < NR; i++) {
		expect_word(test, map, i, 1000 * s->g->peer.domid + i);
		KUNIT_EXPECT_TRUE(test, writes(va_of(map, i), 70000 + i));
		KUNIT_EXPECT_EQ(test, granter_read(s->g, i), 70000 + i);
	}
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, GTF_reading | GTF_writing), NR);
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

static void what_either_writes_is_seen_by_both(struct kunit *test)
{
	grants_for_both(test, see_both_ways);
}

static void try_to_write(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	map = map_some(test, NR, MEMFRONT_GRANT_READ_ONLY, NULL);
	KUNIT_EXPECT_EQ(test, writes(va_of(map, NR - 1), 42),
			memfront_hv.translated);
	KUNIT_EXPECT_EQ(test, granter_read(s->g, NR - 1),
			1000 * s->g->peer.domid + NR - 1);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, GTF_reading), NR);
	unmap(test, map);
}

/* On a translated kernel of the core the write vanishes. */
static void read_only_is_read_only(struct kunit *test)
{
	grants_for_both(test, try_to_write);
}

static void a_read_only_grant_is_not_written(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	granter_offer(s->g, s->refs[1], 1, GTF_readonly, OWN_DOMID);
	map = map_some(test, 3, 0, s->errs);
	KUNIT_EXPECT_EQ(test, s->errs[0], 0);
	KUNIT_EXPECT_EQ(test, s->errs[1], -EACCES);
	KUNIT_EXPECT_EQ(test, s->errs[2], 0);
	KUNIT_EXPECT_FALSE(test, is_there(map, 1));
	unmap(test, map);
	map = map_some(test, 3, MEMFRONT_GRANT_READ_ONLY, NULL);
	expect_word(test, map, 1, 1000 * s->g->peer.domid + 1);
	unmap(test, map);
}

/* The CPU had remembered it: without a flush it could still be read. */
static void unmapped_is_out_of_the_tlb_too(struct kunit *test)
{
	struct memfront_grant_map *map;
	unsigned long va;
	u64 word;

	if (memfront_hv.translated)
		kunit_skip(test, "a translated kernel has no TLB on the core");
	map = map_some(test, NR, 0, NULL);
	va = va_of(map, NR - 1);
	KUNIT_EXPECT_TRUE(test, reads(va, &word));
	unmap(test, map);
	KUNIT_EXPECT_FALSE(test, reads(va, &word));
}

static void many_grants_are_few_hypercalls(struct kunit *test)
{
	struct memfront_grant_map *map;

	layer.calls = 0;
	map = map_some(test, NR, 0, NULL);
	KUNIT_EXPECT_EQ(test, layer.calls, DIV_ROUND_UP(NR, GRANT_BATCH));
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, layer.calls, 2 * DIV_ROUND_UP(NR, GRANT_BATCH));
}

/* Xen holds a frame until the last of its mappings goes. */
static void a_grant_may_be_mapped_again_and_again(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map, *other;
	unsigned int i;

	for (i = 0; i < NR; i++)
		s->refs[i] = FIRST_REF + i % 3;
	map = map_some(test, NR, MEMFRONT_GRANT_READ_ONLY, NULL);
	other = map_some(test, 3, 0, NULL);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, GTF_reading | GTF_writing), 3);
	KUNIT_EXPECT_TRUE(test, writes(va_of(other, 2), 42));
	for (i = 2; i < NR; i += 3)
		expect_word(test, map, i, 42);
	unmap(test, other);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, GTF_reading), 3);
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

/* Break reference @i in the way @kind. Return: what is to be answered. */
static int spoil(struct grants *s, unsigned int i, unsigned int kind)
{
	switch (kind) {
	case 0:
		s->refs[i] = ~0U;
		return -EINVAL;
	case 1:
		s->refs[i] = NO_REF;
		return -EACCES;
	case 2:
		granter_offer(s->g, s->refs[i], i, 0, NO_DOMID);
		return -EACCES;
	case 3:
		granter_offer(s->g, s->refs[i], i, GTF_readonly, OWN_DOMID);
		return -EACCES;
	default:
		granter_withdraw(s->g, s->refs[i]);
		return -EACCES;
	}
}

static void repair(struct grants *s, unsigned int i)
{
	s->refs[i] = FIRST_REF + i;
	granter_offer(s->g, s->refs[i], i, 0, OWN_DOMID);
}

static void expect_one_bad(struct kunit *test, unsigned int bad, int err)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map = map_some(test, NR, 0, s->errs);
	unsigned int i;

	for (i = 0; i < NR; i++) {
		KUNIT_EXPECT_EQ(test, s->errs[i], i == bad ? err : 0);
		KUNIT_EXPECT_EQ(test, is_there(map, i), i != bad);
	}
	KUNIT_EXPECT_EQ(test, map->mapped, NR - 1);
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, map_error(test, NR, 0, NULL), err);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

static void each_bad_grant_is_alone_with_its_error(struct kunit *test)
{
	static const unsigned int at[] = {
		0, 1, GRANT_BATCH - 1, GRANT_BATCH, NR - 1,
	};
	struct grants *s = test->priv;
	unsigned int i, kind;
	int err;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (kind = 0; kind < 5; kind++) {
			s->g = (i + kind) % 2 ? &s->pv : &s->translated;
			err = spoil(s, at[i], kind);
			expect_one_bad(test, at[i], err);
			repair(s, at[i]);
		}
	}
}

static void every_other_grant_may_be_bad(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;
	unsigned int i;

	for (i = 0; i < NR; i += 2)
		s->refs[i] = ~0U;
	hollow_source.hidden = 0;
	map = map_some(test, NR, 0, s->errs);
	for (i = 0; i < NR; i++) {
		KUNIT_EXPECT_EQ(test, s->errs[i], i % 2 ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, is_there(map, i), i % 2);
	}
	if (memfront_hv.translated)
		KUNIT_EXPECT_EQ(test, hollow_source.hidden, NR / 2);
	unmap(test, map);
}

static void who_is_not_there_is_each_grants_error(struct kunit *test)
{
	struct grants *s = test->priv;
	int err;

	err = PTR_ERR_OR_ZERO(memfront_grant_map(NO_DOMID, s->refs, 3, 0,
						 s->errs));
	KUNIT_EXPECT_EQ(test, err, -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[0], -ESRCH);
	KUNIT_EXPECT_EQ(test, s->errs[2], -ESRCH);
}

static void what_is_no_request_is_refused(struct kunit *test)
{
	static const grant_ref_t ref;
	static const struct {
		const grant_ref_t *refs;
		unsigned int nr;
		unsigned int flags;
	} wrong[] = {
		{ &ref, 0, 0 },
		{ &ref, WINDOW_MAX_PAGES + 1, 0 },
		{ &ref, UINT_MAX, 0 },
		{ &ref, 1, BIT(1) },
		{ NULL, 1, 0 },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		err = PTR_ERR_OR_ZERO(memfront_grant_map(2, wrong[i].refs,
							 wrong[i].nr,
							 wrong[i].flags, NULL));
		KUNIT_EXPECT_EQ_MSG(test, err, -EINVAL, "case %u", i);
	}
	KUNIT_EXPECT_EQ(test, layer.calls, 0);
}

static void without_a_place_nothing_is_mapped(struct kunit *test)
{
	struct grants *s = test->priv;

	memfront_hv.physmap = NULL;
	memfront_hv.windows = NULL;
	KUNIT_EXPECT_EQ(test, map_error(test, 3, 0, s->errs), -EOPNOTSUPP);
	memfront_hv.windows = s->before.windows;
}

static void a_paged_out_frame_is_waited_for(struct kunit *test)
{
	struct grants *s = test->priv;
	long retries = atomic_long_read(&grant_map_stats.retries);
	struct memfront_grant_map *map;
	unsigned int i;

	layer.ref = s->refs[200];
	layer.status = GNTST_eagain;
	layer.times = 3;
	map = map_some(test, NR, 0, NULL);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_map_stats.retries),
			retries + 3);
	KUNIT_EXPECT_EQ(test, layer.calls, DIV_ROUND_UP(NR, GRANT_BATCH) + 3);
	for (i = 199; i < 202; i++)
		expect_word(test, map, i, 1000 * s->g->peer.domid + i);
	unmap(test, map);
}

static void a_frame_that_stays_paged_out_is_given_up(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	layer.ref = s->refs[1];
	layer.status = GNTST_eagain;
	layer.times = 1000;
	map = map_some(test, 3, 0, s->errs);
	KUNIT_EXPECT_EQ(test, layer.times, 1000 - 11);
	KUNIT_EXPECT_EQ(test, s->errs[0], 0);
	KUNIT_EXPECT_EQ(test, s->errs[1], -EAGAIN);
	KUNIT_EXPECT_EQ(test, s->errs[2], 0);
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

/* At each entry each answer, also those that no hypervisor should give. */
static void each_status_has_its_errno(struct kunit *test)
{
	static const struct {
		s16 status;
		int err;
	} answers[] = {
		{ -1, -EACCES }, { -2, -ESRCH }, { -3, -EINVAL },
		{ -4, -EBADF }, { -5, -EFAULT }, { -6, -EFAULT },
		{ -7, -ENOSPC }, { -8, -EPERM }, { -9, -ENXIO },
		{ -10, -EINVAL }, { -11, -ERANGE }, { -13, -ENOSPC },
		{ -14, -EIO }, { S16_MIN, -EIO }, { 1, -EIO }, { 2, -EIO },
		{ S16_MAX, -EIO },
	};
	struct grants *s = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, grant_errno(0), 0);
	KUNIT_EXPECT_EQ(test, grant_errno(GNTST_eagain), -EAGAIN);
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		layer.ref = s->refs[i % 3];
		layer.status = answers[i].status;
		layer.times = 1;
		KUNIT_EXPECT_EQ_MSG(test, map_error(test, 3, 0, NULL),
				    answers[i].err, "status %d",
				    answers[i].status);
		KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
	}
}

/* What was asked for before it is there, and what comes after is not. */
static void a_refused_call_is_the_error_of_the_rest(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;
	unsigned int i;

	layer.fail_call = 2;
	map = map_some(test, NR, 0, s->errs);
	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, s->errs[i],
				i < GRANT_BATCH ? 0 : -EFAULT);
	KUNIT_EXPECT_EQ(test, map->mapped, GRANT_BATCH);
	unmap(test, map);
	layer.fail_call = 2;
	KUNIT_EXPECT_EQ(test, map_error(test, NR, 0, NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

static void refuse_unmap(const struct memfront_grant_map *map, unsigned int i,
			 unsigned int times)
{
	layer.ref = 0;
	layer.handle = map->handles[i];
	layer.status = GNTST_general_error;
	layer.times = times;
}

/* Whoever had the place next would find the other domain's page there. */
static void what_does_not_go_keeps_its_place(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map = map_some(test, NR, 0, NULL), *other;
	long failures = atomic_long_read(&grant_map_stats.unmap_failures);
	unsigned int taken = hollow_source.taken;
	unsigned long va = va_of(map, 200);
	u64 word;

	refuse_unmap(map, 200, 2);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EACCES);
	KUNIT_EXPECT_EQ(test,
			atomic_long_read(&grant_map_stats.unmap_failures),
			failures + 1);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR - 1);
	KUNIT_EXPECT_TRUE(test, reads(va, &word));
	KUNIT_EXPECT_EQ(test, word, 1000 * s->g->peer.domid + 200);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, taken);
	other = map_some(test, NR, 0, NULL);
	KUNIT_EXPECT_NE(test, va_of(other, 200), va);
	unmap(test, other);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR - 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

static void an_unmap_that_is_not_made_is_made_up_for(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map = map_some(test, NR, 0, NULL);

	layer.fail_call = 2;
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EFAULT);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR - GRANT_BATCH);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
}

/* Somebody has taken the mapping away behind the frontend's back. */
static void what_is_unmapped_twice_is_told(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 3, 0, NULL);
	struct gnttab_unmap_grant_ref op = {
		.host_addr = map->place->address(map, 1),
		.handle = map->handles[1],
	};

	KUNIT_EXPECT_EQ(test, grants_core_op(GNTTABOP_unmap_grant_ref, &op), 0);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EBADF);
	expect_core_sound(test);
	/* For the end: it is not there, and the core would say so for ever. */
	layer.handle = op.handle;
	layer.status = GNTST_okay;
	layer.times = 1;
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
}

static void a_grant_cannot_be_ended_while_it_is_mapped(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map = map_some(test, 3, 0, NULL);

	KUNIT_EXPECT_EQ(test, granter_uses(s->g, s->refs[2]),
			GTF_reading | GTF_writing);
	KUNIT_EXPECT_TRUE(test, writes(va_of(map, 2), 42));
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, granter_uses(s->g, s->refs[2]), 0);
	KUNIT_EXPECT_EQ(test, granter_withdraw(s->g, s->refs[2]), 0);
	KUNIT_EXPECT_EQ(test, map_error(test, 3, 0, NULL), -EACCES);
}

static void see_its_end(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map = map_some(test, NR, 0, NULL);
	u16 domid = s->g->peer.domid;

	KUNIT_EXPECT_EQ(test, granter_end(s->g), -EBUSY);
	expect_core_sound(test);
	expect_word(test, map, NR - 1, 1000 * domid + NR - 1);
	KUNIT_EXPECT_TRUE(test, writes(va_of(map, 0), 42));
	unmap(test, map);
	KUNIT_EXPECT_EQ(test, granter_end(s->g), 0);
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_grant_map(domid, s->refs, 3, 0,
							   NULL)), -ESRCH);
}

static void a_mapping_outlives_its_domain(struct kunit *test)
{
	grants_for_both(test, see_its_end);
}

static enum mf_p2m_state state_of(const struct memfront_grant_map *map,
				  unsigned int i)
{
	return mf_p2m_state(memfront_p2m_lookup(hollow_pfn(&map->hollow, i)));
}

static void the_p2m_knows_which_are_foreign(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;
	struct mf_pfn pfn;

	if (!memfront_hv.translated)
		kunit_skip(test, "on PV no page stands for a mapping");
	s->refs[1] = ~0U;
	map = map_some(test, 3, 0, s->errs);
	KUNIT_EXPECT_EQ(test, state_of(map, 0), MF_P2M_FOREIGN);
	KUNIT_EXPECT_NE(test, state_of(map, 1), MF_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, state_of(map, 2), MF_P2M_FOREIGN);
	pfn = hollow_pfn(&map->hollow, 2);
	unmap(test, map);
	KUNIT_EXPECT_NE(test, mf_p2m_state(memfront_p2m_lookup(pfn)),
			MF_P2M_FOREIGN);
}

/* The core is not asked: nothing is mapped in truth. */
static void what_has_no_handle_keeps_its_place(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	layer.ref = s->refs[1];
	layer.status = GNTST_okay;
	layer.times = 1;
	map = map_some(test, 3, 0, NULL);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), -EIO);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 1);
	map->mapped = 0;
	if (memfront_hv.translated)
		map->place->empty(map, 1, 1);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool map_failing_at(struct kunit *test, unsigned int nth)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;
	bool failed;

	grant_idle_drop();
	windows_drop_idle();
	fail_at(nth);
	map = memfront_grant_map(s->g->peer.domid, s->refs, NR, 0, NULL);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, IS_ERR(map), failed);
	if (!IS_ERR(map))
		KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
	expect_core_sound(test);
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
	grant_idle_drop();
	KUNIT_EXPECT_EQ(test, hollow_source.taken, 0);
	return failed;
}

static void whatever_fails_nothing_is_left(struct kunit *test)
{
	unsigned int nth = 1;

	while (map_failing_at(test, nth))
		nth++;
	/* At least: the map, its place with lists of its own, and 3 calls. */
	KUNIT_EXPECT_GT(test, nth, 7);
}

/* The core's own memory runs out in the middle of a list. */
static void whatever_the_core_lacks_nothing_is_left(struct kunit *test)
{
	struct memcore_faults faults = {};
	struct grants *s = test->priv;
	struct memfront_grant_map *map;
	unsigned int nth;

	for (nth = 1; nth <= 40; nth++) {
		faults.fail_alloc_at = nth;
		memcore_tool_set_faults(&faults);
		map = memfront_grant_map(s->g->peer.domid, s->refs, NR, 0,
					 s->errs);
		no_faults();
		expect_core_sound_so_far(test);
		if (!IS_ERR(map))
			unmap(test, map);
		KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
	}
}

/* Mappings at a time, pages of one at most, and steps. */
#define RANDOM_MAPS	6
#define RANDOM_NR	160U
#define RANDOM_STEPS	150U

/**
 * struct offer - what a naive reference knows of a grant
 * @valid: it is granted to the kernel
 * @read_only: to be read
 * @readers: mappings that read, those that write among them
 * @writers: mappings that write
 */
struct offer {
	bool valid;
	bool read_only;
	unsigned int readers;
	unsigned int writers;
};

/**
 * struct guess - a mapping as the reference has it
 * @map: the mapping; NULL: none
 * @read_only: made so
 * @nr: pages asked for
 * @refs: their references
 * @errs: what the reference answers
 */
struct guess {
	struct memfront_grant_map *map;
	bool read_only;
	unsigned int nr;
	grant_ref_t refs[RANDOM_NR];
	int errs[RANDOM_NR];
};

/**
 * struct model - the reference
 * @rnd: where all choices come from
 * @offers: each grant
 * @guesses: each mapping
 * @values: what is in each page
 */
struct model {
	struct rnd_state rnd;
	struct offer offers[NR];
	struct guess guesses[RANDOM_MAPS];
	u64 values[NR];
};

static u32 pick(struct model *m, u32 below)
{
	return prandom_u32_state(&m->rnd) % below;
}

static void random_offer(struct grants *s, struct model *m)
{
	unsigned int i = pick(m, NR);
	struct offer *o = &m->offers[i];

	/* As a guest that knows: what is in use is not changed. */
	if (o->readers)
		return;
	o->valid = pick(m, 4);
	o->read_only = !pick(m, 4);
	if (o->valid)
		granter_offer(s->g, FIRST_REF + i, i,
			      o->read_only ? GTF_readonly : 0, OWN_DOMID);
	else
		granter_withdraw(s->g, FIRST_REF + i);
}

static int guess_error(const struct model *m, grant_ref_t ref, bool read_only)
{
	const struct offer *o;

	if (ref == ~0U)
		return -EINVAL;
	o = &m->offers[ref - FIRST_REF];
	return o->valid && (read_only || !o->read_only) ? 0 : -EACCES;
}

static void count_use(struct model *m, const struct guess *g, unsigned int i,
		      int step)
{
	struct offer *o;

	if (g->errs[i])
		return;
	o = &m->offers[g->refs[i] - FIRST_REF];
	o->readers += step;
	if (!g->read_only)
		o->writers += step;
}

static bool make_guess(struct model *m, struct guess *g)
{
	unsigned int i;
	bool any = false;

	g->nr = 1 + pick(m, RANDOM_NR);
	g->read_only = pick(m, 2);
	for (i = 0; i < g->nr; i++) {
		g->refs[i] = pick(m, 50) ? FIRST_REF + pick(m, NR) : ~0U;
		g->errs[i] = guess_error(m, g->refs[i], g->read_only);
		any |= !g->errs[i];
	}
	return any;
}

static void random_map(struct kunit *test, struct model *m, struct guess *g)
{
	struct grants *s = test->priv;
	bool any = make_guess(m, g);
	struct memfront_grant_map *map;
	unsigned int i;

	map = memfront_grant_map(s->g->peer.domid, g->refs, g->nr,
				 g->read_only ? MEMFRONT_GRANT_READ_ONLY : 0,
				 s->errs);
	KUNIT_ASSERT_EQ(test, !IS_ERR(map), any);
	if (!any)
		return;
	for (i = 0; i < g->nr; i++) {
		KUNIT_EXPECT_EQ(test, s->errs[i], g->errs[i]);
		count_use(m, g, i, 1);
	}
	g->map = map;
}

static void random_unmap(struct kunit *test, struct model *m, struct guess *g)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(g->map), 0);
	g->map = NULL;
	for (i = 0; i < g->nr; i++)
		count_use(m, g, i, -1);
}

static void random_write(struct kunit *test, struct model *m,
			 const struct guess *g)
{
	unsigned int i = pick(m, g->nr);
	u64 word = 1 + prandom_u32_state(&m->rnd);

	if (g->errs[i])
		return;
	/* On a translated kernel what may not be written vanishes. */
	KUNIT_EXPECT_EQ(test, writes(va_of(g->map, i), word),
			!g->read_only || memfront_hv.translated);
	if (!g->read_only)
		m->values[g->refs[i] - FIRST_REF] = word;
}

static void random_step(struct kunit *test, struct model *m)
{
	struct guess *g = &m->guesses[pick(m, RANDOM_MAPS)];

	if (!pick(m, 3))
		random_offer(test->priv, m);
	else if (!g->map)
		random_map(test, m, g);
	else if (pick(m, 3))
		random_write(test, m, g);
	else
		random_unmap(test, m, g);
}

static u16 guess_uses(const struct offer *o)
{
	return (o->readers ? GTF_reading : 0) | (o->writers ? GTF_writing : 0);
}

static void expect_as_guessed(struct kunit *test, const struct model *m)
{
	struct grants *s = test->priv;
	const struct guess *g;
	unsigned int i;

	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, granter_uses(s->g, FIRST_REF + i),
				guess_uses(&m->offers[i]));
	for (g = m->guesses; g < m->guesses + RANDOM_MAPS; g++)
		for (i = 0; g->map && i < g->nr; i++)
			if (!g->errs[i])
				expect_word(test, g->map, i,
					    m->values[g->refs[i] - FIRST_REF]);
	expect_core_sound_so_far(test);
}

static void random_run(struct kunit *test)
{
	struct grants *s = test->priv;
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u64 seed = get_random_u64();
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&m->rnd, seed);
	for (i = 0; i < NR; i++) {
		m->offers[i].valid = true;
		m->values[i] = 1000 * s->g->peer.domid + i;
	}
	for (i = 0; i < RANDOM_STEPS; i++) {
		random_step(test, m);
		expect_as_guessed(test, m);
	}
	for (i = 0; i < RANDOM_MAPS; i++)
		if (m->guesses[i].map)
			random_unmap(test, m, &m->guesses[i]);
	expect_as_guessed(test, m);
}

static void random_against_reference(struct kunit *test)
{
	grants_for_both(test, random_run);
}

static struct kunit_case grant_cases[] = {
	KUNIT_CASE(what_either_writes_is_seen_by_both),
	KUNIT_CASE(read_only_is_read_only),
	KUNIT_CASE(a_read_only_grant_is_not_written),
	KUNIT_CASE(unmapped_is_out_of_the_tlb_too),
	KUNIT_CASE(many_grants_are_few_hypercalls),
	KUNIT_CASE(a_grant_may_be_mapped_again_and_again),
	KUNIT_CASE(each_bad_grant_is_alone_with_its_error),
	KUNIT_CASE(every_other_grant_may_be_bad),
	KUNIT_CASE(who_is_not_there_is_each_grants_error),
	KUNIT_CASE(what_is_no_request_is_refused),
	KUNIT_CASE(without_a_place_nothing_is_mapped),
	KUNIT_CASE(a_paged_out_frame_is_waited_for),
	KUNIT_CASE(a_frame_that_stays_paged_out_is_given_up),
	KUNIT_CASE(each_status_has_its_errno),
	KUNIT_CASE(a_refused_call_is_the_error_of_the_rest),
	KUNIT_CASE(what_does_not_go_keeps_its_place),
	KUNIT_CASE(an_unmap_that_is_not_made_is_made_up_for),
	KUNIT_CASE(what_is_unmapped_twice_is_told),
	KUNIT_CASE(a_grant_cannot_be_ended_while_it_is_mapped),
	KUNIT_CASE(a_mapping_outlives_its_domain),
	KUNIT_CASE(the_p2m_knows_which_are_foreign),
	KUNIT_CASE(what_has_no_handle_keeps_its_place),
	KUNIT_CASE(whatever_fails_nothing_is_left),
	KUNIT_CASE(whatever_the_core_lacks_nothing_is_left),
	KUNIT_CASE(random_against_reference),
	{ }
};

static struct kunit_suite grant_suite = {
	.name = "memfront_grant_map",
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = grant_cases,
};

kunit_test_suite(grant_suite);
