// SPDX-License-Identifier: GPL-2.0
/* mmu_update and update_va_mapping. */
#include <kunit/test.h>
#include "memcore_pv.h"
#include "pv/layout.h"

#define UNKNOWN_DOMID	77
#define XEN_ADDRESS	0xffff800000000000UL

/**
 * struct mmu - what a case starts with, besides the fixture
 * @s: an address space of the PV domain, loaded
 * @other: one of the control domain, loaded
 */
struct mmu {
	struct pv_space s;
	struct pv_space other;
};

static struct mmu *mmu_make(struct kunit *test)
{
	struct mmu *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, m);
	pv_space_make(test, &m->s, f->pv);
	pv_space_load(test, &m->s);
	pv_space_make(test, &m->other, f->dom0);
	pv_space_load(test, &m->other);
	return m;
}

static void a_frame_that_is_no_table_takes_anything(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(s->spare[0], 511), ~0ULL),
			0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->spare[0], 511), ~0ULL);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->spare[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->spare[0]), 1);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(s->page[0], 0), 5), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->page[0], 0), 5);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->page[0]), 1);
	expect_audit(test, s->d->machine);
}

static void an_entry_of_a_table_moves_references(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->l1, 0),
				  pv_pte(s->spare[0], PV_WRITE)), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 0),
			pv_pte(s->spare[0], PV_WRITE));
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->page[0]), 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->page[0]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->spare[0]), 2);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->spare[0]), 1);
	expect_audit(test, s->d->machine);
}

static void what_xen_adds_to_an_entry(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->l1, 9),
				  pv_pte(s->spare[0], MC_PTE_PRESENT)), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 9),
			pv_pte(s->spare[0], MC_PTE_PRESENT | MC_PTE_USER |
			       MC_PTE_GUEST_KERNEL));
}

static void accessed_and_dirty_are_kept_if_asked(struct kunit *test)
{
	const u64 ad = MC_PTE_ACCESSED | MC_PTE_DIRTY;
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	u64 ptr = pv_ptr(s->l1, 0), val = pv_pte(s->page[0], PV_WRITE & ~ad);

	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, ptr | MMU_PT_UPDATE_PRESERVE_AD, val),
			0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 0), val | ad);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, ptr, val), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 0), val);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, ptr | MMU_PT_UPDATE_NO_TRANSLATE,
				  val | ad), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 0), val | ad);
}

/* Of a frame that is no table nothing is kept. */
static void accessed_and_dirty_mean_nothing_elsewhere(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	u64 ptr = pv_ptr(s->spare[0], 1);

	KUNIT_EXPECT_EQ(test, pv_update(s->d, ptr, ~0ULL), 0);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, ptr | MMU_PT_UPDATE_PRESERVE_AD, 1), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->spare[0], 1), 1);
}

static void unknown_kind_of_request(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	unsigned int cmd;

	for (cmd = 4; cmd < 8; cmd++)
		KUNIT_EXPECT_EQ(test,
				pv_update(s->d, pv_ptr(s->l1, 0) | cmd, 0),
				-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 0),
			pv_pte(s->page[0], PV_WRITE));
}

static void bad_frames(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test, pv_update(s->d, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, ~7ULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(FIXTURE_BASE +
						     FIXTURE_FRAMES, 0), 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(m->other.l1, 0), 0),
			-EINVAL);
	expect_audit(test, s->d->machine);
}

static void bad_entries(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->l1, 0),
				  pv_pte(s->l1, PV_WRITE)), -EBUSY);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->l2, 0),
				  pv_pte(s->page[0], PV_TABLE)), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->l2, PV_L2_SLOT),
				  pv_pte(s->l1, PV_TABLE | MC_PTE_PSE)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->l4, MC_FIRST_XEN_SLOT), 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l2, PV_L2_SLOT),
			pv_pte(s->l1, PV_TABLE));
	expect_audit(test, s->d->machine);
}

/* The frames of a GDT may be written by update_descriptor only. */
static void a_descriptor_table_is_refused(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	unsigned long frame = s->spare[0];

	KUNIT_ASSERT_EQ(test,
			memcore_call(s->d, __HYPERVISOR_set_gdt,
				     (unsigned long)&frame, 512, 0, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(frame, 0), 0), -EINVAL);
	expect_audit(test, s->d->machine);
}

