// SPDX-License-Identifier: GPL-2.0
/*
 * Grants of both sides at once: threads map and unmap, some while their pages are
 * held, use a cache that others make forget, copy, and share pages that the other
 * domain maps and lets go of before or after they are revoked; while grants are
 * withdrawn and offered again, unmaps refused, and what is kept looked at.
 *
 * Whoever maps sees the page that was granted and no other. The kernel's table is of
 * one version and the other in turn. When all have stopped
 * nothing is mapped, shared, held or kept, and the audit finds nothing.
 *
 * With one CPU the threads only take turns; then this shows less.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <memcore/memcore.h>
#include <memfront/grant.h>

#include "grant-cache.h"
#include "grant-headroom.h"
#include "grant-map.h"
#include "grant-share.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"
#include "memfront_hollow.h"
#include "parameter.h"

static unsigned int grant_race_ms = 2000;
module_param(grant_race_ms, uint, 0444);
MODULE_PARM_DESC(grant_race_ms, "how long the threads of memfront_grant_race run");

#define NR_ROUNDS	4U
#define NR_RACERS	8U
#define NR_MAPS		4U
#define MAX_LIST	40U
#define CACHE_ROOM	6U
#define CACHE_REFS	12U
#define NR_OWN		8U

/* What each page of a granting domain is for. */
#define NR_STEADY	100U	/* mapped, read, and never written */
#define COPY_FIRST	100U	/* each copied to by one thread */
#define SLOT_FIRST	180U	/* where the domain itself maps: for each thread some */
#define LOOSE_FIRST	280U	/* withdrawn and offered again */

/**
 * struct race - what the threads have in common
 * @test: the case
 * @s: the domains
 * @cache: a cache
 * @refusals: so many unmaps are refused
 * @held: mappings that were to go while a page was held
 * @kept: those that the hypervisor refused
 * @waited: shares that were mapped when they were revoked
 * @full: times that so many waited that there was no room for another
 * @ops: steps of each kind of thread
 * @wrong: results that should not be
 * @line: where the first of them was seen
 */
struct race {
	struct kunit *test;
	struct grants *s;
	struct memfront_grant_cache *cache;
	atomic_t refusals;
	atomic_long_t held;
	atomic_long_t kept;
	atomic_long_t waited;
	atomic_long_t full;
	atomic_long_t ops[NR_RACERS];
	atomic_long_t wrong;
	atomic_t line;
};

/**
 * struct mapped - a mapping
 * @map: the mapping; NULL: none
 * @g: whose grants
 * @nr: how many
 * @refs: which
 * @errs: those that are not there
 */
struct mapped {
	struct memfront_grant_map *map;
	struct granter *g;
	unsigned int nr;
	grant_ref_t refs[MAX_LIST];
	int errs[MAX_LIST];
};

/**
 * struct racer - a thread
 * @race: what it has in common with others
 * @id: which it is
 * @rnd: the seeded source of what it does
 * @task: the thread
 * @maps: what it has mapped
 * @own: pages that it shares
 */
struct racer {
	struct race *race;
	unsigned int id;
	struct rnd_state rnd;
	struct task_struct *task;
	struct mapped maps[NR_MAPS];
	struct page *own[NR_OWN];
};

static struct race *racing;

static u32 pick(struct racer *r, u32 below)
{
	return prandom_u32_state(&r->rnd) % below;
}

static void expect_at(struct racer *r, bool good, int line)
{
	if (good)
		return;
	atomic_long_inc(&r->race->wrong);
	atomic_cmpxchg(&r->race->line, 0, line);
}

#define EXPECT(r, good)	expect_at(r, good, __LINE__)

static struct granter *pick_granter(struct racer *r)
{
	return pick(r, 2) ? &r->race->s->pv : &r->race->s->translated;
}

static u64 steady_word(const struct granter *g, grant_ref_t ref)
{
	return 1000 * g->peer.domid + ref - FIRST_REF;
}

/* The hypervisor, which now and then does not do what it is asked to. */
static long racing_call(unsigned int nr, unsigned long a1, unsigned long a2,
			unsigned long a3, unsigned long a4, unsigned long a5)
{
	if (nr == __HYPERVISOR_grant_table_op &&
	    a1 == GNTTABOP_unmap_grant_ref &&
	    atomic_dec_if_positive(&racing->refusals) >= 0)
		return -EFAULT;
	return memcore_hypercall(nr, a1, a2, a3, a4, a5);
}

