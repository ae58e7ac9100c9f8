// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations at their limits: counts near their end, domains that are full or
 * dying, demand that is not served, and calls that are preempted all the time.
 */
#include <kunit/test.h>
#include <xen-public/domctl.h>
#include "memcore_fixture.h"

#define NR_PAGES	8

static long move_for(struct fixture *f, domid_t domid, unsigned int op,
		     unsigned int order, unsigned int nr,
		     unsigned int mem_flags)
{
	struct xen_memory_reservation r = {
		.nr_extents = nr,
		.extent_order = order,
		.mem_flags = mem_flags,
		.domid = domid,
	};

	set_xen_guest_handle(r.extent_start, f->list);
	return fixture_reserve(f->dom0, op, &r);
}

static void fill(struct fixture *f, unsigned int nr, unsigned int order)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		f->list[i] = (unsigned long)i << order;
}

static long populate(struct fixture *f, domid_t domid, unsigned int nr)
{
	fill(f, nr, 0);
	return move_for(f, domid, XENMEM_populate_physmap, 0, nr, 0);
}

static long max_mem(struct fixture *f, domid_t domid, u64 kib)
{
	struct xen_domctl op = {
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
		.cmd = XEN_DOMCTL_max_mem,
		.domain = domid,
		.u.max_mem.max_memkb = kib,
	};

	return memcore_call(f->dom0, __HYPERVISOR_domctl, (unsigned long)&op, 0,
			    0, 0, 0);
}

/* Origin: XSA-385. */
static void the_count_does_not_overflow(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, max_mem(f, 2, ~0ULL), 0);
	KUNIT_EXPECT_EQ(test, f->pv->max_pages, UINT_MAX - 1);
	memcore_domain_set_max_pages(f->pv, UINT_MAX);
	f->pv->tot_pages = UINT_MAX - 3;
	KUNIT_EXPECT_EQ(test, memcore_domain_may_have(f->pv, 4), -E2BIG);
	KUNIT_EXPECT_EQ(test, memcore_domain_may_have(f->pv, 3), 0);
	fill(f, 1, 2);
	KUNIT_EXPECT_EQ(test, move_for(f, 2, XENMEM_populate_physmap, 2, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test, move_for(f, 2, XENMEM_increase_reservation, 9, 1,
				       0), 0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, UINT_MAX - 3);
	f->pv->tot_pages = 0;
}