static void an_empty_list_is_done(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, pv_updates(m->s.d, NULL, 0, &done, DOMID_SELF),
			0);
	KUNIT_EXPECT_EQ(test, done, 0);
}

static void four_with_the_third_bad(struct kunit *test, struct pv_space *s,
				    struct mmu_update *list)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		list[i].ptr = pv_ptr(s->l1, 20 + i);
		list[i].val = pv_pte(s->spare[i], PV_WRITE);
	}
	list[2].val = pv_pte(s->l2, PV_WRITE);
}

static void stops_at_the_first_that_fails(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct mmu_update list[4];
	struct pv_space *s = &m->s;
	unsigned int done = 9;

	four_with_the_third_bad(test, s, list);
	KUNIT_EXPECT_EQ(test, pv_updates(s->d, list, 4, &done, DOMID_SELF),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, done, 2);
	KUNIT_EXPECT_NE(test, pv_read(s->d, s->l1, 21), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 22), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 23), 0);
	expect_audit(test, s->d->machine);
}

static void a_continuation_adds_to_done(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct mmu_update list[4];
	struct pv_space *s = &m->s;
	unsigned int done = 5;

	four_with_the_third_bad(test, s, list);
	KUNIT_EXPECT_EQ(test,
			pv_updates(s->d, list, 2 | PV_PREEMPTED, &done,
				   DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, done, 7);
	KUNIT_EXPECT_EQ(test,
			pv_updates(s->d, list, PV_PREEMPTED, &done,
				   DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, done, 7);
}

static void a_continuation_with_nothing_left_has_the_answer(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	unsigned int done = 5;

	KUNIT_EXPECT_EQ(test,
			pv_updates(m->s.d, NULL, PV_PREEMPTED, &done, 33), 33);
	KUNIT_EXPECT_EQ(test,
			pv_updates(m->s.d, NULL, PV_PREEMPTED, &done,
				   (unsigned int)-EBUSY), -EBUSY);
	KUNIT_EXPECT_EQ(test, done, 5);
}

static void a_list_that_is_xens(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct memcore_domain *d = m->s.d;
	unsigned int done = 5;

	KUNIT_EXPECT_EQ(test,
			pv_updates(d, (void *)XEN_ADDRESS, 0, &done,
				   DOMID_SELF), -EFAULT);
	KUNIT_EXPECT_EQ(test,
			pv_updates(d, (void *)d->machine->frames.m2p_guest, 0,
				   &done, DOMID_SELF), -EFAULT);
	KUNIT_EXPECT_EQ(test, done, 5);
}

static void a_list_that_ends_early(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	struct mmu_update *list = pv_last_bytes(test, 2 * sizeof(*list));
	unsigned int done = 9;

	list[0].ptr = pv_ptr(s->spare[0], 0);
	list[0].val = 1;
	list[1].ptr = pv_ptr(s->spare[0], 1);
	list[1].val = 2;
	KUNIT_EXPECT_EQ(test, pv_updates(s->d, list, 3, &done, DOMID_SELF),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, done, 2);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->spare[0], 1), 2);
	done = 9;
	KUNIT_EXPECT_EQ(test, pv_updates(s->d, NULL, 1, &done, DOMID_SELF),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, done, 0);
}

