// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_pv.h"
#include "pv/descriptor.h"
#include "tlb.h"

#define SMP_DOMID	7
#define NR_VCPUS	2
#define NR_STEPS	1500
#define NR_POOL		10

#define P	MC_FAULT_PRESENT
#define W	MC_FAULT_WRITE
#define U	MC_FAULT_USER
#define R	MC_FAULT_RESERVED
#define X	MC_FAULT_EXEC

#define STORE	MC_ACCESS_WRITE
#define USER	MC_ACCESS_USER
#define EXEC	MC_ACCESS_EXEC

/**
 * struct vcpu_test - what a case starts with
 * @f: the fixture
 * @s: tables of its PV domain, loaded for kernel mode
 * @v: the domain's vCPU
 * @fault: of the last access
 */
struct vcpu_test {
	struct fixture *f;
	struct pv_space s;
	struct memcore_vcpu *v;
	struct memcore_fault fault;
};

static int vcpu_test_init(struct kunit *test)
{
	struct vcpu_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err = fixture_init(test);

	if (err)
		return err;
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->f = test->priv;
	pv_space_make(test, &t->s, t->f->pv);
	pv_space_load(test, &t->s);
	t->v = &t->f->pv->vcpus[0];
	test->priv = t;
	return 0;
}

static void vcpu_test_exit(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	if (!t)
		return;
	test->priv = t->f;
	fixture_exit(test);
}

static int load(struct vcpu_test *t, unsigned long va, u64 *val,
		unsigned int access)
{
	*val = 0;
	return memcore_vcpu_access(t->v, va, val, sizeof(*val), access,
				   &t->fault);
}

static int store(struct vcpu_test *t, unsigned long va, u64 val)
{
	return memcore_vcpu_access(t->v, va, &val, sizeof(val), STORE,
				   &t->fault);
}

static void expect_value(struct kunit *test, unsigned long va, u64 expected)
{
	struct vcpu_test *t = test->priv;
	u64 val;

	KUNIT_EXPECT_EQ(test, load(t, va, &val, 0), 0);
	KUNIT_EXPECT_EQ(test, val, expected);
}

static void expect_fault(struct kunit *test, unsigned long va,
			 unsigned int access, unsigned int error)
{
	struct vcpu_test *t = test->priv;
	u64 val = 0;

	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(t->v, va, &val, sizeof(val),
					    access, &t->fault),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.addr, va);
	KUNIT_EXPECT_EQ(test, t->fault.error, error);
}

static void set_l1(struct kunit *test, unsigned int slot, u64 pte)
{
	struct vcpu_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, pv_update(t->s.d, pv_ptr(t->s.l1, slot), pte), 0);
}

static void reads_what_was_written(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	expect_value(test, pv_va(2) + 8, 0);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(2) + 8, 0x1122334455667788), 0);
	expect_value(test, pv_va(2) + 8, 0x1122334455667788);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.page[2], 1),
			0x1122334455667788);
	expect_value(test, pv_va(2), 0);
	expect_value(test, pv_va(2) + 9, 0x0011223344556677);
}

static void crosses_into_the_next_page(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	u8 *buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(2) - 3, 0x1122334455667788), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.page[1], 511) >> 40,
			0x667788);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.page[2], 0), 0x1122334455);
	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(t->v, pv_va(1) + 17, buf, PAGE_SIZE,
					    0, &t->fault),
			0);
	KUNIT_EXPECT_EQ(test, buf[PAGE_SIZE - 18], 0x66);
	KUNIT_EXPECT_EQ(test, buf[PAGE_SIZE - 17], 0x55);
}

/* The second page faults: nothing is written to the first. */
static void all_is_translated_before_any_is_written(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, store(t, pv_va(PV_PAGES) - 3, ~0ULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.addr, pv_va(PV_PAGES));
	KUNIT_EXPECT_EQ(test, t->fault.error, W);
	KUNIT_EXPECT_EQ(test,
			pv_read(t->s.d, t->s.page[PV_PAGES - 1], 511), 0);
}

