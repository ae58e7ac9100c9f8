// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_pv.h"
#include "tlb.h"

#define SMP_DOMID	7
#define NR_VCPUS	3
#define NR_VAS		12
#define NR_STEPS	4000

/* Frames that are nothing to the TLB but a number and a stamp. */
#define FRAME(n)	(FIXTURE_BASE + 10 + (n))

/**
 * struct known - what a naive TLB remembers of one page
 * @v: whose
 * @va: the page
 * @pte: the translation
 * @epoch: of the vCPU, when it was remembered
 */
struct known {
	struct memcore_vcpu *v;
	unsigned long va;
	u64 pte;
	unsigned int epoch;
};

/**
 * struct naive - a TLB that is a list, for each vCPU's CPU
 * @known: what is remembered
 * @nr: how much
 * @generation: of the real one, when last looked at
 */
struct naive {
	struct known known[256];
	unsigned int nr;
	u64 generation;
};

/**
 * struct tlb_test - the machine of a case
 * @f: the fixture
 * @smp: a PV domain with NR_VCPUS vCPUs
 * @naive: a reference for each software CPU
 * @epoch: for each vCPU of @smp, and the one of the fixture's PV domain: times
 *         that it loaded CR3
 * @user: the mode of each
 */
struct tlb_test {
	struct fixture *f;
	struct memcore_domain *smp;
	struct naive naive[NR_VCPUS];
	unsigned int epoch[NR_VCPUS + 1];
	bool user[NR_VCPUS + 1];
};

static struct memcore_domain *smp_create(struct fixture *f)
{
	const struct memcore_domain_config config = {
		.domid = SMP_DOMID,
		.max_pages = UINT_MAX,
		.nr_pfns = FIXTURE_FRAMES,
		.nr_vcpus = NR_VCPUS,
	};

	return memcore_domain_create(f->machine, &config);
}

static int tlb_test_init(struct kunit *test)
{
	struct tlb_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err = fixture_init(test);

	if (err)
		return err;
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->f = test->priv;
	t->smp = smp_create(t->f);
	KUNIT_ASSERT_NOT_NULL(test, t->smp);
	test->priv = t;
	return 0;
}

/* The naive stand-ins for translations lead nowhere: they go first. */
static void tlb_test_exit(struct kunit *test)
{
	struct tlb_test *t = test->priv;

	if (!t)
		return;
	memcore_tlb_flush_domain(t->smp);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(t->smp), 0);
	test->priv = t->f;
	fixture_exit(test);
}

static u64 pte_of(unsigned int n, u64 flags)
{
	return pv_pte(FRAME(n), MC_PTE_PRESENT | MC_PTE_USER | flags);
}

static bool finds(struct memcore_vcpu *v, unsigned long va,
		  unsigned int access)
{
	u64 pte;

	return memcore_tlb_lookup(v, va, access, &pte);
}

static void found_in_its_page(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[1];
	u64 pte = 0;

	KUNIT_EXPECT_FALSE(test, finds(v, 0x5000, 0));
	memcore_tlb_insert(v, 0x5123, pte_of(1, 0));
	KUNIT_EXPECT_TRUE(test, memcore_tlb_lookup(v, 0x5fff, 0, &pte));
	KUNIT_EXPECT_EQ(test, pte, pte_of(1, 0));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x4fff, 0));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x6000, 0));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x5000 | 1UL << 39, 0));
}

static void found_by_its_vcpu_only(struct kunit *test)
{
	struct tlb_test *t = test->priv;

	memcore_tlb_insert(&t->smp->vcpus[0], 0x5000,
			   pte_of(1, MC_PTE_GLOBAL));
	KUNIT_EXPECT_FALSE(test, finds(&t->smp->vcpus[1], 0x5000, 0));
	/* On the same software CPU, but of another domain. */
	KUNIT_EXPECT_FALSE(test, finds(&t->f->pv->vcpus[0], 0x5000, 0));
	KUNIT_EXPECT_TRUE(test, finds(&t->smp->vcpus[0], 0x5000, 0));
}

