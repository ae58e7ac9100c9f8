// SPDX-License-Identifier: GPL-2.0
/* XENMEM_exchange: frames for frames. */
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include "memcore_pv.h"

#define NR_STEPS	300
#define NR_FRAMES	64UL
/* Where the new frames' list is in the fixture's. */
#define OUT		(FIXTURE_LIST / 2)
#define XEN_ADDRESS	0xffff800000001000UL

static void set(struct fixture *f, struct xen_memory_exchange *x,
		unsigned int in_order, unsigned long nr_in,
		unsigned int out_order, unsigned long nr_out)
{
	*x = (struct xen_memory_exchange){
		.in.extent_order = in_order,
		.in.nr_extents = nr_in,
		.in.domid = DOMID_SELF,
		.out.extent_order = out_order,
		.out.nr_extents = nr_out,
		.out.domid = DOMID_SELF,
	};
	set_xen_guest_handle(x->in.extent_start, f->list);
	set_xen_guest_handle(x->out.extent_start, f->list + OUT);
}

static long call(struct memcore_domain *d, struct xen_memory_exchange *x)
{
	return memcore_call(d, __HYPERVISOR_memory_op, XENMEM_exchange,
			    (unsigned long)x, 0, 0, 0);
}

/* @nr single frames in the list, to be exchanged for @nr at gfns from 100. */
static void ready(struct kunit *test, struct xen_memory_exchange *x,
		  unsigned long nr)
{
	struct fixture *f = test->priv;
	unsigned long i;

	fixture_populate(test, f->pv, 0, nr);
	for (i = 0; i < nr; i++)
		f->list[OUT + i] = 100 + i;
	set(f, x, 0, nr, 0, nr);
}

static unsigned long gfn_of(struct fixture *f, unsigned long mfn)
{
	return memcore_m2p_get(&f->machine->frames, mc_mfn(mfn)).nr;
}

/* The domain has @nr frames from the one in the list's place @at on. */
static void expect_came(struct kunit *test, unsigned long at, unsigned long nr,
			unsigned long gfn)
{
	struct fixture *f = test->priv;
	unsigned long mfn = f->list[OUT + at], i;

	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_NOT_NULL(test, pv_frame(f->pv, mfn + i));
		KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn + i)->owner,
				f->pv->config.domid);
		KUNIT_EXPECT_EQ(test, pv_count(f->pv, mfn + i), 1);
		KUNIT_EXPECT_EQ(test, pv_read(f->pv, mfn + i, 0), 0);
		KUNIT_EXPECT_EQ(test, gfn_of(f, mfn + i), gfn + i);
	}
}

/* A call that is refused altogether: nothing is different. */
static void expect_refused(struct kunit *test, struct memcore_domain *caller,
			   struct xen_memory_exchange *x, long err)
{
	unsigned long nr_exchanged = x->nr_exchanged;
	struct fixture *f = test->priv;
	struct snapshot before, after;

	fixture_snapshot(f->pv, &before);
	KUNIT_EXPECT_EQ(test, call(caller, x), err);
	KUNIT_EXPECT_EQ(test, x->nr_exchanged, nr_exchanged);
	fixture_snapshot(f->pv, &after);
	expect_same(test, &before, &after);
	expect_audit(test, f->machine);
}

static void one_for_one(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned long i;

	ready(test, &x, 3);
	for (i = 0; i < 3; i++)
		memcore_content_write(f->machine, pv_frame(f->pv, f->list[i]),
				      0, 7);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 3);
	for (i = 0; i < 3; i++) {
		expect_came(test, i, 1, 100 + i);
		/* It is free, or came as one of the next. */
		KUNIT_EXPECT_NE(test, gfn_of(f, f->list[i]), i);
	}
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 3);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES - 3);
}

static void small_for_large(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned long i;

	ready(test, &x, 16);
	set(f, &x, 0, 16, 3, 2);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 16);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, f->list[OUT + i] % 8, 0);
		expect_came(test, i, 8, 100 + i);
	}
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 16);
}