static void length_is_limited(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	u8 byte = 0;

	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(t->v, pv_va(0), &byte,
					    PAGE_SIZE + 1, 0, &t->fault),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(t->v, 1UL << 47, &byte, 0, 0,
					    &t->fault),
			0);
}

static void write_needs_memory_once(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	atomic_set(&t->f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(0), 1), -ENOMEM);
	expect_value(test, pv_va(0), 0);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(0), 1), 0);
	atomic_set(&t->f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(0), 2), 0);
	atomic_set(&t->f->machine->failpoint.left, 0);
	expect_value(test, pv_va(0), 2);
}

static void each_error_code(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	const unsigned long hole = pv_va(PV_PAGES);

	set_l1(test, 1, pv_pte(t->s.page[1], PV_READ | MC_PTE_NX));
	expect_fault(test, hole, 0, 0);
	expect_fault(test, hole, STORE, W);
	expect_fault(test, hole, EXEC, X);
	expect_fault(test, pv_va(1), STORE, P | W);
	expect_fault(test, pv_va(1), EXEC, P | X);
	/* No table of user mode is loaded. */
	expect_fault(test, pv_va(0), USER, U);
	expect_fault(test, pv_va(0), USER | STORE, U | W);
	expect_fault(test, pv_va(0), USER | EXEC, U | X);
	/* Nothing at any of the levels above. */
	expect_fault(test, PV_BASE + (1UL << 21), 0, 0);
	expect_fault(test, PV_BASE + (1UL << 30), 0, 0);
	expect_fault(test, PV_BASE + (1UL << 39), 0, 0);
}

static void rights_of_all_levels_count(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	const u64 ptr[] = {
		pv_ptr(t->s.l4, PV_L4_SLOT), pv_ptr(t->s.l3, PV_L3_SLOT),
		pv_ptr(t->s.l2, PV_L2_SLOT),
	};
	const unsigned long below[] = { t->s.l3, t->s.l2, t->s.l1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ptr); i++) {
		KUNIT_EXPECT_EQ(test, store(t, pv_va(0), i), 0);
		KUNIT_ASSERT_EQ(test,
				pv_update(t->s.d, ptr[i],
					  pv_pte(below[i],
						 (PV_TABLE & ~MC_PTE_RW) |
						 MC_PTE_NX)),
				0);
		expect_fault(test, pv_va(0), STORE, P | W);
		expect_fault(test, pv_va(0), EXEC, P | X);
		expect_value(test, pv_va(0), i);
		KUNIT_ASSERT_EQ(test,
				pv_update(t->s.d, ptr[i],
					  pv_pte(below[i], PV_TABLE)),
				0);
	}
}

/* A second root for user mode, with nothing in common but its lowest slot. */
static void load_user_root(struct kunit *test, u64 l3e)
{
	struct vcpu_test *t = test->priv;

	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.spare[0], PV_L4_SLOT),
				  l3e),
			0);
	KUNIT_ASSERT_EQ(test,
			pv_ext(t->s.d, MMUEXT_NEW_USER_BASEPTR, t->s.spare[0]),
			0);
}

static void user_mode_has_a_root_of_its_own(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	u64 val;

	KUNIT_EXPECT_EQ(test, store(t, pv_va(0), 42), 0);
	load_user_root(test, 0);
	expect_fault(test, pv_va(0), USER, U);
	load_user_root(test, pv_pte(t->s.l3, PV_TABLE));
	KUNIT_EXPECT_EQ(test, load(t, pv_va(0), &val, USER), 0);
	KUNIT_EXPECT_EQ(test, val, 42);
	set_l1(test, 1, pv_pte(t->s.page[1], PV_READ));
	memcore_tlb_flush_domain(t->s.d);
	expect_fault(test, pv_va(1), USER | STORE, P | U | W);
	expect_audit(test, t->f->machine);
}