/* What a request writes may be the next request. */
static void a_list_that_changes_itself(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	struct memcore_domain *d = s->d;
	struct mmu_update *list;
	unsigned int done;

	KUNIT_ASSERT_EQ(test, pv_update(d, pv_ptr(s->spare[0], 5), 1), 0);
	list = memcore_content_make(d->machine, pv_frame(d, s->spare[0]));
	KUNIT_ASSERT_NOT_NULL(test, list);
	/* The first changes the value of the second. */
	list[0].ptr = pv_ptr(s->spare[0], 3);
	list[0].val = 0x77;
	list[1].ptr = pv_ptr(s->spare[1], 0);
	list[1].val = 0x66;
	KUNIT_EXPECT_EQ(test, pv_updates(d, list, 2, &done, DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, pv_read(d, s->spare[1], 0), 0x77);
}

static void done_that_cannot_be_written(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	const struct mmu_update req = { .ptr = pv_ptr(s->spare[0], 0) };

	KUNIT_EXPECT_EQ(test,
			pv_updates(s->d, &req, 1, (unsigned int *)8UL,
				   DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test,
			pv_updates(s->d, &req, 1 | PV_PREEMPTED,
				   (unsigned int *)8UL, DOMID_SELF), 0);
}

static void m2p_of_own_frames_only(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	struct memcore_frametable *ft = &f->machine->frames;
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->spare[0], 0) |
				  MMU_MACHPHYS_UPDATE, 321), 0);
	KUNIT_EXPECT_EQ(test, memcore_m2p_get(ft, mc_mfn(s->spare[0])).nr,
			321);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(s->spare[0], 100) |
				  MMU_MACHPHYS_UPDATE, 322), 0);
	KUNIT_EXPECT_EQ(test, memcore_m2p_get(ft, mc_mfn(s->spare[0])).nr,
			322);
	KUNIT_EXPECT_EQ(test,
			pv_update(s->d, pv_ptr(m->other.l1, 0) |
				  MMU_MACHPHYS_UPDATE, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, MMU_MACHPHYS_UPDATE, 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->spare[0]), 1);
	expect_audit(test, f->machine);
}

static long update_as(struct memcore_domain *d, u64 ptr, u64 val,
		      unsigned int domains, unsigned int *done)
{
	const struct mmu_update req = { .ptr = ptr, .val = val };

	return pv_updates(d, &req, 1, done, domains);
}

/* Origin: XSA-113. */
static void m2p_of_others(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	struct memcore_frametable *ft = &f->machine->frames;
	u64 ptr = pv_ptr(m->s.spare[0], 0) | MMU_MACHPHYS_UPDATE;
	unsigned int done;

	KUNIT_EXPECT_EQ(test, update_as(f->pv, ptr, 1, 0, &done), -EPERM);
	KUNIT_EXPECT_EQ(test, update_as(f->dom0, ptr, 1, 2, &done), 0);
	KUNIT_EXPECT_EQ(test, memcore_m2p_get(ft, mc_mfn(m->s.spare[0])).nr,
			1);
	KUNIT_EXPECT_EQ(test, update_as(f->dom0, ptr, 1, 1, &done), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, ptr, 1, 3 << 16 | 2, &done),
			-EPERM);
	KUNIT_EXPECT_EQ(test, update_as(f->dom0, ptr, 1, DOMID_IO, &done),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, done, 0);
	expect_audit(test, f->machine);
}

static void page_owners_that_are_refused(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct memcore_domain *d = m->s.d;
	u64 ptr = pv_ptr(m->s.spare[0], 0);
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, update_as(d, ptr, 1, d->config.domid, &done),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, done, 0);
	done = 9;
	KUNIT_EXPECT_EQ(test, update_as(d, ptr, 1, UNKNOWN_DOMID, &done),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test, update_as(d, ptr, 1, DOMID_COW, &done), -ESRCH);
	KUNIT_EXPECT_EQ(test, update_as(d, ptr, 1, 0, &done), -EPERM);
	KUNIT_EXPECT_EQ(test, update_as(d, ptr, 1, DOMID_XEN, &done), -EPERM);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test, pv_read(d, m->s.spare[0], 0), 0);
}

/* Permission is a request's matter: what fails before does so first. */
static void each_request_is_permitted_by_itself(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct memcore_domain *d = m->s.d;
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, pv_updates(d, NULL, 0, &done, DOMID_XEN), 0);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test, update_as(d, 4, 0, DOMID_XEN, &done),
			-XEN_ENOSYS);
}

static void pages_of_domid_io(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	unsigned int done;

	KUNIT_EXPECT_EQ(test,
			update_as(s->d, pv_ptr(s->l1, 0),
				  pv_pte(s->spare[0], PV_READ), DOMID_IO,
				  &done), -EBUSY);
	KUNIT_EXPECT_EQ(test,
			update_as(s->d, pv_ptr(s->l1, 0), pv_pte(1, PV_READ),
				  DOMID_IO, &done), -EPERM);
	KUNIT_EXPECT_EQ(test,
			update_as(s->d, pv_ptr(s->l2, PV_L2_SLOT), 0, DOMID_IO,
				  &done), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			update_as(s->d, pv_ptr(s->l1, 0), 0, DOMID_IO, &done),
			0);
	KUNIT_EXPECT_EQ(test, done, 1);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->page[0]), 1);
	expect_audit(test, s->d->machine);
}

