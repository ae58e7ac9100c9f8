// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses on some vCPUs while another changes what they go through: mappings,
 * tables, types, and the frames themselves, without a flush of its own. With
 * one CPU they only take turns; then this shows less.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include "memcore_pv.h"

#define SMP_DOMID	7
#define NR_ACCESSORS	2
#define RUN_MS		1000

/**
 * struct accessor - a thread that reads and writes
 * @v: the vCPU that it does it on
 * @task: the thread
 * @rnd: what it does next
 * @done: accesses made
 * @faults: accesses that faulted
 * @wrong: accesses that ended in any other way
 */
struct accessor {
	struct memcore_vcpu *v;
	struct task_struct *task;
	struct rnd_state rnd;
	unsigned long done;
	unsigned long faults;
	unsigned long wrong;
};

/**
 * struct access_test - what a case starts with
 * @f: the fixture
 * @s: tables of a PV domain with a vCPU for each accessor and one more
 * @accessor: the threads
 * @rnd: what the changer does next
 * @kept: tables whose content nobody could change
 */
struct access_test {
	struct fixture *f;
	struct pv_space s;
	struct accessor accessor[NR_ACCESSORS];
	struct rnd_state rnd;
	unsigned long kept;
};

static struct memcore_domain *smp_create(struct fixture *f)
{
	const struct memcore_domain_config config = {
		.domid = SMP_DOMID,
		.max_pages = UINT_MAX,
		.nr_pfns = FIXTURE_FRAMES,
		.nr_vcpus = NR_ACCESSORS + 1,
	};

	return memcore_domain_create(f->machine, &config);
}

static long ext_on(struct memcore_vcpu *v, unsigned int cmd, unsigned long arg)
{
	const struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };

	return memcore_vcpu_call(v, __HYPERVISOR_mmuext_op, (unsigned long)&op,
				 1, 0, DOMID_SELF, 0);
}

static int access_test_init(struct kunit *test)
{
	struct access_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err = fixture_init(test);
	struct memcore_domain *d;
	unsigned int i;

	if (err)
		return err;
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->f = test->priv;
	d = smp_create(t->f);
	KUNIT_ASSERT_NOT_NULL(test, d);
	pv_space_make(test, &t->s, d);
	for (i = 0; i < d->nr_vcpus; i++)
		KUNIT_ASSERT_EQ(test,
				ext_on(&d->vcpus[i], MMUEXT_NEW_BASEPTR,
				       t->s.l4),
				0);
	test->priv = t;
	return 0;
}

static void access_test_exit(struct kunit *test)
{
	struct access_test *t = test->priv;

	if (!t)
		return;
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(t->s.d), 0);
	test->priv = t->f;
	fixture_exit(test);
}

/* What is written is no entry that is present, so a page can become a table. */
static void access_once(struct accessor *a)
{
	u32 bits = prandom_u32_state(&a->rnd);
	unsigned long va = pv_va(bits % PV_PAGES) + (bits >> 8 & 511) * 8;
	struct memcore_fault fault;
	u64 val = bits & ~MC_PTE_PRESENT;
	int err;

	err = memcore_vcpu_access(a->v, va, &val, sizeof(val),
				  bits & BIT(20) ? MC_ACCESS_WRITE : 0, &fault);
	if (!err)
		a->done++;
	else if (err == -EFAULT)
		a->faults++;
	else
		a->wrong++;
}

static int accessor_fn(void *data)
{
	struct accessor *a = data;

	while (!kthread_should_stop()) {
		access_once(a);
		cond_resched();
	}
	return 0;
}

static void accessors_start(struct kunit *test, u32 seed)
{
	struct access_test *t = test->priv;
	struct accessor *a = t->accessor;
	unsigned int i;

	for (i = 0; i < NR_ACCESSORS; i++, a++) {
		a->v = &t->s.d->vcpus[i + 1];
		prandom_seed_state(&a->rnd, seed + i);
		a->task = kthread_run(accessor_fn, a, "memcore_access/%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(a->task));
	}
}

static long set_entry(struct access_test *t, unsigned long table,
		      unsigned int slot, u64 pte)
{
	const struct mmu_update req = { .ptr = pv_ptr(table, slot),
					.val = pte };

	return memcore_vcpu_call(&t->s.d->vcpus[0], __HYPERVISOR_mmu_update,
				 (unsigned long)&req, 1, 0, DOMID_SELF, 0);
}

static long map(struct access_test *t, unsigned int i, u64 flags)
{
	return set_entry(t, t->s.l1, i,
			 flags ? pv_pte(t->s.page[i], flags) : 0);
}

static void only_map_again(struct kunit *test, unsigned int i)
{
	struct access_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, map(t, i, PV_READ), 0);
	cond_resched();
}

