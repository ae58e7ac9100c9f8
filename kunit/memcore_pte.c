// SPDX-License-Identifier: GPL-2.0
/* What entries may be at each level, and which references they have. */
#include <kunit/test.h>
#include "memcore_fixture.h"
#include "memcore_pv.h"

#define LEVELS		4
#define NO_FRAME	(MC_PTE_MFN_MASK >> 12)
#define BAD_FRAME	(FIXTURE_BASE - 1)
#define READ_ONLY_TABLE	(PV_TABLE & ~MC_PTE_RW)

/**
 * struct tables - a pinned table of each level, and frames that are none
 * @d: whose
 * @table: by level, from 1
 * @page: frames in no use
 */
struct tables {
	struct memcore_domain *d;
	unsigned long table[LEVELS + 1];
	unsigned long page[8];
};

static void make_tables(struct kunit *test, struct tables *t,
			struct memcore_domain *d)
{
	struct fixture *f = test->priv;
	unsigned int i;

	t->d = d;
	fixture_populate(test, d, 0, LEVELS + ARRAY_SIZE(t->page));
	for (i = 1; i <= LEVELS; i++) {
		t->table[i] = f->list[i - 1];
		KUNIT_ASSERT_EQ(test,
				pv_ext(d, MMUEXT_PIN_L1_TABLE + i - 1,
				       t->table[i]),
				0);
	}
	for (i = 0; i < ARRAY_SIZE(t->page); i++)
		t->page[i] = f->list[LEVELS + i];
}

static long set(struct tables *t, unsigned int level, unsigned int slot,
		unsigned long mfn, u64 flags)
{
	return pv_update(t->d, pv_ptr(t->table[level], slot),
			 pv_pte(mfn, flags));
}

static u64 read_entry(struct tables *t, unsigned int level, unsigned int slot)
{
	return pv_read(t->d, t->table[level], slot);
}

/* What may be below a table of @level. */
static unsigned long below(struct tables *t, unsigned int level)
{
	return level > 1 ? t->table[level - 1] : t->page[0];
}

/* An L2 entry made a superpage: origin: XSA-148. */
static void forbidden_bits_refused(struct kunit *test)
{
	static const u64 bits[] = {
		MC_PTE_PWT, MC_PTE_PCD, MC_PTE_PSE, MC_PTE_GLOBAL,
	};
	struct fixture *f = test->priv;
	struct tables t;
	unsigned int level, i;
	long err;

	make_tables(test, &t, f->pv);
	for (level = 1; level <= LEVELS; level++)
		for (i = 0; i < ARRAY_SIZE(bits); i++) {
			err = level == 1 && bits[i] == MC_PTE_GLOBAL ? 0 :
								       -EINVAL;
			KUNIT_EXPECT_EQ(test,
					set(&t, level, i, below(&t, level),
					    PV_TABLE | bits[i]),
					err);
			KUNIT_EXPECT_EQ(test,
					set(&t, level, 9, below(&t, level),
					    PV_TABLE),
					0);
			KUNIT_EXPECT_EQ(test,
					set(&t, level, 9, below(&t, level),
					    PV_TABLE | bits[i]),
					err);
			/* What is not there may look like anything. */
			KUNIT_EXPECT_EQ(test,
					set(&t, level, 10, BAD_FRAME,
					    bits[i] | MC_PTE_RW),
					0);
		}
	expect_audit(test, f->machine);
}

static void caching_is_for_the_hardware_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;

	make_tables(test, &t, f->dom0);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.page[0], PV_WRITE | MC_PTE_CACHE),
			0);
	KUNIT_EXPECT_EQ(test, set(&t, 2, 0, t.table[1], PV_TABLE | MC_PTE_PCD),
			-EINVAL);
	expect_audit(test, f->machine);
}

static void entries_are_adjusted(struct kunit *test)
{
	const u64 kernel = MC_PTE_GUEST_KERNEL;
	struct fixture *f = test->priv;
	struct tables t;
	u64 pte;

	make_tables(test, &t, f->pv);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.page[0], MC_PTE_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0),
			pv_pte(t.page[0],
			       MC_PTE_PRESENT | MC_PTE_USER | kernel));
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.page[0],
				  MC_PTE_PRESENT | MC_PTE_USER), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0),
			pv_pte(t.page[0], MC_PTE_PRESENT | MC_PTE_USER |
			       MC_PTE_GLOBAL));
	for (unsigned int level = 2; level <= LEVELS; level++) {
		pte = MC_PTE_PRESENT | MC_PTE_USER;
		if (level == 4)
			pte |= MC_PTE_ACCESSED;
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, t.table[level - 1],
					  MC_PTE_PRESENT), 0);
		KUNIT_EXPECT_EQ(test, read_entry(&t, level, 0),
				pv_pte(t.table[level - 1], pte));
	}
	KUNIT_EXPECT_EQ(test, set(&t, 1, 1, 5, MC_PTE_RW), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 1), pv_pte(5, MC_PTE_RW));
	expect_audit(test, f->machine);
}