static void table_owners_that_are_refused(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	u64 ptr = pv_ptr(m->s.spare[0], 0);
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test,
			update_as(f->pv, ptr, 1,
				  (UNKNOWN_DOMID + 1) << 16 | DOMID_SELF,
				  &done), -ESRCH);
	KUNIT_EXPECT_EQ(test,
			update_as(f->pv, ptr, 1,
				  (DOMID_SELF + 1) << 16 | DOMID_SELF, &done),
			-ESRCH);
	KUNIT_EXPECT_EQ(test,
			update_as(f->pv, ptr, 1, 0xffff0000 | DOMID_SELF,
				  &done), -ESRCH);
	KUNIT_EXPECT_EQ(test, done, 9);
	KUNIT_EXPECT_EQ(test,
			update_as(f->pv, ptr, 1, 1 << 16 | DOMID_SELF, &done),
			-EPERM);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test,
			update_as(f->pv, ptr, 1, 2 << 16 | DOMID_SELF, &done),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test,
			update_as(f->pv, ptr, 1, 3 << 16 | DOMID_SELF, &done),
			0);
	KUNIT_EXPECT_EQ(test, done, 1);
}

/* Origin: XSA-109. */
static void tables_of_a_translated_domain(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	unsigned int done;

	fixture_populate(test, f->hvm, 0, 1);
	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, 0, 1, 2 << 16 | DOMID_SELF, &done),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, pv_read(f->dom0, m->other.spare[0], 0), 0);
	expect_audit(test, f->machine);
}

static void a_control_domain_maps_others_pages(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	u64 ptr = pv_ptr(m->other.l1, 30);
	unsigned int done;

	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, ptr, pv_pte(m->s.spare[0], PV_WRITE),
				  2, &done), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, m->s.spare[0]), 2);
	KUNIT_EXPECT_EQ(test, pv_type(f->pv, m->s.spare[0]),
			MC_TYPE_WRITABLE);
	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, pv_ptr(m->other.l2, PV_L2_SLOT), 0,
				  2, &done), -EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, update_as(f->dom0, ptr, 0, 2, &done), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, m->s.spare[0]), 1);
}

static void a_control_domain_changes_others_tables(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	u64 ptr = pv_ptr(m->s.l1, 30);
	unsigned int done;

	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, ptr, pv_pte(m->s.spare[0], PV_WRITE),
				  3 << 16 | 2, &done), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, m->s.spare[0]), 2);
	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, pv_ptr(m->s.l2, PV_L2_SLOT), 0,
				  3 << 16 | 2, &done), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(f->pv, m->s.l1), 0);
	expect_audit(test, f->machine);
}

/* Origin: XSA-286. */
static void upper_levels_flush(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	const struct mmu_update list[] = {
		{ pv_ptr(s->l2, PV_L2_SLOT), 0 }, { 4, 0 },
	};
	unsigned int done;

	pv_remember(s->d, pv_va(0), s->page[0]);
	pv_update(s->d, pv_ptr(s->l1, 0), 0);
	KUNIT_EXPECT_TRUE(test, pv_remembers(s->d->vcpus, pv_va(0)));
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(s->l4, 0), MC_PTE_PSE |
					MC_PTE_PRESENT), -EINVAL);
	KUNIT_EXPECT_TRUE(test, pv_remembers(s->d->vcpus, pv_va(0)));
	KUNIT_EXPECT_EQ(test, pv_updates(s->d, list, 2, &done, DOMID_SELF),
			-XEN_ENOSYS);
	KUNIT_EXPECT_FALSE(test, pv_remembers(s->d->vcpus, pv_va(0)));
}

static void foreign_upper_levels_flush_their_owner(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	unsigned int done;

	pv_remember(f->pv, pv_va(0), m->s.page[0]);
	KUNIT_EXPECT_EQ(test,
			update_as(f->dom0, pv_ptr(m->s.l3, 7), 0, 3 << 16 | 2,
				  &done), 0);
	KUNIT_EXPECT_FALSE(test, pv_remembers(f->pv->vcpus, pv_va(0)));
}

