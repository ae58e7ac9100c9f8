// SPDX-License-Identifier: GPL-2.0
/* What frames are used as: counts, validation, preemption, and the end. */
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_fixture.h"
#include "memcore_pv.h"
#include "ref_types.h"

#define BAD_FRAME	(FIXTURE_BASE + FIXTURE_FRAMES + 5)

/* Sparse cannot follow the lock through what is returned. */
static struct memcore_vcpu *lock(struct memcore_domain *d)
{
	spin_lock_irq(&d->vcpus[0].lock);
	__release(&d->vcpus[0].lock);
	return &d->vcpus[0];
}

static void unlock(struct memcore_vcpu *v)
{
	__acquire(&v->lock);
	spin_unlock_irq(&v->lock);
}

static int get(struct memcore_domain *d, unsigned long mfn, enum mc_type type)
{
	struct memcore_vcpu *v = lock(d);
	int err = memcore_type_get(v, pv_frame(d, mfn), type, true);

	unlock(v);
	return err;
}

static int put(struct memcore_domain *d, unsigned long mfn)
{
	struct memcore_vcpu *v = lock(d);
	int err = memcore_type_put(v, pv_frame(d, mfn), MC_PTF_PREEMPTIBLE,
				   NULL);

	unlock(v);
	return err;
}

static int drain(struct memcore_domain *d)
{
	struct memcore_vcpu *v = lock(d);
	int err = memcore_put_old_table(v);

	unlock(v);
	return err;
}

/* Frames of a PV domain, one at each index of the list. */
static unsigned long *pages(struct kunit *test, unsigned int nr)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->pv, 0, nr);
	return (unsigned long *)f->list;
}

static void entry(struct kunit *test, unsigned long table, unsigned int slot,
		  u64 pte)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, pv_update(f->pv, pv_ptr(table, slot), pte), 0);
}

static void other_type_only_without_references(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = pages(test, 1)[0];
	enum mc_type had, wanted;

	for (had = MC_TYPE_L1; had <= MC_TYPE_WRITABLE; had++) {
		KUNIT_EXPECT_EQ(test, get(f->pv, mfn, had), 0);
		KUNIT_EXPECT_EQ(test, pv_type(f->pv, mfn), had);
		for (wanted = MC_TYPE_L1; wanted <= MC_TYPE_WRITABLE; wanted++)
			KUNIT_EXPECT_EQ(test, get(f->pv, mfn, wanted),
					wanted == had ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn), 2);
		KUNIT_EXPECT_EQ(test, put(f->pv, mfn), 0);
		KUNIT_EXPECT_EQ(test, put(f->pv, mfn), 0);
		expect_audit(test, f->machine);
	}
}

static void type_count_does_not_overflow(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = pages(test, 1)[0];
	unsigned int i;

	f->machine->type_mask = 7;
	for (i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test, get(f->pv, mfn, MC_TYPE_L1), 0);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn, MC_TYPE_L1), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn), 7);
	while (i--)
		KUNIT_EXPECT_EQ(test, put(f->pv, mfn), 0);
	expect_audit(test, f->machine);
}

/* Seven mappings are as many as there can be; the eighth is refused. */
static void mappings_up_to_the_limit(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 2);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, mfn[0]), 0);
	f->machine->type_mask = 7;
	for (i = 0; i < 7; i++)
		entry(test, mfn[0], i, pv_pte(mfn[1], PV_WRITE));
	KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[0], 9),
					pv_pte(mfn[1], PV_WRITE)), -EBUSY);
	f->machine->type_mask = MC_PGT_COUNT_MASK;
	f->machine->count_mask = 15;
	for (i = 7; i < 13; i++)
		entry(test, mfn[0], i, pv_pte(mfn[1], PV_READ));
	KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[0], 20),
					pv_pte(mfn[1], PV_READ)), -EBUSY);
	expect_audit(test, f->machine);
	f->machine->count_mask = MC_PGC_COUNT_MASK;
}