static void a_lower_limit_takes_nothing_and_gives_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, populate(f, 2, NR_PAGES), NR_PAGES);
	KUNIT_EXPECT_EQ(test, max_mem(f, 2, 4 * 5 + 3), 0);
	KUNIT_EXPECT_EQ(test, f->pv->max_pages, 5);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, NR_PAGES);
	KUNIT_EXPECT_EQ(test, memcore_domain_may_have(f->pv, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, fixture_move(f->pv, XENMEM_decrease_reservation,
					   f->list, 3, 0), 3);
	KUNIT_EXPECT_EQ(test, populate(f, 2, 1), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_may_have(f->pv, 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, max_mem(f, 2, 4 * 6), 0);
	KUNIT_EXPECT_EQ(test, populate(f, 2, 2), 1);
	expect_audit(test, f->machine);
}

/* Origin: XSA-31, XSA-158. */
static void an_absurd_order_does_nothing(struct kunit *test)
{
	static const unsigned int ops[] = {
		XENMEM_increase_reservation, XENMEM_decrease_reservation,
		XENMEM_populate_physmap,
	};
	static const unsigned int orders[] = { 19, 31, 32, 63, 64, UINT_MAX };
	struct fixture *f = test->priv;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		for (j = 0; j < ARRAY_SIZE(orders); j++)
			KUNIT_EXPECT_EQ(test, move_for(f, 2, ops[i], orders[j],
						       1, 0), 0);
	KUNIT_EXPECT_EQ(test, move_for(f, 2, XENMEM_populate_physmap, 19, 1,
				       XENMEMF_populate_on_demand), 0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
}

/* Origin: XSA-14. What is read is all that happens. */
static void demand_of_a_pv_domain_is_read(struct kunit *test)
{
	const unsigned int on_demand = XENMEMF_populate_on_demand;
	struct fixture *f = test->priv;

	fill(f, NR_PAGES, 18);
	KUNIT_EXPECT_EQ(test, move_for(f, 2, XENMEM_populate_physmap, 18,
				       NR_PAGES, on_demand), NR_PAGES);
	KUNIT_EXPECT_EQ(test, move_for(f, 1, XENMEM_populate_physmap, 0,
				       NR_PAGES, on_demand), 0);
	KUNIT_EXPECT_EQ(test, move_for(f, DOMID_SELF, XENMEM_populate_physmap,
				       0, NR_PAGES, on_demand), 0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, f->list[3], 3UL << 18);
	/* The flag is one of populate_physmap's only. */
	KUNIT_EXPECT_EQ(test, move_for(f, 2, XENMEM_increase_reservation, 0, 1,
				       on_demand), 1);
}

/* Whatever is asked, and however often it is preempted, the answer is the same. */
static void preempted_at_each_check(struct kunit *test)
{
	static const unsigned int flags[] = {
		0, XENMEMF_node(0), XENMEMF_exact_node(0),
		XENMEMF_address_bits(PAGE_SHIFT + 13), XENMEMF_exact_node(1),
	};
	struct fixture *f = test->priv;
	unsigned int i, order;
	long plain, preempted;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		for (order = 0; order <= 9; order += 3) {
			fill(f, NR_PAGES, order);
			plain = move_for(f, 2, XENMEM_populate_physmap, order,
					 NR_PAGES, flags[i]);
			move_for(f, 2, XENMEM_decrease_reservation, order,
				 plain, 0);
			KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
			memcore_preempt_set(&f->machine->preempt, 1);
			fill(f, NR_PAGES, order);
			preempted = move_for(f, 2, XENMEM_populate_physmap,
					     order, NR_PAGES, flags[i]);
			KUNIT_EXPECT_EQ(test, preempted, plain);
			expect_audit(test, f->machine);
			KUNIT_EXPECT_EQ(test,
					move_for(f, 2,
						 XENMEM_decrease_reservation,
						 order, preempted, 0),
					preempted);
			memcore_preempt_set(&f->machine->preempt, 0);
			KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
		}
}

/* Dying, but not gone, as something has a frame of it. Origin: XSA-159. */
static void a_dying_domain_gets_nothing(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = 100,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct memcore_frame *held;
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .domid = 9 },
		.out = { .nr_extents = 1, .domid = 9 },
	};

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_EQ(test, populate(f, 9, 4), 4);
	held = memcore_frame_get(d, mc_mfn(f->list[2]));
	f->list[0] = f->list[2];
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 1);
	KUNIT_EXPECT_EQ(test, memcore_domain_may_have(d, 1), -EINVAL);
	set_xen_guest_handle(x.in.extent_start, f->list);
	set_xen_guest_handle(x.out.extent_start, f->list + 1);
	KUNIT_EXPECT_EQ(test, memcore_call(f->dom0, __HYPERVISOR_memory_op,
					   XENMEM_exchange, (unsigned long)&x,
					   0, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, move_for(f, 9, XENMEM_decrease_reservation, 0, 1,
				       0), 1);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 1);
	KUNIT_EXPECT_EQ(test, populate(f, 9, 1), 0);
	KUNIT_EXPECT_EQ(test, move_for(f, 9, XENMEM_increase_reservation, 0, 1,
				       0), 0);
	memcore_frame_put(f->machine, held);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
	expect_audit(test, f->machine);
}

static bool is_dirty(struct fixture *f, unsigned long mfn)
{
	return memcore_frame(&f->machine->frames, mc_mfn(mfn))->need_scrub;
}

/* A living domain's are not scrubbed, what is nobody's is. */
static void what_an_exchange_leaves_is_scrubbed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .domid = DOMID_SELF },
		.out = { .nr_extents = 1, .domid = DOMID_SELF },
	};
	xen_pfn_t out = 77;
	unsigned long mfn;

	KUNIT_ASSERT_EQ(test, populate(f, 2, 2), 2);
	mfn = f->list[0];
	set_xen_guest_handle(x.in.extent_start, f->list);
	set_xen_guest_handle(x.out.extent_start, &out);
	KUNIT_ASSERT_EQ(test, memcore_call(f->pv, __HYPERVISOR_memory_op,
					   XENMEM_exchange, (unsigned long)&x,
					   0, 0, 0), 0);
	KUNIT_EXPECT_TRUE(test, is_dirty(f, mfn));
	KUNIT_EXPECT_FALSE(test, is_dirty(f, out));
	mfn = f->list[1];
	KUNIT_ASSERT_EQ(test, move_for(f, 2, XENMEM_decrease_reservation, 0, 1,
				       0), 0);
	f->list[0] = mfn;
	KUNIT_ASSERT_EQ(test, move_for(f, 2, XENMEM_decrease_reservation, 0, 1,
				       0), 1);
	KUNIT_EXPECT_FALSE(test, is_dirty(f, mfn));
}

static struct kunit_case reservation_cases[] = {
	KUNIT_CASE(the_count_does_not_overflow),
	KUNIT_CASE(a_lower_limit_takes_nothing_and_gives_nothing),
	KUNIT_CASE(an_absurd_order_does_nothing),
	KUNIT_CASE(demand_of_a_pv_domain_is_read),
	KUNIT_CASE(preempted_at_each_check),
	KUNIT_CASE(a_dying_domain_gets_nothing),
	KUNIT_CASE(what_an_exchange_leaves_is_scrubbed),
	{ }
};

static struct kunit_suite reservation_suite = {
	.name = "memcore_reservation",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = reservation_cases,
};

kunit_test_suite(reservation_suite);