/* More tables below the L2, so that there is more to be preempted. */
static void grow(struct kunit *test, struct pv_space *s)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		KUNIT_ASSERT_EQ(test,
				pv_update(s->d, pv_ptr(s->spare[i], i),
					  pv_pte(s->spare[7], PV_READ)), 0);
		KUNIT_ASSERT_EQ(test,
				pv_update(s->d, pv_ptr(s->l2, 40 + i),
					  pv_pte(s->spare[i], PV_TABLE)), 0);
	}
}

/* Empty the root, in one batch with two more requests, the last of them bad. */
static void cut_down(struct kunit *test, struct pv_space *s, unsigned int at)
{
	const struct mmu_update list[] = {
		{ pv_ptr(s->page[0], 1), 1 },
		{ pv_ptr(s->l4, PV_L4_SLOT), 0 },
		{ pv_ptr(s->page[0], 2), 2 },
		{ 4, 0 },
	};
	unsigned int done = 0;

	memcore_preempt_set(&s->d->machine->preempt, at);
	KUNIT_EXPECT_EQ(test, pv_updates(s->d, list, 4, &done, DOMID_SELF),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, done, 3);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l3), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->spare[3]), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l3), 1);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->page[0], 2), 2);
	KUNIT_EXPECT_PTR_EQ(test, s->d->vcpus->old_table, NULL);
	expect_audit(test, s->d->machine);
}

static void put_back(struct kunit *test, struct pv_space *s)
{
	const struct mmu_update req = {
		pv_ptr(s->l4, PV_L4_SLOT), pv_pte(s->l3, PV_TABLE),
	};
	unsigned int done = 0;

	KUNIT_EXPECT_EQ(test, pv_updates(s->d, &req, 1, &done, DOMID_SELF),
			0);
	KUNIT_EXPECT_EQ(test, done, 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l3), 1);
	expect_audit(test, s->d->machine);
}

/* Origin: XSA-299. */
static void preempted_at_every_check(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	unsigned int at;

	grow(test, &m->s);
	for (at = 1; at <= 30; at++) {
		cut_down(test, &m->s, at);
		put_back(test, &m->s);
	}
}

static struct memcore_call call_of(struct pv_space *s,
				   const struct mmu_update *list,
				   unsigned int nr, unsigned int *done)
{
	return (struct memcore_call){
		.caller = s->d,
		.vcpu = s->d->vcpus,
		.arg = { (unsigned long)list, nr, (unsigned long)done,
			 DOMID_SELF },
	};
}

static long enter(struct memcore_call *call)
{
	unsigned long flags;
	long ret;

	call->again = false;
	spin_lock_irqsave(&call->vcpu->lock, flags);
	ret = memcore_do_mmu_update(call);
	spin_unlock_irqrestore(&call->vcpu->lock, flags);
	return ret;
}

static void the_encoding_of_a_rest(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct mmu_update list[3] = { };
	struct memcore_call call;
	unsigned int done = 9, i;

	for (i = 0; i < 3; i++)
		list[i].ptr = pv_ptr(m->s.page[0], i);
	call = call_of(&m->s, list, 3, &done);
	memcore_preempt_set(&m->s.d->machine->preempt, 1);
	for (i = 1; i < 3; i++) {
		enter(&call);
		KUNIT_EXPECT_TRUE(test, call.again);
		KUNIT_EXPECT_EQ(test, call.arg[0], (unsigned long)&list[i]);
		KUNIT_EXPECT_EQ(test, call.arg[1], (3 - i) | PV_PREEMPTED);
		KUNIT_EXPECT_EQ(test, call.arg[2], (unsigned long)&done);
		KUNIT_EXPECT_EQ(test, call.arg[3], DOMID_SELF);
		KUNIT_EXPECT_EQ(test, done, i);
	}
	KUNIT_EXPECT_EQ(test, enter(&call), 0);
	KUNIT_EXPECT_FALSE(test, call.again);
	KUNIT_EXPECT_EQ(test, done, 3);
}

