// SPDX-License-Identifier: GPL-2.0
/*
 * Grants used by several vCPUs at once: mapped, unmapped, also twice and by entries
 * that were overwritten, copied, moved and transferred, while the granting domain
 * changes its mind, its frames and its version, and another domain that grants and
 * maps is made and ended, and made again. Calls may be preempted, and an audit
 * looks on all the while. At the end nothing may be left over.
 *
 * In every second round each mapping has an address of its own, so that all can
 * be unmapped and the version does change; in the others entries are overwritten,
 * and mappings left behind.
 *
 * With one CPU the threads only take turns between calls; then this shows less.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include "memcore_grants.h"
#include "parameter.h"

#define RACE_MS		2000
#define ROUND_MS	500
#define NR_MAPPERS	2U
/* The last vCPU of the mapping domain is that of who makes and ends another. */
#define NR_VCPUS	(NR_MAPPERS + 1)
#define GRANTER_DOMID	20
#define MAPPER_DOMID	21
#define GUEST_DOMID	22
#define NR_REFS		48U
#define ACCEPT_REF	200U
#define NR_ACCEPT	8U
#define NR_SLOTS	200U
#define FIRST_SLOT	32U
/* Where nothing is ever mapped. */
#define EMPTY_SLOT	400U
#define NR_HANDLES	128U
/* Of what is known: somebody is about to map there. */
#define CLAIMED		(MC_NO_HANDLE - 1)
#define NR_OWN		8U
#define MAX_LIST	6U
#define GUEST_GFN	5000UL
#define GUEST_PAGES	4U
#define PREEMPT_AT	5
/* Nobody has anything mapped for so long, now and then. */
#define PHASE_MS	60
#define NR_HALVED	4000

/**
 * struct known - what a thread has mapped, as far as all know
 * @handle: its handle, CLAIMED, or MC_NO_HANDLE
 * @addr: where
 * @dev_addr: likewise
 */
struct known {
	u32 handle;
	u64 addr;
	u64 dev_addr;
};

/**
 * struct half - what one thread asks of another
 * @op: to be done
 * @asked: so often
 * @done: and done so often
 */
struct half {
	struct gnttab_unmap_grant_ref op;
	unsigned long asked;
	unsigned long done;
};

/**
 * struct grant_race - what the threads have in common
 * @test: the case
 * @g: the domain that grants, and that which maps
 * @known: mapped by any vCPU
 * @own: frames of the mapping domain
 * @half: of a mapping, to be unmapped by another
 * @wild: entries are overwritten
 * @drain: maps are to end, so that the version can change
 * @ops: calls made
 * @okay: operations of lists that were done
 * @versions: changes of the version
 */
struct grant_race {
	struct kunit *test;
	struct grants g;
	struct known known[NR_HANDLES];
	unsigned long own[NR_OWN];
	struct half half;
	bool wild;
	bool drain;
	atomic_long_t ops;
	atomic_long_t okay;
	unsigned long versions;
};

/**
 * struct grant_racer - one thread
 * @race: the whole
 * @task: the thread
 * @v: the vCPU that it acts as
 * @rnd: what it does next
 */
struct grant_racer {
	struct grant_race *race;
	struct task_struct *task;
	struct memcore_vcpu *v;
	struct rnd_state rnd;
};

static u32 below(struct grant_racer *r, u32 limit)
{
	return prandom_u32_state(&r->rnd) % limit;
}

static long call(struct grant_racer *r, unsigned int nr, unsigned long a1,
		 const void *a2, unsigned long a3)
{
	atomic_long_inc(&r->race->ops);
	return memcore_vcpu_call(r->v, nr, a1, (unsigned long)a2, a3, 0, 0);
}

static long grants_call(struct grant_racer *r, unsigned int cmd,
			const void *list, unsigned int nr)
{
	return call(r, __HYPERVISOR_grant_table_op, cmd, list, nr);
}

static void count(struct grant_racer *r, s16 status)
{
	if (status == GNTST_okay)
		atomic_long_inc(&r->race->okay);
}