static void found_if_it_serves(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[0];

	memcore_tlb_insert(v, 0x1000, pte_of(1, 0));
	memcore_tlb_insert(v, 0x2000, pte_of(2, MC_PTE_RW));
	memcore_tlb_insert(v, 0x3000, pte_of(3, MC_PTE_RW | MC_PTE_DIRTY));
	memcore_tlb_insert(v, 0x4000, pte_of(4, MC_PTE_NX));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x1000, MC_ACCESS_WRITE));
	/* The walk is needed to set the dirty bit. */
	KUNIT_EXPECT_FALSE(test, finds(v, 0x2000, MC_ACCESS_WRITE));
	KUNIT_EXPECT_TRUE(test, finds(v, 0x3000, MC_ACCESS_WRITE));
	KUNIT_EXPECT_TRUE(test, finds(v, 0x3000, MC_ACCESS_EXEC));
	KUNIT_EXPECT_TRUE(test, finds(v, 0x4000, 0));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x4000, MC_ACCESS_EXEC));
}

static void mode_change_keeps_global_pages_only(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[0];

	KUNIT_EXPECT_FALSE(test, finds(v, 0, MC_ACCESS_USER));
	memcore_tlb_insert(v, 0x1000, pte_of(1, MC_PTE_GLOBAL));
	memcore_tlb_insert(v, 0x2000, pte_of(2, 0));
	KUNIT_EXPECT_TRUE(test, finds(v, 0x2000, MC_ACCESS_USER));
	KUNIT_EXPECT_TRUE(test, finds(v, 0x1000, 0));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x2000, 0));
	KUNIT_EXPECT_TRUE(test, finds(v, 0x1000, MC_ACCESS_USER));
	KUNIT_EXPECT_FALSE(test, finds(v, 0x2000, MC_ACCESS_USER));
}

static void ids_run_out_and_start_again(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[0];
	u64 generation = v->tlb->generation;
	unsigned int i;

	v->tlb->nr_asids = 4;
	finds(v, 0, 0);
	memcore_tlb_insert(v, 0x1000, pte_of(1, MC_PTE_GLOBAL));
	for (i = 1; i < 4; i++)
		KUNIT_EXPECT_TRUE(test,
				  finds(v, 0x1000, i % 2 ? MC_ACCESS_USER : 0));
	KUNIT_EXPECT_EQ(test, v->tlb->generation, generation);
	KUNIT_EXPECT_FALSE(test, finds(v, 0x1000, 0));
	KUNIT_EXPECT_EQ(test, v->tlb->generation, generation + 1);
	KUNIT_EXPECT_EQ(test, v->asid, 1);
}

/* An ID of an old generation must not find what has it in the new one. */
static void new_generation_strands_every_vcpu(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *a = &t->smp->vcpus[0], *b = &t->f->pv->vcpus[0];
	unsigned int i;

	a->tlb->nr_asids = 3;
	finds(b, 0, 0);
	memcore_tlb_insert(b, 0x1000, pte_of(1, 0));
	for (i = 0; i < 4; i++)
		finds(a, 0, i % 2 ? MC_ACCESS_USER : 0);
	KUNIT_EXPECT_FALSE(test, finds(b, 0x1000, 0));
	KUNIT_EXPECT_NE(test, a->asid, b->asid);
}

static void fill_all(struct tlb_test *t)
{
	unsigned int i;

	for (i = 0; i < NR_VCPUS; i++) {
		memcore_tlb_insert(&t->smp->vcpus[i], 0x1000,
				   pte_of(1, MC_PTE_GLOBAL));
		memcore_tlb_insert(&t->smp->vcpus[i], 0x2000, pte_of(2, 0));
	}
}

/* A bit for each vCPU that still finds either page. */
static unsigned int who_finds(struct tlb_test *t, unsigned long va)
{
	unsigned int i, mask = 0;

	for (i = 0; i < NR_VCPUS; i++)
		mask |= finds(&t->smp->vcpus[i], va, 0) << i;
	return mask;
}

