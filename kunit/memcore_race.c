// SPDX-License-Identifier: GPL-2.0
/*
 * Several vCPUs at once: they change, pin, load and let go the same tables,
 * frames come and go, domains are made, mapped by another and ended, calls are
 * preempted, and an audit looks on all the while. Whatever the order was, every
 * count must be true at each audit, and at the end nothing may be left over.
 *
 * With one CPU the threads only take turns between calls; then this shows less.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>
#include "memcore_fixture.h"
#include "parameter.h"
#include "pv/pte.h"
#include "vcpu.h"

static unsigned int race_ms = 3000;
module_param(race_ms, uint, 0444);
MODULE_PARM_DESC(race_ms, "how long the threads of memcore_race run");

#define NR_POOL		48
#define NR_VCPUS	3
/* Frames that are given back while they are mapped live on, but not all. */
#define MAX_SHARED	(4 * NR_POOL)
#define SHARED_DOMID	20
#define GUEST_DOMID	21
#define GUEST_FRAMES	8
#define MACHINE_FRAMES	4096UL
#define PREEMPT_AT	7

/**
 * struct race - what the threads have in common
 * @test: the case
 * @machine: where all happens
 * @dom0: makes, maps and ends @GUEST_DOMID
 * @shared: its vCPUs race for @pool
 * @pool: frames of @shared, as far as anybody knows
 * @ops: calls made
 * @audits: audits made
 */
struct race {
	struct kunit *test;
	struct memcore_machine *machine;
	struct memcore_domain *dom0;
	struct memcore_domain *shared;
	unsigned long pool[NR_POOL];
	atomic_long_t ops;
	unsigned long audits;
};

/**
 * struct racer - one thread
 * @race: the whole
 * @task: the thread
 * @rnd: what it does next
 * @id: its number; that of its vCPU
 */
struct racer {
	struct race *race;
	struct task_struct *task;
	struct rnd_state rnd;
	unsigned int id;
};

static u32 rnd_below(struct racer *r, u32 limit)
{
	return prandom_u32_state(&r->rnd) % limit;
}

static unsigned long any_frame(struct racer *r)
{
	return READ_ONCE(r->race->pool[rnd_below(r, NR_POOL)]);
}

static struct memcore_vcpu *vcpu_of(struct racer *r)
{
	return &r->race->shared->vcpus[r->id];
}

static long call(struct racer *r, unsigned int nr, unsigned long a1,
		 unsigned long a2)
{
	atomic_long_inc(&r->race->ops);
	return memcore_vcpu_call(vcpu_of(r), nr, a1, a2, 0, DOMID_SELF, 0);
}

static void change_entry(struct racer *r)
{
	static const u64 flags[] = {
		0, MC_PTE_PRESENT, MC_PTE_PRESENT | MC_PTE_RW,
		MC_PTE_PRESENT | MC_PTE_RW | MC_PTE_USER | MC_PTE_ACCESSED,
	};
	struct mmu_update req;
	unsigned int slot = rnd_below(r, 4) ? rnd_below(r, 4) : 300;

	req.ptr = (u64)any_frame(r) << PAGE_SHIFT | slot * sizeof(u64);
	req.val = mc_pte(mc_mfn(any_frame(r)),
			 flags[rnd_below(r, ARRAY_SIZE(flags))]);
	call(r, __HYPERVISOR_mmu_update, (unsigned long)&req, 1);
}

static void ext_op(struct racer *r, unsigned int cmd)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = any_frame(r) };

	call(r, __HYPERVISOR_mmuext_op, (unsigned long)&op, 1);
}

static void pin(struct racer *r)
{
	static const unsigned int cmds[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE,
		MMUEXT_PIN_L3_TABLE, MMUEXT_PIN_L4_TABLE,
	};

	ext_op(r, cmds[rnd_below(r, ARRAY_SIZE(cmds))]);
}

static void unpin(struct racer *r)
{
	ext_op(r, MMUEXT_UNPIN_TABLE);
}

