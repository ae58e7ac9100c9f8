// SPDX-License-Identifier: GPL-2.0
/*
 * Several CPUs move the memory of the same domains: pages and extents come and
 * go, are exchanged and claimed, limits and affinities change, domains are made
 * and end while calls for them are under way, all are preempted, and an audit
 * looks on all the while. At the end nothing may be left over.
 *
 * With one CPU the threads only take turns between calls; then this shows less.
 * Origin of ending a domain in the middle: XSA-159.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <xen-public/domctl.h>
#include "claim.h"
#include "memcore_fixture.h"
#include "parameter.h"

static unsigned int memory_race_ms = 2000;
module_param(memory_race_ms, uint, 0444);
MODULE_PARM_DESC(memory_race_ms, "how long the threads of memcore_memory_race run");

#define NR_MOVERS	3
#define NR_DOMAINS	3
#define NR_LIST		16
#define MAX_PAGES	1200
#define PREEMPT_AT	5

/* PV, translated, and one that comes and goes and is either. */
#define FIRST_DOMID	20
#define MORTAL_DOMID	22

static const struct memcore_numa numa = {
	.nr = 3,
	.frames = { 1000, 1500, FIXTURE_FRAMES - 2500 },
};

/**
 * struct race - what the threads have in common
 * @test: the case
 * @machine: where all happens
 * @dom0: makes all calls
 * @lasting: the domains that do not end
 * @calls: calls made
 * @moved: extents moved by them
 * @lives: domains ended
 * @audits: audits made
 */
struct race {
	struct kunit *test;
	struct memcore_machine *machine;
	struct memcore_domain *dom0;
	struct memcore_domain *lasting[2];
	atomic_long_t calls;
	atomic_long_t moved;
	unsigned long lives;
	unsigned long audits;
};

/**
 * struct racer - one thread
 * @race: the whole
 * @task: the thread
 * @rnd: what it does next
 * @list: for extents
 */
struct racer {
	struct race *race;
	struct task_struct *task;
	struct rnd_state rnd;
	xen_pfn_t list[2][NR_LIST];
};

static u32 rnd_below(struct racer *r, u32 limit)
{
	return prandom_u32_state(&r->rnd) % limit;
}

static domid_t any_domain(struct racer *r)
{
	return FIRST_DOMID + rnd_below(r, NR_DOMAINS);
}

static bool is_translated(struct racer *r, domid_t domid)
{
	struct memcore_domain *d = memcore_domain_get(r->race->dom0, domid);
	bool ret = d && d->config.translated;

	if (d)
		memcore_domain_put(d);
	return ret;
}

static long call(struct racer *r, unsigned int nr, unsigned long a1, void *a2)
{
	atomic_long_inc(&r->race->calls);
	return memcore_call(r->race->dom0, nr, a1, (unsigned long)a2, 0, 0, 0);
}

/* Something that may be the domain's, as it names it. */
static xen_pfn_t any_frame(struct racer *r, domid_t domid, unsigned int order)
{
	unsigned long frame;

	if (is_translated(r, domid))
		frame = rnd_below(r, MAX_PAGES);
	else
		frame = FIXTURE_BASE + rnd_below(r, FIXTURE_FRAMES);
	return frame & ~((1UL << order) - 1);
}

static void move(struct racer *r, unsigned int op)
{
	struct xen_memory_reservation res = {
		.nr_extents = 1 + rnd_below(r, NR_LIST),
		.extent_order = rnd_below(r, 3) ? 0 : rnd_below(r, 6),
		.mem_flags = rnd_below(r, 4) ? 0 :
			     XENMEMF_node(rnd_below(r, 4)) |
			     XENMEMF_address_bits(rnd_below(r, 2) * 25),
		.domid = any_domain(r),
	};
	unsigned int i;
	long ret;

	for (i = 0; i < res.nr_extents; i++)
		r->list[0][i] = op == XENMEM_decrease_reservation ?
			any_frame(r, res.domid, res.extent_order) :
			rnd_below(r, MAX_PAGES) >> res.extent_order
						<< res.extent_order;
	set_xen_guest_handle(res.extent_start, r->list[0]);
	ret = call(r, __HYPERVISOR_memory_op, op, &res);
	KUNIT_EXPECT_GE(r->race->test, ret, 0);
	KUNIT_EXPECT_LE(r->race->test, ret, (long)res.nr_extents);
	atomic_long_add(ret, &r->race->moved);
}