static u64 sum_of(const u64 *words)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < MC_TABLE_ENTRIES; i++)
		sum = sum * 31 + READ_ONCE(words[i]);
	return sum;
}

/* A page that was written to until now is a table, and nobody writes to it. */
static void make_a_table(struct kunit *test, unsigned int i)
{
	struct access_test *t = test->priv;
	struct memcore_vcpu *v = &t->s.d->vcpus[0];
	const u64 *words;
	u64 sum;

	if (ext_on(v, MMUEXT_PIN_L1_TABLE, t->s.page[i]))
		return;
	words = memcore_content(pv_frame(t->s.d, t->s.page[i]));
	sum = sum_of(words);
	udelay(5);
	cond_resched();
	KUNIT_EXPECT_EQ(test, sum_of(words), sum);
	t->kept++;
	KUNIT_EXPECT_EQ(test, ext_on(v, MMUEXT_UNPIN_TABLE, t->s.page[i]), 0);
}

/* Another frame for the same address: the old one is free, and then new. */
static void exchange_frame(struct kunit *test, unsigned int i)
{
	struct access_test *t = test->priv;

	t->f->list[0] = t->s.page[i];
	KUNIT_ASSERT_EQ(test,
			fixture_move(t->s.d, XENMEM_decrease_reservation,
				     t->f->list, 1, 0),
			1);
	cond_resched();
	t->f->list[0] = i;
	KUNIT_ASSERT_EQ(test,
			fixture_move(t->s.d, XENMEM_populate_physmap,
				     t->f->list, 1, 0),
			1);
	t->s.page[i] = t->f->list[0];
}

static void unlink_the_table(struct kunit *test, unsigned int i)
{
	struct access_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, set_entry(t, t->s.l2, PV_L2_SLOT, 0), 0);
	cond_resched();
	KUNIT_EXPECT_EQ(test,
			set_entry(t, t->s.l2, PV_L2_SLOT,
				  pv_pte(t->s.l1, PV_TABLE)),
			0);
}

static void change_once(struct kunit *test)
{
	static void (*const acts[])(struct kunit *test, unsigned int i) = {
		only_map_again, make_a_table, make_a_table, exchange_frame,
		exchange_frame, unlink_the_table,
	};
	struct access_test *t = test->priv;
	u32 bits = prandom_u32_state(&t->rnd);
	unsigned int i = bits % PV_PAGES;

	KUNIT_EXPECT_EQ(test, map(t, i, 0), 0);
	cond_resched();
	acts[(bits >> 8) % ARRAY_SIZE(acts)](test, i);
	KUNIT_EXPECT_EQ(test, map(t, i, PV_WRITE), 0);
	cond_resched();
}

static void expect_no_surprise(struct kunit *test)
{
	struct access_test *t = test->priv;
	struct accessor *a;

	for (a = t->accessor; a < t->accessor + NR_ACCESSORS; a++) {
		kunit_info(test, "%lu accesses, %lu faults", a->done,
			   a->faults);
		KUNIT_EXPECT_GT(test, a->done, 0);
		KUNIT_EXPECT_EQ(test, a->wrong, 0);
	}
	KUNIT_EXPECT_GT(test, t->kept, 0);
}

static void no_access_outlives_its_right(struct kunit *test)
{
	unsigned long end = jiffies + msecs_to_jiffies(RUN_MS);
	struct access_test *t = test->priv;
	u32 seed = fixture_seed(test);
	unsigned int i;

	prandom_seed_state(&t->rnd, ~seed);
	accessors_start(test, seed);
	for (i = 0; time_before(jiffies, end); i++) {
		change_once(test);
		if (i % 64 == 0)
			expect_audit(test, t->f->machine);
	}
	for (i = 0; i < NR_ACCESSORS; i++)
		kthread_stop(t->accessor[i].task);
	expect_no_surprise(test);
}

static struct kunit_case access_cases[] = {
	KUNIT_CASE(no_access_outlives_its_right),
	{ }
};

static struct kunit_suite access_suite = {
	.name = "memcore_access",
	.init = access_test_init,
	.exit = access_test_exit,
	.test_cases = access_cases,
};

kunit_test_suite(access_suite);
