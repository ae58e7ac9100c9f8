// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_fixture.h"

#define NR_STEPS	400
#define NR_GFNS		512UL

static struct mc_mfn frame_of(struct memcore_domain *d, unsigned long gfn)
{
	return memcore_p2m_get(&d->p2m, mc_gfn(gfn), NULL);
}

static void populate_translated(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, 10, 5);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 5);
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(frame_of(f->hvm, 14)));
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(frame_of(f->hvm, 15)));
	KUNIT_EXPECT_EQ(test, f->list[0], 10);
}

static void populate_pv_says_mfns(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long i;

	fixture_populate(test, f->pv, 10, 5);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_GE(test, f->list[i], FIXTURE_BASE);
		KUNIT_EXPECT_EQ(test,
				memcore_m2p_get(&f->machine->frames,
						mc_mfn(f->list[i])).nr,
				10 + i);
	}
}

static void populate_superpage(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int order;

	f->list[0] = MC_SUPER_SIZE;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_populate_physmap, f->list,
				     1, MC_SUPER_ORDER),
			1);
	memcore_p2m_get(&f->hvm->p2m, mc_gfn(MC_SUPER_SIZE + 3), &order);
	KUNIT_EXPECT_EQ(test, order, MC_SUPER_ORDER);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, MC_SUPER_SIZE);
}

static void decrease_translated_takes_gfns(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, 0, 8);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list, 8, 0),
			8);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
}

static void decrease_pv_takes_mfns(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->pv, 0, 8);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 8, 0),
			8);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	fixture_populate(test, f->pv, 0, 1);
	f->list[0] = 0;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0),
			0);
}

static void decrease_stops_at_a_hole(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, 0, 8);
	f->list[3] = 99;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list, 8, 0),
			3);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 5);
}

/* What was released of an extent that failed half-way stays released. */
static void decrease_partial_extent_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, 0, 3);
	f->list[0] = 0;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list, 1, 2),
			0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
}

static void decrease_of_superpage_in_part(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->list[0] = 0;
	fixture_move(f->hvm, XENMEM_populate_physmap, f->list, 1,
		     MC_SUPER_ORDER);
	f->list[0] = 17;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list, 1, 0),
			1);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, MC_SUPER_SIZE - 1);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(frame_of(f->hvm, 17)));
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(frame_of(f->hvm, 18)));
}

/* Released twice while something uses it: 1 both times; origin: XSA-252. */
static void decrease_of_used_frame_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	unsigned int i;

	fixture_populate(test, f->pv, 0, 1);
	frame = memcore_frame_get(f->pv, mc_mfn(f->list[0]));
	KUNIT_ASSERT_NOT_NULL(test, frame);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test,
				fixture_move(f->pv, XENMEM_decrease_reservation,
					     f->list, 1, 0),
				1);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 1);
	memcore_frame_put(f->machine, frame);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
}

static void increase_pv_says_mfns(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation,
				     f->list, 3, 1),
			3);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 6);
	KUNIT_EXPECT_FALSE(test,
			   mc_gfn_ok(memcore_m2p_get(&f->machine->frames,
						     mc_mfn(f->list[0]))));
}

static void increase_without_a_list(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation, NULL,
				     3, 0),
			3);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_increase_reservation, NULL,
				     2, 0),
			2);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 2);
}

static void stops_at_max_pages(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long i;

	memcore_domain_set_max_pages(f->hvm, 5);
	for (i = 0; i < 8; i++)
		f->list[i] = i;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_populate_physmap, f->list,
				     8, 0),
			5);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 5);
}

static void stops_when_the_machine_is_full(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation, NULL,
				     5000, 0),
			FIXTURE_FRAMES);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, 0);
}

/* Orders that a domain may not name, up to absurd ones; origin: XSA-31. */
static void order_limit(struct kunit *test)
{
	static const unsigned int orders[] = { 10, 12, 19, 31, 32, 63, ~0U };
	struct fixture *f = test->priv;
	unsigned int i, op;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		for (op = 0; op < 7; op += op ? 5 : 1)
			KUNIT_EXPECT_EQ(test,
					fixture_move(f->pv, op, f->list, 1,
						     orders[i]),
					0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->dom0, XENMEM_increase_reservation,
				     NULL, 1, 11),
			1);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->dom0, XENMEM_increase_reservation,
				     NULL, 1, 19),
			0);
}