static void populate(struct racer *r)
{
	move(r, XENMEM_populate_physmap);
}

static void increase(struct racer *r)
{
	move(r, XENMEM_increase_reservation);
}

static void decrease(struct racer *r)
{
	move(r, XENMEM_decrease_reservation);
}

static void exchange(struct racer *r)
{
	domid_t domid = any_domain(r);
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 4, .domid = domid },
		.out = { .nr_extents = 4, .domid = domid },
	};
	unsigned int i;

	if (rnd_below(r, 2)) {
		x.out.nr_extents = 1;
		x.out.extent_order = 2;
	}
	for (i = 0; i < 4; i++) {
		r->list[0][i] = any_frame(r, domid, 0);
		r->list[1][i] = rnd_below(r, MAX_PAGES);
	}
	set_xen_guest_handle(x.in.extent_start, r->list[0]);
	set_xen_guest_handle(x.out.extent_start, r->list[1]);
	call(r, __HYPERVISOR_memory_op, XENMEM_exchange, &x);
	atomic_long_add(x.nr_exchanged, &r->race->moved);
}

static void claim(struct racer *r)
{
	struct xen_memory_reservation res = {
		.nr_extents = rnd_below(r, 2) * rnd_below(r, MAX_PAGES),
		.domid = any_domain(r),
	};

	call(r, __HYPERVISOR_memory_op, XENMEM_claim_pages, &res);
}

static long domctl(struct racer *r, struct xen_domctl *op, u32 cmd)
{
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->cmd = cmd;
	return call(r, __HYPERVISOR_domctl, (unsigned long)op, NULL);
}

static void set_limit(struct racer *r)
{
	struct xen_domctl op = {
		.domain = any_domain(r),
		.u.max_mem.max_memkb = 4 * rnd_below(r, MAX_PAGES),
	};

	domctl(r, &op, XEN_DOMCTL_max_mem);
}

static void set_affinity(struct racer *r)
{
	struct xen_domctl op = {
		.domain = any_domain(r),
		.u.nodeaffinity.nodemap.nr_bits = 8,
	};
	u8 mask = rnd_below(r, 256);

	set_xen_guest_handle(op.u.nodeaffinity.nodemap.bitmap, &mask);
	domctl(r, &op, XEN_DOMCTL_setnodeaffinity);
}

static int mover_fn(void *data)
{
	static void (*const acts[])(struct racer *r) = {
		populate, populate, populate, increase, decrease, decrease,
		decrease, decrease, exchange, exchange, exchange, claim,
		set_limit, set_affinity,
	};
	struct racer *r = data;

	while (!kthread_should_stop()) {
		acts[rnd_below(r, ARRAY_SIZE(acts))](r);
		cond_resched();
	}
	return 0;
}

static long make_mortal(struct racer *r)
{
	struct xen_domctl op = {
		.domain = MORTAL_DOMID,
		.u.createdomain = {
			.flags = rnd_below(r, 2) * XEN_DOMCTL_CDF_hvm,
			.max_vcpus = 1,
			.max_grant_frames = -1,
			.max_maptrack_frames = -1,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
		},
	};
	long ret = domctl(r, &op, XEN_DOMCTL_createdomain);

	if (ret)
		return ret;
	op.u.max_mem.max_memkb = 4 * MAX_PAGES;
	return domctl(r, &op, XEN_DOMCTL_max_mem);
}

/* It ends while others move its memory, and once it has it is gone. */
static int lives_fn(void *data)
{
	struct xen_domctl op = { .domain = MORTAL_DOMID };
	struct racer *r = data;

	while (!kthread_should_stop()) {
		KUNIT_EXPECT_EQ(r->race->test, make_mortal(r), 0);
		usleep_range(200, 4000);
		KUNIT_EXPECT_EQ(r->race->test,
				domctl(r, &op, XEN_DOMCTL_destroydomain), 0);
		KUNIT_EXPECT_EQ(r->race->test,
				domctl(r, &op, XEN_DOMCTL_destroydomain),
				-ESRCH);
		r->race->lives++;
	}
	return 0;
}