static void large_for_small(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned long i;

	KUNIT_ASSERT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation,
				     f->list, 2, 2),
			2);
	for (i = 0; i < 8; i++)
		f->list[OUT + i] = 50 + i;
	set(f, &x, 2, 2, 0, 8);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 2);
	for (i = 0; i < 8; i++)
		expect_came(test, i, 1, 50 + i);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 8);
}

/* What is more than max_pages, or exactly that, makes no difference. */
static void max_pages_does_not_matter(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 3);
	memcore_domain_set_max_pages(f->pv, 1);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 3);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 3);
}

static void goes_on_where_it_stopped(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 3);
	x.nr_exchanged = 2;
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 3);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[1]), 1);
	KUNIT_EXPECT_EQ(test, f->list[OUT + 1], 101);
	expect_came(test, 2, 1, 102);
	expect_refused(test, f->pv, &x, 0);
}

/* A chunk that was done in part, says the caller, is done from its start. */
static void starts_with_a_whole_chunk_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 8);
	set(f, &x, 0, 8, 2, 2);
	x.nr_exchanged = 7;
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 8);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[3]), 3);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[4]), MC_INVALID);
	expect_came(test, 1, 4, 101);
}

static void sizes_that_differ(struct kunit *test)
{
	static const struct {
		unsigned int in_order;
		unsigned long nr_in;
		unsigned int out_order;
		unsigned long nr_out;
	} bad[] = {
		{ 0, 1, 0, 2 }, { 0, 2, 0, 1 }, { 0, 1, 0, 0 }, { 0, 3, 1, 1 },
		{ 1, 1, 0, 1 }, { 1, 1UL << 63, 0, 0 }, { 9, 1UL << 55, 0, 0 },
		{ 0, 0, 9, 1UL << 55 }, { 1, ULONG_MAX, 0, ULONG_MAX - 1 },
	};
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned int i;

	ready(test, &x, 4);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		set(f, &x, bad[i].in_order, bad[i].nr_in, bad[i].out_order,
		    bad[i].nr_out);
		expect_refused(test, f->pv, &x, -EINVAL);
	}
	set(f, &x, 0, 1, 0, 1);
	x.nr_exchanged = 2;
	expect_refused(test, f->pv, &x, -EINVAL);
	set(f, &x, 0, 0, 5, 0);
	expect_refused(test, f->pv, &x, 0);
}

/* Looked at before anything else is; origin: XSA-31. */
static void order_limit(struct kunit *test)
{
	static const unsigned int orders[] = { 10, 18, 19, 63, 64, ~0U };
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		set(f, &x, orders[i], 1, 0, 1);
		expect_refused(test, f->pv, &x, -EPERM);
		set(f, &x, 0, 1, orders[i], 1);
		expect_refused(test, f->pv, &x, -EPERM);
	}
	set(f, &x, 19, 1, 19, 1);
	expect_refused(test, f->dom0, &x, -EPERM);
	set(f, &x, 18, 1, 18, 1);
	f->list[0] = FIXTURE_BASE;
	expect_refused(test, f->dom0, &x, -EINVAL);
}

static void frames_that_are_not_the_domains(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long end = FIXTURE_BASE + FIXTURE_FRAMES;
	const unsigned long bad[] = {
		0, FIXTURE_BASE - 1, FIXTURE_BASE, end, end + 1, ~0UL, ~0UL >> 12,
	};
	struct xen_memory_exchange x;
	unsigned int i;

	ready(test, &x, 1);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		f->list[0] = bad[i];
		expect_refused(test, f->pv, &x, -EINVAL);
	}
	fixture_populate(test, f->dom0, 0, 1);
	expect_refused(test, f->pv, &x, -EINVAL);
}