static void reasons_of_l1_entries(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;
	unsigned long foreign;

	fixture_populate(test, f->dom0, 0, 1);
	foreign = f->list[0];
	make_tables(test, &t, f->pv);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.table[4], PV_WRITE), -EBUSY);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.table[1], PV_WRITE), -EBUSY);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.table[4], PV_READ), 0);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.table[4], PV_WRITE), -EBUSY);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, foreign, PV_READ), -EBUSY);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, BAD_FRAME, PV_READ), -EPERM);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, FIXTURE_BASE + FIXTURE_FRAMES,
				  PV_READ), -EBUSY);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, FIXTURE_BASE + FIXTURE_FRAMES + 1,
				  PV_READ), -EPERM);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, NO_FRAME, PV_READ), -EINVAL);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, FIXTURE_BASE + 4000, PV_READ),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0),
			pv_pte(t.table[4], PV_READ));
	expect_audit(test, f->machine);
}

static void reasons_of_other_entries(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;
	unsigned long foreign;
	unsigned int level;

	fixture_populate(test, f->dom0, 0, 1);
	foreign = f->list[0];
	make_tables(test, &t, f->pv);
	KUNIT_ASSERT_EQ(test, set(&t, 1, 7, t.page[7], PV_WRITE), 0);
	for (level = 2; level <= LEVELS; level++) {
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, BAD_FRAME, PV_TABLE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, NO_FRAME, PV_TABLE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, foreign, PV_TABLE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, t.page[7], PV_TABLE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0,
					  t.table[level % LEVELS + 1],
					  READ_ONLY_TABLE),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, read_entry(&t, level, 0), 0);
	}
	expect_audit(test, f->machine);
}

/* What is wrong below is told as it is, not as an invalid table. */
static void reason_of_the_table_below(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;
	long err[] = { -EPERM, -EBUSY, -EINVAL };
	unsigned int i;

	make_tables(test, &t, f->pv);
	for (i = 0; i < ARRAY_SIZE(err); i++) {
		unsigned long mfn = i == 0 ? BAD_FRAME :
				    i == 1 ? t.table[4] : NO_FRAME;

		KUNIT_ASSERT_EQ(test, pv_update(f->pv, pv_ptr(t.page[i], 3),
						pv_pte(mfn, PV_WRITE)), 0);
		KUNIT_EXPECT_EQ(test, set(&t, 2, 0, t.page[i], PV_TABLE),
				err[i]);
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, t.page[i]), 0);
	}
	expect_audit(test, f->machine);
}

static void hypervisors_slots_kept(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int slot;
	struct tables t;

	make_tables(test, &t, f->pv);
	for (slot = 254; slot < 275; slot++) {
		long err = slot < 256 || slot > 271 ? 0 : -EINVAL;

		KUNIT_EXPECT_EQ(test, set(&t, 4, slot, t.table[3], PV_TABLE),
				err);
		KUNIT_EXPECT_EQ(test, set(&t, 4, slot, 0, 0), err);
		KUNIT_EXPECT_EQ(test, pv_update(f->pv,
						pv_ptr(t.page[0], slot),
						pv_pte(t.table[3], PV_TABLE)),
				0);
	}
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, t.page[0]),
			0);
	for (slot = 254; slot < 275; slot++)
		KUNIT_EXPECT_EQ(test, pv_read(f->pv, t.page[0], slot) ==
				      memcore_own_entry(&f->machine->frames),
				slot >= 256 && slot <= 271);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, t.table[3]), 6);
	expect_audit(test, f->machine);
}

/* They are there for good: what was a root is nothing else until it is wiped. */
static void former_root_is_no_other_table(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;

	make_tables(test, &t, f->pv);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, t.page[0]),
			0);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, t.page[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, t.page[0]),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L2_TABLE, t.page[0]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L3_TABLE, t.page[0]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L4_TABLE, t.page[0]),
			0);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, t.page[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_CLEAR_PAGE, t.page[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, t.page[0]),
			0);
	expect_audit(test, f->machine);
}

