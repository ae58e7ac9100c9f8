// SPDX-License-Identifier: GPL-2.0
/*
 * Copies between what domains beside the kernel grant, one of each type, and
 * memory of the kernel; held against memcpy() in a mirror of their pages.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <memfront/grant.h>

#include "grant-copy.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"

/* Granted pages in play. */
#define PAGES		5U
#define BYTES		(PAGES * PAGE_SIZE)

/**
 * struct play - what is copied between
 * @local: memory of the kernel
 * @mirror: what is in @local if all is right
 * @theirs: and what is in the granted pages
 * @seen: for looking
 */
struct play {
	u8 *local;
	u8 *mirror;
	u8 *theirs;
	u8 *seen;
};

static void fill(struct kunit *test, struct play *p)
{
	struct grants *s = test->priv;
	unsigned int i;

	get_random_bytes(p->local, BYTES);
	memcpy(p->mirror, p->local, BYTES);
	get_random_bytes(p->theirs, BYTES);
	for (i = 0; i < PAGES; i++)
		KUNIT_ASSERT_EQ(test,
				granter_fill(s->g, i, (u64 *)(p->theirs +
							      i * PAGE_SIZE)),
				0);
}

/* Memory of the direct map, or from vmalloc(). */
static void play_begin_in(struct kunit *test, struct play *p, bool direct)
{
	p->local = direct ? kmalloc(BYTES, GFP_KERNEL) : vmalloc(BYTES);
	p->mirror = vmalloc(BYTES);
	p->theirs = vmalloc(BYTES);
	p->seen = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, p->local && p->mirror && p->theirs && p->seen);
	fill(test, p);
}

static void play_begin(struct kunit *test, struct play *p)
{
	play_begin_in(test, p, true);
}

static void play_end(struct play *p)
{
	kvfree(p->local);
	vfree(p->mirror);
	vfree(p->theirs);
	vfree(p->seen);
}

static void expect_all_right(struct kunit *test, struct play *p)
{
	struct grants *s = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, memcmp(p->local, p->mirror, BYTES), 0);
	for (i = 0; i < PAGES; i++) {
		KUNIT_EXPECT_EQ(test, granter_load(s->g, i, p->seen), 0);
		KUNIT_EXPECT_EQ(test, memcmp(p->seen, p->theirs + i * PAGE_SIZE,
					     PAGE_SIZE), 0);
	}
	KUNIT_EXPECT_EQ(test, grants_count_uses(s->g, 0), NR);
	expect_core_sound_so_far(test);
}

static struct memfront_grant_copy copy_of(struct kunit *test, struct play *p,
					  unsigned int offset, unsigned int at,
					  size_t len, bool to_grant)
{
	struct grants *s = test->priv;

	return (struct memfront_grant_copy){
		.domid = s->g->peer.domid,
		.refs = s->refs,
		.offset = offset,
		.local = p->local + at,
		.len = len,
		.to_grant = to_grant,
		.err = 1,
	};
}

/* What the copy does to the mirrors. */
static void mirror(struct play *p, const struct memfront_grant_copy *c)
{
	size_t at = (u8 *)c->local - p->local;

	if (c->to_grant)
		memcpy(p->theirs + c->offset, p->mirror + at, c->len);
	else
		memcpy(p->mirror + at, p->theirs + c->offset, c->len);
}

static void copy_one(struct kunit *test, struct play *p, unsigned int offset,
		     unsigned int at, size_t len, bool to_grant)
{
	struct memfront_grant_copy c = copy_of(test, p, offset, at, len,
					       to_grant);

	KUNIT_EXPECT_EQ(test, memfront_grant_copy(&c, 1), 0);
	KUNIT_EXPECT_EQ(test, c.err, 0);
	mirror(p, &c);
	expect_all_right(test, p);
}

/* One byte, around ends of pages on either side, and all. */
static void copy_edges_in(struct kunit *test, bool to_grant, bool direct)
{
	struct play p;

	play_begin_in(test, &p, direct);
	copy_one(test, &p, 0, 0, 1, to_grant);
	copy_one(test, &p, PAGE_SIZE - 1, 7, 1, to_grant);
	copy_one(test, &p, PAGE_SIZE - 1, 7, 2, to_grant);
	copy_one(test, &p, 7, PAGE_SIZE - 1, 2, to_grant);
	copy_one(test, &p, PAGE_SIZE, 0, PAGE_SIZE, to_grant);
	copy_one(test, &p, 100, 300, 3 * PAGE_SIZE, to_grant);
	copy_one(test, &p, 0, 0, BYTES, to_grant);
	copy_one(test, &p, 5, 6, 0, to_grant);
	copy_one(test, &p, 0, 0, PAGE_SIZE, to_grant);
	copy_one(test, &p, PAGE_SIZE - 9, PAGE_SIZE - 9, 9, to_grant);
	play_end(&p);
}

