// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "content.h"
#include "memcore_physmap_fixture.h"

#define GFN	64UL
#define TO	1000UL
/* No guest can have it. */
#define NO_GFN	BIT(40)

static long take(struct memcore_domain *d, unsigned long gfn)
{
	xen_pfn_t list = gfn;

	return fixture_move(d, XENMEM_decrease_reservation, &list, 1, 0);
}

static long fill(struct memcore_domain *d, unsigned long gfn)
{
	xen_pfn_t list = gfn;

	return fixture_move(d, XENMEM_populate_physmap, &list, 1, 0);
}

static long move(struct memcore_domain *d, unsigned long from,
		 unsigned long to)
{
	return physmap_add(d, DOMID_SELF, XENMAPSPACE_gmfn, from, to);
}

static long share(struct memcore_domain *d, unsigned long to)
{
	return physmap_add(d, DOMID_SELF, XENMAPSPACE_shared_info, 0, to);
}

static unsigned long shared_mfn(struct kunit *test, struct memcore_domain *d)
{
	struct memcore_frame *frame;

	KUNIT_ASSERT_EQ(test, memcore_domain_shared_info(d, &frame), 0);
	return memcore_frame_mfn(&d->machine->frames, frame).nr;
}

static void expect_hole(struct kunit *test, struct memcore_domain *d,
			unsigned long gfn)
{
	KUNIT_EXPECT_EQ(test, mfn_at(d, gfn), MC_INVALID);
}

static void a_pv_domain_has_no_physmap(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int space;

	for (space = 0; space < 8; space++) {
		if (space != XENMAPSPACE_gmfn_foreign)
			KUNIT_EXPECT_EQ(test,
					physmap_add(f->pv, DOMID_SELF, space,
						    0, GFN),
					-EACCES);
		if (space != XENMAPSPACE_gmfn_range)
			KUNIT_EXPECT_EQ(test,
					physmap_add_batch(test, f->dom0, 2,
							  space, 1, 1),
					-EACCES);
	}
	KUNIT_EXPECT_EQ(test, physmap_remove(f->pv, DOMID_SELF, GFN), -EACCES);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, 2, GFN), -EACCES);
}

static void others_physmaps_are_for_control_domains(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 2);
	KUNIT_EXPECT_EQ(test,
			physmap_add(f->pv, 1, XENMAPSPACE_gmfn, GFN, TO),
			-EPERM);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->pv, 1, GFN), -EPERM);
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, f->pv, 1, XENMAPSPACE_gmfn, 0,
					  1),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			physmap_add(f->dom0, 1, XENMAPSPACE_gmfn, GFN, TO), 0);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->dom0, 1, TO), 0);
	KUNIT_EXPECT_EQ(test,
			physmap_add(f->dom0, 77, XENMAPSPACE_gmfn, GFN, TO),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->dom0, 77, GFN), -ESRCH);
}

static void what_has_a_form_of_its_own(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			physmap_add(f->hvm, 77, XENMAPSPACE_gmfn_foreign, 0,
				    GFN),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, f->hvm, 77,
					  XENMAPSPACE_gmfn_range, 0, 1),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test,
			physmap_add(f->hvm, DOMID_SELF, XENMAPSPACE_dev_mmio,
				    0, GFN),
			-EACCES);
	KUNIT_EXPECT_EQ(test,
			physmap_add(f->hvm, DOMID_SELF, 17, 0, GFN), -EINVAL);
}

/* Only the hardware domain, and it finds that x86 has no such space. */
static void device_memory_is_not_there(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);

	KUNIT_EXPECT_EQ(test,
			physmap_add(p->pvh0, DOMID_SELF, XENMAPSPACE_dev_mmio,
				    0, GFN),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, p->pvh0, DOMID_SELF,
					  XENMAPSPACE_dev_mmio, 5, 1),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, p->pvh0, DOMID_SELF,
					  XENMAPSPACE_dev_mmio, 0, 1),
			0);
	KUNIT_EXPECT_EQ(test, p->errs[0], -EINVAL);
}