static unsigned int some_flags(struct grant_racer *r)
{
	unsigned int flags = below(r, 8) ? GNTMAP_host_map : GNTMAP_device_map;

	flags |= below(r, 3) ? 0 : GNTMAP_device_map;
	flags |= below(r, 2) ? 0 : GNTMAP_readonly;
	return flags | (below(r, 2) ? 0 : GNTMAP_contains_pte);
}

/* Return: NULL if somebody has that. */
static struct known *claim(struct grant_racer *r)
{
	struct known *k = &r->race->known[below(r, NR_HANDLES)];
	u32 none = MC_NO_HANDLE;

	return try_cmpxchg(&k->handle, &none, CLAIMED) ? k : NULL;
}

static unsigned int slot_of(struct grant_racer *r, const struct known *k)
{
	return FIRST_SLOT + (READ_ONCE(r->race->wild) ? below(r, NR_SLOTS) :
						       k - r->race->known);
}

static void note(struct known *k, const struct gnttab_map_grant_ref *op)
{
	WRITE_ONCE(k->addr, op->host_addr);
	WRITE_ONCE(k->dev_addr, op->dev_bus_addr);
	WRITE_ONCE(k->handle, op->status == GNTST_okay ? op->handle :
							 MC_NO_HANDLE);
}

static void map(struct grant_racer *r)
{
	struct gnttab_map_grant_ref ops[MAX_LIST];
	struct known *k[MAX_LIST];
	unsigned int nr = 0, i;

	if (READ_ONCE(r->race->drain))
		return;
	for (i = 1 + below(r, MAX_LIST); i--; nr++) {
		k[nr] = claim(r);
		if (!k[nr])
			break;
		grants_prepare(&r->race->g, &ops[nr], slot_of(r, k[nr]),
			       GRANTS_REF + below(r, NR_REFS), some_flags(r));
	}
	grants_call(r, GNTTABOP_map_grant_ref, ops, nr);
	for (i = 0; i < nr; i++) {
		count(r, ops[i].status);
		note(k[i], &ops[i]);
	}
}

/* All that it was is unmapped, by whomever; in a wild round it is given up. */
static void forget(struct grant_racer *r, struct known *k, u32 handle,
		   s16 status)
{
	if (status == GNTST_bad_handle ||
	    (status == GNTST_general_error && READ_ONCE(r->race->wild)))
		try_cmpxchg(&k->handle, &handle, MC_NO_HANDLE);
}

/* One that is mapped, if it is found soon. */
static struct known *some_known(struct grant_racer *r)
{
	struct known *k = r->race->known;
	unsigned int i = below(r, NR_HANDLES), tries;

	for (tries = 0; tries < 16; tries++, i++)
		if (READ_ONCE(k[i % NR_HANDLES].handle) < CLAIMED)
			break;
	return &k[i % NR_HANDLES];
}

static void unmap(struct grant_racer *r)
{
	struct gnttab_unmap_grant_ref ops[MAX_LIST] = { };
	unsigned int nr = 1 + below(r, MAX_LIST), i;
	struct known *k[MAX_LIST];

	for (i = 0; i < nr; i++) {
		k[i] = some_known(r);
		ops[i].handle = READ_ONCE(k[i]->handle);
		ops[i].host_addr = below(r, 4) ? READ_ONCE(k[i]->addr) : 0;
		ops[i].dev_bus_addr = below(r, 4) ? READ_ONCE(k[i]->dev_addr) :
						    0;
	}
	grants_call(r, GNTTABOP_unmap_grant_ref, ops, nr);
	for (i = 0; i < nr; i++) {
		count(r, ops[i].status);
		if (ops[i].handle < CLAIMED)
			forget(r, k[i], ops[i].handle, ops[i].status);
	}
}

static void replace(struct grant_racer *r)
{
	const struct known *k = some_known(r);
	unsigned int slot = READ_ONCE(r->race->wild) ?
			    FIRST_SLOT + below(r, NR_SLOTS) : EMPTY_SLOT;
	struct gnttab_unmap_and_replace op = {
		.handle = READ_ONCE(k->handle),
		.host_addr = READ_ONCE(k->addr),
		.new_addr = pv_va(slot),
	};

	grants_call(r, GNTTABOP_unmap_and_replace, &op, 1);
	count(r, op.status);
}