/* A table that is interrupted needs a reference more than it may have. */
static void partial_table_uses_the_reserve(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 3);
	struct memcore_frame *frame = pv_frame(f->pv, mfn[0]);

	entry(test, mfn[0], 0, pv_pte(mfn[1], PV_TABLE));
	f->machine->count_mask = 7;
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, mfn[2]), 0);
	entry(test, mfn[2], 0, pv_pte(mfn[0], PV_READ));
	entry(test, mfn[2], 1, pv_pte(mfn[0], PV_READ));
	entry(test, mfn[2], 2, pv_pte(mfn[0], PV_READ));
	entry(test, mfn[2], 3, pv_pte(mfn[0], PV_READ));
	KUNIT_ASSERT_NOT_NULL(test, memcore_frame_get(f->pv, mc_mfn(mfn[0])));
	memcore_preempt_set(&f->machine->preempt, 1);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn[0], MC_TYPE_L2), -ERESTART);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, mfn[0]), 7);
	memcore_preempt_set(&f->machine->preempt, 0);
	memcore_frame_put(f->machine, frame);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn[0], MC_TYPE_L2), 0);
	KUNIT_EXPECT_EQ(test, put(f->pv, mfn[0]), 0);
	f->machine->count_mask = MC_PGC_COUNT_MASK;
	expect_audit(test, f->machine);
}

static void lock_needs_a_valid_table(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = pages(test, 1)[0];
	struct memcore_frame *frame = pv_frame(f->pv, mfn);

	KUNIT_EXPECT_FALSE(test, memcore_page_lock(frame));
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE, mfn), 0);
	KUNIT_EXPECT_TRUE(test, memcore_page_lock(frame));
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn), 2);
	memcore_page_unlock(frame);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn), 1);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, mfn), 0);
	KUNIT_EXPECT_FALSE(test, memcore_page_lock(frame));
}

/* A CPU that still has the old mapping is flushed; origin: XSA-401. */
static void new_type_flushes_the_old(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct pv_space s;
	struct memcore_vcpu *v = &f->pv->vcpus[0];
	struct memcore_fault fault;
	u64 word = 1, pte;

	pv_space_make(test, &s, f->pv);
	pv_space_load(test, &s);
	KUNIT_ASSERT_EQ(test, memcore_vcpu_access(v, pv_va(0), &word, 8,
						  MC_ACCESS_WRITE, &fault), 0);
	word = 0;
	KUNIT_ASSERT_EQ(test, memcore_vcpu_access(v, pv_va(0), &word, 8,
						  MC_ACCESS_WRITE, &fault), 0);
	KUNIT_EXPECT_TRUE(test, memcore_tlb_lookup(v, pv_va(0),
						   MC_ACCESS_WRITE, &pte));
	entry(test, s.l1, 0, 0);
	KUNIT_EXPECT_TRUE(test, memcore_tlb_lookup(v, pv_va(0),
						   MC_ACCESS_WRITE, &pte));
	KUNIT_EXPECT_EQ(test, get(f->pv, s.page[0], MC_TYPE_L1), 0);
	KUNIT_EXPECT_FALSE(test, memcore_tlb_lookup(v, pv_va(0),
						    MC_ACCESS_WRITE, &pte));
	KUNIT_EXPECT_EQ(test, put(f->pv, s.page[0]), 0);
	expect_audit(test, f->machine);
}

/* Three levels of tables below an L4, and some entries at each. */
static void tree(struct kunit *test, unsigned long *mfn)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		entry(test, mfn[4], i, pv_pte(mfn[10 + i], PV_WRITE));
		entry(test, mfn[5], 509 + i, pv_pte(mfn[10 + i], PV_READ));
		entry(test, mfn[2], 100 * i, pv_pte(mfn[4], PV_TABLE));
		entry(test, mfn[3], i, pv_pte(mfn[5], PV_TABLE));
		entry(test, mfn[1], 255 * i, pv_pte(mfn[2 + i % 2], PV_TABLE));
	}
	entry(test, mfn[0], 0, pv_pte(mfn[1], PV_TABLE));
	entry(test, mfn[0], 300, pv_pte(mfn[1], PV_TABLE));
	entry(test, mfn[0], 511, pv_pte(mfn[0], PV_READ & ~MC_PTE_GLOBAL));
}