static void start_extent_conventions(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = {
		.nr_extents = 4,
		.domid = DOMID_SELF,
	};
	unsigned long i, cmd = XENMEM_populate_physmap;

	for (i = 0; i < 4; i++)
		f->list[i] = i;
	set_xen_guest_handle(r.extent_start, f->list);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd | 4 << 6, &r), 4);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd | 9 << 6, &r), 9);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd | 3 << 6, &r), 4);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(frame_of(f->hvm, 3)));
}

static void too_many_extents(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = { .domid = DOMID_SELF };
	unsigned long cmd = XENMEM_increase_reservation;

	r.nr_extents = (UINT_MAX >> 6) + 1UL;
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 0);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd | 5 << 6, &r), 5);
	r.nr_extents = ULONG_MAX;
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 0);
}

static void unreadable_argument(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int op;

	for (op = 0; op < 7; op += op ? 5 : 1)
		KUNIT_EXPECT_EQ(test,
				fixture_reserve(f->pv, op | 7 << 6, NULL), 7);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_current_reservation, 8, 0, 0, 0),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_machphys_mapping, 8, 0, 0, 0),
			-EFAULT);
}

static void list_in_the_wrong_place(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t *m2p = (xen_pfn_t *)f->machine->frames.m2p_guest;

	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_populate_physmap,
				     (xen_pfn_t *)8, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_populate_physmap, m2p, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation, m2p,
				     1, 0),
			0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation,
				     (xen_pfn_t *)0x8000000000001000, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	/* Only where a list starts is looked at: a frame is there already. */
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation,
				     (xen_pfn_t *)-16, 9, 0),
			0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 1);
}

static void other_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = { .nr_extents = 2, .domid = 2 };
	unsigned long cmd = XENMEM_increase_reservation;

	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 0);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->dom0, cmd, &r), 2);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 2);
	r.domid = 77;
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->dom0, cmd, &r), 0);
}

static void placement_flags(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};
	unsigned long cmd = XENMEM_increase_reservation;

	r.mem_flags = XENMEMF_address_bits(12);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 0);
	r.mem_flags = XENMEMF_address_bits(32);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 1);
	r.mem_flags = XENMEMF_exact_node(200);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 0);
	r.mem_flags = XENMEMF_node(200);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->hvm, cmd, &r), 1);
}

static void populate_on_demand_of_oneself(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = {
		.nr_extents = 1,
		.mem_flags = XENMEMF_populate_on_demand,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, f->list);
	KUNIT_EXPECT_EQ(test,
			fixture_reserve(f->hvm, XENMEM_populate_physmap, &r),
			0);
}

/* The frame got stays the domain's when its gfn cannot be. */
static void populate_impossible_gfn_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->list[0] = ULONG_MAX;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_populate_physmap, f->list,
				     1, 0),
			0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
}

static void figures(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, 100, 3);
	memcore_domain_set_max_pages(f->hvm, 1000);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_current_reservation,
				    DOMID_SELF),
			3);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_maximum_reservation, 1),
			1000);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_maximum_gpfn, DOMID_SELF),
			102);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->pv, XENMEM_maximum_gpfn, DOMID_SELF),
			FIXTURE_FRAMES - 1);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_maximum_ram_page, 0),
			FIXTURE_BASE + FIXTURE_FRAMES);
}

static void figures_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_current_reservation, 77),
			-ESRCH);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_current_reservation, 2),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_maximum_gpfn | 1 << 6,
				    DOMID_SELF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_maximum_ram_page | 1 << 6,
				    0),
			-EINVAL);
}