static void overwrite(struct grant_racer *r)
{
	if (!READ_ONCE(r->race->wild))
		return;
	atomic_long_inc(&r->race->ops);
	memcore_vcpu_call(r->v, __HYPERVISOR_update_va_mapping,
			  pv_va(FIRST_SLOT + below(r, NR_SLOTS)), 0, 0, 0, 0);
}

/* From a grant, of the domain that comes and goes now and then, or to one. */
static void copy(struct grant_racer *r)
{
	struct gnttab_copy op = {
		.source.u.ref = GRANTS_REF + below(r, NR_REFS),
		.source.domid = below(r, 4) ? GRANTER_DOMID : GUEST_DOMID,
		.dest.u.gmfn = READ_ONCE(r->race->own[below(r, NR_OWN)]),
		.dest.domid = DOMID_SELF,
		.len = 64,
		.flags = GNTCOPY_source_gref,
	};

	if (!below(r, 3)) {
		swap(op.source, op.dest);
		op.flags = GNTCOPY_dest_gref;
	}
	grants_call(r, GNTTABOP_copy, &op, 1);
	count(r, op.status);
}

static long move(struct grant_racer *r, unsigned int cmd, xen_pfn_t *extent)
{
	struct xen_memory_reservation res = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(res.extent_start, extent);
	return call(r, __HYPERVISOR_memory_op, cmd, &res, 0);
}

static void transfer(struct grant_racer *r)
{
	unsigned int i = below(r, NR_OWN);
	struct gnttab_transfer op = {
		.mfn = READ_ONCE(r->race->own[i]),
		.domid = GRANTER_DOMID,
		.ref = ACCEPT_REF + below(r, NR_ACCEPT),
	};
	xen_pfn_t extent = 5000 + i;

	grants_call(r, GNTTABOP_transfer, &op, 1);
	count(r, op.status);
	/* If that was refused, there is a frame more for a while. */
	if (op.status == GNTST_okay &&
	    move(r, XENMEM_populate_physmap, &extent) == 1)
		WRITE_ONCE(r->race->own[i], extent);
}

static int mapper_fn(void *data)
{
	static void (*const acts[])(struct grant_racer *r) = {
		map, map, map, unmap, unmap, unmap, unmap, replace, overwrite,
		copy, copy, transfer,
	};
	struct grant_racer *r = data;

	while (!kthread_should_stop()) {
		acts[below(r, ARRAY_SIZE(acts))](r);
		cond_resched();
	}
	return 0;
}

static void offer(struct grant_racer *r)
{
	grants_offer_as(&r->race->g, GRANTS_REF + below(r, NR_REFS),
			READ_ONCE(r->race->g.gfn[below(r, GRANTS_PAGES)]),
			GTF_permit_access | (below(r, 4) ? 0 : GTF_readonly),
			below(r, 9) ? MAPPER_DOMID : GUEST_DOMID);
}

static void offer_many(struct grant_racer *r)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		offer(r);
}

static void accept(struct grant_racer *r)
{
	grants_offer_as(&r->race->g, ACCEPT_REF + below(r, NR_ACCEPT), 7000,
			GTF_accept_transfer, MAPPER_DOMID);
}

/* What was transferred is given back, so that there is room for more. */
static void give_back(struct grant_racer *r)
{
	struct grants *g = &r->race->g;
	u32 ref = ACCEPT_REF + below(r, NR_ACCEPT);
	xen_pfn_t mfn;

	memcore_grant_read_lock(&g->granter->grants);
	mfn = memcore_grant_entry_gfn(&g->granter->grants, ref);
	memcore_grant_read_unlock(&g->granter->grants);
	move(r, XENMEM_decrease_reservation, &mfn);
}

static void other_page(struct grant_racer *r)
{
	unsigned int i = below(r, GRANTS_PAGES);
	xen_pfn_t extent = READ_ONCE(r->race->g.gfn[i]);

	if (move(r, XENMEM_decrease_reservation, &extent) != 1)
		return;
	extent = 1000 + i;
	if (move(r, XENMEM_populate_physmap, &extent) == 1)
		WRITE_ONCE(r->race->g.gfn[i], extent);
}