static void expect_unused(struct kunit *test, unsigned long *mfn,
			  unsigned int nr)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[i]), 0);
		KUNIT_EXPECT_EQ(test, pv_count(f->pv, mfn[i]), 1);
	}
	KUNIT_EXPECT_NULL(test, f->pv->vcpus[0].old_table);
	expect_audit(test, f->machine);
}

static u64 continuations(struct fixture *f)
{
	return memcore_stat_read(f->machine, MEMCORE_STAT_CONTINUATIONS);
}

/* At each check by itself, and at some of many; origin: XSA-45, XSA-290. */
static void pinned_and_unpinned_in_pieces(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);
	unsigned int at;
	u64 before;

	tree(test, mfn);
	for (at = 1; at < 4000; at += 1 + at / 8) {
		before = continuations(f);
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test,
				pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]), 0);
		memcore_preempt_set(&f->machine->preempt, at);
		expect_audit(test, f->machine);
		KUNIT_EXPECT_EQ(test,
				pv_ext(f->pv, MMUEXT_UNPIN_TABLE, mfn[0]), 0);
		expect_unused(test, mfn, 16);
		KUNIT_EXPECT_TRUE(test, at > 1000 ||
				  continuations(f) > before);
	}
	memcore_preempt_set(&f->machine->preempt, 0);
}

/* Left alone in the middle: every state in between is a sound one. */
static void every_partial_state_is_sound(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);
	unsigned int steps = 0;
	int err;

	tree(test, mfn);
	memcore_preempt_set(&f->machine->preempt, 13);
	KUNIT_ASSERT_NOT_NULL(test, memcore_frame_get(f->pv, mc_mfn(mfn[0])));
	do {
		err = get(f->pv, mfn[0], MC_TYPE_L4);
		memcore_frame_put(f->machine, pv_frame(f->pv, mfn[0]));
		if (err)
			expect_audit(test, f->machine);
		KUNIT_ASSERT_NOT_NULL(test,
				      memcore_frame_get(f->pv, mc_mfn(mfn[0])));
		steps++;
	} while (err == -ERESTART);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GT(test, steps, 20);
	f->pv->vcpus[0].old_table = pv_frame(f->pv, mfn[0]);
	f->pv->vcpus[0].old_partial = false;
	expect_audit(test, f->machine);
	while (drain(f->pv) == -ERESTART) {
		expect_audit(test, f->machine);
		steps++;
	}
	KUNIT_EXPECT_GT(test, steps, 100);
	expect_unused(test, mfn, 16);
	memcore_preempt_set(&f->machine->preempt, 0);
}

/*
 * The last entry that is looked at is refused, wherever it was left before:
 * nothing of the rest may remain; origin: XSA-58, XSA-299.
 */
static void refused_in_pieces(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);
	unsigned int at;

	tree(test, mfn);
	entry(test, mfn[4], 511, pv_pte(BAD_FRAME, PV_READ));
	entry(test, mfn[3], 400, pv_pte(mfn[4], PV_TABLE));
	entry(test, mfn[2], 0, 0);
	entry(test, mfn[2], 100, 0);
	entry(test, mfn[2], 200, 0);
	for (at = 0; at < 2500; at += 1 + at / 8) {
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test,
				pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]),
				-EPERM);
		expect_unused(test, mfn, 16);
	}
	memcore_preempt_set(&f->machine->preempt, 0);
}

/*
 * The first entry of a table leads to one that is refused after some others,
 * at each place in the table above. Xen keeps a reference then.
 */