/* With no reference to be had, only what needs none is possible. */
static void harmless_changes_need_no_reference(struct kunit *test)
{
	static const u64 harmless[] = {
		MC_PTE_NX, BIT_ULL(9), BIT_ULL(11), BIT_ULL(53), BIT_ULL(62),
		MC_PTE_DIRTY, MC_PTE_ACCESSED, MC_PTE_USER,
	};
	struct fixture *f = test->priv;
	unsigned int level, i;
	struct tables t;
	u64 flags = PV_TABLE;

	make_tables(test, &t, f->pv);
	for (level = 1; level <= LEVELS; level++)
		KUNIT_ASSERT_EQ(test, set(&t, level, 0, below(&t, level),
					  flags), 0);
	for (level = 1; level < LEVELS; level++)
		KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE,
					     t.table[level]), 0);
	f->machine->type_mask = 1;
	for (level = 1; level <= LEVELS; level++)
		for (i = 0; i < ARRAY_SIZE(harmless); i++)
			KUNIT_EXPECT_EQ(test,
					set(&t, level, 0, below(&t, level),
					    flags ^ harmless[i]),
					0);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, t.page[0], flags ^ MC_PTE_GLOBAL),
			0);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 1, t.page[0], flags), -EBUSY);
	for (level = 2; level <= LEVELS; level++)
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, below(&t, level),
					  flags & ~MC_PTE_RW), -EINVAL);
	f->machine->type_mask = MC_PGT_COUNT_MASK;
	expect_audit(test, f->machine);
}

static void right_to_write_is_counted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;

	make_tables(test, &t, f->pv);
	KUNIT_ASSERT_EQ(test, set(&t, 1, 0, t.page[0], PV_READ), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, t.page[0]), 0);
	KUNIT_ASSERT_EQ(test, set(&t, 1, 0, t.page[0], PV_WRITE), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, t.page[0]), 1);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, t.page[0]), 2);
	KUNIT_ASSERT_EQ(test, set(&t, 1, 0, t.page[1], PV_WRITE), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, t.page[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, t.page[0]), 1);
	KUNIT_ASSERT_EQ(test, set(&t, 1, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, t.page[1]), 1);
	expect_audit(test, f->machine);
}

static void replaced_table_is_let_go(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int level;
	struct tables t;

	make_tables(test, &t, f->pv);
	for (level = 2; level <= LEVELS; level++) {
		KUNIT_ASSERT_EQ(test, set(&t, level, 0, t.page[0], PV_TABLE),
				0);
		KUNIT_EXPECT_EQ(test, pv_type(f->pv, t.page[0]), level - 1);
		KUNIT_ASSERT_EQ(test, set(&t, level, 0, t.table[level - 1],
					  PV_TABLE), 0);
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, t.page[0]), 0);
		KUNIT_EXPECT_EQ(test, pv_count(f->pv, t.page[0]), 1);
		KUNIT_EXPECT_NULL(test, f->pv->vcpus[0].old_table);
		expect_audit(test, f->machine);
	}
}

static void accessed_and_dirty_preserved(struct kunit *test)
{
	const u64 ad = MC_PTE_ACCESSED | MC_PTE_DIRTY;
	struct fixture *f = test->priv;
	struct tables t;
	u64 ptr, pte;

	make_tables(test, &t, f->pv);
	ptr = pv_ptr(t.table[1], 0);
	pte = pv_pte(t.page[0], PV_WRITE);
	KUNIT_ASSERT_EQ(test, pv_update(f->pv, ptr, pte), 0);
	KUNIT_ASSERT_EQ(test, pv_update(f->pv, ptr | MMU_PT_UPDATE_PRESERVE_AD,
					pte & ~ad), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0), pte);
	KUNIT_ASSERT_EQ(test, pv_update(f->pv, ptr | MMU_PT_UPDATE_PRESERVE_AD,
					pv_pte(t.page[1], PV_READ & ~ad)), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0),
			pv_pte(t.page[1], PV_READ | ad));
	KUNIT_ASSERT_EQ(test, pv_update(f->pv, ptr,
					pv_pte(t.page[1], PV_READ & ~ad)), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0),
			pv_pte(t.page[1], PV_READ & ~ad));
	expect_audit(test, f->machine);
}