static u64 read_va(unsigned long va)
{
	unsigned int error;
	u64 word = 0;

	memcore_access(va, &word, sizeof(word), 0, &error);
	return word;
}

static unsigned long va_of_page(struct page *page)
{
	return MEMCORE_DIRECT_MAP + PFN_PHYS(page_to_pfn(page));
}

static unsigned long va_of(const struct memfront_grant_map *map, unsigned int i)
{
	struct page *page = memfront_grant_page(map, i);

	return page ? va_of_page(page) :
		      (unsigned long)memfront_grant_addr(map) + i * PAGE_SIZE;
}

static void map_some(struct racer *r, struct mapped *m)
{
	unsigned int i, flags = pick(r, 2) ? MEMFRONT_GRANT_READ_ONLY : 0;

	m->g = pick_granter(r);
	m->nr = 1 + pick(r, MAX_LIST);
	for (i = 0; i < m->nr; i++)
		m->refs[i] = FIRST_REF + (pick(r, 20) ? pick(r, NR_STEADY) :
				LOOSE_FIRST + pick(r, NR - LOOSE_FIRST));
	m->map = memfront_grant_map(m->g->peer.domid, m->refs, m->nr, flags,
				    m->errs);
	if (IS_ERR(m->map)) {
		/* All were withdrawn just then. */
		EXPECT(r, PTR_ERR(m->map) == -EACCES);
		m->map = NULL;
	}
}

static void see_some(struct racer *r, const struct mapped *m)
{
	unsigned int i = pick(r, m->nr);

	if (m->refs[i] >= FIRST_REF + LOOSE_FIRST) {
		EXPECT(r, !m->errs[i] || m->errs[i] == -EACCES);
		return;
	}
	EXPECT(r, !m->errs[i]);
	EXPECT(r, read_va(va_of(m->map, i)) == steady_word(m->g, m->refs[i]));
}

/* Told by whoever takes it away. */
static void went(void *data, int err)
{
	complete(data);
}

static void unmap_and_wait(struct racer *r, struct mapped *m, struct page *page)
{
	DECLARE_COMPLETION_ONSTACK(gone);

	memfront_grant_unmap_async(m->map, went, &gone);
	if (page) {
		EXPECT(r, !completion_done(&gone));
		put_page(page);
	}
	EXPECT(r, wait_for_completion_timeout(&gone, 60 * HZ));
}

static void unmap_all(struct racer *r, struct mapped *m)
{
	struct page *page = NULL;
	int err;

	if (!pick(r, 4))
		page = memfront_grant_page(m->map, pick(r, m->nr));
	if (page) {
		get_page(page);
		atomic_long_inc(&r->race->held);
	}
	if (!pick(r, 4)) {
		unmap_and_wait(r, m, page);
	} else {
		err = memfront_grant_unmap(m->map);
		EXPECT(r, page ? err == -EINPROGRESS : !err || err == -EFAULT);
		if (err == -EFAULT)
			atomic_long_inc(&r->race->kept);
		if (page)
			put_page(page);
	}
	m->map = NULL;
}

static void map_step(struct racer *r)
{
	struct mapped *m = &r->maps[pick(r, NR_MAPS)];

	if (!m->map) {
		map_some(r, m);
		return;
	}
	see_some(r, m);
	if (pick(r, 2))
		unmap_all(r, m);
}

static void forget_some(struct racer *r)
{
	struct memfront_grant_cache *cache = r->race->cache;
	u16 domid = pick_granter(r)->peer.domid;

	switch (pick(r, 3)) {
	case 0:
		memfront_grant_cache_forget(cache, domid,
					    FIRST_REF + pick(r, CACHE_REFS));
		break;
	case 1:
		memfront_grant_cache_forget_domain(cache, domid);
		break;
	default:
		grant_cache_shrink(cache, pick(r, CACHE_ROOM));
	}
}

static void cache_step(struct racer *r)
{
	grant_ref_t ref = FIRST_REF + pick(r, CACHE_REFS);
	struct granter *g = pick_granter(r);
	struct memfront_cached_grant *c;
	struct page *page;
	unsigned long va;

	c = memfront_grant_cache_get(r->race->cache, g->peer.domid, ref);
	if (IS_ERR(c)) {
		EXPECT(r, PTR_ERR(c) == -EBUSY);
		return;
	}
	if (!pick(r, 20))
		forget_some(r);
	page = memfront_grant_cache_page(c);
	va = page ? va_of_page(page) :
		    (unsigned long)memfront_grant_cache_addr(c);
	EXPECT(r, read_va(va) == steady_word(g, ref));
	memfront_grant_cache_put(r->race->cache, c);
}

