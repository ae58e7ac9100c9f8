// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include "memcore_pv.h"

#define NR_STEPS	3000
/* Slots that stores go to; the table itself is mapped in the slot after. */
#define NR_SLOTS	16
#define TABLE_SLOT	100
#define TWIN_DOMID	7
/* Frames of a space. */
#define NR_FRAMES	(2 * PV_PAGES + 4)

#define P	MC_FAULT_PRESENT
#define W	MC_FAULT_WRITE
#define U	MC_FAULT_USER

/**
 * struct wpt_test - what a case starts with
 * @f: the fixture
 * @s: tables of its PV domain, loaded; the L1 table is mapped read-only
 * @v: the domain's vCPU
 * @fault: of the last store
 */
struct wpt_test {
	struct fixture *f;
	struct pv_space s;
	struct memcore_vcpu *v;
	struct memcore_fault fault;
};

static void assist(struct kunit *test, struct memcore_domain *d,
		   unsigned int cmd)
{
	KUNIT_ASSERT_EQ(test,
			memcore_call(d, __HYPERVISOR_vm_assist, cmd,
				     VMASST_TYPE_writable_pagetables, 0, 0, 0),
			0);
}

static int wpt_test_init(struct kunit *test)
{
	struct wpt_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err = fixture_init(test);

	if (err)
		return err;
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->f = test->priv;
	pv_space_make(test, &t->s, t->f->pv);
	pv_space_load(test, &t->s);
	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l1, TABLE_SLOT),
				  pv_pte(t->s.l1, PV_READ)),
			0);
	t->v = &t->f->pv->vcpus[0];
	assist(test, t->s.d, VMASST_CMD_enable);
	test->priv = t;
	return 0;
}

static void wpt_test_exit(struct kunit *test)
{
	struct wpt_test *t = test->priv;

	if (!t)
		return;
	test->priv = t->f;
	fixture_exit(test);
}

/* Where the entry of a slot can be written to. */
static unsigned long entry_va(unsigned int slot)
{
	return pv_va(TABLE_SLOT) + slot * sizeof(u64);
}

static int store(struct wpt_test *t, unsigned long va, u64 val, size_t len)
{
	return memcore_vcpu_access(t->v, va, &val, len, MC_ACCESS_WRITE,
				   &t->fault);
}

/* The guest gets the fault of the read-only mapping, and nothing is changed. */
static void expect_refused(struct kunit *test, unsigned long va, u64 val,
			   size_t len)
{
	struct wpt_test *t = test->priv;
	unsigned int slot = offset_in_page(va) / sizeof(u64);
	u64 before = pv_read(t->s.d, t->s.l1, slot);

	KUNIT_EXPECT_EQ(test, store(t, va, val, len), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.addr, va);
	KUNIT_EXPECT_EQ(test, t->fault.error, P | W);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, slot), before);
	expect_audit(test, t->f->machine);
}

static void store_becomes_an_entry(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	u64 pte = pv_pte(t->s.spare[0], MC_PTE_PRESENT | MC_PTE_RW);
	u64 val = 0;

	KUNIT_EXPECT_EQ(test, store(t, entry_va(PV_PAGES), pte, 8), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, PV_PAGES),
			pte | MC_PTE_USER | MC_PTE_GUEST_KERNEL);
	KUNIT_EXPECT_EQ(test, pv_type(t->s.d, t->s.spare[0]), MC_TYPE_WRITABLE);
	KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, t->s.spare[0]), 1);
	expect_audit(test, t->f->machine);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(PV_PAGES), 99, 8), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(t->v, pv_va(PV_PAGES), &val, 8, 0,
					    &t->fault),
			0);
	KUNIT_EXPECT_EQ(test, val, 99);
}

static void old_entry_is_put(struct kunit *test)
{
	struct wpt_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, t->s.page[1]), 1);
	KUNIT_EXPECT_EQ(test, pv_count(t->s.d, t->s.page[1]), 2);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(1), 0, 8), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, t->s.page[1]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(t->s.d, t->s.page[1]), 1);
	expect_audit(test, t->f->machine);
}

static void only_for_who_asked(struct kunit *test)
{
	struct wpt_test *t = test->priv;

	assist(test, t->s.d, VMASST_CMD_disable);
	expect_refused(test, entry_va(1), 0, 8);
	assist(test, t->s.d, VMASST_CMD_enable);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(1), 0, 8), 0);
}

static void short_stores_leave_the_rest(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	const u64 before = pv_read(t->s.d, t->s.l1, 1);

	/* Only the lowest byte, then the dirty bit with its neighbours. */
	KUNIT_EXPECT_EQ(test, store(t, entry_va(1), before & ~MC_PTE_DIRTY, 1),
			0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1),
			before & ~MC_PTE_DIRTY);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(1), before, 2), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1), before);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(1) + 4,
				    (before | MC_PTE_NX) >> 32, 4), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1), before | MC_PTE_NX);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(1) + 7, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1), before);
	expect_audit(test, t->f->machine);
}

