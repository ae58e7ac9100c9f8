// SPDX-License-Identifier: GPL-2.0
/*
 * Which frames a domain gets: the mem_flags of reservations and exchanges, and
 * node affinity, on a machine with three nodes.
 */
#include <kunit/test.h>
#include <xen-public/domctl.h>
#include <xen-public/sysctl.h>
#include "memcore_fixture.h"
#include "vcpu.h"

/* The second node starts below mfn 0x2000 and ends above. */
#define BASE		0x1e00UL
#define NODE0		300UL
#define NODE1		250UL
#define NODE2		271UL
#define FRAMES		(NODE0 + NODE1 + NODE2)
#define NARROW_BITS	(PAGE_SHIFT + 13)
#define MACHINE_BITS	(PAGE_SHIFT + 14)

static const struct memcore_numa numa = {
	.nr = 3,
	.frames = { NODE0, NODE1, NODE2 },
	.distance = { { 10, 20, 30 }, { 20, 10, 40 }, { 30, 40, 10 } },
};

static struct memcore_domain *make(struct memcore_machine *machine, u16 domid,
				   bool translated)
{
	const struct memcore_domain_config config = {
		.domid = domid,
		.max_pages = UINT_MAX,
		.nr_pfns = FRAMES,
		.translated = translated,
		.control = !domid,
		.hardware = !domid,
	};

	return memcore_domain_create(machine, &config);
}

static int placement_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->list = kunit_kcalloc(test, FIXTURE_LIST, sizeof(*f->list),
				GFP_KERNEL);
	f->machine = memcore_machine_create_numa(mc_mfn(BASE), FRAMES, &numa);
	KUNIT_ASSERT_NOT_NULL(test, f->list);
	KUNIT_ASSERT_NOT_NULL(test, f->machine);
	f->hvm = make(f->machine, 1, true);
	f->pv = make(f->machine, 2, false);
	f->dom0 = make(f->machine, 0, false);
	KUNIT_ASSERT_NOT_NULL(test, f->hvm);
	KUNIT_ASSERT_NOT_NULL(test, f->pv);
	KUNIT_ASSERT_NOT_NULL(test, f->dom0);
	test->priv = f;
	return 0;
}

static void placement_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->pv), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->dom0), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FRAMES);
	memcore_machine_destroy(f->machine);
}

static unsigned int node_of(struct kunit *test, unsigned long mfn)
{
	KUNIT_EXPECT_GE(test, mfn, BASE);
	if (mfn < BASE + NODE0)
		return 0;
	return mfn < BASE + NODE0 + NODE1 ? 1 : 2;
}

/* Single pages for @domid. Return: how many; the list has their mfns, if PV. */
static long ask(struct kunit *test, struct memcore_domain *caller,
		domid_t domid, unsigned long nr, unsigned int mem_flags)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = {
		.nr_extents = nr,
		.mem_flags = mem_flags,
		.domid = domid,
	};
	unsigned long i;

	for (i = 0; i < nr; i++)
		f->list[i] = i;
	set_xen_guest_handle(r.extent_start, f->list);
	return fixture_reserve(caller, XENMEM_populate_physmap, &r);
}

static void expect_nodes(struct kunit *test, unsigned long nr,
			 unsigned long n0, unsigned long n1, unsigned long n2)
{
	struct fixture *f = test->priv;
	unsigned long found[3] = { }, i;

	for (i = 0; i < nr; i++)
		found[node_of(test, f->list[i])]++;
	KUNIT_EXPECT_EQ(test, found[0], n0);
	KUNIT_EXPECT_EQ(test, found[1], n1);
	KUNIT_EXPECT_EQ(test, found[2], n2);
	expect_audit(test, f->machine);
}

static unsigned int exact(unsigned int node)
{
	return XENMEMF_exact_node(node);
}

static void a_named_node_comes_first(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 100, XENMEMF_node(2)), 100);
	expect_nodes(test, 100, 0, 0, 100);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 200, XENMEMF_node(2)), 200);
	/* Then those with addresses that others are not kept for. */
	expect_nodes(test, 200, 0, 29, 171);
}

static void an_exact_node_is_all_there_is(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 300, exact(1)), NODE1);
	expect_nodes(test, NODE1, 0, NODE1, 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, exact(1)), 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, exact(0)), 1);
	expect_nodes(test, 1, 1, 0, 0);
}

static void nodes_that_are_not_there(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, XENMEMF_node(3)), 1);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, XENMEMF_node(63)), 1);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, exact(3)), 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, exact(63)), 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, XENMEMF_node(64)), 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1, XENMEMF_node(254)), 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1,
				  XENMEMF_exact_node_request), 1);
	expect_audit(test, f->machine);
}