/* An old table is left, and nothing else: also if the list has failed. */
static void the_encoding_of_an_answer(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	const struct mmu_update req = { pv_ptr(s->l4, PV_L4_SLOT), 0 };
	struct memcore_vcpu *v = s->d->vcpus;
	unsigned int done = 9, times = 0;
	struct memcore_call call;

	call = call_of(s, &req, 1, &done);
	memcore_preempt_set(&s->d->machine->preempt, 64);
	enter(&call);
	KUNIT_EXPECT_EQ(test, done, 1);
	do {
		KUNIT_EXPECT_TRUE(test, call.again);
		KUNIT_EXPECT_PTR_NE(test, v->old_table, NULL);
		KUNIT_EXPECT_EQ(test, call.arg[0], 0);
		KUNIT_EXPECT_EQ(test, call.arg[1], PV_PREEMPTED);
		KUNIT_EXPECT_EQ(test, call.arg[2], 0);
		KUNIT_EXPECT_EQ(test, call.arg[3], 0);
		expect_audit(test, s->d->machine);
	} while (enter(&call), ++times < 1000 && call.again);
	KUNIT_EXPECT_GT(test, times, 1);
	KUNIT_EXPECT_PTR_EQ(test, v->old_table, NULL);
	KUNIT_EXPECT_EQ(test, done, 1);
	expect_audit(test, s->d->machine);
}

/* A guest that does not come back for the rest has it done by its next call. */
static void an_old_table_is_put_first(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	const struct mmu_update req = { pv_ptr(s->l4, PV_L4_SLOT), 0 };
	struct memcore_call call = call_of(s, &req, 1, NULL);

	enter(&call);
	KUNIT_ASSERT_PTR_NE(test, s->d->vcpus->old_table, NULL);
	memcore_preempt_set(&s->d->machine->preempt, 2);
	put_back(test, s);
	KUNIT_EXPECT_PTR_EQ(test, s->d->vcpus->old_table, NULL);
}

static void no_memory_is_the_answer(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	unsigned long never = s->spare[0];

	atomic_set(&s->d->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(never, 0), 1), -ENOMEM);
	expect_audit(test, s->d->machine);
	KUNIT_EXPECT_EQ(test, pv_update(s->d, pv_ptr(never, 0), 1), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, never), 1);
}

static void one_address_is_changed(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	KUNIT_EXPECT_EQ(test,
			pv_update_va(s->d, pv_va(3) + 0xfff,
				     pv_pte(s->spare[3], PV_WRITE), UVMF_NONE),
			0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 3),
			pv_pte(s->spare[3], PV_WRITE));
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->page[3]), 1);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l1), 2);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l1), 1);
	expect_audit(test, s->d->machine);
}

static void addresses_that_are_refused(struct kunit *test)
{
	static const unsigned long bad[] = {
		0x800000000000UL, 0xffff7fffffffffffUL, XEN_ADDRESS,
		0xffff87ffffffffffUL, 0, PV_BASE + (1UL << 21),
		PV_BASE + (1UL << 30), PV_BASE + (1UL << 39), ~0UL,
	};
	struct mmu *m = mmu_make(test);
	unsigned int i;

	pv_remember(m->s.d, pv_va(0), m->s.page[0]);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    pv_update_va(m->s.d, bad[i], 0,
						 UVMF_TLB_FLUSH | UVMF_ALL),
				    -EINVAL, "%lx", bad[i]);
	KUNIT_EXPECT_TRUE(test, pv_remembers(m->s.d->vcpus, pv_va(0)));
	expect_audit(test, m->s.d->machine);
}

static void no_root_no_address(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, pv_update_va(f->pv, pv_va(0), 0, 0), -EINVAL);
}

/* Through a table that is an entry of its own level, an upper one is found. */
static void only_the_lowest_level_is_changed(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;
	unsigned long va = PV_BASE - (5UL << 21) + (200UL << 21);

	KUNIT_ASSERT_EQ(test,
			pv_update(s->d, pv_ptr(s->l2, 200),
				  pv_pte(s->l2, PV_TABLE & ~MC_PTE_RW)), 0);
	KUNIT_EXPECT_EQ(test, pv_update_va(s->d, va, 0, 0), -EINVAL);
	expect_audit(test, s->d->machine);
}

/**
 * struct flush_case - a kind of flush, and what is left of two translations
 * @flags: what is asked for
 * @self_page: is the changed page remembered on the vCPU that asks
 * @self_other: is another page
 * @else_page: is the changed page on another vCPU
 * @else_other: is another page there
 */
struct flush_case {
	unsigned long flags;
	bool self_page;
	bool self_other;
	bool else_page;
	bool else_other;
};