/* It runs in ring 3: what hides the kernel from its programs is the root. */
static void kernels_pages_are_the_users_too_quirk(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	u64 val, pte = pv_pte(t->s.page[1], MC_PTE_PRESENT | MC_PTE_RW);

	set_l1(test, 1, pte);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1),
			pte | MC_PTE_USER | MC_PTE_GUEST_KERNEL);
	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 5), 0);
	load_user_root(test, pv_pte(t->s.l3, PV_TABLE));
	KUNIT_EXPECT_EQ(test, load(t, pv_va(1), &val, USER), 0);
	KUNIT_EXPECT_EQ(test, val, 5);
}

static void accessed_and_dirty_bits_are_set(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	const u64 ad = MC_PTE_ACCESSED | MC_PTE_DIRTY;
	const u64 pte = pv_pte(t->s.page[1], PV_WRITE & ~ad);
	u64 val;

	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l2, PV_L2_SLOT),
				  pv_pte(t->s.l1, PV_TABLE & ~ad)),
			0);
	set_l1(test, 1, pte & ~MC_PTE_RW);
	/* A fault marks the way down, but not what it was about. */
	expect_fault(test, pv_va(1), STORE, P | W);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1) & ad, 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l2, PV_L2_SLOT) & ad,
			MC_PTE_ACCESSED);
	set_l1(test, 1, pte);
	KUNIT_EXPECT_EQ(test, load(t, pv_va(1), &val, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1) & ad,
			MC_PTE_ACCESSED);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l2, PV_L2_SLOT) & ad,
			MC_PTE_ACCESSED);
	/* Remembered as clean, so it walks again to write. */
	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 1), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 1) & ad, ad);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l2, PV_L2_SLOT) & ad,
			MC_PTE_ACCESSED);
}

static void m2p_may_be_read(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	const unsigned long m2p = 0xffff800000000000;
	const unsigned long end = m2p +
				  t->f->machine->frames.nr_m2p_pages * PAGE_SIZE;
	const unsigned long entry = m2p + t->s.page[1] * sizeof(u64);
	const struct mc_gfn pfn = memcore_m2p_get(&t->f->machine->frames,
						  mc_mfn(t->s.page[1]));

	KUNIT_EXPECT_NE(test, pfn.nr, 0);
	expect_value(test, entry, pfn.nr);
	expect_fault(test, entry, STORE, P | W);
	expect_fault(test, entry, EXEC, P | X);
	expect_fault(test, entry, USER | STORE, P | U | W);
	expect_fault(test, end, 0, 0);
}

static void xens_addresses_fault(struct kunit *test)
{
	expect_fault(test, 0xffff804000000000, 0, 0);
	expect_fault(test, 0xffff810000000000, STORE, W);
	expect_fault(test, 0xffff82d040000000, EXEC, X);
	expect_fault(test, 0xffff87fffffffff8, USER, U);
	/* Not canonical: another fault, of which 0 is the error code. */
	expect_fault(test, 1UL << 47, STORE, 0);
	expect_fault(test, 0xffff7ffffffffff8, USER, 0);
}

static void remembered_until_flushed(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 11), 0);
	set_l1(test, 1, 0);
	expect_value(test, pv_va(1), 11);
	KUNIT_EXPECT_EQ(test, pv_ext(t->s.d, MMUEXT_INVLPG_LOCAL, pv_va(1)), 0);
	expect_fault(test, pv_va(1), 0, 0);
	/* And what is not there is not remembered. */
	set_l1(test, 1, pv_pte(t->s.page[1], PV_WRITE));
	expect_value(test, pv_va(1), 11);
	expect_audit(test, t->f->machine);
}

static void more_rights_need_no_flush(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	set_l1(test, 1, pv_pte(t->s.page[1], PV_READ));
	expect_value(test, pv_va(1), 0);
	set_l1(test, 1, pv_pte(t->s.page[1], PV_WRITE));
	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 1), 0);
}

static void fault_forgets_the_page(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	set_l1(test, 1, pv_pte(t->s.page[1], PV_READ));
	expect_value(test, pv_va(1), 0);
	set_l1(test, 1, 0);
	expect_value(test, pv_va(1), 0);
	expect_fault(test, pv_va(1), STORE, W);
	expect_fault(test, pv_va(1), 0, 0);
}