static void frames_in_use(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	struct pv_space s;

	pv_space_make(test, &s, f->pv);
	pv_space_load(test, &s);
	set(f, &x, 0, 1, 0, 1);
	f->list[0] = s.l4;
	expect_refused(test, f->pv, &x, -EINVAL);
	f->list[0] = s.l1;
	expect_refused(test, f->pv, &x, -EINVAL);
	f->list[0] = s.page[0];
	expect_refused(test, f->pv, &x, -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_update_va(f->pv, pv_va(0), 0, UVMF_INVLPG), 0);
	f->list[OUT] = 0;
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	expect_came(test, 0, 1, 0);
	set(f, &x, 0, 1, 0, 1);
	f->list[0] = s.spare[0];
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_PIN_L1_TABLE, s.spare[0]),
			0);
	expect_refused(test, f->pv, &x, -EINVAL);
	KUNIT_ASSERT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, s.spare[0]), 0);
	f->list[OUT] = 1;
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	expect_came(test, 0, 1, 1);
}

/* Released, but in use: not there to be given again; origin: XSA-252. */
static void frame_that_was_released(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct xen_memory_exchange x;

	ready(test, &x, 1);
	frame = memcore_frame_get(f->pv, mc_mfn(f->list[0]));
	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0),
			1);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, f->list[0]), 1);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 1);
	memcore_frame_put(f->machine, frame);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
}

/* Wherever in a chunk it is that a frame is refused. */
static void chunk_is_all_or_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned long good;
	unsigned int i;

	ready(test, &x, 8);
	for (i = 0; i < 8; i++)
		memcore_content_write(f->machine, pv_frame(f->pv, f->list[i]),
				      0, 70 + i);
	for (i = 0; i < 8; i++) {
		set(f, &x, 0, 8, 3, 1);
		good = f->list[i];
		f->list[i] = i ? f->list[0] : 0;
		expect_refused(test, f->pv, &x, -EINVAL);
		f->list[i] = good;
	}
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, pv_read(f->pv, f->list[i], 0), 70 + i);
		KUNIT_EXPECT_EQ(test, pv_count(f->pv, f->list[i]), 1);
		KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[i]), i);
	}
}

static void chunks_before_a_bad_one_are_done(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 8);
	set(f, &x, 0, 8, 1, 4);
	f->list[5] = 0;
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EINVAL);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 4);
	expect_came(test, 0, 2, 100);
	expect_came(test, 1, 2, 101);
	KUNIT_EXPECT_EQ(test, f->list[OUT + 2], 102);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[4]), 4);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 8);
}

/* With so many frames free; origin of the last check: XSA-159. */
static void short_at_every_point(struct kunit *test, unsigned int in_order,
				 unsigned int out_order)
{
	struct fixture *f = test->priv;
	unsigned long chunk = 1UL << max(in_order, out_order), spare, free;
	struct xen_memory_exchange x;

	KUNIT_ASSERT_EQ(test,
			fixture_move(f->pv, XENMEM_increase_reservation,
				     f->list, 16 >> in_order, in_order),
			16 >> in_order);
	free = f->machine->heap.free_frames;
	for (spare = 0; spare < chunk; spare++) {
		set(f, &x, in_order, 16 >> in_order, out_order,
		    16 >> out_order);
		memcore_heap_withhold(&f->machine->heap, free - spare);
		expect_refused(test, f->pv, &x, -ENOMEM);
	}
	memcore_heap_withhold(&f->machine->heap, free - spare);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 16 >> in_order);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, free);
	memcore_heap_withhold(&f->machine->heap, 0);
}

static void machine_short_at_every_point(struct kunit *test)
{
	unsigned int in, out;

	for (in = 0; in < 4; in++)
		for (out = 0; out < 4; out++)
			short_at_every_point(test, in, out);
}