static const struct flush_case flush_cases[] = {
	{ UVMF_NONE, true, true, true, true },
	{ UVMF_NONE | UVMF_ALL, true, true, true, true },
	{ UVMF_FLUSHTYPE_MASK | UVMF_ALL, true, true, true, true },
	{ UVMF_TLB_FLUSH | UVMF_LOCAL, false, false, true, true },
	{ UVMF_TLB_FLUSH | UVMF_ALL, false, false, false, false },
	{ UVMF_INVLPG | UVMF_LOCAL, false, true, true, true },
	{ UVMF_INVLPG | UVMF_ALL, false, true, false, true },
};

#define OTHER_VA	0x5000UL

/* Two vCPUs, the same tables loaded on both. */
static struct memcore_domain *make_smp(struct kunit *test, struct pv_space *s)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = UINT_MAX,
		.nr_vcpus = 2,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct mmuext_op op = { .cmd = MMUEXT_NEW_BASEPTR };

	KUNIT_ASSERT_NOT_NULL(test, d);
	pv_space_make(test, s, d);
	pv_space_load(test, s);
	op.arg1.mfn = s->l4;
	KUNIT_ASSERT_EQ(test,
			memcore_vcpu_call(&d->vcpus[0], __HYPERVISOR_mmuext_op,
					  (unsigned long)&op, 1, 0, DOMID_SELF,
					  0), 0);
	KUNIT_ASSERT_EQ(test,
			memcore_vcpu_call(&d->vcpus[1], __HYPERVISOR_mmuext_op,
					  (unsigned long)&op, 1, 0, DOMID_SELF,
					  0), 0);
	return d;
}

static long update_va_on_first(struct pv_space *s, unsigned long flags)
{
	pv_remember(s->d, pv_va(0), s->page[0]);
	pv_remember(s->d, OTHER_VA, s->page[1]);
	return memcore_vcpu_call(s->d->vcpus, __HYPERVISOR_update_va_mapping,
				 pv_va(0), 0, flags, 0, 0);
}

static void expect_left(struct kunit *test, struct memcore_domain *d,
			const struct flush_case *c)
{
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[0], pv_va(0)), c->self_page);
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[0], OTHER_VA),
			c->self_other);
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[1], pv_va(0)), c->else_page);
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[1], OTHER_VA),
			c->else_other);
}

static void flushes_what_it_is_told(struct kunit *test)
{
	struct memcore_domain *d;
	struct pv_space s;
	unsigned int i;

	d = make_smp(test, &s);
	for (i = 0; i < ARRAY_SIZE(flush_cases); i++) {
		KUNIT_EXPECT_EQ(test,
				update_va_on_first(&s, flush_cases[i].flags), 0);
		expect_left(test, d, &flush_cases[i]);
	}
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void flushes_the_vcpus_of_a_mask(struct kunit *test)
{
	const struct flush_case second_page = {
		0, true, true, false, true,
	}, second_all = {
		0, true, true, false, false,
	};
	struct memcore_domain *d;
	struct pv_space s;
	u64 mask = ~1ULL;

	d = make_smp(test, &s);
	KUNIT_EXPECT_EQ(test,
			update_va_on_first(&s, (unsigned long)&mask |
					   UVMF_INVLPG), 0);
	expect_left(test, d, &second_page);
	KUNIT_EXPECT_EQ(test,
			update_va_on_first(&s, (unsigned long)&mask |
					   UVMF_TLB_FLUSH), 0);
	expect_left(test, d, &second_all);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

/* The entry is changed all the same. */
static void a_mask_that_cannot_be_read_quirk(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct pv_space *s = &m->s;

	pv_remember(s->d, pv_va(0), s->page[0]);
	KUNIT_EXPECT_EQ(test,
			pv_update_va(s->d, pv_va(0), 0, 0x1000 | UVMF_INVLPG),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l1, 0), 0);
	KUNIT_EXPECT_TRUE(test, pv_remembers(s->d->vcpus, pv_va(0)));
	KUNIT_EXPECT_EQ(test, pv_update_va(s->d, pv_va(1), 0, 0x1000), 0);
}

static long update_va_as(struct memcore_domain *d, unsigned int page, u64 val,
			 unsigned long domid)
{
	return memcore_call(d, __HYPERVISOR_update_va_mapping_otherdomain,
			    pv_va(page), val, 0, domid, 0);
}

static void pages_of_other_domains_at_an_address(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	u64 val = pv_pte(m->s.spare[0], PV_WRITE);

	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, 2), -ESRCH);
	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, UNKNOWN_DOMID),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, DOMID_IO), -EPERM);
	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, DOMID_XEN), -EPERM);
	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, 1UL << 16 | 2),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, update_va_as(f->pv, 0, val, DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 0, val, DOMID_IO), -EBUSY);
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 0, val, DOMID_SELF),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 0, val, 2), 0);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, m->s.spare[0]), 3);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 0, 0, 2), 0);
}