static void the_shared_info_is_at_one_gfn(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = shared_mfn(test, f->hvm);

	KUNIT_EXPECT_EQ(test,
			physmap_add(f->hvm, DOMID_SELF,
				    XENMAPSPACE_shared_info, 1, GFN),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN), mfn);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), GFN);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, share(f->hvm, TO), 0);
	expect_hole(test, f->hvm, GFN);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, TO), mfn);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 1);
}

static void what_was_there_is_freed(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 3);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 2);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN + 1, GFN + 2), 0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
	expect_audit(test, f->machine);
}

static void the_shared_info_is_not_freed(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = shared_mfn(test, f->hvm);

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_EXPECT_EQ(test, share(f->hvm, TO), 0);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), 0);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), MC_INVALID);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 1);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
	expect_audit(test, f->machine);
	/* It moves as a frame of the domain's, too. */
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, GFN + 7), 0);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), GFN + 7);
}

/* Given back, it cannot be taken any more, but Xen still puts it anywhere. */
static void a_returned_shared_info_is_placed_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
	KUNIT_EXPECT_EQ(test, take(f->hvm, GFN), 1);
	expect_hole(test, f->hvm, GFN);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
	KUNIT_EXPECT_EQ(test, take(f->hvm, GFN), 0);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, GFN),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), -EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, share(f->hvm, TO), 0);
	expect_hole(test, f->hvm, GFN);
}

static void a_frame_moves(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn;

	fixture_populate(test, f->hvm, GFN, 1);
	mfn = mfn_at(f->hvm, GFN);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), 0);
	expect_hole(test, f->hvm, GFN);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, TO), mfn);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), TO);
	KUNIT_EXPECT_EQ(test, move(f->hvm, TO, TO), 0);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, TO), mfn);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
}

static void a_hole_does_not_move(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, TO, 1);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), -EINVAL);
	KUNIT_EXPECT_EQ(test, move(f->hvm, ~0UL, TO), -EINVAL);
	KUNIT_EXPECT_EQ(test, move(f->hvm, TO, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
}

/* The frame is nowhere then, and still the domain's. */
static void a_frame_moves_out_of_reach_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_EXPECT_EQ(test, share(f->hvm, TO), 0);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, NO_GFN), -ENOENT);
	KUNIT_EXPECT_EQ(test, share(f->hvm, NO_GFN), -ENOENT);
	expect_hole(test, f->hvm, GFN);
	expect_hole(test, f->hvm, TO);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
}

static void a_frame_moves_out_of_a_superpage(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t list = 0;

	KUNIT_ASSERT_EQ(test,
			fixture_move(f->hvm, XENMEM_populate_physmap, &list, 1,
				     MC_SUPER_ORDER),
			1);
	KUNIT_EXPECT_EQ(test, move(f->hvm, 5, 7), 0);
	expect_hole(test, f->hvm, 5);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, 7), mfn_at(f->hvm, 8) - 3);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, MC_SUPER_SIZE - 1);
}

static void content_moves_along(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;

	fixture_populate(test, f->hvm, GFN, 1);
	frame = memcore_frame(&f->machine->frames,
			      mc_mfn(mfn_at(f->hvm, GFN)));
	KUNIT_ASSERT_EQ(test, memcore_content_write(f->machine, frame, 3, 33),
			0);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), 0);
	KUNIT_EXPECT_EQ(test, memcore_content_read(frame, 3), 33);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, TO), 0);
	KUNIT_EXPECT_EQ(test, memcore_content_read(frame, 3), 33);
}

static void a_range_moves(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long i;

	fixture_populate(test, f->hvm, GFN, 5);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, TO, 5), 0);
	for (i = 0; i < 5; i++) {
		expect_hole(test, f->hvm, GFN + i);
		KUNIT_EXPECT_NE(test, mfn_at(f->hvm, TO + i), MC_INVALID);
	}
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 3, TO, GFN, 5), 0);
	KUNIT_EXPECT_NE(test, mfn_at(f->hvm, TO + 2), MC_INVALID);
	expect_hole(test, f->hvm, TO + 3);
}

/* Those before it have moved. */
static void a_range_ends_at_a_hole(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 2);
	fixture_populate(test, f->hvm, GFN + 3, 1);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, TO, 4),
			-EINVAL);
	expect_hole(test, f->hvm, GFN + 1);
	KUNIT_EXPECT_NE(test, mfn_at(f->hvm, GFN + 3), MC_INVALID);
	KUNIT_EXPECT_NE(test, mfn_at(f->hvm, TO + 1), MC_INVALID);
}