/* A root has entries from the start: the hypervisor's. */
static void first_entry_needs_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int level;
	struct tables t;

	make_tables(test, &t, f->pv);
	for (level = 1; level < LEVELS; level++) {
		atomic_set(&f->machine->failpoint.left, 1);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, 0, 0), 0);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, below(&t, level),
					  PV_TABLE), -ENOMEM);
		KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, below(&t, level)),
				level > 1);
		expect_audit(test, f->machine);
		KUNIT_EXPECT_EQ(test, set(&t, level, 0, below(&t, level),
					  PV_TABLE), 0);
		expect_audit(test, f->machine);
	}
}

static long set_foreign(struct tables *t, u64 cmd, u64 pte, u16 owner)
{
	struct mmu_update req = {
		.ptr = pv_ptr(t->table[1], 0) | cmd,
		.val = pte,
	};

	return pv_updates(t->d, &req, 1, NULL, owner);
}

static void foreign_pages_of_a_pv_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct tables t;
	unsigned long mfn;

	fixture_populate(test, f->pv, 0, 2);
	mfn = f->list[0];
	make_tables(test, &t, f->dom0);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, mfn, PV_WRITE), -EBUSY);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(t.page[0], PV_WRITE),
					  2), -EBUSY);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(mfn, PV_WRITE), 2), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->dom0, mfn), 1);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, mfn),
			-EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, mfn), 0);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(mfn, PV_WRITE), 2),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(mfn, PV_READ), 2), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, 0, 0), 0);
}

/* It is named by gfn, and its types are left alone. */
static void foreign_pages_of_a_translated_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct tables t;
	unsigned long mfn;

	fixture_populate(test, f->hvm, 7, 1);
	mfn = memcore_p2m_get(&f->hvm->p2m, mc_gfn(7), NULL).nr;
	frame = pv_frame(f->hvm, mfn);
	make_tables(test, &t, f->dom0);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(8, PV_WRITE), 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(7, PV_WRITE), 1), 0);
	KUNIT_EXPECT_EQ(test, read_entry(&t, 1, 0), pv_pte(mfn, PV_WRITE));
	KUNIT_EXPECT_EQ(test, atomic64_read(&frame->type), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->hvm, mfn), 2);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, MMU_PT_UPDATE_NO_TRANSLATE,
					  pv_pte(mfn, PV_READ), 1), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->hvm, mfn), 2);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, MMU_PT_UPDATE_NO_TRANSLATE,
					  pv_pte(7, PV_READ), 1), -EPERM);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, 0, 0), 0);
}

/* Released by its owner, the frame stays until it is unmapped. */
static void foreign_mapping_keeps_the_frame(struct kunit *test)
{
	struct memcore_domain_config config = { .domid = 9, .max_pages = 8 };
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct tables t;
	unsigned long mfn;

	KUNIT_ASSERT_NOT_NULL(test, d);
	fixture_populate(test, d, 0, 2);
	mfn = f->list[0];
	make_tables(test, &t, f->dom0);
	KUNIT_EXPECT_EQ(test, set_foreign(&t, 0, pv_pte(mfn, PV_WRITE), 9), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 1);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, set(&t, 1, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	expect_audit(test, f->machine);
}

static struct kunit_case pte_cases[] = {
	KUNIT_CASE(forbidden_bits_refused),
	KUNIT_CASE(caching_is_for_the_hardware_domain),
	KUNIT_CASE(entries_are_adjusted),
	KUNIT_CASE(reasons_of_l1_entries),
	KUNIT_CASE(reasons_of_other_entries),
	KUNIT_CASE(reason_of_the_table_below),
	KUNIT_CASE(hypervisors_slots_kept),
	KUNIT_CASE(former_root_is_no_other_table),
	KUNIT_CASE(harmless_changes_need_no_reference),
	KUNIT_CASE(right_to_write_is_counted),
	KUNIT_CASE(replaced_table_is_let_go),
	KUNIT_CASE(accessed_and_dirty_preserved),
	KUNIT_CASE(first_entry_needs_memory),
	KUNIT_CASE(foreign_pages_of_a_pv_domain),
	KUNIT_CASE(foreign_pages_of_a_translated_domain),
	KUNIT_CASE(foreign_mapping_keeps_the_frame),
	{ }
};

static struct kunit_suite pte_suite = {
	.name = "memcore_pte",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = pte_cases,
};

kunit_test_suite(pte_suite);