static void only_within_one_entry(struct kunit *test)
{
	expect_refused(test, entry_va(1) + 4, 0, 8);
	expect_refused(test, entry_va(1) + 1, 0, 2);
	expect_refused(test, entry_va(1) + 2, 0, 4);
	expect_refused(test, entry_va(1), 0, 3);
	expect_refused(test, entry_va(1), 0, 5);
	expect_refused(test, entry_va(0), 0, 7);
}

/* Of two pages the first is the one that faults, and both are to be written. */
static void not_across_pages(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	const u64 before = pv_read(t->s.d, t->s.l1, 511);

	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l1, TABLE_SLOT + 1),
				  pv_pte(t->s.spare[0], PV_WRITE)),
			0);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(511) + 4, ~0ULL, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.addr, entry_va(511) + 4);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 511), before);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.spare[0], 0), 0);
	/* And the other way round: the table is behind a page. */
	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l1, TABLE_SLOT - 1),
				  pv_pte(t->s.spare[1], PV_WRITE)),
			0);
	KUNIT_EXPECT_EQ(test, store(t, entry_va(0) - 4, ~0ULL, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.addr, entry_va(0));
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.spare[1], 511), 0);
	expect_audit(test, t->f->machine);
}

static void bad_entries_refused(struct kunit *test)
{
	struct wpt_test *t = test->priv;

	/* Tables writable, another's frame, none at all, forbidden flags. */
	expect_refused(test, entry_va(1), pv_pte(t->s.l1, PV_WRITE), 8);
	expect_refused(test, entry_va(1), pv_pte(t->s.l4, PV_WRITE), 8);
	expect_refused(test, entry_va(1), pv_pte(FIXTURE_BASE - 1, PV_READ), 8);
	expect_refused(test, entry_va(1),
		       pv_pte(FIXTURE_BASE + FIXTURE_FRAMES, PV_READ), 8);
	expect_refused(test, entry_va(1),
		       pv_pte(t->s.spare[0], PV_READ | MC_PTE_PCD), 8);
	expect_refused(test, entry_va(1), ~0ULL, 8);
}

static void what_is_not_present_is_not_checked(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	const u64 val = ~0ULL & ~MC_PTE_PRESENT;

	KUNIT_EXPECT_EQ(test, store(t, entry_va(1), val, 8), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1), val);
	expect_audit(test, t->f->machine);
}

static void not_by_user_mode(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	u64 val = 0;

	KUNIT_ASSERT_EQ(test,
			pv_ext(t->s.d, MMUEXT_NEW_USER_BASEPTR, t->s.l4), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(t->v, entry_va(1), &val, 8,
					    MC_ACCESS_WRITE | MC_ACCESS_USER,
					    &t->fault),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.error, P | W | U);
	KUNIT_EXPECT_NE(test, pv_read(t->s.d, t->s.l1, 1), 0);
}

static void only_to_the_lowest_tables(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	const unsigned long other[] = {
		t->s.l2, t->s.l3, t->s.l4, t->s.spare[0],
	};
	unsigned int i;
	u64 before;

	for (i = 0; i < ARRAY_SIZE(other); i++) {
		KUNIT_ASSERT_EQ(test,
				pv_update(t->s.d, pv_ptr(t->s.l1, 50 + i),
					  pv_pte(other[i], PV_READ)),
				0);
		before = pv_read(t->s.d, other[i], 3);
		KUNIT_EXPECT_EQ(test, store(t, pv_va(50 + i) + 24, 0, 8),
				-EFAULT);
		KUNIT_EXPECT_EQ(test, t->fault.error, P | W);
		KUNIT_EXPECT_EQ(test, pv_read(t->s.d, other[i], 3), before);
	}
	expect_audit(test, t->f->machine);
}

/* It is the mapping that must be read-only, not a table above it. */
static void not_through_a_read_only_table(struct kunit *test)
{
	struct wpt_test *t = test->priv;

	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l2, PV_L2_SLOT),
				  pv_pte(t->s.l1, PV_TABLE & ~MC_PTE_RW)),
			0);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 1, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.error, P | W);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.page[1], 0), 0);
}

static void without_memory_nothing_changes(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	const unsigned long l1 = t->s.spare[0];

	/* A table that was never written to, and has no memory of its own. */
	KUNIT_ASSERT_EQ(test, pv_ext(t->s.d, MMUEXT_PIN_L1_TABLE, l1), 0);
	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l1, 50),
				  pv_pte(l1, PV_READ)),
			0);
	atomic_set(&t->f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test,
			store(t, pv_va(50), pv_pte(t->s.spare[1], PV_WRITE), 8),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, t->s.spare[1]), 0);
	expect_audit(test, t->f->machine);
	KUNIT_EXPECT_EQ(test,
			store(t, pv_va(50), pv_pte(t->s.spare[1], PV_WRITE), 8),
			0);
	KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, t->s.spare[1]), 1);
	expect_audit(test, t->f->machine);
}