/* Origin: XSA-286. */
static void table_gone_at_once(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 1), 0);
	KUNIT_ASSERT_EQ(test, pv_update(t->s.d, pv_ptr(t->s.l2, PV_L2_SLOT), 0),
			0);
	expect_fault(test, pv_va(1), 0, 0);
}

/* Origin: XSA-401. */
static void no_write_to_what_is_a_table_now(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 0), 0);
	set_l1(test, 1, pv_pte(t->s.page[1], PV_READ));
	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 0), 0);
	KUNIT_EXPECT_EQ(test,
			pv_ext(t->s.d, MMUEXT_PIN_L1_TABLE, t->s.page[1]), 0);
	expect_fault(test, pv_va(1), STORE, P | W);
	expect_audit(test, t->f->machine);
}

/* Origin: XSA-480. */
static void no_access_to_what_is_free_now(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, store(t, pv_va(1), 77), 0);
	set_l1(test, 1, 0);
	expect_value(test, pv_va(1), 77);
	t->f->list[0] = t->s.page[1];
	KUNIT_EXPECT_EQ(test,
			fixture_move(t->s.d, XENMEM_decrease_reservation,
				     t->f->list, 1, 0),
			1);
	expect_fault(test, pv_va(1), 0, 0);
	expect_audit(test, t->f->machine);
}

/* As a forgotten flush would leave it: both who looks and who uses it notice. */
static void stale_translation_is_noticed(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	unsigned long mfn = FIXTURE_BASE;
	char msg[256];
	u64 val;

	while (pv_frame(t->s.d, mfn)->state == MC_FRAME_USED)
		mfn++;
	memcore_tlb_insert(t->v, pv_va(1), pv_pte(mfn, PV_WRITE));
	KUNIT_EXPECT_EQ(test, load(t, pv_va(1), &val, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, memcore_audit(t->f->machine, msg, sizeof(msg)),
			-EUCLEAN);
	memcore_tlb_insert(t->v, pv_va(1), pv_pte(t->s.l1, PV_WRITE));
	KUNIT_EXPECT_EQ(test, memcore_audit(t->f->machine, msg, sizeof(msg)),
			-EUCLEAN);
	memcore_tlb_flush_vcpu(t->v);
	expect_audit(test, t->f->machine);
}

static struct memcore_frame *l1_table(struct vcpu_test *t, unsigned long va)
{
	struct memcore_frame *table;
	unsigned long flags;

	spin_lock_irqsave(&t->v->lock, flags);
	table = memcore_vcpu_l1_table(t->v, va);
	spin_unlock_irqrestore(&t->v->lock, flags);
	return table;
}

static void expect_l1_table(struct kunit *test, unsigned long va,
			    unsigned long mfn)
{
	struct vcpu_test *t = test->priv;
	unsigned long before = pv_count(t->s.d, mfn);
	struct memcore_frame *table = l1_table(t, va);

	KUNIT_ASSERT_PTR_EQ(test, table, pv_frame(t->s.d, mfn));
	KUNIT_EXPECT_EQ(test, pv_count(t->s.d, mfn), before + 1);
	memcore_frame_put(t->f->machine, table);
}

static void lowest_table_is_found(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	expect_l1_table(test, pv_va(0), t->s.l1);
	/* Whatever the rights, and whether or not the page is there. */
	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l2, PV_L2_SLOT),
				  pv_pte(t->s.l1, MC_PTE_PRESENT)),
			0);
	expect_l1_table(test, pv_va(500), t->s.l1);
	KUNIT_EXPECT_NULL(test, l1_table(t, PV_BASE + (1UL << 21)));
	KUNIT_EXPECT_NULL(test, l1_table(t, PV_BASE + (1UL << 30)));
	KUNIT_EXPECT_NULL(test, l1_table(t, PV_BASE + (1UL << 39)));
	KUNIT_EXPECT_NULL(test, l1_table(t, 0xffff810000000000));
	KUNIT_EXPECT_NULL(test, l1_table(t, 1UL << 47));
}