static void machphys_of_a_pv_guest(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_machphys_mapping map = { };
	const unsigned long *m2p;

	KUNIT_ASSERT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_machphys_mapping,
				     (unsigned long)&map, 0, 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, map.max_mfn, FIXTURE_BASE + FIXTURE_FRAMES - 1);
	fixture_populate(test, f->pv, 33, 1);
	m2p = (const unsigned long *)map.v_start;
	KUNIT_EXPECT_EQ(test, m2p[f->list[0]], 33);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_memory_op,
				     XENMEM_machphys_mapping,
				     (unsigned long)&map, 0, 0, 0),
			-XEN_ENOSYS);
}

/* Retired, for paging and sharing, and what there never was. */
static void unknown_subops(struct kunit *test)
{
	static const unsigned int gone[] = { 8, 20, 22 };
	struct fixture *f = test->priv;
	unsigned int op, i;

	for (i = 0; i < ARRAY_SIZE(gone); i++)
		KUNIT_EXPECT_EQ(test, fixture_ask(f->hvm, gone[i], 0),
				-XEN_ENOSYS);
	for (op = 29; op < 64; op++)
		KUNIT_EXPECT_EQ(test, fixture_ask(f->hvm, op, 0),
				-XEN_ENOSYS);
}

/* What is bad, and what does not exist, in the middle. */
static void start_where_there_is_none(struct kunit *test)
{
	static const unsigned int bad[] = {
		XENMEM_maximum_ram_page, XENMEM_current_reservation,
		XENMEM_maximum_reservation, XENMEM_maximum_gpfn,
		XENMEM_exchange, XENMEM_remove_from_physmap,
		XENMEM_reserved_device_memory_map,
	};
	static const unsigned int missing[] = {
		XENMEM_machphys_mfn_list, XENMEM_machphys_compat_mfn_list,
		XENMEM_machphys_mapping, XENMEM_memory_map,
		XENMEM_set_memory_map, XENMEM_machine_memory_map,
		XENMEM_set_pod_target, XENMEM_get_pod_target,
		XENMEM_get_sharing_freed_pages,
		XENMEM_get_sharing_shared_pages, XENMEM_paging_op,
		XENMEM_sharing_op,
	};
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, fixture_ask(f->dom0, bad[i] | 1 << 6, 1),
				-EINVAL);
	for (i = 0; i < ARRAY_SIZE(missing); i++)
		KUNIT_EXPECT_EQ(test,
				fixture_ask(f->dom0, missing[i] | 1 << 6, 1),
				-XEN_ENOSYS);
}

static void nobody_shares_pages(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->pv, XENMEM_get_sharing_freed_pages, 0),
			0);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->hvm, XENMEM_get_sharing_shared_pages,
				    0),
			0);
}

static void access_rights_cannot_be_set(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_mem_access_op arg = { .domid = 1 };
	unsigned long at = (unsigned long)&arg, cmd = XENMEM_access_op | 1 << 6;

	KUNIT_EXPECT_EQ(test,
			memcore_call(f->dom0, __HYPERVISOR_memory_op, cmd, at,
				     0, 0, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_memory_op, cmd, at,
				     0, 0, 0),
			-EPERM);
	arg.domid = DOMID_SELF;
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_memory_op, cmd, at,
				     0, 0, 0),
			-ESRCH);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_memory_op, cmd, 8, 0,
				     0, 0),
			-EFAULT);
}

static void machine_short_at_every_point(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long hold, i;
	long done;

	for (hold = 0; hold <= 12; hold++) {
		for (i = 0; i < 10; i++)
			f->list[i] = i;
		memcore_heap_withhold(&f->machine->heap,
				      FIXTURE_FRAMES - hold);
		done = fixture_move(f->hvm, XENMEM_populate_physmap, f->list,
				    10, 0);
		KUNIT_EXPECT_EQ(test, done, min(hold, 10UL));
		KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, done);
		expect_audit(test, f->machine);
		fixture_move(f->hvm, XENMEM_decrease_reservation, f->list, done,
			     0);
	}
}