static void odd_ranges(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, TO, 0), 0);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 2, GFN, TO, 2), 0);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 3, GFN, TO, 2),
			-EILSEQ);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, ~0UL - 2, 2),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, ~0UL - 2, 3),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, ~0UL, TO, 1),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, ~0UL, 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0x10000, GFN, TO, 2),
			-EDOM);
}

static void a_range_goes_on_where_it_was_preempted(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 before = memcore_stat_read(f->machine, MEMCORE_STAT_CONTINUATIONS);
	unsigned long i;

	fixture_populate(test, f->hvm, GFN, 5);
	memcore_preempt_set(&f->machine->preempt, 1);
	KUNIT_EXPECT_EQ(test, physmap_add_range(f->hvm, 0, GFN, TO, 5), 0);
	memcore_preempt_set(&f->machine->preempt, 0);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_NE(test, mfn_at(f->hvm, TO + i), MC_INVALID);
	KUNIT_EXPECT_EQ(test,
			memcore_stat_read(f->machine,
					  MEMCORE_STAT_CONTINUATIONS),
			before + 4);
}

static void a_batch_says_what_became_of_each(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	static const int expected[] = { 0, -EINVAL, -ENOENT, 0 };
	unsigned int i, at;

	for (at = 0; at < 2; at++) {
		fixture_populate(test, p->f.hvm, GFN, 4);
		KUNIT_ASSERT_EQ(test, take(p->f.hvm, GFN + 1), 1);
		for (i = 0; i < 4; i++) {
			p->idxs[i] = GFN + i;
			p->gpfns[i] = i == 2 ? NO_GFN : TO + i;
			p->errs[i] = 1;
		}
		memcore_preempt_set(&p->f.machine->preempt, at);
		KUNIT_EXPECT_EQ(test,
				physmap_add_batch(test, p->f.hvm, DOMID_SELF,
						  XENMAPSPACE_gmfn, 0, 4),
				0);
		memcore_preempt_set(&p->f.machine->preempt, 0);
		for (i = 0; i < 4; i++)
			KUNIT_EXPECT_EQ(test, p->errs[i], expected[i]);
	}
}

static void a_batch_ends_at_no_gfn(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	unsigned int i;

	fixture_populate(test, p->f.hvm, GFN, 3);
	for (i = 0; i < 3; i++) {
		p->idxs[i] = GFN + i;
		p->gpfns[i] = i == 1 ? ~0UL : TO + i;
		p->errs[i] = 1;
	}
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, p->f.hvm, DOMID_SELF,
					  XENMAPSPACE_gmfn, 0, 3),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, p->errs[0], 0);
	KUNIT_EXPECT_EQ(test, p->errs[1], 1);
	KUNIT_EXPECT_EQ(test, p->errs[2], 1);
}

static long raw_batch(struct memcore_domain *d, unsigned long start,
		      unsigned int size, void *idxs, void *gpfns, void *errs)
{
	struct xen_add_to_physmap_batch arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_gmfn,
		.size = size,
	};

	set_xen_guest_handle_raw(arg.idxs, idxs);
	set_xen_guest_handle_raw(arg.gpfns, gpfns);
	set_xen_guest_handle_raw(arg.errs, errs);
	return memcore_call(d, __HYPERVISOR_memory_op,
			    XENMEM_add_to_physmap_batch | start << 6,
			    (unsigned long)&arg, 0, 0, 0);
}

static void a_batch_with_bad_lists(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct memcore_domain *d = p->f.hvm;

	fixture_populate(test, d, GFN, 1);
	p->idxs[0] = GFN;
	p->gpfns[0] = TO;
	KUNIT_EXPECT_EQ(test, raw_batch(d, 0, 1, NULL, p->gpfns, p->errs),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, raw_batch(d, 0, 1, p->idxs, NULL, p->errs),
			-EFAULT);
	KUNIT_EXPECT_NE(test, mfn_at(d, GFN), MC_INVALID);
	/* Done before it turns out that this cannot be told. */
	KUNIT_EXPECT_EQ(test, raw_batch(d, 0, 1, p->idxs, p->gpfns, NULL),
			-EFAULT);
	KUNIT_EXPECT_NE(test, mfn_at(d, TO), MC_INVALID);
	KUNIT_EXPECT_EQ(test, raw_batch(d, 0, 0, NULL, NULL, NULL), 0);
}