static void copy_edges(struct kunit *test, bool to_grant)
{
	copy_edges_in(test, to_grant, false);
	copy_edges_in(test, to_grant, true);
}

static void read_edges(struct kunit *test)
{
	copy_edges(test, false);
}

static void write_edges(struct kunit *test)
{
	copy_edges(test, true);
}

static void bytes_are_read(struct kunit *test)
{
	grants_for_both(test, read_edges);
}

static void bytes_are_written(struct kunit *test)
{
	grants_for_both(test, write_edges);
}

static void memory_of_the_direct_map_will_do(struct kunit *test)
{
	u8 *local = kunit_kzalloc(test, 256, GFP_KERNEL);
	struct memfront_grant_copy c;
	struct play p;

	KUNIT_ASSERT_NOT_NULL(test, local);
	play_begin(test, &p);
	c = copy_of(test, &p, PAGE_SIZE - 100, 0, 256, false);
	c.local = local;
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(&c, 1), 0);
	KUNIT_EXPECT_EQ(test, memcmp(local, p.theirs + c.offset, 256), 0);
	expect_all_right(test, &p);
	play_end(&p);
}

/* 4 ends on their side and 4 on ours are 9 parts. */
static void parts_go_with_one_hypercall(struct kunit *test)
{
	long parts = atomic_long_read(&grant_copy_stats.parts);
	struct play p;

	play_begin(test, &p);
	layer.calls = 0;
	copy_one(test, &p, 100, 300, BYTES - 300, false);
	KUNIT_EXPECT_EQ(test, layer.calls, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_copy_stats.parts),
			parts + 9);
	play_end(&p);
}

static struct memfront_grant_copy *many(struct kunit *test, struct play *p)
{
	struct memfront_grant_copy *c;
	struct grants *s = test->priv;
	unsigned int i;

	c = kunit_kcalloc(test, NR, sizeof(*c), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c);
	for (i = 0; i < NR; i++) {
		c[i] = copy_of(test, p, 0, i * sizeof(u64), sizeof(u64), false);
		c[i].refs = &s->refs[i];
	}
	return c;
}

/* What the pages hold from the start. */
static void expect_copied(struct kunit *test, struct play *p, unsigned int i,
			  bool done)
{
	struct grants *s = test->priv;
	u64 word = ((u64 *)p->local)[i];

	if (i >= PAGES && done)
		KUNIT_EXPECT_EQ(test, word, 1000 * s->g->peer.domid + i);
	if (!done)
		KUNIT_EXPECT_EQ(test, word, ((u64 *)p->mirror)[i]);
}

static void many_copies_are_few_hypercalls(struct kunit *test)
{
	struct memfront_grant_copy *c;
	struct play p;
	unsigned int i;

	play_begin(test, &p);
	c = many(test, &p);
	layer.calls = 0;
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(c, NR), 0);
	KUNIT_EXPECT_EQ(test, layer.calls, DIV_ROUND_UP(NR, GRANT_COPY_BATCH));
	for (i = 0; i < NR; i++)
		expect_copied(test, &p, i, true);
	play_end(&p);
}

static int spoil(struct grants *s, struct memfront_grant_copy *c,
		 unsigned int kind)
{
	static const grant_ref_t none = ~0U, empty = NO_REF;

	switch (kind) {
	case 0:
		c->refs = &none;
		return -EINVAL;
	case 1:
		c->refs = &empty;
		return -EACCES;
	case 2:
		c->domid = NO_DOMID;
		return -ESRCH;
	case 3:
		c->refs = NULL;
		return -EINVAL;
	case 4:
		c->local = NULL;
		return -EINVAL;
	default:
		c->len = SIZE_MAX;
		c->offset = 1;
		return -EINVAL;
	}
}