static void load(struct racer *r)
{
	ext_op(r, rnd_below(r, 2) ? MMUEXT_NEW_BASEPTR :
				    MMUEXT_NEW_USER_BASEPTR);
}

static void clear_page_or_flush(struct racer *r)
{
	ext_op(r, rnd_below(r, 2) ? MMUEXT_CLEAR_PAGE : MMUEXT_TLB_FLUSH_ALL);
}

static long move(struct racer *r, unsigned int op, xen_pfn_t *extent)
{
	struct xen_memory_reservation res = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(res.extent_start, extent);
	return call(r, __HYPERVISOR_memory_op, op, (unsigned long)&res);
}

/* Out and in: the pool names another frame afterwards. */
static void exchange_frame(struct racer *r)
{
	unsigned int i = rnd_below(r, NR_POOL);
	xen_pfn_t extent = READ_ONCE(r->race->pool[i]);

	if (move(r, XENMEM_decrease_reservation, &extent) != 1)
		return;
	extent = i;
	if (move(r, XENMEM_populate_physmap, &extent) == 1)
		WRITE_ONCE(r->race->pool[i], extent);
}

static int racer_fn(void *data)
{
	static void (*const acts[])(struct racer *r) = {
		change_entry, change_entry, change_entry, change_entry, pin,
		pin, unpin, load, clear_page_or_flush, exchange_frame,
	};
	struct racer *r = data;

	while (!kthread_should_stop()) {
		acts[rnd_below(r, ARRAY_SIZE(acts))](r);
		cond_resched();
	}
	return 0;
}

static struct memcore_domain *guest_create(struct race *race)
{
	const struct memcore_domain_config config = {
		.domid = GUEST_DOMID,
		.max_pages = GUEST_FRAMES,
	};

	return memcore_domain_create(race->machine, &config);
}

static unsigned long frame_for(struct race *race, domid_t domid)
{
	struct xen_memory_reservation res = {
		.nr_extents = 1,
		.domid = domid,
	};
	xen_pfn_t extent = 0;

	set_xen_guest_handle(res.extent_start, &extent);
	if (memcore_call(race->dom0, __HYPERVISOR_memory_op,
			 XENMEM_populate_physmap, (unsigned long)&res, 0, 0,
			 0) != 1)
		return MC_INVALID;
	return extent;
}

static long dom0_pin(struct race *race, unsigned int cmd, unsigned long mfn,
		     domid_t domid)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };

	return memcore_call(race->dom0, __HYPERVISOR_mmuext_op,
			    (unsigned long)&op, 1, 0, domid, 0);
}

static long dom0_map(struct race *race, unsigned long table, u64 val,
		     domid_t owner)
{
	struct mmu_update req = {
		.ptr = (u64)table << PAGE_SHIFT,
		.val = val,
	};

	return memcore_call(race->dom0, __HYPERVISOR_mmu_update,
			    (unsigned long)&req, 1, 0, owner, 0);
}

/* A domain is made, gets a pinned table, is mapped by dom0, and ends. */
static void one_life(struct race *race, unsigned long table)
{
	struct memcore_domain *d = guest_create(race);
	unsigned long mfn[GUEST_FRAMES];
	unsigned int i;
	long mapped;
	int err;

	if (!d)
		return;
	for (i = 0; i < GUEST_FRAMES; i++)
		mfn[i] = frame_for(race, GUEST_DOMID);
	dom0_pin(race, MMUEXT_PIN_L2_TABLE, mfn[0], GUEST_DOMID);
	mapped = dom0_map(race, table, mc_pte(mc_mfn(mfn[1]), MC_PTE_PRESENT |
					      MC_PTE_RW), GUEST_DOMID);
	KUNIT_EXPECT_EQ(race->test, mapped, 0);
	err = memcore_domain_destroy(d);
	KUNIT_EXPECT_EQ(race->test, err, -EBUSY);
	KUNIT_EXPECT_EQ(race->test, dom0_map(race, table, 0, DOMID_SELF), 0);
	if (err)
		KUNIT_EXPECT_EQ(race->test, memcore_domain_destroy(d), 0);
}