static void use_share(struct racer *r, struct granter *g, bool late,
		      struct memfront_share *share, unsigned int nr)
{
	unsigned int i, slot = SLOT_FIRST + r->id * NR_OWN;
	grant_handle_t handles[NR_OWN];
	int err;

	for (i = 0; i < nr; i++) {
		EXPECT(r, !granter_map(g, slot + i,
				       memfront_grant_refs(share)[i], false,
				       &handles[i]));
		EXPECT(r, granter_mapped_read(g, slot + i) == r->id * 100 + i);
	}
	if (late) {
		err = memfront_grant_revoke(share);
		EXPECT(r, err == -EINPROGRESS || err == -EBUSY);
		late = err == -EINPROGRESS;
		atomic_long_add(late, &r->race->waited);
	}
	for (i = 0; i < nr; i++)
		EXPECT(r, !granter_unmap(g, slot + i, handles[i]));
	if (!late)
		EXPECT(r, !memfront_grant_revoke(share));
}

static void share_step(struct racer *r)
{
	struct granter *g = pick_granter(r);
	unsigned int nr = 1 + pick(r, NR_OWN);
	struct memfront_share *share;

	share = memfront_grant_share(g->peer.domid, r->own, nr, 0);
	if (!IS_ERR(share)) {
		use_share(r, g, pick(r, 2), share, nr);
		return;
	}
	EXPECT(r, PTR_ERR(share) == -ENOSPC);
	atomic_long_inc(&r->race->full);
	msleep(20);
}

/* On page 0 of its own, which nobody shares. */
static void copy_step(struct racer *r)
{
	struct granter *g = pick_granter(r);
	unsigned int to = COPY_FIRST + r->id, from = pick(r, NR_STEADY);
	u64 *buf = page_address(r->own[0]);
	grant_ref_t ref = FIRST_REF + from;
	struct memfront_grant_copy copy = {
		.domid = g->peer.domid,
		.refs = &ref,
		.local = buf,
		.len = PAGE_SIZE,
	};

	EXPECT(r, !memfront_grant_copy(&copy, 1));
	EXPECT(r, *buf == steady_word(g, ref));
	*buf = prandom_u32_state(&r->rnd);
	ref = FIRST_REF + to;
	copy.to_grant = true;
	EXPECT(r, !memfront_grant_copy(&copy, 1));
	EXPECT(r, granter_read(g, to) == *buf);
}

/* Those that are mapped go on being mapped. */
static void change_step(struct racer *r)
{
	struct granter *g = pick_granter(r);
	unsigned int page = LOOSE_FIRST + pick(r, NR - LOOSE_FIRST);

	EXPECT(r, !granter_withdraw(g, FIRST_REF + page));
	cond_resched();
	EXPECT(r, !granter_offer(g, FIRST_REF + page, page, 0, OWN_DOMID));
}

static void look_step(struct racer *r)
{
	struct grant_room room;

	switch (pick(r, 5)) {
	case 0:
		grant_maps_recover();
		break;
	case 3:
		grant_idle_turn();
		break;
	case 1:
		grant_shares_look();
		break;
	case 2:
		atomic_set(&r->race->refusals, pick(r, 3));
		break;
	default:
		EXPECT(r, !grant_headroom_read(&room));
	}
	usleep_range(100, 2000);
}

static void (*const steps[NR_RACERS])(struct racer *r) = {
	map_step, cache_step, share_step, map_step, cache_step, share_step,
	copy_step, look_step,
};

static int race_fn(void *data)
{
	struct racer *r = data;
	unsigned int i;

	while (!kthread_should_stop()) {
		steps[r->id](r);
		if (steps[r->id] == copy_step)
			change_step(r);
		atomic_long_inc(&r->race->ops[r->id]);
		cond_resched();
	}
	for (i = 0; i < NR_MAPS; i++)
		if (r->maps[i].map)
			unmap_all(r, &r->maps[i]);
	return 0;
}