/* Xen's look through its linear map is a walk, less the last level. */
static void looking_for_a_table_marks_the_way(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	const u64 flags = PV_TABLE & ~MC_PTE_ACCESSED;
	const u64 l3e = pv_pte(t->s.l2, flags), l2e = pv_pte(t->s.l1, flags);

	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l3, PV_L3_SLOT), l3e), 0);
	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l2, PV_L2_SLOT), l2e), 0);
	expect_l1_table(test, pv_va(0), t->s.l1);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l3, PV_L3_SLOT),
			l3e | MC_PTE_ACCESSED);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l2, PV_L2_SLOT), l2e);
}

/* The root in a slot of its own: one level less to go. */
static void lowest_table_may_be_of_any_level(struct kunit *test)
{
	struct vcpu_test *t = test->priv;

	KUNIT_ASSERT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l4, 9),
				  pv_pte(t->s.l4, PV_READ & ~MC_PTE_GLOBAL)),
			0);
	expect_l1_table(test,
			9UL << 39 | 3UL << 30 | 4UL << 21 | 5UL << 12,
			t->s.l2);
	expect_l1_table(test, 9UL << 39 | 9UL << 30 | 9UL << 21, t->s.l4);
}

static void lowest_table_is_the_domains_own(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	struct memcore_frame *frame = pv_frame(t->s.d, t->s.l1);

	WRITE_ONCE(frame->owner, 0);
	KUNIT_EXPECT_NULL(test, l1_table(t, pv_va(0)));
	WRITE_ONCE(frame->owner, t->s.d->config.domid);
}

/**
 * struct pool - frames that are made into arbitrary tables
 * @mfn: the frames; the first is the root
 * @copy: what is in them, or should be
 */
struct pool {
	unsigned long mfn[NR_POOL];
	u64 copy[NR_POOL][512];
};