static void flushes_reach_whom_they_name(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	unsigned int mask;

	for (mask = 0; mask < 1U << NR_VCPUS; mask++) {
		fill_all(t);
		memcore_tlb_flush_vcpus(t->smp, mask | ~0ULL << NR_VCPUS);
		KUNIT_EXPECT_EQ(test, who_finds(t, 0x1000), 7 & ~mask);
		KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 7 & ~mask);
		fill_all(t);
		memcore_tlb_flush_addr(t->smp, mask | ~0ULL << NR_VCPUS,
				       0x1fff);
		KUNIT_EXPECT_EQ(test, who_finds(t, 0x1000), 7 & ~mask);
		KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 7);
	}
	memcore_tlb_flush_domain(t->smp);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 0);
	fill_all(t);
	memcore_tlb_flush_vcpu(&t->smp->vcpus[2]);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 3);
}

static void full_set_gives_up_the_oldest(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[0];
	const unsigned long step = 1UL << 40;
	unsigned long i, found = 0;

	for (i = 0; i < 2 * MC_TLB_WAYS; i++) {
		memcore_tlb_insert(v, i * step, pte_of(i, 0));
		KUNIT_EXPECT_TRUE(test, finds(v, i * step, 0));
	}
	for (i = 0; i < 2 * MC_TLB_WAYS; i++)
		found += finds(v, i * step, 0);
	KUNIT_EXPECT_EQ(test, found, MC_TLB_WAYS);
	KUNIT_EXPECT_EQ(test, v->tlb->nr_cached, MC_TLB_WAYS);
}

static void freed_frame_found_by_nobody(struct kunit *test)
{
	struct tlb_test *t = test->priv;

	fill_all(t);
	memcore_tlb_insert(&t->f->dom0->vcpus[0], 0x9000, pte_of(1, 0));
	memcore_tlb_forget_frame(t->f->machine, mc_mfn(FRAME(1)));
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x1000), 0);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 7);
	KUNIT_EXPECT_FALSE(test, finds(&t->f->dom0->vcpus[0], 0x9000, 0));
}

static u32 clock_of(struct tlb_test *t)
{
	return atomic_read(&t->f->machine->flush_clock);
}

static void clock_ticks_at_whole_flushes(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[1];
	u32 now = clock_of(t);

	memcore_tlb_flush_addr(t->smp, ~0ULL, 0x1000);
	finds(v, 0, MC_ACCESS_USER);
	KUNIT_EXPECT_EQ(test, clock_of(t), now);
	memcore_tlb_flush_vcpu(v);
	KUNIT_EXPECT_EQ(test, clock_of(t), now + 1);
	KUNIT_EXPECT_EQ(test, v->tlb->stamp, now + 1);
	memcore_tlb_flush_domain(t->smp);
	KUNIT_EXPECT_EQ(test, clock_of(t), now + 1 + NR_VCPUS);
}

static void type_change_flushes_who_may_know(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_frame *frame = pv_frame(t->smp, FRAME(1));

	fill_all(t);
	memcore_tlb_stamp(t->f->machine, frame);
	memcore_tlb_flush_vcpu(&t->smp->vcpus[1]);
	memcore_tlb_insert(&t->smp->vcpus[1], 0x2000, pte_of(2, 0));
	memcore_tlb_flush_for_type(t->smp, frame);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), BIT(1));
	fill_all(t);
	memcore_tlb_flush_for_type(t->smp, frame);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 7);
}

/* At 0 it waits for all to be flushed; then it is 1, and no stamp is older. */
static void wrapped_clock_flushes_everybody(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_frame *frame = pv_frame(t->smp, FRAME(1));
	unsigned int i;

	t->f->machine->flush_clock_mask = 7;
	atomic_set(&t->f->machine->flush_clock, 6);
	memcore_tlb_flush_vcpu(&t->smp->vcpus[0]);
	KUNIT_EXPECT_EQ(test, clock_of(t), 7);
	memcore_tlb_stamp(t->f->machine, frame);
	fill_all(t);
	memcore_tlb_flush_vcpu(&t->smp->vcpus[0]);
	KUNIT_EXPECT_EQ(test, clock_of(t), 1);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x1000), 0);
	for (i = 0; i < MC_MAX_VCPUS; i++)
		KUNIT_EXPECT_EQ(test, t->f->machine->tlbs[i].stamp, 0);
	/* The stamp is of the last round: everybody was flushed since. */
	fill_all(t);
	memcore_tlb_flush_for_type(t->smp, frame);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 7);
}