static void start(struct race *race, struct racer *r, unsigned int id, u32 seed)
{
	unsigned int i;

	*r = (struct racer){ .race = race, .id = id };
	for (i = 0; i < NR_OWN; i++) {
		r->own[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(race->test, r->own[i]);
		*(u64 *)page_address(r->own[i]) = id * 100 + i;
	}
	prandom_seed_state(&r->rnd, seed + id);
	r->task = kthread_run(race_fn, r, "grants/%u", id);
}

static void stop(struct racer *r)
{
	KUNIT_EXPECT_FALSE(r->race->test, IS_ERR(r->task));
	if (!IS_ERR(r->task))
		kthread_stop(r->task);
}

/* Nobody has its pages any more. */
static void free_own(struct kunit *test, struct racer *r)
{
	unsigned int i;

	for (i = 0; i < NR_OWN; i++) {
		KUNIT_EXPECT_EQ(test, page_count(r->own[i]), 1);
		put_page(r->own[i]);
	}
}

/* All that waited has come to its end. */
static void expect_quiet(struct kunit *test, const struct grant_room *before)
{
	struct grants *s = test->priv;
	struct grant_room now;
	unsigned int i;

	for (i = 0; i < 1000 && grant_shares_look(); i++)
		cond_resched();
	KUNIT_EXPECT_EQ(test, grant_shares_look(), 0U);
	KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0U);
	KUNIT_EXPECT_EQ(test, grants_count_uses(&s->pv, 0), NR);
	KUNIT_EXPECT_EQ(test, grants_count_uses(&s->translated, 0), NR);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&grant_cache_stats.mapped), 0);
	grant_idle_drop();
	KUNIT_EXPECT_EQ(test, grant_idle_pages(), 0U);
	KUNIT_EXPECT_EQ(test, hollow_source.taken, 0U);
	KUNIT_EXPECT_EQ(test, grant_headroom_read(&now), 0);
	KUNIT_EXPECT_EQ(test, now.entries, before->entries);
	KUNIT_EXPECT_EQ(test, now.mapped, before->mapped);
	expect_core_sound(test);
}

static void one_round(struct race *race, struct racer *racers, u32 seed,
		      unsigned int ms)
{
	struct kunit *test = race->test;
	struct grant_room before;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, grant_headroom_read(&before), 0);
	race->cache = memfront_grant_cache_create(CACHE_ROOM, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(race->cache));
	for (i = 0; i < NR_RACERS; i++)
		start(race, &racers[i], i, seed);
	msleep(ms);
	for (i = 0; i < NR_RACERS; i++)
		stop(&racers[i]);
	atomic_set(&race->refusals, 0);
	memfront_grant_cache_destroy(race->cache);
	expect_quiet(test, &before);
	for (i = 0; i < NR_RACERS; i++)
		free_own(test, &racers[i]);
}

static void tell(struct kunit *test, const struct race *race)
{
	unsigned int i;

	for (i = 0; i < NR_RACERS; i++) {
		KUNIT_EXPECT_GT(test, atomic_long_read(&race->ops[i]), 0L);
		kunit_info(test, "thread %u: %ld steps", i,
			   atomic_long_read(&race->ops[i]));
	}
	kunit_info(test, "%ld mappings waited for a page, %ld were refused, %ld shares waited, %ld had no room",
		   atomic_long_read(&race->held), atomic_long_read(&race->kept),
		   atomic_long_read(&race->waited),
		   atomic_long_read(&race->full));
	KUNIT_EXPECT_EQ_MSG(test, atomic_long_read(&race->wrong), 0L,
			    "the first in line %d", atomic_read(&race->line));
	KUNIT_EXPECT_GT(test, atomic_long_read(&race->waited), 0L);
}

static void both_sides_race(struct kunit *test)
{
	unsigned int ms = fixture_parameter(test, "grant_race_ms",
					    grant_race_ms);
	struct race *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);
	struct grants *s = test->priv;
	struct racer *racers;
	u32 seed = get_random_u32();
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, race);
	racers = kunit_kcalloc(test, NR_RACERS, sizeof(*racers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	kunit_info(test, "seed %u", seed);
	race->test = test;
	race->s = s;
	racing = race;
	grant_kept_first_delay = s->delay;
	static_call_update(memfront_hypercall, racing_call);
	for (i = 0; i < NR_ROUNDS; i++) {
		KUNIT_EXPECT_EQ(test, grants_set_version(1 + i % 2), 0);
		one_round(race, racers, seed + 100 * i, ms / NR_ROUNDS);
	}
	KUNIT_EXPECT_EQ(test, grants_set_version(1), 0);
	tell(test, race);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(both_sides_race),
	{ }
};

static struct kunit_suite race_suite = {
	.name = "memfront_grant_race",
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