/* What would have Xen write to itself; origins: XSA-29, XSA-212. */
static void list_in_the_wrong_place(struct kunit *test)
{
	struct fixture *f = test->priv;
	const unsigned long bad[] = {
		XEN_ADDRESS, 1UL << 47, 0xffff87fffffffff8UL,
		(unsigned long)f->machine->frames.m2p,
		(unsigned long)f->machine->frames.m2p_guest,
		(unsigned long)f->machine->frames.frames,
	};
	struct xen_memory_exchange x;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ready(test, &x, 2);
		set_xen_guest_handle(x.out.extent_start, (xen_pfn_t *)bad[i]);
		expect_refused(test, f->pv, &x, -EFAULT);
		/* As far as the caller says that it has come. */
		x.nr_exchanged = 1;
		set_xen_guest_handle(x.out.extent_start,
				     (xen_pfn_t *)(bad[i] - 8));
		expect_refused(test, f->pv, &x, -EFAULT);
		ready(test, &x, 2);
		set_xen_guest_handle(x.in.extent_start, (xen_pfn_t *)bad[i]);
		expect_refused(test, f->pv, &x, -EFAULT);
	}
}

static void length_of_a_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 1);
	set(f, &x, 0, ULONG_MAX, 0, ULONG_MAX);
	expect_refused(test, f->pv, &x, -EFAULT);
	set(f, &x, 0, ULONG_MAX / 8, 0, ULONG_MAX / 8);
	expect_refused(test, f->pv, &x, -EFAULT);
	/* No more than that is known before its end is come to. */
	set(f, &x, 0, ULONG_MAX / 8 - 1, 0, ULONG_MAX / 8 - 1);
	f->list[1] = 0;
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EINVAL);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 1);
	expect_came(test, 0, 1, 100);
}

static void list_that_ends(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	xen_pfn_t *last;

	ready(test, &x, 2);
	last = pv_last_bytes(test, sizeof(*last));
	*last = f->list[0];
	set_xen_guest_handle(x.in.extent_start, last);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EFAULT);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 1);
	expect_came(test, 0, 1, 100);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[1]), 1);
}

/* Exchanged, but neither told nor counted. */
static void out_list_that_ends_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	xen_pfn_t *last;

	ready(test, &x, 3);
	last = pv_last_bytes(test, sizeof(*last));
	*last = 33;
	set_xen_guest_handle(x.out.extent_start, last);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EFAULT);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 1);
	KUNIT_EXPECT_EQ(test, gfn_of(f, *last), 33);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[1]), MC_INVALID);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[2]), 2);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 3);
	expect_audit(test, f->machine);
}

static void unreadable_argument(struct kunit *test)
{
	struct fixture *f = test->priv;
	void *m2p = (void *)f->machine->frames.m2p_guest;
	void *last = pv_last_bytes(test, sizeof(struct xen_memory_exchange) - 8);

	KUNIT_EXPECT_EQ(test, call(f->pv, NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, call(f->pv, (void *)XEN_ADDRESS), -EFAULT);
	KUNIT_EXPECT_EQ(test, call(f->pv, m2p), -EFAULT);
	KUNIT_EXPECT_EQ(test, call(f->pv, last), -EFAULT);
}

static void start_extent_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 2);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_exchange | 1 << 6,
				     (unsigned long)&x, 0, 0, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[0]), 0);
}

static void name(struct xen_memory_exchange *x, domid_t in, domid_t out)
{
	x->in.domid = in;
	x->out.domid = out;
}

static void other_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 1);
	name(&x, 2, DOMID_SELF);
	expect_refused(test, f->pv, &x, -EINVAL);
	name(&x, 0, 0);
	expect_refused(test, f->pv, &x, -EPERM);
	name(&x, 77, 77);
	expect_refused(test, f->pv, &x, -ESRCH);
	name(&x, DOMID_IO, DOMID_IO);
	expect_refused(test, f->dom0, &x, -ESRCH);
	name(&x, 2, 2);
	expect_refused(test, f->hvm, &x, -EPERM);
	KUNIT_EXPECT_EQ(test, call(f->dom0, &x), 0);
	expect_came(test, 0, 1, 100);
}