static void a_batch_that_starts_oddly(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct memcore_domain *d = p->f.hvm;

	KUNIT_EXPECT_EQ(test, raw_batch(d, 2, 2, p->idxs, p->gpfns, p->errs),
			-EILSEQ);
	KUNIT_EXPECT_EQ(test, raw_batch(d, 3, 2, p->idxs, p->gpfns, p->errs),
			-EILSEQ);
	KUNIT_EXPECT_EQ(test,
			raw_batch(d, 0x10000, 2, p->idxs, p->gpfns, p->errs),
			-EDOM);
}

static void unreadable_arguments(struct kunit *test)
{
	static const unsigned int ops[] = {
		XENMEM_add_to_physmap, XENMEM_add_to_physmap_batch,
		XENMEM_remove_from_physmap,
	};
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		KUNIT_EXPECT_EQ(test,
				memcore_call(f->hvm, __HYPERVISOR_memory_op,
					     ops[i], 8, 0, 0, 0),
				-EFAULT);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_memory_op,
				     XENMEM_remove_from_physmap | 1 << 6, 8, 0,
				     0, 0),
			-EINVAL);
}

static void what_is_removed_stays_the_domains(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn;

	fixture_populate(test, f->hvm, GFN, 1);
	mfn = mfn_at(f->hvm, GFN);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, GFN), 0);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, GFN),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, ~0UL),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), MC_INVALID);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
}

static void who_may_have_foreign_frames(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	fixture_populate(test, f->pv, 0, 1);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, f->hvm, 2, f->list[0], TO),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->driver, 1, GFN, TO),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, DOMID_SELF, GFN,
					    TO),
			-ESRCH);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 77, GFN, TO),
			-ESRCH);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, PVH0_DOMID, GFN,
					    TO),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, DOMID_XEN,
					    f->list[0], TO),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->driver, DOMID_XEN, 0, TO),
			-EPERM);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 2, f->list[0],
					    TO + 1),
			0);
	expect_audit(test, f->machine);
}

/* It is the other domain that must be allowed to, not who asks for it. */
static void a_control_domain_maps_for_another(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	p->idxs[0] = GFN;
	p->gpfns[0] = TO;
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, f->dom0, PVH0_DOMID,
					  XENMAPSPACE_gmfn_foreign, 1, 1),
			0);
	KUNIT_EXPECT_EQ(test, p->errs[0], 0);
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, f->dom0, PVH0_DOMID,
					  XENMAPSPACE_gmfn_foreign, 0, 1),
			0);
	KUNIT_EXPECT_EQ(test, p->errs[0], -EPERM);
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, f->dom0, PVH0_DOMID,
					  XENMAPSPACE_gmfn_foreign,
					  PVH0_DOMID, 1),
			0);
	KUNIT_EXPECT_EQ(test, p->errs[0], -EINVAL);
}

static void what_cannot_be_foreign(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	fixture_populate(test, f->pv, 0, 1);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN + 1, TO),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, ~0UL, TO),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 2, 0, TO),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN, NO_GFN),
			-ENOENT);
	expect_hole(test, p->pvh0, TO);
	expect_audit(test, f->machine);
}

static void a_foreign_frame_is_held(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned long mfn;

	fixture_populate(test, f->hvm, GFN, 1);
	mfn = mfn_at(f->hvm, GFN);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, TO), mfn);
	KUNIT_EXPECT_EQ(test, type_at(p->pvh0, TO), MC_P2M_FOREIGN);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), GFN);
	KUNIT_EXPECT_EQ(test, take(f->hvm, GFN), 1);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, physmap_remove(p->pvh0, DOMID_SELF, TO), 0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
	expect_hole(test, p->pvh0, TO);
	KUNIT_EXPECT_EQ(test, p->pvh0->tot_pages, 0);
}