static struct pool *pool_make(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	struct pool *pool = kunit_kzalloc(test, sizeof(*pool), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	test->priv = t->f;
	for (i = 0; i < NR_POOL; i++) {
		fixture_populate(test, t->f->pv, 200 + i, 1);
		pool->mfn[i] = t->f->list[0];
	}
	test->priv = t;
	return pool;
}

/* Few slots, so that addresses meet; mostly good entries, so that they lead on. */
static unsigned int any_slot(struct rnd_state *rnd)
{
	return prandom_u32_state(rnd) % 3;
}

static u64 any_entry(struct pool *pool, struct rnd_state *rnd)
{
	u64 pte = MC_PTE_PRESENT | MC_PTE_RW | MC_PTE_USER;
	u32 bits = prandom_u32_state(rnd);

	if (prandom_u32_state(rnd) % 4 == 0)
		pte ^= BIT_ULL(bits % 9);
	if (prandom_u32_state(rnd) % 8 == 0)
		pte |= MC_PTE_NX;
	if (prandom_u32_state(rnd) % 8 == 0)
		pte |= MC_PTE_GUEST_KERNEL | MC_PTE_ACCESSED;
	if (prandom_u32_state(rnd) % 32 == 0)
		return pv_pte(FIXTURE_BASE - 1, pte);
	return pv_pte(pool->mfn[(bits >> 16) % NR_POOL], pte);
}

static void change_any(struct vcpu_test *t, struct pool *pool,
		       struct rnd_state *rnd)
{
	unsigned int i = prandom_u32_state(rnd) % NR_POOL;
	unsigned int slot = any_slot(rnd);

	pool->copy[i][slot] = any_entry(pool, rnd);
	memcore_content_write(t->f->machine, pv_frame(t->s.d, pool->mfn[i]),
			      slot, pool->copy[i][slot]);
}

static int pool_index(struct pool *pool, u64 pte)
{
	unsigned int i;

	for (i = 0; i < NR_POOL; i++)
		if (pool->mfn[i] == mc_pte_mfn(pte).nr)
			return i;
	return -1;
}

/**
 * struct naive_walk - a walk by the book
 * @error: of the fault
 * @ok: there is none
 * @pte: the translation
 */
struct naive_walk {
	unsigned int error;
	bool ok;
	u64 pte;
};

static struct naive_walk naive_walk(struct pool *pool, unsigned long va,
				    unsigned int access)
{
	static const unsigned int shift[] = { 39, 30, 21, 12 };
	struct naive_walk walk = { };
	bool rw = true, us = true, nx = false;
	u64 *entry[4];
	int at = 0, i;

	walk.error = (access & STORE ? W : 0) | (access & USER ? U : 0) |
		     (access & EXEC ? X : 0);
	for (i = 0; i < 4; i++) {
		entry[i] = &pool->copy[at][va >> shift[i] & 511];
		if (!(*entry[i] & 1))
			return walk;
		at = pool_index(pool, *entry[i]);
		if (at < 0 || (i < 3 && *entry[i] & 0x80)) {
			walk.error |= P | R;
			return walk;
		}
		if (i < 3)
			*entry[i] |= 0x20;
		rw = rw && *entry[i] & 2;
		us = us && *entry[i] & 4;
		nx = nx || *entry[i] >> 63;
	}
	if (!us || (access & STORE && !rw) || (access & EXEC && nx)) {
		walk.error |= P;
		return walk;
	}
	*entry[3] |= access & STORE ? 0x60 : 0x20;
	walk.ok = true;
	walk.pte = (*entry[3] & ~(1ULL << 63 | 2)) | (rw ? 2 : 0) |
		   (u64)nx << 63;
	return walk;
}

static void expect_same_tables(struct kunit *test, struct pool *pool)
{
	struct vcpu_test *t = test->priv;
	unsigned int i, slot;

	for (i = 0; i < NR_POOL; i++)
		for (slot = 0; slot < 3; slot++)
			KUNIT_EXPECT_EQ(test,
					pv_read(t->s.d, pool->mfn[i], slot),
					pool->copy[i][slot]);
}

static bool walk_both(struct kunit *test, struct pool *pool, unsigned long va,
		      unsigned int access)
{
	struct vcpu_test *t = test->priv;
	struct naive_walk naive = naive_walk(pool, va, access);
	unsigned long flags;
	u64 pte = 0;
	bool ok;

	spin_lock_irqsave(&t->v->lock, flags);
	ok = memcore_vcpu_walk(t->v, va, access, &pte, &t->fault);
	spin_unlock_irqrestore(&t->v->lock, flags);
	KUNIT_EXPECT_EQ(test, ok, naive.ok);
	if (ok)
		KUNIT_EXPECT_EQ(test, pte, naive.pte);
	else
		KUNIT_EXPECT_EQ(test, t->fault.error, naive.error);
	return ok;
}

/*
 * The root is put in place by hand, and taken away before anybody counts: such
 * tables would not pass as a guest's.
 */
static void same_as_by_the_book(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	struct memcore_frame *kernel = t->v->guest_table;
	struct pool *pool = pool_make(test);
	unsigned int i, done = 0;
	struct rnd_state rnd;
	unsigned long va;

	prandom_seed_state(&rnd, fixture_seed(test));
	t->v->guest_table = pv_frame(t->s.d, pool->mfn[0]);
	t->v->guest_table_user = pv_frame(t->s.d, pool->mfn[0]);
	for (i = 0; i < NR_STEPS; i++) {
		change_any(t, pool, &rnd);
		va = (u64)any_slot(&rnd) << 39 | any_slot(&rnd) << 30 |
		     any_slot(&rnd) << 21 | any_slot(&rnd) << 12;
		done += walk_both(test, pool, va,
				  prandom_u32_state(&rnd) & (STORE | USER |
							     EXEC));
		expect_same_tables(test, pool);
	}
	t->v->guest_table = kernel;
	t->v->guest_table_user = NULL;
	KUNIT_EXPECT_GT(test, done, NR_STEPS / 20);
}

static struct memcore_domain *smp_create(struct fixture *f, unsigned int nr)
{
	const struct memcore_domain_config config = {
		.domid = SMP_DOMID,
		.max_pages = UINT_MAX,
		.nr_pfns = FIXTURE_FRAMES,
		.nr_vcpus = nr,
	};

	return memcore_domain_create(f->machine, &config);
}

static void number_of_vcpus(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	struct memcore_domain *d;

	KUNIT_EXPECT_EQ(test, t->s.d->nr_vcpus, 1);
	KUNIT_EXPECT_NULL(test, smp_create(t->f, MC_MAX_VCPUS + 1));
	d = smp_create(t->f, MC_MAX_VCPUS);
	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, d->nr_vcpus, MC_MAX_VCPUS);
	KUNIT_EXPECT_PTR_EQ(test, d->vcpus[5].tlb, &t->f->machine->tlbs[5]);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static long ext_on(struct memcore_vcpu *v, unsigned int cmd, unsigned long arg)
{
	const struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };

	return memcore_vcpu_call(v, __HYPERVISOR_mmuext_op, (unsigned long)&op,
				 1, 0, DOMID_SELF, 0);
}