static void translated_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	struct snapshot before, after;

	fixture_populate(test, f->hvm, 5, 1);
	set(f, &x, 0, 1, 0, 1);
	fixture_snapshot(f->hvm, &before);
	KUNIT_EXPECT_EQ(test, call(f->hvm, &x), -EOPNOTSUPP);
	f->list[0] = 6;
	KUNIT_EXPECT_EQ(test, call(f->hvm, &x), -EINVAL);
	name(&x, 1, 1);
	KUNIT_EXPECT_EQ(test, call(f->dom0, &x), -EINVAL);
	f->list[0] = 5;
	KUNIT_EXPECT_EQ(test, call(f->dom0, &x), -EOPNOTSUPP);
	set_xen_guest_handle(x.in.extent_start, (xen_pfn_t *)XEN_ADDRESS);
	KUNIT_EXPECT_EQ(test, call(f->hvm, &x), -EFAULT);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 0);
	fixture_snapshot(f->hvm, &after);
	expect_same(test, &before, &after);
}

static void placement_flags(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 1);
	x.out.mem_flags = XENMEMF_exact_node(1);
	expect_refused(test, f->pv, &x, -EINVAL);
	x.out.mem_flags = XENMEMF_address_bits(PAGE_SHIFT);
	expect_refused(test, f->pv, &x, -ENOMEM);
	name(&x, 2, 2);
	x.out.mem_flags = XENMEMF_node(64);
	expect_refused(test, f->dom0, &x, -EINVAL);
	x.out.mem_flags = XENMEMF_node(0);
	KUNIT_EXPECT_EQ(test, call(f->dom0, &x), 0);
	ready(test, &x, 1);
	x.out.mem_flags = XENMEMF_node(200) | XENMEMF_address_bits(40);
	x.in.mem_flags = XENMEMF_exact_node(1);
	KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
}

/* It loses the first chunk, and gets nothing for it. */
static void dying_domain_gets_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;

	ready(test, &x, 4);
	set(f, &x, 0, 4, 1, 2);
	name(&x, 2, 2);
	f->pv->dying = true;
	KUNIT_EXPECT_EQ(test, call(f->dom0, &x), 0);
	KUNIT_EXPECT_EQ(test, x.nr_exchanged, 0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 2);
	KUNIT_EXPECT_EQ(test, f->list[OUT], 100);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[1]), MC_INVALID);
	KUNIT_EXPECT_EQ(test, gfn_of(f, f->list[2]), 2);
	expect_audit(test, f->machine);
	/* A chunk that is refused half-way is not given back either. */
	f->list[0] = f->list[2];
	f->list[1] = 0;
	KUNIT_EXPECT_EQ(test, call(f->dom0, &x), -EINVAL);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 1);
	expect_audit(test, f->machine);
}

static unsigned long continuations(struct fixture *f)
{
	return memcore_stat_read(f->machine, MEMCORE_STAT_CONTINUATIONS);
}

static void preempted_at_every_point(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned long before, i;
	unsigned int at;

	for (at = 1; at < 10; at++) {
		ready(test, &x, 16);
		set(f, &x, 0, 16, 1, 8);
		before = continuations(f);
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test, call(f->pv, &x), 0);
		memcore_preempt_set(&f->machine->preempt, 0);
		KUNIT_EXPECT_EQ(test, continuations(f) - before, 7 / at);
		KUNIT_EXPECT_EQ(test, x.nr_exchanged, 16);
		for (i = 0; i < 8; i++)
			expect_came(test, i, 2, 100 + i);
		KUNIT_EXPECT_EQ(test, f->pv->tot_pages, at * 16);
		expect_audit(test, f->machine);
	}
}

static void preempted_before_a_bad_chunk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	unsigned long bad;

	memcore_preempt_set(&f->machine->preempt, 1);
	for (bad = 0; bad < 8; bad++) {
		ready(test, &x, 8);
		f->list[bad] = 0;
		KUNIT_EXPECT_EQ(test, call(f->pv, &x), -EINVAL);
		KUNIT_EXPECT_EQ(test, x.nr_exchanged, bad);
		expect_audit(test, f->machine);
	}
}