/* A page of a translated domain is named by its gfn. */
static void pages_of_a_translated_domain(struct kunit *test)
{
	struct mmu *m = mmu_make(test);
	struct fixture *f = test->priv;
	unsigned long mfn;

	fixture_populate(test, f->hvm, 40, 1);
	mfn = memcore_p2m_get(&f->hvm->p2m, mc_gfn(40), NULL).nr;
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 0, pv_pte(40, PV_READ), 1),
			0);
	KUNIT_EXPECT_EQ(test, pv_read(f->dom0, m->other.l1, 0),
			pv_pte(mfn, PV_READ));
	KUNIT_EXPECT_EQ(test, pv_count(f->dom0, mfn), 2);
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 1, pv_pte(41, PV_READ), 1),
			-EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, update_va_as(f->dom0, 0, 0, DOMID_SELF), 0);
}

static struct kunit_case mmu_cases[] = {
	KUNIT_CASE(a_frame_that_is_no_table_takes_anything),
	KUNIT_CASE(an_entry_of_a_table_moves_references),
	KUNIT_CASE(what_xen_adds_to_an_entry),
	KUNIT_CASE(accessed_and_dirty_are_kept_if_asked),
	KUNIT_CASE(accessed_and_dirty_mean_nothing_elsewhere),
	KUNIT_CASE(unknown_kind_of_request),
	KUNIT_CASE(bad_frames),
	KUNIT_CASE(bad_entries),
	KUNIT_CASE(a_descriptor_table_is_refused),
	KUNIT_CASE(an_empty_list_is_done),
	KUNIT_CASE(stops_at_the_first_that_fails),
	KUNIT_CASE(a_continuation_adds_to_done),
	KUNIT_CASE(a_continuation_with_nothing_left_has_the_answer),
	KUNIT_CASE(a_list_that_is_xens),
	KUNIT_CASE(a_list_that_ends_early),
	KUNIT_CASE(a_list_that_changes_itself),
	KUNIT_CASE(done_that_cannot_be_written),
	KUNIT_CASE(m2p_of_own_frames_only),
	KUNIT_CASE(m2p_of_others),
	KUNIT_CASE(page_owners_that_are_refused),
	KUNIT_CASE(each_request_is_permitted_by_itself),
	KUNIT_CASE(pages_of_domid_io),
	KUNIT_CASE(table_owners_that_are_refused),
	KUNIT_CASE(tables_of_a_translated_domain),
	KUNIT_CASE(a_control_domain_maps_others_pages),
	KUNIT_CASE(a_control_domain_changes_others_tables),
	KUNIT_CASE(upper_levels_flush),
	KUNIT_CASE(foreign_upper_levels_flush_their_owner),
	KUNIT_CASE(preempted_at_every_check),
	KUNIT_CASE(the_encoding_of_a_rest),
	KUNIT_CASE(the_encoding_of_an_answer),
	KUNIT_CASE(an_old_table_is_put_first),
	KUNIT_CASE(no_memory_is_the_answer),
	KUNIT_CASE(one_address_is_changed),
	KUNIT_CASE(addresses_that_are_refused),
	KUNIT_CASE(no_root_no_address),
	KUNIT_CASE(only_the_lowest_level_is_changed),
	KUNIT_CASE(flushes_what_it_is_told),
	KUNIT_CASE(flushes_the_vcpus_of_a_mask),
	KUNIT_CASE(a_mask_that_cannot_be_read_quirk),
	KUNIT_CASE(pages_of_other_domains_at_an_address),
	KUNIT_CASE(pages_of_a_translated_domain),
	{ }
};

static struct kunit_suite mmu_suite = {
	.name = "memcore_mmu",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = mmu_cases,
};

kunit_test_suite(mmu_suite);