static void refused_below_first_entry(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);
	unsigned int slot, at;

	f->machine->quirks = 0;
	entry(test, mfn[2], 0, pv_pte(mfn[3], PV_TABLE));
	entry(test, mfn[2], 9, pv_pte(BAD_FRAME, PV_TABLE));
	entry(test, mfn[1], 0, pv_pte(mfn[2], PV_TABLE));
	for (slot = 0; slot < 3; slot++) {
		entry(test, mfn[0], slot, pv_pte(mfn[1], PV_TABLE));
		for (at = 0; at < 20; at++) {
			memcore_preempt_set(&f->machine->preempt, at);
			KUNIT_EXPECT_EQ(test,
					pv_ext(f->pv, MMUEXT_PIN_L4_TABLE,
					       mfn[0]),
					-EINVAL);
			memcore_preempt_set(&f->machine->preempt, 0);
			expect_unused(test, mfn, 16);
		}
		entry(test, mfn[0], slot, 0);
	}
}

/*
 * Xen 4.17 loses the L2 table and what it has validated of it. To pin it, which
 * fails once more, is to have it found again.
 */
static void table_below_first_entry_is_lost_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);

	entry(test, mfn[2], 0, pv_pte(mfn[3], PV_TABLE));
	entry(test, mfn[2], 9, pv_pte(BAD_FRAME, PV_TABLE));
	entry(test, mfn[1], 0, pv_pte(mfn[2], PV_TABLE));
	entry(test, mfn[0], 0, pv_pte(mfn[4], PV_TABLE));
	entry(test, mfn[0], 1, pv_pte(mfn[1], PV_TABLE));
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]),
			-EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[1]), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[2]), 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[3]), 1);
	KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[2], 9), 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, mfn[2]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE, mfn[2]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[2]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, mfn[2]), 2);
	expect_unused(test, mfn + 3, 13);
}

/*
 * Where the L3 table is the first entry, too, the L2 table is let go. But if the
 * pin was interrupted in there, Xen 4.17 loses the L3 table's reference.
 */
static void refused_in_pieces_below_first_entries_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);
	unsigned int at, lost = 0;

	entry(test, mfn[2], 0, pv_pte(mfn[3], PV_TABLE));
	entry(test, mfn[2], 9, pv_pte(BAD_FRAME, PV_TABLE));
	entry(test, mfn[1], 0, pv_pte(mfn[2], PV_TABLE));
	entry(test, mfn[0], 0, pv_pte(mfn[1], PV_TABLE));
	for (at = 0; at < 20; at++) {
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test,
				pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]),
				-EINVAL);
		memcore_preempt_set(&f->machine->preempt, 0);
		/* There is a check before each entry but the first. */
		lost += at >= 1 && at <= 9;
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[1]), 0);
		KUNIT_EXPECT_EQ(test, pv_count(f->pv, mfn[1]), 1 + lost);
		KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn[1])->lost, lost);
		expect_unused(test, mfn, 1);
		expect_unused(test, mfn + 2, 14);
	}
	KUNIT_EXPECT_EQ(test, lost, 9);
}

/* A half-validated table is somebody else's to go on with, or to give up. */
static void partial_table_changes_hands(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);

	tree(test, mfn);
	memcore_preempt_set(&f->machine->preempt, 50);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn[2], MC_TYPE_L2), -ERESTART);
	memcore_preempt_set(&f->machine->preempt, 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn[2], MC_TYPE_L3), -EINVAL);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn[2], MC_TYPE_WRITABLE), -EINVAL);
	KUNIT_EXPECT_FALSE(test, memcore_page_lock(pv_frame(f->pv, mfn[2])));
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, mfn[0]), 0);
	expect_unused(test, mfn, 16);
}