static void a_foreign_frame_is_not_given_on(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_ASSERT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	KUNIT_EXPECT_EQ(test, move(p->pvh0, TO, TO + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, take(p->pvh0, TO), 0);
	p->pvh0->config.hardware = true;
	f->hvm->config.hardware = true;
	f->hvm->config.control = true;
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, f->hvm, PVH0_DOMID, TO,
					    GFN + 1),
			-EINVAL);
	expect_audit(test, f->machine);
}

/* What cannot be freed keeps its place: -ENXIO, also for the same again. */
static void nothing_takes_the_place_of_a_foreign_frame(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned long mfn;

	fixture_populate(test, f->hvm, GFN, 2);
	fixture_populate(test, p->pvh0, GFN, 1);
	KUNIT_ASSERT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	mfn = mfn_at(p->pvh0, TO);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			-ENXIO);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN + 1, TO),
			-ENXIO);
	KUNIT_EXPECT_EQ(test, move(p->pvh0, GFN, TO), -ENXIO);
	KUNIT_EXPECT_EQ(test, share(p->pvh0, TO), -ENXIO);
	KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, TO), mfn);
	KUNIT_EXPECT_NE(test, mfn_at(p->pvh0, GFN), MC_INVALID);
	expect_audit(test, f->machine);
}

/* The frame that was to go there stays the domain's, as on any failure. */
static void filling_a_foreign_place_is_a_crash(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	u64 before = memcore_stat_read(f->machine, MEMCORE_STAT_CRASHES);
	xen_pfn_t list = TO & ~(MC_SUPER_SIZE - 1);

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_ASSERT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	KUNIT_EXPECT_EQ(test, fill(p->pvh0, TO), 0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(p->pvh0, XENMEM_populate_physmap, &list,
				     1, MC_SUPER_ORDER),
			0);
	KUNIT_EXPECT_EQ(test, type_at(p->pvh0, TO), MC_P2M_FOREIGN);
	KUNIT_EXPECT_TRUE(test, p->pvh0->crashed);
	KUNIT_EXPECT_EQ(test,
			memcore_stat_read(f->machine, MEMCORE_STAT_CRASHES),
			before + 2);
	expect_audit(test, f->machine);
}

static void a_foreign_frame_takes_memorys_place(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	fixture_populate(test, p->pvh0, TO, 1);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	KUNIT_EXPECT_EQ(test, p->pvh0->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, type_at(p->pvh0, TO), MC_P2M_FOREIGN);
	expect_audit(test, f->machine);
}

/* A frame of the hypervisor's only goes from there, whosever it is. */
static void a_foreign_shared_info_gives_way(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	fixture_populate(test, p->pvh0, GFN, 1);
	KUNIT_ASSERT_EQ(test, share(f->hvm, GFN + 1), 0);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN + 1, TO), 0);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN + 1, TO + 1),
			0);
	KUNIT_EXPECT_EQ(test, move(p->pvh0, GFN, TO + 1), 0);
	KUNIT_EXPECT_EQ(test, type_at(p->pvh0, TO + 1), MC_P2M_RAM);
	expect_audit(test, f->machine);
}

static void references_run_out(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned long i;

	fixture_populate(test, f->hvm, GFN, 1);
	f->machine->count_mask = 1;
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			-EINVAL);
	/* Up to 6: the allocation's, 4 of entries, and the hypercall's own. */
	f->machine->count_mask = 7;
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test,
				physmap_add_foreign(test, p->pvh0, 1, GFN,
						    TO + i),
				0);
	KUNIT_EXPECT_EQ(test,
			physmap_add_foreign(test, p->pvh0, 1, GFN, TO + 4),
			-EBUSY);
	expect_hole(test, p->pvh0, TO + 4);
	f->machine->count_mask = MC_PGC_COUNT_MASK;
	expect_audit(test, f->machine);
}

/* What cannot be held cannot be moved, taken away, or freed. */
static void without_references_nothing_moves(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 2);
	f->machine->count_mask = 1;
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), -EINVAL);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, GFN),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), -ENXIO);
	f->machine->count_mask = MC_PGC_COUNT_MASK;
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, TO), 0);
}