/* All that a vCPU can hold: two roots, not pinned, a GDT and an LDT page. */
static void fill_vcpu(struct kunit *test, struct pv_space *s,
		      struct memcore_vcpu *v)
{
	unsigned long gdt[1] = { s->spare[2 + v->id] };
	struct mmuext_op ldt = {
		.cmd = MMUEXT_SET_LDT,
		.arg1.linear_addr = pv_va(1),
		.arg2.nr_ents = 8,
	};
	unsigned long flags;
	int err;

	KUNIT_ASSERT_EQ(test, ext_on(v, MMUEXT_NEW_BASEPTR, s->l4), 0);
	KUNIT_ASSERT_EQ(test,
			ext_on(v, MMUEXT_NEW_USER_BASEPTR, s->spare[v->id]), 0);
	KUNIT_ASSERT_EQ(test,
			memcore_vcpu_call(v, __HYPERVISOR_set_gdt,
					  (unsigned long)gdt, 512, 0, 0, 0),
			0);
	KUNIT_ASSERT_EQ(test,
			memcore_vcpu_call(v, __HYPERVISOR_mmuext_op,
					  (unsigned long)&ldt, 1, 0, DOMID_SELF,
					  0),
			0);
	spin_lock_irqsave(&v->lock, flags);
	err = memcore_ldt_fault(v, 0);
	spin_unlock_irqrestore(&v->lock, flags);
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* One step of a release, as the end of a domain makes it. */
static int release(struct memcore_domain *d)
{
	struct memcore_machine *machine = d->machine;
	struct memcore_vcpu *actor = machine->toolstack->vcpus;
	int err;

	mutex_lock(&machine->domains_lock);
	spin_lock_irq(&actor->lock);
	err = memcore_vcpus_release(actor, d);
	spin_unlock_irq(&actor->lock);
	mutex_unlock(&machine->domains_lock);
	return err;
}

static void expect_nothing_held(struct kunit *test, struct memcore_vcpu *v)
{
	KUNIT_EXPECT_NULL(test, v->guest_table);
	KUNIT_EXPECT_NULL(test, v->guest_table_user);
	KUNIT_EXPECT_NULL(test, v->old_table);
	KUNIT_EXPECT_NULL(test, v->gdt[0]);
	KUNIT_EXPECT_NULL(test, v->ldt[0]);
}

/* Return: how often it was preempted. */
static unsigned int release_preempted(struct kunit *test, unsigned int at)
{
	struct vcpu_test *t = test->priv;
	struct memcore_domain *d = smp_create(t->f, NR_VCPUS);
	unsigned int i, nr = 0;
	struct pv_space s;

	KUNIT_ASSERT_NOT_NULL(test, d);
	test->priv = t->f;
	pv_space_make(test, &s, d);
	KUNIT_ASSERT_EQ(test,
			pv_update(d, pv_ptr(s.l1, 1),
				  pv_pte(s.page[1], PV_READ)),
			0);
	test->priv = t;
	for (i = 0; i < NR_VCPUS; i++)
		fill_vcpu(test, &s, &d->vcpus[i]);
	expect_audit(test, t->f->machine);
	memcore_preempt_set(&t->f->machine->preempt, at);
	while (release(d) && nr < 10000) {
		if (nr++ % 8 == 0)
			expect_audit(test, t->f->machine);
	}
	memcore_preempt_set(&t->f->machine->preempt, 0);
	for (i = 0; i < NR_VCPUS; i++)
		expect_nothing_held(test, &d->vcpus[i]);
	expect_audit(test, t->f->machine);
	KUNIT_EXPECT_EQ(test, pv_type_count(d, s.l4), 0);
	KUNIT_EXPECT_EQ(test, pv_count(d, s.l4), 1);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	return nr;
}

static void released_at_every_point(struct kunit *test)
{
	unsigned int at;

	KUNIT_EXPECT_EQ(test, release_preempted(test, 0), 0);
	for (at = 1; at < 2000 && release_preempted(test, at); at += at / 4 + 1)
		;
	KUNIT_EXPECT_GT(test, at, 8);
}

static int exchange(struct vcpu_test *t, unsigned long va, u32 *old, u32 new)
{
	return memcore_vcpu_exchange(t->v, va, old, new, &t->fault);
}

static void exchange_is_of_what_is_there(struct kunit *test)
{
	struct vcpu_test *t = test->priv;
	u32 old = 4;

	KUNIT_ASSERT_EQ(test, store(t, pv_va(1) + 8, 0x500000006ULL), 0);
	KUNIT_EXPECT_EQ(test, exchange(t, pv_va(1) + 12, &old, 7), -EAGAIN);
	KUNIT_EXPECT_EQ(test, old, 5);
	KUNIT_EXPECT_EQ(test, exchange(t, pv_va(1) + 12, &old, 7), 0);
	expect_value(test, pv_va(1) + 8, 0x700000006ULL);
	KUNIT_EXPECT_EQ(test, exchange(t, pv_va(1) + 2, &old, 7), -EINVAL);
	KUNIT_EXPECT_EQ(test, exchange(t, pv_va(PV_PAGES), &old, 7), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->fault.error, W);
	expect_audit(test, t->f->machine);
}

static struct kunit_case vcpu_cases[] = {
	KUNIT_CASE(exchange_is_of_what_is_there),
	KUNIT_CASE(reads_what_was_written),
	KUNIT_CASE(crosses_into_the_next_page),
	KUNIT_CASE(all_is_translated_before_any_is_written),
	KUNIT_CASE(length_is_limited),
	KUNIT_CASE(write_needs_memory_once),
	KUNIT_CASE(each_error_code),
	KUNIT_CASE(rights_of_all_levels_count),
	KUNIT_CASE(user_mode_has_a_root_of_its_own),
	KUNIT_CASE(kernels_pages_are_the_users_too_quirk),
	KUNIT_CASE(accessed_and_dirty_bits_are_set),
	KUNIT_CASE(m2p_may_be_read),
	KUNIT_CASE(xens_addresses_fault),
	KUNIT_CASE(remembered_until_flushed),
	KUNIT_CASE(more_rights_need_no_flush),
	KUNIT_CASE(fault_forgets_the_page),
	KUNIT_CASE(table_gone_at_once),
	KUNIT_CASE(no_write_to_what_is_a_table_now),
	KUNIT_CASE(no_access_to_what_is_free_now),
	KUNIT_CASE(stale_translation_is_noticed),
	KUNIT_CASE(lowest_table_is_found),
	KUNIT_CASE(looking_for_a_table_marks_the_way),
	KUNIT_CASE(lowest_table_may_be_of_any_level),
	KUNIT_CASE(lowest_table_is_the_domains_own),
	KUNIT_CASE(same_as_by_the_book),
	KUNIT_CASE(number_of_vcpus),
	KUNIT_CASE(released_at_every_point),
	{ }
};

static struct kunit_suite vcpu_suite = {
	.name = "memcore_vcpu",
	.init = vcpu_test_init,
	.exit = vcpu_test_exit,
	.test_cases = vcpu_cases,
};

kunit_test_suite(vcpu_suite);