/* Origin: XSA-231. */
static void an_ordinary_domain_names_no_node(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int node;

	for (node = 0; node < 255; node++) {
		KUNIT_EXPECT_EQ(test, ask(test, f->pv, DOMID_SELF, 1,
					  XENMEMF_node(node)), 1);
		KUNIT_EXPECT_EQ(test, ask(test, f->hvm, DOMID_SELF, 1,
					  exact(node)), 0);
	}
	KUNIT_EXPECT_EQ(test, ask(test, f->pv, DOMID_SELF, 1,
				  XENMEMF_exact_node_request), 1);
}

static void a_virtual_node_means_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, ask(test, f->pv, DOMID_SELF, 1,
				  exact(7) | XENMEMF_vnode), 1);
	KUNIT_EXPECT_EQ(test, ask(test, f->dom0, 2, 1,
				  exact(200) | XENMEMF_vnode), 1);
}

static void address_width_is_kept(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long i;

	KUNIT_EXPECT_EQ(test,
			ask(test, f->pv, DOMID_SELF, 300,
			    XENMEMF_address_bits(NARROW_BITS)), 300);
	for (i = 0; i < 300; i++)
		KUNIT_EXPECT_LT(test, f->list[i], 0x2000UL);
	KUNIT_EXPECT_EQ(test,
			ask(test, f->pv, DOMID_SELF, 400,
			    XENMEMF_address_bits(NARROW_BITS)),
			0x2000 - BASE - 300);
	KUNIT_EXPECT_EQ(test,
			ask(test, f->pv, DOMID_SELF, 1,
			    XENMEMF_address_bits(NARROW_BITS)), 0);
	KUNIT_EXPECT_EQ(test,
			ask(test, f->pv, DOMID_SELF, 1,
			    XENMEMF_address_bits(MACHINE_BITS)), 1);
	KUNIT_EXPECT_EQ(test, ask(test, f->pv, DOMID_SELF, 1,
				  XENMEMF_address_bits(255)), 1);
	KUNIT_EXPECT_EQ(test, ask(test, f->pv, DOMID_SELF, 1,
				  XENMEMF_address_bits(PAGE_SHIFT)), 0);
	KUNIT_EXPECT_EQ(test, ask(test, f->pv, DOMID_SELF, 1,
				  XENMEMF_address_bits(PAGE_SHIFT + 1)), 0);
}

static void narrow_addresses_are_spared(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long wide = BASE + FRAMES - 0x2000, i;

	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, wide, 0), wide);
	for (i = 0; i < wide; i++)
		KUNIT_EXPECT_GE(test, f->list[i], 0x2000UL);
	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, 1, 0), 1);
	KUNIT_EXPECT_LT(test, f->list[0], 0x2000UL);
}

static void a_domain_of_narrow_addresses(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = 5,
		.max_pages = UINT_MAX,
		.address_bits = NARROW_BITS,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	unsigned long narrow = 0x2000 - BASE, i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, ask(test, d, DOMID_SELF, 512, 0), 512);
	KUNIT_EXPECT_EQ(test, 512, narrow);
	for (i = 0; i < 512; i++)
		KUNIT_EXPECT_LT(test, f->list[i], 0x2000UL);
	KUNIT_EXPECT_EQ(test, ask(test, d, DOMID_SELF, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void nodes_take_turns(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* By turns as long as each has a page of the wide ones. */
	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, 40, 0), 40);
	expect_nodes(test, 40, 0, 20, 20);
}

static long affinity_op(struct fixture *f, u32 cmd, domid_t domid,
			unsigned long bits, u64 *mask)
{
	struct xen_domctl op = {
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
		.cmd = cmd,
		.domain = domid,
		.u.nodeaffinity.nodemap.nr_bits = bits,
	};

	set_xen_guest_handle(op.u.nodeaffinity.nodemap.bitmap, (u8 *)mask);
	return memcore_call(f->dom0, __HYPERVISOR_domctl, (unsigned long)&op, 0,
			    0, 0, 0);
}

static long set_affinity(struct fixture *f, u64 mask)
{
	return affinity_op(f, XEN_DOMCTL_setnodeaffinity, 2, 64, &mask);
}

static u64 get_affinity(struct kunit *test, domid_t domid)
{
	u64 mask[2] = { ~0ULL, ~0ULL };

	KUNIT_EXPECT_EQ(test, affinity_op(test->priv,
					  XEN_DOMCTL_getnodeaffinity, domid,
					  128, mask), 0);
	KUNIT_EXPECT_EQ(test, mask[1], 0);
	return mask[0];
}