/* Return: true if the allocation did fail. */
static bool fails_at(struct kunit *test, struct memcore_domain *d,
		     unsigned int nth, int (*fn)(struct kunit *test))
{
	struct fixture *f = test->priv;
	struct snapshot before, after;
	bool failed;
	int err;

	fixture_snapshot(d, &before);
	atomic_set(&f->machine->failpoint.left, nth);
	err = fn(test);
	failed = !atomic_read(&f->machine->failpoint.left);
	atomic_set(&f->machine->failpoint.left, 0);
	KUNIT_EXPECT_EQ(test, err, failed ? -ENOMEM : 0);
	fixture_snapshot(d, &after);
	if (failed)
		expect_same(test, &before, &after);
	expect_audit(test, f->machine);
	return failed;
}

static int do_share(struct kunit *test)
{
	struct fixture *f = test->priv;

	return share(f->hvm, TO << MC_SUPER_ORDER);
}

static int do_move(struct kunit *test)
{
	struct fixture *f = test->priv;

	return move(f->hvm, GFN, 2 * TO << MC_SUPER_ORDER);
}

static int do_foreign(struct kunit *test)
{
	return physmap_add_foreign(test, physmap_of(test)->pvh0, 1,
				   2 * TO << MC_SUPER_ORDER, TO);
}

static void fails_without_a_trace(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned int nth, failures = 0;

	fixture_populate(test, f->hvm, GFN, 1);
	/* It keeps the shared info that it has got. */
	shared_mfn(test, f->hvm);
	for (nth = 1; fails_at(test, f->hvm, nth, do_share); nth++)
		failures++;
	for (nth = 1; fails_at(test, f->hvm, nth, do_move); nth++)
		failures++;
	for (nth = 1; fails_at(test, p->pvh0, nth, do_foreign); nth++)
		failures++;
	KUNIT_EXPECT_EQ(test, failures, 6);
}

static void no_frame_for_the_shared_info(struct kunit *test)
{
	struct fixture *f = test->priv;

	memcore_heap_withhold(&f->machine->heap, ~0UL);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), -ENOMEM);
	memcore_heap_withhold(&f->machine->heap, 0);
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), -ENOMEM);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 0);
	KUNIT_EXPECT_EQ(test, share(f->hvm, GFN), 0);
}

static void the_dying_get_nothing(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, GFN, 1);
	fixture_populate(test, p->pvh0, GFN, 1);
	p->pvh0->dying = true;
	KUNIT_EXPECT_EQ(test, share(p->pvh0, TO), -EINVAL);
	KUNIT_EXPECT_EQ(test, move(p->pvh0, GFN, TO), -ENOMEM);
	KUNIT_EXPECT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, physmap_remove(p->pvh0, DOMID_SELF, GFN), 0);
	p->pvh0->dying = false;
}

/* The owner dies first: its frames live until the last mapping goes. */
static void the_owner_of_foreign_frames_dies(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	struct memcore_domain_config config = f->hvm->config;
	unsigned long i;

	fixture_populate(test, f->hvm, GFN, 5);
	KUNIT_ASSERT_EQ(test, share(f->hvm, GFN + 5), 0);
	for (i = 0; i < 6; i++)
		KUNIT_ASSERT_EQ(test,
				physmap_add_foreign(test, p->pvh0, 1, GFN + i,
						    TO + i),
				0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), -EBUSY);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 5);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 1);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test,
				physmap_remove(p->pvh0, DOMID_SELF, TO + i),
				0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), 0);
	f->hvm = memcore_domain_create(f->machine, &config);
}

/* Who has them dies first: more than go at once. */
static void who_has_foreign_frames_dies(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned long i;

	fixture_populate(test, f->hvm, GFN, 300);
	for (i = 0; i < 300; i++)
		KUNIT_ASSERT_EQ(test,
				physmap_add_foreign(test, p->pvh0, 1, GFN + i,
						    TO + i * 7),
				0);
	for (i = 0; i < 300; i += 2)
		KUNIT_ASSERT_EQ(test, take(f->hvm, GFN + i), 1);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 300);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(p->pvh0), 0);
	p->pvh0 = NULL;
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 150);
}

/* Nobody needs to be asked first. */
static void all_die_in_some_order(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	struct memcore_domain_config config = f->hvm->config;

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_ASSERT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), -EBUSY);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(p->pvh0), 0);
	p->pvh0 = NULL;
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), 0);
	expect_audit(test, f->machine);
	f->hvm = memcore_domain_create(f->machine, &config);
}