/* All frames of a space, by number. */
static unsigned long nth_frame(const struct pv_space *s, unsigned int n)
{
	const unsigned long table[] = { s->l4, s->l3, s->l2, s->l1 };

	if (n < PV_PAGES)
		return s->page[n];
	if (n < 2 * PV_PAGES)
		return s->spare[n - PV_PAGES];
	return table[n - 2 * PV_PAGES];
}

static u64 any_pte(struct rnd_state *rnd, const struct pv_space *s)
{
	u32 bits = prandom_u32_state(rnd);
	unsigned long mfn = nth_frame(s, bits % NR_FRAMES);
	u64 flags = PV_READ;

	if (bits & BIT(16))
		flags |= MC_PTE_RW;
	if (!(bits >> 17 & 3))
		flags ^= BIT_ULL(bits >> 20 & 7);
	if (!(bits >> 24 & 15))
		return 0;
	return pv_pte(mfn, flags);
}

/* The same in the twin's frames: the places of the spaces correspond. */
static u64 twin_pte(u64 pte, const struct pv_space *s,
		    const struct pv_space *twin)
{
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i++)
		if (nth_frame(s, i) == mc_pte_mfn(pte).nr)
			return pv_pte(nth_frame(twin, i),
				      pte & ~MC_PTE_MFN_MASK);
	return pte;
}

static struct memcore_domain *twin_create(struct fixture *f)
{
	const struct memcore_domain_config config = {
		.domid = TWIN_DOMID,
		.max_pages = UINT_MAX,
		.nr_pfns = FIXTURE_FRAMES,
	};

	return memcore_domain_create(f->machine, &config);
}

static void twin_make(struct kunit *test, struct pv_space *twin)
{
	struct wpt_test *t = test->priv;
	struct memcore_domain *d = twin_create(t->f);

	KUNIT_ASSERT_NOT_NULL(test, d);
	test->priv = t->f;
	pv_space_make(test, twin, d);
	pv_space_load(test, twin);
	test->priv = t;
	KUNIT_ASSERT_EQ(test,
			pv_update(d, pv_ptr(twin->l1, TABLE_SLOT),
				  pv_pte(twin->l1, PV_READ)),
			0);
}

static void expect_twins(struct kunit *test, struct pv_space *twin,
			 unsigned int slot)
{
	struct wpt_test *t = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test,
			twin_pte(pv_read(t->s.d, t->s.l1, slot), &t->s, twin),
			pv_read(twin->d, twin->l1, slot));
	for (i = 0; i < PV_PAGES; i++) {
		KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, t->s.page[i]),
				pv_type_count(twin->d, twin->page[i]));
		KUNIT_EXPECT_EQ(test, pv_count(t->s.d, t->s.spare[i]),
				pv_count(twin->d, twin->spare[i]));
	}
}

/* One stores, its twin asks the hypervisor: both have the same afterwards. */
static void same_as_the_hypercall(struct kunit *test)
{
	struct wpt_test *t = test->priv;
	unsigned int i, slot, done = 0;
	struct pv_space twin;
	struct rnd_state rnd;
	bool stored, asked;
	u64 pte;

	prandom_seed_state(&rnd, fixture_seed(test));
	twin_make(test, &twin);
	for (i = 0; i < NR_STEPS; i++) {
		slot = prandom_u32_state(&rnd) % NR_SLOTS;
		pte = any_pte(&rnd, &t->s);
		stored = !store(t, entry_va(slot), pte, 8);
		asked = !pv_update(twin.d, pv_ptr(twin.l1, slot),
				   twin_pte(pte, &t->s, &twin));
		KUNIT_EXPECT_EQ(test, stored, asked);
		expect_twins(test, &twin, slot);
		done += stored;
		if (i % 100 == 0)
			expect_audit(test, t->f->machine);
	}
	KUNIT_EXPECT_GT(test, done, NR_STEPS / 10);
	KUNIT_EXPECT_LT(test, done, NR_STEPS);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(twin.d), 0);
}

static struct kunit_case writable_pt_cases[] = {
	KUNIT_CASE(store_becomes_an_entry),
	KUNIT_CASE(old_entry_is_put),
	KUNIT_CASE(only_for_who_asked),
	KUNIT_CASE(short_stores_leave_the_rest),
	KUNIT_CASE(only_within_one_entry),
	KUNIT_CASE(not_across_pages),
	KUNIT_CASE(bad_entries_refused),
	KUNIT_CASE(what_is_not_present_is_not_checked),
	KUNIT_CASE(not_by_user_mode),
	KUNIT_CASE(only_to_the_lowest_tables),
	KUNIT_CASE(not_through_a_read_only_table),
	KUNIT_CASE(without_memory_nothing_changes),
	KUNIT_CASE(same_as_the_hypercall),
	{ }
};

static struct kunit_suite writable_pt_suite = {
	.name = "memcore_writable_pt",
	.init = wpt_test_init,
	.exit = wpt_test_exit,
	.test_cases = writable_pt_cases,
};

kunit_test_suite(writable_pt_suite);