static void each_bad_copy_is_alone_with_its_error(struct kunit *test)
{
	static const unsigned int at[] = {
		0, 1, GRANT_COPY_BATCH - 1, GRANT_COPY_BATCH, NR - 1,
	};
	struct grants *s = test->priv;
	struct memfront_grant_copy *c, good;
	unsigned int i, kind, k;
	struct play p;
	int err;

	play_begin(test, &p);
	c = many(test, &p);
	for (k = 0; k < ARRAY_SIZE(at); k++) {
		for (kind = 0; kind < 6; kind++) {
			memcpy(p.local, p.mirror, BYTES);
			good = c[at[k]];
			err = spoil(s, &c[at[k]], kind);
			KUNIT_EXPECT_EQ(test, memfront_grant_copy(c, NR), err);
			for (i = 0; i < NR; i++) {
				KUNIT_EXPECT_EQ(test, c[i].err,
						i == at[k] ? err : 0);
				expect_copied(test, &p, i, i != at[k]);
			}
			c[at[k]] = good;
		}
	}
	expect_core_sound(test);
	play_end(&p);
}

static void a_read_only_grant_is_not_written(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_copy c;
	struct play p;

	play_begin(test, &p);
	granter_offer(s->g, s->refs[1], 1, GTF_readonly, OWN_DOMID);
	c = copy_of(test, &p, PAGE_SIZE, 0, 100, true);
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(&c, 1), -EACCES);
	expect_all_right(test, &p);
	copy_one(test, &p, PAGE_SIZE, 0, 100, false);
	play_end(&p);
}

static void a_paged_out_frame_is_waited_for(struct kunit *test)
{
	struct grants *s = test->priv;
	long retries = atomic_long_read(&grant_copy_stats.retries);
	struct play p;

	play_begin(test, &p);
	layer.ref = s->refs[2];
	layer.status = GNTST_eagain;
	layer.times = 4;
	copy_one(test, &p, 100, 300, BYTES - 300, false);
	/* Each part of the page is asked for. */
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_copy_stats.retries),
			retries + 2);
	play_end(&p);
}

static void a_frame_that_stays_paged_out_is_given_up(struct kunit *test)
{
	struct grants *s = test->priv;
	struct memfront_grant_copy *c;
	struct play p;
	unsigned int i;

	play_begin(test, &p);
	c = many(test, &p);
	layer.ref = s->refs[1];
	layer.status = GNTST_eagain;
	layer.times = 1000;
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(c, NR), -EAGAIN);
	KUNIT_EXPECT_EQ(test, layer.times, 1000 - 11);
	for (i = 0; i < NR; i++)
		expect_copied(test, &p, i, i != 1);
	play_end(&p);
}

static void a_refused_call_is_the_error_of_its_parts(struct kunit *test)
{
	struct memfront_grant_copy *c;
	struct play p;
	unsigned int i;

	play_begin(test, &p);
	c = many(test, &p);
	layer.fail_call = 2;
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(c, NR), -EFAULT);
	for (i = 0; i < NR; i++) {
		bool done = i < GRANT_COPY_BATCH || i >= 2 * GRANT_COPY_BATCH;

		KUNIT_EXPECT_EQ(test, c[i].err, done ? 0 : -EFAULT);
		expect_copied(test, &p, i, done);
	}
	play_end(&p);
}

/* No memory of the kernel's is there: neither is anything asked for. */
static void what_is_no_memory_is_not_copied_to(struct kunit *test)
{
	struct memfront_grant_copy c;
	struct play p;

	play_begin(test, &p);
	layer.calls = 0;
	c = copy_of(test, &p, 0, 0, 8, false);
	c.local = (void *)PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(&c, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, layer.calls, 0);
	KUNIT_EXPECT_EQ(test, memfront_grant_copy(NULL, 0), 0);
	play_end(&p);
}

/* Let the @nth thing on the way fail; false when there are not so many. */
static bool copy_failing_at(struct kunit *test, struct play *p,
			    unsigned int nth)
{
	struct memfront_grant_copy *c = many(test, p);
	bool failed;
	int err;

	/* None is spare. */
	grant_copies_exit();
	fail_at(nth);
	err = memfront_grant_copy(c, NR);
	failed = has_failed();
	no_faults();
	KUNIT_EXPECT_EQ(test, err, failed ? -ENOMEM : 0);
	expect_core_sound(test);
	return failed;
}

static void whatever_fails_is_told(struct kunit *test)
{
	unsigned int nth = 1;
	struct play p;

	play_begin(test, &p);
	while (copy_failing_at(test, &p, nth))
		nth++;
	/* The batch, and 3 calls. */
	KUNIT_EXPECT_EQ(test, nth, 5);
	play_end(&p);
}