static void affinity_decides_what_comes_first(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, set_affinity(f, BIT(0)), 0);
	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, 10, 0), 10);
	/* Narrow addresses are spared even so. */
	expect_nodes(test, 10, 0, 10, 0);
	KUNIT_EXPECT_EQ(test, set_affinity(f, BIT(2)), 0);
	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, 280, 0), 280);
	expect_nodes(test, 280, 0, 9, NODE2);
	KUNIT_EXPECT_EQ(test, set_affinity(f, BIT(0)), 0);
	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, 300, 0), 300);
	expect_nodes(test, 300, 281, 19, 0);
}

static void affinity_as_it_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 mask = ~0ULL;

	KUNIT_EXPECT_EQ(test, get_affinity(test, 2), 7);
	KUNIT_EXPECT_EQ(test, set_affinity(f, BIT(1) | BIT_ULL(50)), 0);
	KUNIT_EXPECT_EQ(test, get_affinity(test, 2), BIT(1) | BIT_ULL(50));
	KUNIT_EXPECT_EQ(test, set_affinity(f, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_affinity(f, BIT(3) | BIT_ULL(63)), -EINVAL);
	KUNIT_EXPECT_EQ(test, get_affinity(test, 2), BIT(1) | BIT_ULL(50));
	KUNIT_EXPECT_EQ(test, affinity_op(f, XEN_DOMCTL_setnodeaffinity, 2, 2,
					  &mask), 0);
	KUNIT_EXPECT_EQ(test, get_affinity(test, 2), 3);
	KUNIT_EXPECT_EQ(test, set_affinity(f, ~0ULL), 0);
	KUNIT_EXPECT_EQ(test, get_affinity(test, 2), 7);
	KUNIT_EXPECT_EQ(test, affinity_op(f, XEN_DOMCTL_setnodeaffinity, 2, 0,
					  &mask), -EINVAL);
	KUNIT_EXPECT_EQ(test, affinity_op(f, XEN_DOMCTL_setnodeaffinity, 2, 64,
					  (u64 *)8), -EFAULT);
	KUNIT_EXPECT_EQ(test, affinity_op(f, XEN_DOMCTL_getnodeaffinity, 2, 0,
					  &mask), 0);
	KUNIT_EXPECT_EQ(test, mask, ~0ULL);
	KUNIT_EXPECT_EQ(test, affinity_op(f, XEN_DOMCTL_getnodeaffinity, 2, 4,
					  &mask), 0);
	KUNIT_EXPECT_EQ(test, mask, ~0xffULL | 7);
}

static long domctl(struct fixture *f, struct xen_domctl *op, u32 cmd)
{
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->cmd = cmd;
	return memcore_call(f->dom0, __HYPERVISOR_domctl, (unsigned long)op, 0,
			    0, 0, 0);
}

static void affinity_comes_with_the_vcpus(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_domctl op = {
		.domain = 9,
		.u.createdomain = {
			.max_vcpus = 2,
			.flags = XEN_DOMCTL_CDF_xs_domain,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
			.max_grant_frames = 1,
			.handle = { 1, 2, 3 },
		},
	};
	struct xen_domctl_getdomaininfo *info = &op.u.getdomaininfo;

	KUNIT_ASSERT_EQ(test, domctl(f, &op, XEN_DOMCTL_createdomain), 0);
	KUNIT_EXPECT_EQ(test, get_affinity(test, 9), ~0ULL);
	KUNIT_EXPECT_EQ(test, domctl(f, &op, XEN_DOMCTL_getdomaininfo), 0);
	KUNIT_EXPECT_EQ(test, info->max_vcpu_id, XEN_INVALID_MAX_VCPU_ID);
	KUNIT_EXPECT_EQ(test, info->handle[2], 3);
	/* The upper half says why it is shut down, which it is not. */
	KUNIT_EXPECT_EQ(test, info->flags, XEN_DOMINF_paused |
					   XEN_DOMINF_xs_domain | 0xffff0000);
	op.u.max_vcpus.max = 2;
	KUNIT_EXPECT_EQ(test, domctl(f, &op, XEN_DOMCTL_max_vcpus), 0);
	KUNIT_EXPECT_EQ(test, get_affinity(test, 9), 7);
	KUNIT_EXPECT_EQ(test, domctl(f, &op, XEN_DOMCTL_getdomaininfo), 0);
	KUNIT_EXPECT_EQ(test, info->max_vcpu_id, 1);
	KUNIT_EXPECT_EQ(test, domctl(f, &op, XEN_DOMCTL_destroydomain), 0);
	op.domain = DOMID_SELF;
	KUNIT_EXPECT_EQ(test, domctl(f, &op, XEN_DOMCTL_getdomaininfo),
			-EINVAL);
}