/* Table A names B: and B names C? Neither way round; origin: XSA-240. */
static void linear_chain_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 4);
	const u64 ro = PV_TABLE & ~MC_PTE_RW;
	unsigned int level;

	for (level = 1; level < 4; level++) {
		for (unsigned int i = 0; i < 3; i++)
			KUNIT_ASSERT_EQ(test, pv_ext(f->pv, level, mfn[i]), 0);
		entry(test, mfn[0], 7, pv_pte(mfn[1], ro));
		expect_audit(test, f->machine);
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[1], 7),
						pv_pte(mfn[2], ro)), -EINVAL);
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[2], 7),
						pv_pte(mfn[0], ro)), -EINVAL);
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[0], 8),
						pv_pte(mfn[2], ro)), 0);
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[1], 7),
						pv_pte(mfn[1], ro)), 0);
		KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn[0])->linear, 2);
		KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn[1])->linear, -1);
		expect_audit(test, f->machine);
		entry(test, mfn[0], 7, 0);
		entry(test, mfn[1], 7, 0);
		for (unsigned int i = 0; i < 3; i++)
			KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE,
						     mfn[i]), 0);
		entry(test, mfn[0], 8, 0);
		expect_unused(test, mfn, 4);
	}
}

/* Origin: XSA-182, XSA-185. */
static void linear_entry_is_never_writable(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 2);
	const u64 ro = PV_TABLE & ~MC_PTE_RW;

	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]), 0);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[1]), 0);
	for (unsigned int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[0], i),
						pv_pte(mfn[i], PV_TABLE)),
				-EINVAL);
		entry(test, mfn[0], i, pv_pte(mfn[i], ro));
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[0], i),
						pv_pte(mfn[i], PV_TABLE)),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, pv_update(f->pv, pv_ptr(mfn[0], i),
						pv_pte(mfn[i],
						       ro | MC_PTE_NX)), 0);
		expect_audit(test, f->machine);
	}
}

/* A linear entry is the last reference, and goes in pieces; XSA-299, XSA-310. */
static void linear_entry_put_in_pieces(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 16);
	const u64 ro = PV_TABLE & ~MC_PTE_RW;
	unsigned int at;

	for (at = 1; at < 700; at += 1 + at / 4) {
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE,
					     mfn[0]), 0);
		KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE,
					     mfn[1]), 0);
		entry(test, mfn[1], 9, pv_pte(mfn[3], PV_TABLE));
		entry(test, mfn[0], 5, pv_pte(mfn[1], ro));
		KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE,
					     mfn[1]), 0);
		expect_audit(test, f->machine);
		if (at % 2)
			entry(test, mfn[0], 5, 0);
		KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE,
					     mfn[0]), 0);
		expect_unused(test, mfn, 16);
		memcore_preempt_set(&f->machine->preempt, 0);
		entry(test, mfn[0], 5, 0);
		entry(test, mfn[1], 9, 0);
	}
}

/* A table whose linear entry is half gone is not to be validated again. */
static void half_gone_linear_entry_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long *mfn = pages(test, 4);
	struct memcore_frame *frame = pv_frame(f->pv, mfn[0]);

	f->machine->quirks = 0;
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE, mfn[1]), 0);
	entry(test, mfn[1], 9, pv_pte(mfn[3], PV_TABLE));
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE, mfn[0]), 0);
	entry(test, mfn[0], 0, pv_pte(mfn[1], PV_TABLE & ~MC_PTE_RW));
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, mfn[1]), 0);
	/* 511 checks to come to the entry, one in the table that it names. */
	memcore_preempt_set(&f->machine->preempt, 512);
	atomic64_andnot(MC_PGT_PINNED, &frame->type);
	KUNIT_EXPECT_EQ(test, put(f->pv, mfn[0]), -ERESTART);
	memcore_preempt_set(&f->machine->preempt, 0);
	memcore_frame_put(f->machine, frame);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, frame->nr_validated, 0);
	KUNIT_EXPECT_EQ(test, frame->partial, MC_PTF_PARTIAL_SET);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE, mfn[0]),
			-EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, mfn[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, mfn[0]), 1);
}