static void random_copy(struct kunit *test, struct play *p,
			struct rnd_state *rnd)
{
	unsigned int offset = prandom_u32_state(rnd) % BYTES;
	unsigned int at = prandom_u32_state(rnd) % BYTES;
	unsigned int most = BYTES - max(offset, at);

	copy_one(test, p, offset, at, prandom_u32_state(rnd) % (most + 1),
		 prandom_u32_state(rnd) & 1);
}

static void random_run(struct kunit *test)
{
	u64 seed = get_random_u64();
	struct rnd_state rnd;
	struct play p;
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < 100; i++) {
		if (i % 50 == 0)
			play_begin_in(test, &p, i);
		random_copy(test, &p, &rnd);
		if (i % 50 == 49)
			play_end(&p);
	}
}

/* So that some lie across the end of a page. */
#define SLOT	100U
#define SLOTS	(BYTES / SLOT)

/* What is asked for of slot @i; none of all bytes, and some that are no request. */
static struct memfront_grant_copy random_part(struct kunit *test,
					      struct play *p, unsigned int i,
					      struct rnd_state *rnd)
{
	unsigned int len = prandom_u32_state(rnd) % SLOT;
	unsigned int offset = prandom_u32_state(rnd) % (BYTES - SLOT);
	struct memfront_grant_copy c = copy_of(test, p, offset, i * SLOT, len,
					       false);

	if (prandom_u32_state(rnd) % 16 == 0)
		c.refs = NULL;
	if (c.refs && prandom_u32_state(rnd) % 16 == 0)
		c.domid = NO_DOMID;
	return c;
}

static int naive_copy(struct play *p, const struct memfront_grant_copy *c)
{
	if (!c->len)
		return 0;
	if (!c->refs)
		return -EINVAL;
	if (c->domid == NO_DOMID)
		return -ESRCH;
	mirror(p, c);
	return 0;
}

static void copy_slots(struct kunit *test, struct play *p,
		       struct memfront_grant_copy *c, struct rnd_state *rnd)
{
	unsigned int i, nr = 1 + prandom_u32_state(rnd) % SLOTS;
	int err, first = 0;

	for (i = 0; i < nr; i++)
		c[i] = random_part(test, p, i, rnd);
	err = memfront_grant_copy(c, nr);
	for (i = 0; i < nr; i++) {
		int naive = naive_copy(p, &c[i]);

		KUNIT_EXPECT_EQ(test, c[i].err, naive);
		first = first ?: naive;
	}
	KUNIT_EXPECT_EQ(test, err, first);
	expect_all_right(test, p);
}

static void random_lists(struct kunit *test)
{
	struct memfront_grant_copy *c;
	u64 seed = get_random_u64();
	struct rnd_state rnd;
	struct play p;
	unsigned int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	c = kunit_kcalloc(test, SLOTS, sizeof(*c), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c);
	for (i = 0; i < 20; i++) {
		play_begin_in(test, &p, i & 1);
		copy_slots(test, &p, c, &rnd);
		play_end(&p);
	}
}

static void random_lists_against_memcpy(struct kunit *test)
{
	grants_for_both(test, random_lists);
}

static void random_against_memcpy(struct kunit *test)
{
	grants_for_both(test, random_run);
}

static struct kunit_case copy_cases[] = {
	KUNIT_CASE(bytes_are_read),
	KUNIT_CASE(bytes_are_written),
	KUNIT_CASE(memory_of_the_direct_map_will_do),
	KUNIT_CASE(parts_go_with_one_hypercall),
	KUNIT_CASE(many_copies_are_few_hypercalls),
	KUNIT_CASE(each_bad_copy_is_alone_with_its_error),
	KUNIT_CASE(a_read_only_grant_is_not_written),
	KUNIT_CASE(a_paged_out_frame_is_waited_for),
	KUNIT_CASE(a_frame_that_stays_paged_out_is_given_up),
	KUNIT_CASE(a_refused_call_is_the_error_of_its_parts),
	KUNIT_CASE(what_is_no_memory_is_not_copied_to),
	KUNIT_CASE(whatever_fails_is_told),
	KUNIT_CASE(random_against_memcpy),
	KUNIT_CASE(random_lists_against_memcpy),
	{ }
};

static struct kunit_suite copy_suite = {
	.name = "memfront_grant_copy",
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = copy_cases,
};

kunit_test_suite(copy_suite);