static void set_version(struct grant_racer *r)
{
	struct grant_race *race = r->race;
	unsigned int old = race->g.granter->grants.version;
	struct gnttab_set_version op = { .version = 3 - old };

	/* All grants are gone then. */
	if (!READ_ONCE(race->drain) && below(r, 64))
		return;
	if (!grants_call(r, GNTTABOP_set_version, &op, 1))
		race->versions++;
}

static int granter_fn(void *data)
{
	static void (*const acts[])(struct grant_racer *r) = {
		offer, offer_many, offer_many, accept, accept, give_back,
		give_back, other_page, set_version,
	};
	struct grant_racer *r = data;

	while (!kthread_should_stop()) {
		acts[below(r, ARRAY_SIZE(acts))](r);
		cond_resched();
	}
	return 0;
}

static struct memcore_domain *guest_new(struct grant_racer *r)
{
	const struct memcore_domain_config config = {
		.domid = GUEST_DOMID,
		.max_pages = GUEST_PAGES,
		.translated = below(r, 2),
	};

	return memcore_domain_create(r->race->g.mapper->machine, &config);
}

/* Return: the guest's page as it names it, or MC_INVALID. */
static unsigned long guest_page(struct grant_race *race,
				struct memcore_domain *guest, unsigned long gfn)
{
	struct xen_memory_reservation res = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};
	xen_pfn_t extent = gfn;

	set_xen_guest_handle(res.extent_start, &extent);
	if (memcore_call(guest, __HYPERVISOR_memory_op, XENMEM_populate_physmap,
			 (unsigned long)&res, 0, 0, 0) != 1)
		return MC_INVALID;
	return guest->config.translated ? gfn : extent;
}

static void guest_grants(struct grant_race *race, struct memcore_domain *guest)
{
	struct grants g = { .granter = guest, .mapper = race->g.mapper };
	xen_pfn_t frame;
	unsigned int i;

	if (grant_setup(guest, DOMID_SELF, 1, &frame) != GNTST_okay)
		return;
	for (i = 0; i < GUEST_PAGES; i++)
		grants_offer_as(&g, GRANTS_REF + i, guest_page(race, guest, i),
				GTF_permit_access, MAPPER_DOMID);
}

/* The guest maps, and leaves it to its end to unmap. */
static void guest_maps(struct grant_racer *r, struct memcore_domain *guest)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = GUEST_GFN << PAGE_SHIFT,
		.flags = guest->config.translated ? GNTMAP_host_map :
						    GNTMAP_device_map,
		.dom = GRANTER_DOMID,
	};
	unsigned int i;

	for (i = 0; i < NR_REFS; i++, op.host_addr += PAGE_SIZE) {
		op.ref = GRANTS_REF + i;
		grant_op(guest, GNTTABOP_map_grant_ref, &op, 1);
		count(r, op.status);
	}
}

/* By a vCPU of the mapping domain, where no other one maps. */
static void map_guests(struct grant_racer *r, struct gnttab_map_grant_ref *ops)
{
	unsigned int i;

	for (i = 0; i < GUEST_PAGES; i++) {
		grants_prepare(&r->race->g, &ops[i], FIRST_SLOT + NR_SLOTS + i,
			       GRANTS_REF + i, GNTMAP_host_map);
		ops[i].dom = GUEST_DOMID;
	}
	grants_call(r, GNTTABOP_map_grant_ref, ops, GUEST_PAGES);
}

static void unmap_guests(struct grant_racer *r,
			 const struct gnttab_map_grant_ref *ops)
{
	struct gnttab_unmap_grant_ref op = { };
	unsigned int i;

	for (i = 0; i < GUEST_PAGES; i++) {
		if (ops[i].status != GNTST_okay)
			continue;
		op.handle = ops[i].handle;
		op.host_addr = ops[i].host_addr;
		grants_call(r, GNTTABOP_unmap_grant_ref, &op, 1);
		KUNIT_EXPECT_EQ(r->race->test, op.status, GNTST_okay);
	}
}

