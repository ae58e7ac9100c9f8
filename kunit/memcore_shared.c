// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "content.h"
#include "memcore_fixture.h"
#include "pv/type.h"
#include "shared.h"
#include "vcpu.h"

static struct memcore_frame *share(struct kunit *test,
				   struct memcore_domain *d, bool writable)
{
	struct memcore_frame *frame;

	KUNIT_ASSERT_EQ(test, memcore_shared_alloc(d, writable, &frame), 0);
	return frame;
}

static int type_get(struct memcore_domain *d, struct memcore_frame *frame,
		    enum mc_type type)
{
	int err;

	spin_lock_irq(&d->vcpus->lock);
	err = memcore_type_get(d->vcpus, frame, type, false);
	if (!err)
		memcore_type_put(d->vcpus, frame, 0, NULL);
	spin_unlock_irq(&d->vcpus->lock);
	return err;
}

static void is_no_part_of_the_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = share(test, f->pv, true);

	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, f->pv->xen_pages, 1);
	expect_audit(test, f->machine);
	f->list[0] = memcore_frame_mfn(&f->machine->frames, frame).nr;
	KUNIT_EXPECT_PTR_EQ(test,
			    memcore_frame_get(f->pv, mc_mfn(f->list[0])),
			    frame);
	memcore_frame_put(f->machine, frame);
	memcore_shared_free(f->pv, frame);
	KUNIT_EXPECT_EQ(test, f->pv->xen_pages, 0);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
}

static void lives_as_long_as_it_is_referred_to(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = share(test, f->hvm, true);

	KUNIT_EXPECT_TRUE(test, memcore_frame_get_any(f->machine, frame));
	memcore_shared_free(f->hvm, frame);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 1);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
	memcore_frame_put(f->machine, frame);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 0);
	expect_audit(test, f->machine);
}

static void has_a_type_for_good(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *rw = share(test, f->pv, true);
	struct memcore_frame *ro = share(test, f->pv, false);

	KUNIT_EXPECT_EQ(test, type_get(f->pv, rw, MC_TYPE_WRITABLE), 0);
	KUNIT_EXPECT_NE(test, type_get(f->pv, rw, MC_TYPE_L1), 0);
	KUNIT_EXPECT_NE(test, type_get(f->pv, ro, MC_TYPE_WRITABLE), 0);
	KUNIT_EXPECT_NE(test, type_get(f->pv, ro, MC_TYPE_L1), 0);
	expect_audit(test, f->machine);
	memcore_shared_free(f->pv, rw);
	memcore_shared_free(f->pv, ro);
}

static void writing_needs_no_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = share(test, f->pv, true);

	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 7, 9),
			0);
	KUNIT_EXPECT_EQ(test, memcore_content_read(frame, 7), 9);
	atomic_set(&f->machine->failpoint.left, 0);
	memcore_shared_free(f->pv, frame);
}

static void fails_without_a_trace(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;

	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, memcore_shared_alloc(f->pv, true, &frame),
			-ENOMEM);
	memcore_heap_withhold(&f->machine->heap, ~0UL);
	KUNIT_EXPECT_EQ(test, memcore_shared_alloc(f->pv, true, &frame),
			-ENOMEM);
	memcore_heap_withhold(&f->machine->heap, 0);
	f->pv->dying = true;
	KUNIT_EXPECT_EQ(test, memcore_shared_alloc(f->pv, true, &frame),
			-EINVAL);
	f->pv->dying = false;
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
	KUNIT_EXPECT_EQ(test, f->pv->xen_pages, 0);
}

/* It is not the guest's to free, only to map. */
static void given_back_it_cannot_be_mapped(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = share(test, f->pv, true);

	f->list[0] = memcore_frame_mfn(&f->machine->frames, frame).nr;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0),
			1);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_NULL(test, memcore_frame_get(f->pv, mc_mfn(f->list[0])));
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 7, 9),
			0);
	KUNIT_EXPECT_EQ(test, f->pv->xen_pages, 1);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames,
			FIXTURE_FRAMES - 1);
	memcore_shared_free(f->pv, frame);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
}

static void cannot_be_exchanged(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = share(test, f->pv, true);
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .domid = DOMID_SELF },
		.out = { .nr_extents = 1, .domid = DOMID_SELF },
	};
	xen_pfn_t out = 0;

	f->list[0] = memcore_frame_mfn(&f->machine->frames, frame).nr;
	set_xen_guest_handle(x.in.extent_start, f->list);
	set_xen_guest_handle(x.out.extent_start, &out);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_exchange, (unsigned long)&x, 0, 0,
				     0),
			-EINVAL);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->pv->xen_pages, 1);
	memcore_shared_free(f->pv, frame);
}

static void outlives_the_domains_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = share(test, f->pv, true);
	struct memcore_domain *d = f->pv;

	fixture_populate(test, d, 0, 3);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, d->xen_pages, 1);
	expect_audit(test, f->machine);
	memcore_shared_free(d, frame);
}

static struct kunit_case shared_cases[] = {
	KUNIT_CASE(is_no_part_of_the_memory),
	KUNIT_CASE(lives_as_long_as_it_is_referred_to),
	KUNIT_CASE(has_a_type_for_good),
	KUNIT_CASE(writing_needs_no_memory),
	KUNIT_CASE(fails_without_a_trace),
	KUNIT_CASE(given_back_it_cannot_be_mapped),
	KUNIT_CASE(cannot_be_exchanged),
	KUNIT_CASE(outlives_the_domains_memory),
	{ }
};

static struct kunit_suite shared_suite = {
	.name = "memcore_shared",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = shared_cases,
};

kunit_test_suite(shared_suite);