static void stopped_clock_flushes_always(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_frame *frame = pv_frame(t->smp, FRAME(1));

	fill_all(t);
	frame->stamp = 5;
	atomic_set(&t->f->machine->flush_clock, 0);
	memcore_tlb_flush_for_type(t->smp, frame);
	KUNIT_EXPECT_EQ(test, who_finds(t, 0x2000), 0);
	KUNIT_EXPECT_EQ(test, clock_of(t), 0);
	atomic_set(&t->f->machine->flush_clock, 1);
}

static int count_one(const struct memcore_translation *t, void *data)
{
	*(unsigned int *)data += 1;
	return 0;
}

static int stop_at_once(const struct memcore_translation *t, void *data)
{
	*(unsigned int *)data += 1;
	return -EUCLEAN;
}

static void only_live_ones_are_shown(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[0];
	unsigned int nr = 0;

	fill_all(t);
	KUNIT_EXPECT_EQ(test, memcore_tlb_for_each(v->tlb, count_one, &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 2);
	nr = 0;
	KUNIT_EXPECT_EQ(test, memcore_tlb_for_each(v->tlb, stop_at_once, &nr),
			-EUCLEAN);
	KUNIT_EXPECT_EQ(test, nr, 1);
	finds(v, 0, MC_ACCESS_USER);
	nr = 0;
	memcore_tlb_for_each(v->tlb, count_one, &nr);
	KUNIT_EXPECT_EQ(test, nr, 1);
}

/* Below: the real TLB against the naive one. */

static struct memcore_vcpu *vcpu_at(struct tlb_test *t, unsigned int i)
{
	return i < NR_VCPUS ? &t->smp->vcpus[i] : &t->f->pv->vcpus[0];
}

static unsigned int index_of(struct tlb_test *t, struct memcore_vcpu *v)
{
	return v->d == t->smp ? v->id : NR_VCPUS;
}

static void naive_remove(struct naive *n, unsigned int i)
{
	n->known[i] = n->known[--n->nr];
}

/* The only thing that is believed: that a new generation began. */
static void naive_look(struct tlb_test *t, struct memcore_vcpu *v)
{
	struct naive *n = &t->naive[v->id];

	if (n->generation != v->tlb->generation)
		n->nr = 0;
	n->generation = v->tlb->generation;
}

static void naive_mode(struct tlb_test *t, struct memcore_vcpu *v, bool user)
{
	unsigned int i = index_of(t, v);

	t->epoch[i] += t->user[i] != user;
	t->user[i] = user;
}

static bool naive_serves(u64 pte, unsigned int access)
{
	bool ok = true;

	if (access & MC_ACCESS_WRITE)
		ok = pte & MC_PTE_RW && pte & MC_PTE_DIRTY;
	if (access & MC_ACCESS_EXEC)
		ok = ok && !(pte & MC_PTE_NX);
	return ok;
}

static u64 naive_lookup(struct tlb_test *t, struct memcore_vcpu *v,
			unsigned long va, unsigned int access)
{
	struct naive *n = &t->naive[v->id];
	struct known *k;

	for (k = n->known; k < n->known + n->nr; k++)
		if (k->v == v && k->va == (va & PAGE_MASK) &&
		    (k->pte & MC_PTE_GLOBAL ||
		     k->epoch == t->epoch[index_of(t, v)]) &&
		    naive_serves(k->pte, access))
			return k->pte;
	return 0;
}

static void naive_drop(struct tlb_test *t, unsigned int cpu,
		       struct memcore_vcpu *v, unsigned long va)
{
	struct naive *n = &t->naive[cpu];
	unsigned int i = n->nr;

	while (i--)
		if ((!v || n->known[i].v == v) && n->known[i].va == va)
			naive_remove(n, i);
}

static void naive_insert(struct tlb_test *t, struct memcore_vcpu *v,
			 unsigned long va, u64 pte)
{
	struct naive *n = &t->naive[v->id];

	naive_drop(t, v->id, v, va);
	n->known[n->nr++] = (struct known){
		v, va, pte, t->epoch[index_of(t, v)]
	};
}

/* So few in each set that none is given up for another. */
static unsigned long any_va(struct rnd_state *rnd)
{
	return (unsigned long)(prandom_u32_state(rnd) % NR_VAS) << 13;
}

static u64 any_pte(struct rnd_state *rnd)
{
	const u64 flags[] = {
		MC_PTE_RW, MC_PTE_DIRTY, MC_PTE_NX, MC_PTE_GLOBAL,
	};
	u32 bits = prandom_u32_state(rnd);
	u64 pte = pte_of(bits >> 8 & 15, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		pte |= bits & BIT(i) ? flags[i] : 0;
	return pte;
}

static void step_lookup(struct kunit *test, struct memcore_vcpu *v,
			unsigned long va, unsigned int access)
{
	struct tlb_test *t = test->priv;
	u64 pte = 0, expected;

	naive_mode(t, v, access & MC_ACCESS_USER);
	if (!memcore_tlb_lookup(v, va, access, &pte))
		pte = 0;
	naive_look(t, v);
	expected = naive_lookup(t, v, va, access);
	KUNIT_EXPECT_EQ(test, pte, expected);
}

static void step_insert(struct tlb_test *t, struct memcore_vcpu *v,
			unsigned long va, u64 pte)
{
	memcore_tlb_insert(v, va, pte);
	naive_look(t, v);
	naive_insert(t, v, va, pte);
}

static void step_flush(struct tlb_test *t, u32 mask)
{
	unsigned int i;

	memcore_tlb_flush_vcpus(t->smp, mask);
	for (i = 0; i < NR_VCPUS; i++)
		if (mask & BIT(i))
			t->naive[i].nr = 0;
}

static void step_flush_addr(struct tlb_test *t, u32 mask, unsigned long va)
{
	unsigned int i;

	memcore_tlb_flush_addr(t->smp, mask, va);
	for (i = 0; i < NR_VCPUS; i++)
		if (mask & BIT(i))
			naive_drop(t, i, NULL, va);
}

static void step_forget(struct tlb_test *t, u64 pte)
{
	unsigned int cpu, i;

	memcore_tlb_forget_frame(t->f->machine, mc_pte_mfn(pte));
	for (cpu = 0; cpu < NR_VCPUS; cpu++)
		for (i = t->naive[cpu].nr; i--; )
			if (mc_mfn_eq(mc_pte_mfn(t->naive[cpu].known[i].pte),
				      mc_pte_mfn(pte)))
				naive_remove(&t->naive[cpu], i);
}

static void any_step(struct kunit *test, struct rnd_state *rnd)
{
	struct tlb_test *t = test->priv;
	u32 what = prandom_u32_state(rnd) % 64, bits = prandom_u32_state(rnd);
	struct memcore_vcpu *v = vcpu_at(t, bits % (NR_VCPUS + 1));
	unsigned long va = any_va(rnd);

	if (what < 36)
		step_lookup(test, v, va, bits >> 8 & (MC_ACCESS_WRITE |
						      MC_ACCESS_EXEC |
						      MC_ACCESS_USER));
	else if (what < 58)
		step_insert(t, v, va, any_pte(rnd));
	else if (what < 60)
		step_flush(t, bits >> 16);
	else if (what < 62)
		step_flush_addr(t, bits >> 16, va);
	else
		step_forget(t, any_pte(rnd));
}

/* Mode changes are frequent, so the IDs must last a while to test anything. */
static void same_as_a_list(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_VCPUS; i++) {
		t->f->machine->tlbs[i].nr_asids = 40;
		t->naive[i].generation = t->f->machine->tlbs[i].generation;
	}
	for (i = 0; i < NR_STEPS; i++)
		any_step(test, &rnd);
	memcore_tlb_flush_domain(t->smp);
}

/**
 * struct used - a frame that was mapped and is not any more
 * @cpu: where the translation was remembered
 * @stamped: it has been stamped since
 */
struct used {
	unsigned int cpu;
	bool stamped;
};

static void step_use(struct tlb_test *t, struct used *used, unsigned int n,
		     struct rnd_state *rnd)
{
	used[n].cpu = prandom_u32_state(rnd) % NR_VCPUS;
	used[n].stamped = false;
	memcore_tlb_insert(&t->smp->vcpus[used[n].cpu], (n + 1) << PAGE_SHIFT,
			   pte_of(n, MC_PTE_GLOBAL));
}

static void step_stamp(struct tlb_test *t, struct used *used, unsigned int n)
{
	used[n].stamped = true;
	memcore_tlb_stamp(t->f->machine, pv_frame(t->smp, FRAME(n)));
}

/* Return: true if the CPU that once knew the frame did not need a flush. */
static bool step_new_type(struct kunit *test, const struct used *used,
			  unsigned int n)
{
	struct tlb_test *t = test->priv;
	struct memcore_vcpu *v = &t->smp->vcpus[used[n].cpu];
	u64 generation = v->tlb->generation;

	if (!used[n].stamped)
		return false;
	memcore_tlb_flush_for_type(t->smp, pv_frame(t->smp, FRAME(n)));
	KUNIT_EXPECT_FALSE(test, finds(v, (n + 1) << PAGE_SHIFT, 0));
	return generation == v->tlb->generation;
}

/* With a clock that wraps all the time, no translation outlives a new type. */
static void nothing_survives_a_type_change(struct kunit *test)
{
	struct tlb_test *t = test->priv;
	struct used used[8] = { };
	unsigned int i, n, spared = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, fixture_seed(test));
	t->f->machine->flush_clock_mask = 15;
	for (i = 0; i < NR_STEPS; i++) {
		n = prandom_u32_state(&rnd) % ARRAY_SIZE(used);
		switch (prandom_u32_state(&rnd) % 4) {
		case 0:
			step_use(t, used, n, &rnd);
			break;
		case 1:
			step_stamp(t, used, n);
			break;
		case 2:
			memcore_tlb_flush_vcpus(t->smp,
						prandom_u32_state(&rnd));
			break;
		default:
			spared += step_new_type(test, used, n);
		}
	}
	KUNIT_EXPECT_GT(test, spared, 0);
}