/* A domain is made, grants, maps, is mapped, and ends. */
static void one_life(struct grant_racer *r)
{
	struct gnttab_map_grant_ref ops[GUEST_PAGES];
	struct memcore_domain *guest = guest_new(r);
	unsigned int tries = 0;
	int err;

	if (!guest)
		return;
	guest_grants(r->race, guest);
	guest_maps(r, guest);
	map_guests(r, ops);
	err = memcore_domain_destroy(guest);
	unmap_guests(r, ops);
	/* Somebody may be copying from it. */
	while (err && tries++ < 1000) {
		err = memcore_domain_destroy(guest);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(r->race->test, err, 0);
}

static int lives_fn(void *data)
{
	struct grant_racer *r = data;

	while (!kthread_should_stop()) {
		one_life(r);
		cond_resched();
	}
	return 0;
}

static struct memcore_domain *domain_new(struct kunit *test, u16 domid,
					 unsigned int vcpus)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = domid,
		.max_pages = 1024,
		.nr_vcpus = vcpus,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

/* All vCPUs of the mapping domain see the same addresses. */
static void load_all(struct kunit *test, struct grants *g)
{
	const struct mmuext_op op = {
		.cmd = MMUEXT_NEW_BASEPTR,
		.arg1.mfn = g->space.l4,
	};
	unsigned int i;

	for (i = 0; i < NR_VCPUS; i++)
		KUNIT_ASSERT_EQ(test,
				memcore_vcpu_call(&g->mapper->vcpus[i],
						  __HYPERVISOR_mmuext_op,
						  (unsigned long)&op, 1, 0,
						  DOMID_SELF, 0), 0);
}

static void begin(struct kunit *test, struct grant_race *race)
{
	struct fixture *f = test->priv;
	unsigned int i;

	race->test = test;
	grants_make(test, &race->g, domain_new(test, GRANTER_DOMID, 1),
		    domain_new(test, MAPPER_DOMID, NR_VCPUS));
	load_all(test, &race->g);
	fixture_populate(test, race->g.mapper, 5000, NR_OWN);
	for (i = 0; i < NR_OWN; i++)
		race->own[i] = f->list[i];
	for (i = 0; i < NR_HANDLES; i++)
		race->known[i].handle = MC_NO_HANDLE;
}

static void start(struct grant_racer *r, struct grant_race *race,
		  struct memcore_vcpu *v, int (*fn)(void *data), u32 seed)
{
	r->race = race;
	r->v = v;
	prandom_seed_state(&r->rnd, seed);
	r->task = kthread_run(fn, r, "memcore_grant_race");
	KUNIT_ASSERT_FALSE(race->test, IS_ERR(r->task));
}

static unsigned int watch(struct grant_race *race, unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms), now = jiffies;
	unsigned int audits = 0;

	for (; time_before(jiffies, end); audits++) {
		WRITE_ONCE(race->drain, (jiffies - now) /
			   max(msecs_to_jiffies(PHASE_MS), 1UL) % 2);
		msleep(20);
		grants_audit(&race->g);
	}
	return audits;
}

static unsigned int run_threads(struct grant_race *race, u32 seed,
				unsigned int ms)
{
	struct grant_racer racers[NR_VCPUS + 1];
	struct grants *g = &race->g;
	unsigned int i, audits;

	for (i = 0; i < NR_MAPPERS; i++)
		start(&racers[i], race, &g->mapper->vcpus[i], mapper_fn,
		      seed + i);
	start(&racers[i], race, &g->mapper->vcpus[i], lives_fn, seed + i);
	start(&racers[i + 1], race, g->granter->vcpus, granter_fn,
	      seed + i + 1);
	audits = watch(race, ms);
	for (i = 0; i <= NR_VCPUS; i++)
		kthread_stop(racers[i].task);
	return audits;
}

static void end(struct grant_race *race)
{
	struct kunit *test = race->test;
	struct fixture *f = test->priv;

	grants_audit(&race->g);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->g.mapper), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->g.granter), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
}