static struct memcore_domain *make(struct memcore_machine *machine, u16 domid,
				   bool translated)
{
	const struct memcore_domain_config config = {
		.domid = domid,
		.max_pages = MAX_PAGES,
		.translated = translated,
		.control = !domid,
		.hardware = !domid,
	};

	return memcore_domain_create(machine, &config);
}

static int race_init(struct kunit *test)
{
	struct race *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, race);
	race->test = test;
	race->machine = memcore_machine_create_numa(mc_mfn(FIXTURE_BASE),
						    FIXTURE_FRAMES, &numa);
	KUNIT_ASSERT_NOT_NULL(test, race->machine);
	race->dom0 = make(race->machine, 0, false);
	race->lasting[0] = make(race->machine, FIRST_DOMID, false);
	race->lasting[1] = make(race->machine, FIRST_DOMID + 1, true);
	KUNIT_ASSERT_NOT_NULL(test, race->dom0);
	KUNIT_ASSERT_NOT_NULL(test, race->lasting[0]);
	KUNIT_ASSERT_NOT_NULL(test, race->lasting[1]);
	test->priv = race;
	return 0;
}

static void race_exit(struct kunit *test)
{
	struct race *race = test->priv;

	if (!race)
		return;
	expect_audit(test, race->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->lasting[0]), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->lasting[1]), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(race->dom0), 0);
	expect_audit(test, race->machine);
	KUNIT_EXPECT_EQ(test, race->machine->heap.free_frames, FIXTURE_FRAMES);
	KUNIT_EXPECT_EQ(test, race->machine->heap.claimed, 0);
	memcore_machine_destroy(race->machine);
}

static void start(struct racer *r, struct race *race, unsigned int id,
		  int (*fn)(void *data), u32 seed)
{
	r->race = race;
	prandom_seed_state(&r->rnd, seed + id);
	r->task = kthread_run(fn, r, "memcore_memory_race/%u", id);
	KUNIT_ASSERT_FALSE(race->test, IS_ERR(r->task));
}

static void run_threads(struct kunit *test)
{
	unsigned int ms = fixture_parameter(test, "memory_race_ms",
					    memory_race_ms);
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	struct race *race = test->priv;
	u32 seed = fixture_seed(test);
	struct racer *racers;
	unsigned int i;

	racers = kunit_kcalloc(test, NR_MOVERS + 1, sizeof(*racers),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	for (i = 0; i < NR_MOVERS; i++)
		start(&racers[i], race, i, mover_fn, seed);
	start(&racers[i], race, i, lives_fn, seed);
	while (time_before(jiffies, end)) {
		msleep(20);
		expect_audit(test, race->machine);
		race->audits++;
	}
	for (i = 0; i <= NR_MOVERS; i++)
		kthread_stop(racers[i].task);
	kunit_info(test, "%ld calls, %ld extents, %lu lives, %lu audits",
		   atomic_long_read(&race->calls),
		   atomic_long_read(&race->moved), race->lives, race->audits);
	KUNIT_EXPECT_GT(test, atomic_long_read(&race->moved), 0);
	KUNIT_EXPECT_GT(test, race->lives, 0);
}

static void memory_moves_while_domains_end(struct kunit *test)
{
	run_threads(test);
}

static void memory_moves_while_calls_are_preempted(struct kunit *test)
{
	struct race *race = test->priv;

	memcore_preempt_set(&race->machine->preempt, PREEMPT_AT);
	run_threads(test);
	memcore_preempt_set(&race->machine->preempt, 0);
}

static struct kunit_case memory_race_cases[] = {
	KUNIT_CASE(memory_moves_while_domains_end),
	KUNIT_CASE(memory_moves_while_calls_are_preempted),
	{ }
};

static struct kunit_suite memory_race_suite = {
	.name = "memcore_memory_race",
	.init = race_init,
	.exit = race_exit,
	.test_cases = memory_race_cases,
};

kunit_test_suite(memory_race_suite);