static int lives_fn(void *data)
{
	struct racer *r = data;
	unsigned long table = frame_for(r->race, DOMID_SELF);

	KUNIT_EXPECT_EQ(r->race->test,
			dom0_pin(r->race, MMUEXT_PIN_L1_TABLE, table,
				 DOMID_SELF), 0);
	while (!kthread_should_stop()) {
		one_life(r->race, table);
		atomic_long_inc(&r->race->ops);
		cond_resched();
	}
	return 0;
}

static struct memcore_domain *make(struct memcore_machine *machine, u16 domid,
				   unsigned int vcpus)
{
	const struct memcore_domain_config config = {
		.domid = domid,
		.max_pages = domid ? MAX_SHARED : UINT_MAX,
		.nr_vcpus = vcpus,
		.control = !domid,
		.hardware = !domid,
	};

	return memcore_domain_create(machine, &config);
}

static int race_init(struct kunit *test)
{
	struct race *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, race);
	race->test = test;
	race->machine = memcore_machine_create(mc_mfn(FIXTURE_BASE),
					       MACHINE_FRAMES);
	KUNIT_ASSERT_NOT_NULL(test, race->machine);
	race->dom0 = make(race->machine, 0, nr_cpu_ids);
	race->shared = make(race->machine, SHARED_DOMID, NR_VCPUS);
	KUNIT_ASSERT_NOT_NULL(test, race->dom0);
	KUNIT_ASSERT_NOT_NULL(test, race->shared);
	for (i = 0; i < NR_POOL; i++)
		race->pool[i] = frame_for(race, SHARED_DOMID);
	test->priv = race;
	return 0;
}

static void race_exit(struct kunit *test)
{
	struct race *race = test->priv;

	if (!race)
		return;
	expect_audit(test, race->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->shared), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->dom0), 0);
	expect_audit(test, race->machine);
	KUNIT_EXPECT_EQ(test, race->machine->heap.free_frames, MACHINE_FRAMES);
	memcore_machine_destroy(race->machine);
}

static void start(struct racer *r, struct race *race, unsigned int id,
		  int (*fn)(void *data), u32 seed)
{
	r->race = race;
	r->id = id;
	prandom_seed_state(&r->rnd, seed + id);
	r->task = kthread_run(fn, r, "memcore_race/%u", id);
	KUNIT_ASSERT_FALSE(race->test, IS_ERR(r->task));
}

static void run_threads(struct kunit *test)
{
	unsigned int ms = fixture_parameter(test, "race_ms", race_ms);
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	struct race *race = test->priv;
	struct racer racers[NR_VCPUS + 1];
	u32 seed = fixture_seed(test);
	unsigned int i;

	for (i = 0; i < NR_VCPUS; i++)
		start(&racers[i], race, i, racer_fn, seed);
	start(&racers[i], race, i, lives_fn, seed);
	while (time_before(jiffies, end)) {
		msleep(20);
		expect_audit(test, race->machine);
		race->audits++;
	}
	for (i = 0; i <= NR_VCPUS; i++)
		kthread_stop(racers[i].task);
	kunit_info(test, "%ld calls, %lu audits", atomic_long_read(&race->ops),
		   race->audits);
	KUNIT_EXPECT_GT(test, atomic_long_read(&race->ops), 0);
}

static void vcpus_race_for_tables(struct kunit *test)
{
	run_threads(test);
}

static void vcpus_race_while_calls_are_preempted(struct kunit *test)
{
	struct race *race = test->priv;

	memcore_preempt_set(&race->machine->preempt, PREEMPT_AT);
	run_threads(test);
	memcore_preempt_set(&race->machine->preempt, 0);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(vcpus_race_for_tables),
	KUNIT_CASE(vcpus_race_while_calls_are_preempted),
	{ }
};

static struct kunit_suite race_suite = {
	.name = "memcore_race",
	.init = race_init,
	.exit = race_exit,
	.test_cases = race_cases,
};

kunit_test_suite(race_suite);