static void core_short_of_memory_at_every_point(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int n = 0, i;
	long done;

	do {
		for (i = 0; i < 4; i++)
			f->list[i] = i * MC_SUPER_SIZE + n * 8 * MC_SUPER_SIZE;
		atomic_set(&f->machine->failpoint.left, ++n);
		done = fixture_move(f->hvm, XENMEM_populate_physmap, f->list,
				    4, 0);
		expect_audit(test, f->machine);
		if (done < 4)
			KUNIT_EXPECT_EQ(test, done, (n - 1) / 2);
	} while (done < 4 && n < 20);
	KUNIT_EXPECT_EQ(test, n, 9);
	atomic_set(&f->machine->failpoint.left, 0);
}

static void nothing_changes_when_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_faults faults = { .refuse_calls = 3 };
	struct snapshot before, after;
	unsigned int op;

	fixture_populate(test, f->hvm, 0, 8);
	fixture_snapshot(f->hvm, &before);
	memcore_set_faults(f->machine, &faults);
	for (op = 0; op < 7; op += op ? 5 : 1)
		KUNIT_EXPECT_EQ(test,
				fixture_move(f->hvm, op, f->list, 8, 0), 0);
	fixture_snapshot(f->hvm, &after);
	expect_same(test, &before, &after);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list, 8, 0),
			8);
}

static void partial_answers(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_faults faults = {
		.partial_calls = 2,
		.partial_extents = 3,
		.preempt_at = 1,
	};

	fixture_populate(test, f->hvm, 0, 8);
	memcore_set_faults(f->machine, &faults);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list, 8, 0),
			3);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list + 3, 5, 0),
			3);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->hvm, XENMEM_decrease_reservation,
				     f->list + 6, 2, 0),
			2);
}

/**
 * struct walk - a random sequence
 * @test: the case
 * @d: who calls
 * @rnd: decides
 * @have: frame at each gfn, by the caller's books; 0: none
 * @nr: how many there are
 */
struct walk {
	struct kunit *test;
	struct memcore_domain *d;
	struct rnd_state rnd;
	unsigned long have[NR_GFNS];
	unsigned long nr;
};

/* Gfns of one kind, each once, into the list. */
static unsigned long pick(struct walk *w, bool present, unsigned long max)
{
	struct fixture *f = w->test->priv;
	unsigned long gfn = prandom_u32_state(&w->rnd) % NR_GFNS, nr = 0, i;

	for (i = 0; i < NR_GFNS && nr < max; i++, gfn = (gfn + 7) % NR_GFNS)
		if (!!w->have[gfn] == present)
			f->list[nr++] = gfn;
	return nr;
}

static void walk_populate(struct walk *w, unsigned long max)
{
	struct fixture *f = w->test->priv;
	unsigned long nr = pick(w, false, max), i, gfn;
	long done;

	done = fixture_move(w->d, XENMEM_populate_physmap, f->list, nr, 0);
	KUNIT_ASSERT_LE(w->test, done, (long)nr);
	for (i = 0; i < done; i++) {
		gfn = w->d->config.translated ? f->list[i] :
			memcore_m2p_get(&f->machine->frames,
					mc_mfn(f->list[i])).nr;
		w->have[gfn] = w->d->config.translated ? 1 : f->list[i];
	}
	w->nr += done;
}

static void walk_decrease(struct walk *w, unsigned long max)
{
	struct fixture *f = w->test->priv;
	unsigned long nr = pick(w, true, max), i, gfns[32];
	long done;

	for (i = 0; i < nr; i++) {
		gfns[i] = f->list[i];
		if (!w->d->config.translated)
			f->list[i] = w->have[gfns[i]];
	}
	done = fixture_move(w->d, XENMEM_decrease_reservation, f->list, nr, 0);
	KUNIT_ASSERT_LE(w->test, done, (long)nr);
	for (i = 0; i < done; i++)
		w->have[gfns[i]] = 0;
	w->nr -= done;
}

static void walk_faults(struct walk *w, u32 r)
{
	struct fixture *f = w->test->priv;
	struct memcore_faults faults = {
		.refuse_calls = r % 7 == 0,
		.partial_calls = r % 5 == 0,
		.partial_extents = r % 11,
		.withhold_frames = r % 13 == 0 ? ~0UL : 0,
		.preempt_at = r % 4,
	};

	memcore_set_faults(f->machine, &faults);
}