static struct kunit_case tlb_cases[] = {
	KUNIT_CASE(found_in_its_page),
	KUNIT_CASE(found_by_its_vcpu_only),
	KUNIT_CASE(found_if_it_serves),
	KUNIT_CASE(mode_change_keeps_global_pages_only),
	KUNIT_CASE(ids_run_out_and_start_again),
	KUNIT_CASE(new_generation_strands_every_vcpu),
	KUNIT_CASE(flushes_reach_whom_they_name),
	KUNIT_CASE(full_set_gives_up_the_oldest),
	KUNIT_CASE(freed_frame_found_by_nobody),
	KUNIT_CASE(clock_ticks_at_whole_flushes),
	KUNIT_CASE(type_change_flushes_who_may_know),
	KUNIT_CASE(wrapped_clock_flushes_everybody),
	KUNIT_CASE(stopped_clock_flushes_always),
	KUNIT_CASE(only_live_ones_are_shown),
	KUNIT_CASE(same_as_a_list),
	KUNIT_CASE(nothing_survives_a_type_change),
	{ }
};

static struct kunit_suite tlb_suite = {
	.name = "memcore_tlb",
	.init = tlb_test_init,
	.exit = tlb_test_exit,
	.test_cases = tlb_cases,
};

kunit_test_suite(tlb_suite);