static long exchange(struct fixture *f, struct memcore_domain *caller,
		     domid_t domid, unsigned int mem_flags, xen_pfn_t *mfn)
{
	xen_pfn_t out = 17;
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .domid = domid },
		.out = {
			.nr_extents = 1,
			.domid = domid,
			.mem_flags = mem_flags,
		},
	};
	long ret;

	set_xen_guest_handle(x.in.extent_start, mfn);
	set_xen_guest_handle(x.out.extent_start, &out);
	ret = memcore_call(caller, __HYPERVISOR_memory_op, XENMEM_exchange,
			   (unsigned long)&x, 0, 0, 0);
	if (!ret)
		*mfn = out;
	return ret;
}

static void an_exchange_is_placed_too(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t mfn;

	KUNIT_ASSERT_EQ(test, ask(test, f->pv, DOMID_SELF, 1, 0), 1);
	mfn = f->list[0];
	KUNIT_EXPECT_EQ(test, exchange(f, f->dom0, 2, exact(0), &mfn), 0);
	KUNIT_EXPECT_EQ(test, node_of(test, mfn), 0);
	KUNIT_EXPECT_EQ(test, exchange(f, f->dom0, 2, exact(5), &mfn), -ENOMEM);
	KUNIT_EXPECT_EQ(test, exchange(f, f->dom0, 2, exact(64), &mfn),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, exchange(f, f->pv, 2, exact(0), &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, exchange(f, f->pv, 2, XENMEMF_node(99), &mfn), 0);
	KUNIT_EXPECT_EQ(test, exchange(f, f->pv, 2, XENMEMF_address_bits(25),
				       &mfn), 0);
	KUNIT_EXPECT_LT(test, mfn, 0x2000UL);
	/* Not refused, as a reservation's is: there is just no such memory. */
	KUNIT_EXPECT_EQ(test, exchange(f, f->pv, 2, XENMEMF_address_bits(3),
				       &mfn), -ENOMEM);
	expect_audit(test, f->machine);
}

static long sysctl(struct memcore_domain *caller, struct xen_sysctl *op,
		   u32 cmd)
{
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	op->cmd = cmd;
	return memcore_call(caller, __HYPERVISOR_sysctl, (unsigned long)op, 0,
			    0, 0, 0);
}

static u64 avail(struct kunit *test, s32 node, u32 min_bits, u32 max_bits)
{
	struct fixture *f = test->priv;
	struct xen_sysctl op = {
		.u.availheap = {
			.node = node,
			.min_bitwidth = min_bits,
			.max_bitwidth = max_bits,
		},
	};

	KUNIT_EXPECT_EQ(test, sysctl(f->dom0, &op, XEN_SYSCTL_availheap), 0);
	return op.u.availheap.avail_bytes >> PAGE_SHIFT;
}

static void free_memory_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_sysctl op = { };

	KUNIT_ASSERT_EQ(test, ask(test, f->dom0, 2, 11, exact(2)), 11);
	KUNIT_EXPECT_EQ(test, avail(test, -1, 0, 0), FRAMES - 11);
	KUNIT_EXPECT_EQ(test, avail(test, 2, 0, 0), NODE2 - 11);
	KUNIT_EXPECT_EQ(test, avail(test, 0, 0, 0), NODE0);
	KUNIT_EXPECT_EQ(test, avail(test, 3, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, avail(test, -1, 0, NARROW_BITS), 0x2000 - BASE);
	KUNIT_EXPECT_EQ(test, avail(test, -1, MACHINE_BITS, 0),
			BASE + FRAMES - 0x2000 - 11);
	KUNIT_EXPECT_EQ(test, sysctl(f->pv, &op, XEN_SYSCTL_availheap),
			-EPERM);
	KUNIT_EXPECT_EQ(test, sysctl(f->dom0, &op, 999), -XEN_ENOSYS);
	op.interface_version++;
	KUNIT_EXPECT_EQ(test, memcore_call(f->pv, __HYPERVISOR_sysctl,
					   (unsigned long)&op, 0, 0, 0, 0),
			-EACCES);
}

static void nodes_are_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_sysctl_meminfo mem[3] = { };
	struct xen_sysctl op = { };
	u32 distance[9] = { };

	KUNIT_EXPECT_EQ(test, sysctl(f->dom0, &op, XEN_SYSCTL_numainfo), 0);
	KUNIT_EXPECT_EQ(test, op.u.numainfo.num_nodes, 3);
	set_xen_guest_handle(op.u.numainfo.meminfo, mem);
	set_xen_guest_handle(op.u.numainfo.distance, distance);
	op.u.numainfo.num_nodes = 8;
	KUNIT_EXPECT_EQ(test, sysctl(f->dom0, &op, XEN_SYSCTL_numainfo), 0);
	KUNIT_EXPECT_EQ(test, op.u.numainfo.num_nodes, 3);
	KUNIT_EXPECT_EQ(test, mem[1].memsize >> PAGE_SHIFT, NODE1);
	KUNIT_EXPECT_EQ(test, mem[2].memfree >> PAGE_SHIFT, NODE2);
	KUNIT_EXPECT_EQ(test, distance[1 * 3 + 2], 40);
	KUNIT_EXPECT_EQ(test, distance[2 * 3 + 2], 10);
	op.u.numainfo.num_nodes = 2;
	KUNIT_EXPECT_EQ(test, sysctl(f->dom0, &op, XEN_SYSCTL_numainfo), 0);
	KUNIT_EXPECT_EQ(test, op.u.numainfo.num_nodes, 2);
	KUNIT_EXPECT_EQ(test, distance[1 * 2 + 1], 10);
}