static void preempted_in_a_multicall(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x[2];
	struct multicall_entry list[2] = { };
	unsigned int i;

	ready(test, &x[0], 8);
	x[1] = x[0];
	x[0].in.nr_extents = 5;
	x[0].out.nr_extents = 5;
	x[1].nr_exchanged = 5;
	for (i = 0; i < 2; i++) {
		list[i].op = __HYPERVISOR_memory_op;
		list[i].args[0] = XENMEM_exchange;
		list[i].args[1] = (unsigned long)&x[i];
	}
	memcore_preempt_set(&f->machine->preempt, 1);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_multicall,
				     (unsigned long)list, 2, 0, 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, list[0].result, 0);
	KUNIT_EXPECT_EQ(test, list[1].result, 0);
	KUNIT_EXPECT_EQ(test, x[0].nr_exchanged, 5);
	KUNIT_EXPECT_EQ(test, x[1].nr_exchanged, 8);
	for (i = 0; i < 8; i++)
		expect_came(test, i, 1, 100 + i);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 8);
}

/**
 * struct walk - a random sequence
 * @test: the case
 * @rnd: decides
 * @mfn: the domain's frame at each gfn, by the caller's books
 * @held: it is pinned
 */
struct walk {
	struct kunit *test;
	struct rnd_state rnd;
	unsigned long mfn[NR_FRAMES];
	bool held[NR_FRAMES];
};

/* Or let go, if it is held. */
static void walk_hold(struct walk *w, u32 gfn)
{
	struct fixture *f = w->test->priv;
	unsigned int cmd = w->held[gfn] ? MMUEXT_UNPIN_TABLE :
					  MMUEXT_PIN_L1_TABLE;

	KUNIT_EXPECT_EQ(w->test, pv_ext(f->pv, cmd, w->mfn[gfn]), 0);
	w->held[gfn] = !w->held[gfn];
}

static void walk_faults(struct walk *w, u32 r)
{
	struct fixture *f = w->test->priv;
	struct memcore_machine *machine = f->machine;

	memcore_preempt_set(&machine->preempt, r % 4);
	memcore_heap_withhold(&machine->heap, r / 4 % 4 ? 0 :
			      machine->heap.free_frames - r / 16 % 16);
}

/* How many of @nr frames go: each chunk needs all its own, and room. */
static unsigned long walk_expect(struct walk *w, unsigned long gfn,
				 unsigned long nr, unsigned long chunk)
{
	struct fixture *f = w->test->priv;
	struct memcore_heap *heap = &f->machine->heap;
	unsigned long i = 0;

	if (heap->free_frames - heap->withheld < chunk)
		return 0;
	while (i < nr && !w->held[gfn + i])
		i++;
	return round_down(i, chunk);
}

static void walk_check(struct walk *w)
{
	struct fixture *f = w->test->priv;
	unsigned long i;

	for (i = 0; i < NR_FRAMES; i++) {
		KUNIT_EXPECT_EQ(w->test, gfn_of(f, w->mfn[i]), i);
		KUNIT_EXPECT_EQ(w->test, pv_count(f->pv, w->mfn[i]),
				w->held[i] ? 2 : 1);
	}
	KUNIT_EXPECT_EQ(w->test, f->pv->tot_pages, NR_FRAMES);
	expect_audit(w->test, f->machine);
}

/* Single frames for extents, each of which comes where its frames were. */
static void walk_exchange(struct walk *w, unsigned long gfn, unsigned long nr,
			  unsigned int order)
{
	unsigned long i, done = walk_expect(w, gfn, nr, 1UL << order);
	struct fixture *f = w->test->priv;
	struct xen_memory_exchange x;

	for (i = 0; i < nr; i++) {
		f->list[i] = w->mfn[gfn + i];
		f->list[OUT + (i >> order)] = gfn + round_down(i, 1UL << order);
	}
	set(f, &x, 0, nr, order, nr >> order);
	KUNIT_EXPECT_EQ(w->test, !call(f->pv, &x), done == nr);
	KUNIT_EXPECT_EQ(w->test, x.nr_exchanged, done);
	for (i = 0; i < done; i++)
		w->mfn[gfn + i] = f->list[OUT + (i >> order)] +
				  i % (1UL << order);
}