static void run_rounds(struct kunit *test)
{
	unsigned int ms = fixture_parameter(test, "race_ms", RACE_MS), part;
	struct grant_race *race = kunit_kzalloc(test, sizeof(*race),
						GFP_KERNEL);
	u32 seed = fixture_seed(test);
	unsigned int audits = 0;

	KUNIT_ASSERT_NOT_NULL(test, race);
	for (; ms; ms -= part, seed += NR_VCPUS + 1) {
		part = min_t(unsigned int, ms, ROUND_MS);
		begin(test, race);
		audits += run_threads(race, seed, part);
		end(race);
		race->wild = !race->wild;
	}
	kunit_info(test, "%ld calls, %ld done, %lu changes of the version, %u audits",
		   atomic_long_read(&race->ops), atomic_long_read(&race->okay),
		   race->versions, audits);
	KUNIT_EXPECT_GT(test, atomic_long_read(&race->okay), 0);
}

static void vcpus_race_for_grants(struct kunit *test)
{
	run_rounds(test);
}

static void vcpus_race_for_grants_while_calls_are_preempted(struct kunit *test)
{
	struct fixture *f = test->priv;

	memcore_preempt_set(&f->machine->preempt, PREEMPT_AT);
	run_rounds(test);
	memcore_preempt_set(&f->machine->preempt, 0);
}

/* Unmaps one half of what it is told, as often as it is asked. */
static int half_fn(void *data)
{
	struct grant_racer *r = data;
	struct half *half = &r->race->half;

	while (!kthread_should_stop()) {
		/* Pairs with halve(): what is asked is there. */
		if (smp_load_acquire(&half->asked) == half->done) {
			cond_resched();
			continue;
		}
		grants_call(r, GNTTABOP_unmap_grant_ref, &half->op, 1);
		count(r, half->op.status);
		/* Pairs with halve(): then it may be asked anew. */
		smp_store_release(&half->done, half->done + 1);
	}
	return 0;
}

/* Both halves of one mapping, at the same time: the handle is free once. */
static void halve(struct grant_race *race, unsigned int nr)
{
	struct half *half = &race->half;
	struct kunit *test = race->test;
	struct gnttab_map_grant_ref op;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		grants_prepare(&race->g, &op, FIRST_SLOT, GRANTS_REF,
			       GNTMAP_host_map | GNTMAP_device_map);
		memcore_call(race->g.mapper, __HYPERVISOR_grant_table_op,
			     GNTTABOP_map_grant_ref, (unsigned long)&op, 1, 0,
			     0);
		/* No assertion while the other thread runs. */
		KUNIT_EXPECT_EQ(test, op.status, GNTST_okay);
		half->op = (struct gnttab_unmap_grant_ref) {
			.handle = op.handle,
			.dev_bus_addr = op.dev_bus_addr,
		};
		/* Pairs with half_fn(): what is asked is there. */
		smp_store_release(&half->asked, half->asked + 1);
		KUNIT_EXPECT_EQ(test, grants_unmap(&race->g, op.host_addr, 0,
						   op.handle), GNTST_okay);
		/* Pairs with half_fn(): then it may be asked anew. */
		while (smp_load_acquire(&half->done) != half->asked)
			cond_resched();
	}
}

static void halves_of_a_mapping_race(struct kunit *test)
{
	struct grant_race *race = kunit_kzalloc(test, sizeof(*race),
						GFP_KERNEL);
	struct grant_racer other;

	KUNIT_ASSERT_NOT_NULL(test, race);
	begin(test, race);
	grants_offer(&race->g, GRANTS_REF, 0, GTF_permit_access);
	start(&other, race, &race->g.mapper->vcpus[1], half_fn, 0);
	halve(race, NR_HALVED);
	kthread_stop(other.task);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&race->okay), NR_HALVED);
	end(race);
}

static struct kunit_case grant_race_cases[] = {
	KUNIT_CASE(halves_of_a_mapping_race),
	KUNIT_CASE(vcpus_race_for_grants),
	KUNIT_CASE(vcpus_race_for_grants_while_calls_are_preempted),
	{ }
};

static struct kunit_suite grant_race_suite = {
	.name = "memcore_grant_race",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = grant_race_cases,
};

kunit_test_suite(grant_race_suite);