/* Tables in use, one partial, and one that names another of its level. */
static void use_tables(struct kunit *test, unsigned long *mfn)
{
	struct fixture *f = test->priv;

	tree(test, mfn);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, mfn[0]), 0);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_NEW_BASEPTR, mfn[0]), 0);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L3_TABLE, mfn[20]), 0);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L3_TABLE, mfn[21]), 0);
	entry(test, mfn[20], 3, pv_pte(mfn[21], PV_READ & ~MC_PTE_GLOBAL));
	entry(test, mfn[22], 3, pv_pte(mfn[2], PV_TABLE));
	memcore_preempt_set(&f->machine->preempt, 100);
	KUNIT_EXPECT_EQ(test, get(f->pv, mfn[22], MC_TYPE_L3), -ERESTART);
	expect_audit(test, f->machine);
}

static void ends_with_tables_in_use(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = 64,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *pv = f->pv;
	unsigned int at;
	u64 before;

	for (at = 0; at < 1200; at += 1 + at / 4) {
		f->pv = memcore_domain_create(f->machine, &config);
		KUNIT_ASSERT_NOT_NULL(test, f->pv);
		use_tables(test, pages(test, 24));
		before = continuations(f);
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->pv), 0);
		KUNIT_EXPECT_TRUE(test, !at || at > 1000 ||
				  continuations(f) > before);
		memcore_preempt_set(&f->machine->preempt, 0);
		expect_audit(test, f->machine);
		f->pv = pv;
	}
}

static void fill_ref(struct kunit *test, struct ref_types *ref)
{
	unsigned long *mfn = pages(test, REF_FRAMES);
	unsigned int i;

	ref->first = FIXTURE_BASE;
	ref->end = FIXTURE_BASE + FIXTURE_FRAMES;
	for (i = 0; i < REF_FRAMES; i++)
		ref->mfn[i] = mfn[i];
}

static void expect_as_ref(struct kunit *test, const struct ref_types *ref)
{
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < REF_FRAMES; i++) {
		enum mc_type type = pv_type(f->pv, ref->mfn[i]);

		KUNIT_ASSERT_EQ(test, pv_type_count(f->pv, ref->mfn[i]),
				ref->use[i].nr);
		if (ref->use[i].nr)
			KUNIT_ASSERT_EQ(test, type == MC_TYPE_WRITABLE ?
					REF_WRITABLE : (unsigned int)type,
					ref->use[i].type);
		KUNIT_ASSERT_EQ(test,
				memcmp(memcore_content(pv_frame(f->pv,
								ref->mfn[i])),
				       ref->words[i], PAGE_SIZE),
				0);
	}
}

/* Frames 0 to 5 are meant for L4, 6 to 11 for L3 and so on; the rest is data. */
static unsigned int level_of(unsigned int i)
{
	return i < 24 ? 4 - i / 6 : 0;
}

static unsigned int one_of_level(struct rnd_state *rnd, unsigned int level)
{
	u32 r = prandom_u32_state(rnd);

	return level ? (4 - level) * 6 + r % 6 : 24 + r % 8;
}

static unsigned long target(struct rnd_state *rnd, const struct ref_types *ref,
			    unsigned int level, unsigned long foreign)
{
	u32 r = prandom_u32_state(rnd) % 100;

	if (r < 70 && level)
		return ref->mfn[one_of_level(rnd, level - 1)];
	if (r < 88)
		return ref->mfn[one_of_level(rnd, level)];
	if (r < 95)
		return ref->mfn[prandom_u32_state(rnd) % REF_FRAMES];
	if (r < 97)
		return foreign;
	return r < 99 ? BAD_FRAME : MC_PTE_MFN_MASK >> 12;
}