static void the_audit_sees_a_lost_reference(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	char msg[256];

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_ASSERT_EQ(test, physmap_add_foreign(test, p->pvh0, 1, GFN, TO),
			0);
	frame = memcore_frame(&f->machine->frames,
			      mc_mfn(mfn_at(p->pvh0, TO)));
	atomic64_dec(&frame->count);
	KUNIT_EXPECT_EQ(test, memcore_audit(f->machine, msg, sizeof(msg)),
			-EUCLEAN);
	atomic64_inc(&frame->count);
	memcore_p2m_set_page(&f->hvm->p2m, mc_gfn(GFN),
			     mc_mfn(mfn_at(f->hvm, GFN)), MC_P2M_FOREIGN);
	atomic64_inc(&frame->count);
	/* Its own is not foreign. */
	KUNIT_EXPECT_EQ(test, memcore_audit(f->machine, msg, sizeof(msg)),
			-EUCLEAN);
	atomic64_dec(&frame->count);
	memcore_p2m_set_page(&f->hvm->p2m, mc_gfn(GFN),
			     mc_mfn(mfn_at(f->hvm, GFN)), MC_P2M_RAM);
}

static struct kunit_case physmap_cases[] = {
	KUNIT_CASE(a_pv_domain_has_no_physmap),
	KUNIT_CASE(others_physmaps_are_for_control_domains),
	KUNIT_CASE(what_has_a_form_of_its_own),
	KUNIT_CASE(device_memory_is_not_there),
	KUNIT_CASE(the_shared_info_is_at_one_gfn),
	KUNIT_CASE(what_was_there_is_freed),
	KUNIT_CASE(the_shared_info_is_not_freed),
	KUNIT_CASE(a_returned_shared_info_is_placed_quirk),
	KUNIT_CASE(a_frame_moves),
	KUNIT_CASE(a_hole_does_not_move),
	KUNIT_CASE(a_frame_moves_out_of_reach_quirk),
	KUNIT_CASE(a_frame_moves_out_of_a_superpage),
	KUNIT_CASE(content_moves_along),
	KUNIT_CASE(a_range_moves),
	KUNIT_CASE(a_range_ends_at_a_hole),
	KUNIT_CASE(odd_ranges),
	KUNIT_CASE(a_range_goes_on_where_it_was_preempted),
	KUNIT_CASE(a_batch_says_what_became_of_each),
	KUNIT_CASE(a_batch_ends_at_no_gfn),
	KUNIT_CASE(a_batch_with_bad_lists),
	KUNIT_CASE(a_batch_that_starts_oddly),
	KUNIT_CASE(unreadable_arguments),
	KUNIT_CASE(what_is_removed_stays_the_domains),
	KUNIT_CASE(who_may_have_foreign_frames),
	KUNIT_CASE(a_control_domain_maps_for_another),
	KUNIT_CASE(what_cannot_be_foreign),
	KUNIT_CASE(a_foreign_frame_is_held),
	KUNIT_CASE(a_foreign_frame_is_not_given_on),
	KUNIT_CASE(nothing_takes_the_place_of_a_foreign_frame),
	KUNIT_CASE(filling_a_foreign_place_is_a_crash),
	KUNIT_CASE(a_foreign_frame_takes_memorys_place),
	KUNIT_CASE(a_foreign_shared_info_gives_way),
	KUNIT_CASE(references_run_out),
	KUNIT_CASE(without_references_nothing_moves),
	KUNIT_CASE(fails_without_a_trace),
	KUNIT_CASE(no_frame_for_the_shared_info),
	KUNIT_CASE(the_dying_get_nothing),
	KUNIT_CASE(the_owner_of_foreign_frames_dies),
	KUNIT_CASE(who_has_foreign_frames_dies),
	KUNIT_CASE(all_die_in_some_order),
	KUNIT_CASE(the_audit_sees_a_lost_reference),
	{ }
};

static struct kunit_suite physmap_suite = {
	.name = "memcore_physmap",
	.init = physmap_fixture_init,
	.exit = physmap_fixture_exit,
	.test_cases = physmap_cases,
};

kunit_test_suite(physmap_suite);