static void walk_step(struct walk *w)
{
	u32 r = prandom_u32_state(&w->rnd);
	unsigned int log = r % 5;

	walk_faults(w, r >> 8);
	walk_exchange(w, round_down((r >> 24) % NR_FRAMES, 1UL << log),
		      1UL << log, (r >> 4) % (log + 1));
	walk_hold(w, prandom_u32_state(&w->rnd) % NR_FRAMES);
	walk_check(w);
}

static void random_sequence(struct kunit *test)
{
	struct walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct fixture *f = test->priv;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	prandom_seed_state(&w->rnd, fixture_seed(test));
	fixture_populate(test, f->pv, 0, NR_FRAMES);
	memcpy(w->mfn, f->list, sizeof(w->mfn));
	for (i = 0; i < NR_STEPS; i++)
		walk_step(w);
	for (i = 0; i < NR_FRAMES; i++)
		if (w->held[i])
			walk_hold(w, i);
}

/* Any argument at all: an answer, and books that are true. */
static void random_garbage(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x;
	struct rnd_state rnd;
	unsigned int i;
	u32 r;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < 500; i++) {
		if (i % 16 == 0)
			ready(test, &x, 8);
		r = prandom_u32_state(&rnd);
		set(f, &x, r % 5, r >> 4 & 7, r >> 8 & 3, r >> 12 & 7);
		x.nr_exchanged = r >> 16 & 3;
		if (r >> 20 & 1)
			prandom_bytes_state(&rnd, (u8 *)&x + (r >> 21) % 64, 8);
		if (r >> 28 & 1)
			swap(f->list[r % 16], f->list[OUT + r % 8]);
		call(r >> 29 & 1 ? f->dom0 : f->pv, &x);
		expect_audit(test, f->machine);
	}
}

static struct kunit_case memory_exchange_cases[] = {
	KUNIT_CASE(one_for_one),
	KUNIT_CASE(small_for_large),
	KUNIT_CASE(large_for_small),
	KUNIT_CASE(max_pages_does_not_matter),
	KUNIT_CASE(goes_on_where_it_stopped),
	KUNIT_CASE(starts_with_a_whole_chunk_quirk),
	KUNIT_CASE(sizes_that_differ),
	KUNIT_CASE(order_limit),
	KUNIT_CASE(frames_that_are_not_the_domains),
	KUNIT_CASE(frames_in_use),
	KUNIT_CASE(frame_that_was_released),
	KUNIT_CASE(chunk_is_all_or_nothing),
	KUNIT_CASE(chunks_before_a_bad_one_are_done),
	KUNIT_CASE(machine_short_at_every_point),
	KUNIT_CASE(list_in_the_wrong_place),
	KUNIT_CASE(length_of_a_list),
	KUNIT_CASE(list_that_ends),
	KUNIT_CASE(out_list_that_ends_quirk),
	KUNIT_CASE(unreadable_argument),
	KUNIT_CASE(start_extent_is_refused),
	KUNIT_CASE(other_domain),
	KUNIT_CASE(translated_domain),
	KUNIT_CASE(placement_flags),
	KUNIT_CASE(dying_domain_gets_nothing),
	KUNIT_CASE(preempted_at_every_point),
	KUNIT_CASE(preempted_before_a_bad_chunk),
	KUNIT_CASE(preempted_in_a_multicall),
	KUNIT_CASE(random_sequence),
	KUNIT_CASE(random_garbage),
	{ }
};

static struct kunit_suite memory_exchange_suite = {
	.name = "memcore_memory_exchange",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = memory_exchange_cases,
};

kunit_test_suite(memory_exchange_suite);