static u64 some_flags(struct rnd_state *rnd, unsigned int level)
{
	u32 r = prandom_u32_state(rnd);
	u64 flags = MC_PTE_PRESENT;

	if (r & 1)
		flags |= MC_PTE_RW;
	if (r & 4)
		flags |= MC_PTE_USER;
	if (r & 8)
		flags |= MC_PTE_ACCESSED | MC_PTE_NX;
	if (r & 16)
		flags |= MC_PTE_DIRTY | BIT_ULL(9) | BIT_ULL(58);
	if (level == 1 && r & 32)
		flags |= MC_PTE_GLOBAL;
	if (!(r >> 8 & 31))
		flags |= BIT_ULL(r >> 16 & 7);
	if (!(r >> 13 & 31))
		flags &= ~MC_PTE_PRESENT;
	return flags;
}

/* At the ends, and around those of the hypervisor. */
static const unsigned int slots[] = { 0, 1, 2, 255, 256, 271, 272, 511 };

static unsigned int some_slot(struct rnd_state *rnd)
{
	return slots[prandom_u32_state(rnd) % ARRAY_SIZE(slots)];
}

/**
 * struct reached - what a random sequence came across
 * @roots: times that a root table was in use
 * @linear: times that a table with linear entries was
 * @preempted: continuations before it began
 */
struct reached {
	unsigned int roots;
	unsigned int linear;
	u64 preempted;
};

static void random_write(struct kunit *test, struct rnd_state *rnd,
			 struct ref_types *ref, unsigned long foreign)
{
	struct fixture *f = test->priv;
	unsigned int i = prandom_u32_state(rnd) % 24, slot = some_slot(rnd);
	bool keep = !(prandom_u32_state(rnd) & 7);
	unsigned int level = level_of(i);
	u64 val = pv_pte(target(rnd, ref, level, foreign),
			 some_flags(rnd, level));

	if (!(prandom_u32_state(rnd) % 3))
		val = 0;
	KUNIT_ASSERT_EQ_MSG(test,
			    pv_update(f->pv, pv_ptr(ref->mfn[i], slot) |
				      (keep ? MMU_PT_UPDATE_PRESERVE_AD : 0),
				      val),
			    ref_types_write(ref, i, slot, val, keep),
			    "frame %u slot %u: %llx", i, slot, val);
}

static void random_pin(struct kunit *test, struct rnd_state *rnd,
		       struct ref_types *ref)
{
	struct fixture *f = test->priv;
	unsigned int i = prandom_u32_state(rnd) % 24, level = level_of(i);

	if (!(prandom_u32_state(rnd) & 7))
		level = 1 + prandom_u32_state(rnd) % 4;
	KUNIT_ASSERT_EQ_MSG(test,
			    pv_ext(f->pv, MMUEXT_PIN_L1_TABLE + level - 1,
				   ref->mfn[i]),
			    ref_types_pin(ref, i, level),
			    "pin of frame %u as L%u", i, level);
}

static void random_unpin(struct kunit *test, struct rnd_state *rnd,
			 struct ref_types *ref)
{
	struct fixture *f = test->priv;
	unsigned int i = prandom_u32_state(rnd) % 24;

	KUNIT_ASSERT_EQ_MSG(test,
			    pv_ext(f->pv, MMUEXT_UNPIN_TABLE, ref->mfn[i]),
			    ref_types_unpin(ref, i), "unpin of frame %u", i);
}

static void random_step(struct kunit *test, struct rnd_state *rnd,
			struct ref_types *ref, unsigned long foreign)
{
	struct fixture *f = test->priv;
	u32 r = prandom_u32_state(rnd) % 16;

	memcore_preempt_set(&f->machine->preempt,
			    r & 1 ? 1 + prandom_u32_state(rnd) % 900 : 0);
	if (r < 10)
		random_write(test, rnd, ref, foreign);
	else if (r < 14)
		random_pin(test, rnd, ref);
	else
		random_unpin(test, rnd, ref);
	memcore_preempt_set(&f->machine->preempt, 0);
}