static void bad_machines_are_refused(struct kunit *test)
{
	static const struct memcore_numa bad[] = {
		{ .nr = 0 },
		{ .nr = 9 },
		{ .nr = 2, .frames = { 100, 0 } },
		{ .nr = 2, .frames = { 60, 41 } },
		{ .nr = 2, .frames = { 60, 39 } },
		{ .nr = 2, .frames = { ~0UL, 101 } },
	};
	struct memcore_numa equal;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_NULL(test,
				  memcore_machine_create_numa(mc_mfn(BASE),
							      100, &bad[i]));
	KUNIT_EXPECT_EQ(test, memcore_numa_split(&equal, 3, 100), 0);
	KUNIT_EXPECT_EQ(test, memcore_numa_check(&equal, 100), 0);
	KUNIT_EXPECT_EQ(test, equal.frames[2], 34);
	KUNIT_EXPECT_EQ(test, memcore_numa_split(&equal, 9, 100), -EINVAL);
	KUNIT_EXPECT_EQ(test, memcore_numa_split(&equal, 3, 2), -EINVAL);
}

/* As on Xen, whose frame 0 is no domain's: else a chunk had two widths. */
static void frame_0_stays_out(struct kunit *test)
{
	struct memcore_machine *machine = memcore_machine_create(mc_mfn(0),
								 1024);

	KUNIT_ASSERT_NOT_NULL(test, machine);
	KUNIT_EXPECT_EQ(test, machine->heap.free_frames, 1023);
	expect_audit(test, machine);
	KUNIT_EXPECT_EQ(test, memcore_heap_alloc(&machine->heap, 9).nr, 512);
	KUNIT_EXPECT_FALSE(test,
			   mc_mfn_ok(memcore_heap_alloc(&machine->heap, 9)));
	memcore_heap_free(&machine->heap, mc_mfn(512), 9, true);
	expect_audit(test, machine);
	memcore_machine_destroy(machine);
}

static struct kunit_case placement_cases[] = {
	KUNIT_CASE(a_named_node_comes_first),
	KUNIT_CASE(an_exact_node_is_all_there_is),
	KUNIT_CASE(nodes_that_are_not_there),
	KUNIT_CASE(an_ordinary_domain_names_no_node),
	KUNIT_CASE(a_virtual_node_means_nothing),
	KUNIT_CASE(address_width_is_kept),
	KUNIT_CASE(narrow_addresses_are_spared),
	KUNIT_CASE(a_domain_of_narrow_addresses),
	KUNIT_CASE(nodes_take_turns),
	KUNIT_CASE(affinity_decides_what_comes_first),
	KUNIT_CASE(affinity_as_it_is_told),
	KUNIT_CASE(affinity_comes_with_the_vcpus),
	KUNIT_CASE(an_exchange_is_placed_too),
	KUNIT_CASE(free_memory_is_told),
	KUNIT_CASE(nodes_are_told),
	KUNIT_CASE(bad_machines_are_refused),
	KUNIT_CASE(frame_0_stays_out),
	{ }
};

static struct kunit_suite placement_suite = {
	.name = "memcore_placement",
	.init = placement_init,
	.exit = placement_exit,
	.test_cases = placement_cases,
};

kunit_test_suite(placement_suite);