static void random_walk(struct kunit *test, struct memcore_domain *d)
{
	struct walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct fixture *f = test->priv;
	unsigned int i;
	u32 r;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	w->d = d;
	prandom_seed_state(&w->rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS; i++) {
		r = prandom_u32_state(&w->rnd);
		walk_faults(w, r >> 8);
		if (r & 1)
			walk_populate(w, r % 32);
		else
			walk_decrease(w, r % 32);
		KUNIT_EXPECT_EQ(test, d->tot_pages, w->nr);
		expect_audit(test, f->machine);
	}
	walk_faults(w, 1);
}

static void random_sequence_translated(struct kunit *test)
{
	struct fixture *f = test->priv;

	random_walk(test, f->hvm);
}

static void random_sequence_pv(struct kunit *test)
{
	struct fixture *f = test->priv;

	random_walk(test, f->pv);
}

/* Any argument at all: an answer, no more than that. */
static void random_garbage(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, fixture_seed(test));
	memcore_domain_set_max_pages(f->dom0, 3000);
	for (i = 0; i < 1000; i++) {
		prandom_bytes_state(&rnd, &r, sizeof(r));
		prandom_bytes_state(&rnd, f->list, 64);
		if (i & 1)
			set_xen_guest_handle(r.extent_start, f->list);
		if (i & 2)
			r.nr_extents %= 8;
		if (i & 4)
			r.extent_order %= 20;
		r.domid = i & 8 ? DOMID_SELF : r.domid % 4;
		fixture_reserve(i & 16 ? f->dom0 : f->hvm,
				prandom_u32_state(&rnd) % 32, &r);
		if (i % 8 == 0)
			expect_audit(test, f->machine);
	}
}

static struct kunit_case memory_op_cases[] = {
	KUNIT_CASE(populate_translated),
	KUNIT_CASE(populate_pv_says_mfns),
	KUNIT_CASE(populate_superpage),
	KUNIT_CASE(decrease_translated_takes_gfns),
	KUNIT_CASE(decrease_pv_takes_mfns),
	KUNIT_CASE(decrease_stops_at_a_hole),
	KUNIT_CASE(decrease_partial_extent_quirk),
	KUNIT_CASE(decrease_of_superpage_in_part),
	KUNIT_CASE(decrease_of_used_frame_again),
	KUNIT_CASE(increase_pv_says_mfns),
	KUNIT_CASE(increase_without_a_list),
	KUNIT_CASE(stops_at_max_pages),
	KUNIT_CASE(stops_when_the_machine_is_full),
	KUNIT_CASE(order_limit),
	KUNIT_CASE(start_extent_conventions),
	KUNIT_CASE(too_many_extents),
	KUNIT_CASE(unreadable_argument),
	KUNIT_CASE(list_in_the_wrong_place),
	KUNIT_CASE(other_domain),
	KUNIT_CASE(placement_flags),
	KUNIT_CASE(populate_on_demand_of_oneself),
	KUNIT_CASE(populate_impossible_gfn_quirk),
	KUNIT_CASE(figures),
	KUNIT_CASE(figures_refused),
	KUNIT_CASE(machphys_of_a_pv_guest),
	KUNIT_CASE(unknown_subops),
	KUNIT_CASE(start_where_there_is_none),
	KUNIT_CASE(nobody_shares_pages),
	KUNIT_CASE(access_rights_cannot_be_set),
	KUNIT_CASE(machine_short_at_every_point),
	KUNIT_CASE(core_short_of_memory_at_every_point),
	KUNIT_CASE(nothing_changes_when_refused),
	KUNIT_CASE(partial_answers),
	KUNIT_CASE(random_sequence_translated),
	KUNIT_CASE(random_sequence_pv),
	KUNIT_CASE(random_garbage),
	{ }
};

static struct kunit_suite memory_op_suite = {
	.name = "memcore_memory_op",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = memory_op_cases,
};

kunit_test_suite(memory_op_suite);