/* Too many tables that can never be valid, or always are: begin again. */
static void start_over(struct kunit *test, struct ref_types *ref)
{
	struct fixture *f = test->priv;
	unsigned int i, s;

	for (i = 0; i < 24; i++)
		KUNIT_ASSERT_EQ(test,
				pv_ext(f->pv, MMUEXT_UNPIN_TABLE, ref->mfn[i]),
				ref_types_unpin(ref, i));
	for (i = 0; i < 24; i++)
		for (s = 0; s < ARRAY_SIZE(slots); s++)
			KUNIT_ASSERT_EQ(test,
					pv_update(f->pv,
						  pv_ptr(ref->mfn[i], slots[s]),
						  0),
					ref_types_write(ref, i, slots[s], 0,
							false));
	for (i = 0; i < REF_FRAMES; i++)
		KUNIT_ASSERT_EQ(test, ref->use[i].nr, 0);
}

static void look(const struct ref_types *ref, struct reached *reached)
{
	unsigned int i;

	for (i = 0; i < REF_FRAMES; i++) {
		if (!ref->use[i].nr)
			continue;
		reached->roots += ref->use[i].type == REF_L4;
		reached->linear += ref->use[i].linear > 0;
	}
}

/* The same frames, entries, pins and answers as the naive reference has. */
static void random_sequence_against_reference(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct ref_types *ref = kunit_kzalloc(test, sizeof(*ref), GFP_KERNEL);
	struct reached reached = { .preempted = continuations(f) };
	unsigned long foreign;
	struct rnd_state rnd;
	unsigned int step;

	KUNIT_ASSERT_NOT_NULL(test, ref);
	f->machine->quirks = 0;
	prandom_seed_state(&rnd, fixture_seed(test));
	fixture_populate(test, f->dom0, 0, 1);
	foreign = f->list[0];
	fill_ref(test, ref);
	for (step = 0; step < 3000; step++) {
		random_step(test, &rnd, ref, foreign);
		expect_as_ref(test, ref);
		/* It takes longer than all the rest. */
		if (!(step % 8))
			expect_audit(test, f->machine);
		look(ref, &reached);
		if (step % 600 == 599)
			start_over(test, ref);
	}
	kunit_info(test, "roots %u linear %u", reached.roots, reached.linear);
	KUNIT_EXPECT_GT(test, reached.roots, 0);
	KUNIT_EXPECT_GT(test, reached.linear, 0);
	KUNIT_EXPECT_GT(test, continuations(f), reached.preempted);
}

static struct kunit_case type_cases[] = {
	KUNIT_CASE(other_type_only_without_references),
	KUNIT_CASE(type_count_does_not_overflow),
	KUNIT_CASE(mappings_up_to_the_limit),
	KUNIT_CASE(partial_table_uses_the_reserve),
	KUNIT_CASE(lock_needs_a_valid_table),
	KUNIT_CASE(new_type_flushes_the_old),
	KUNIT_CASE(pinned_and_unpinned_in_pieces),
	KUNIT_CASE(every_partial_state_is_sound),
	KUNIT_CASE(refused_in_pieces),
	KUNIT_CASE(refused_below_first_entry),
	KUNIT_CASE(table_below_first_entry_is_lost_quirk),
	KUNIT_CASE(refused_in_pieces_below_first_entries_quirk),
	KUNIT_CASE(partial_table_changes_hands),
	KUNIT_CASE(linear_chain_refused),
	KUNIT_CASE(linear_entry_is_never_writable),
	KUNIT_CASE(linear_entry_put_in_pieces),
	KUNIT_CASE(half_gone_linear_entry_refused),
	KUNIT_CASE(ends_with_tables_in_use),
	KUNIT_CASE(random_sequence_against_reference),
	{ }
};

static struct kunit_suite type_suite = {
	.name = "memcore_type",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = type_cases,
};

kunit_test_suite(type_suite);
