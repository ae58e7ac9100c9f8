// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <xen-public/domctl.h>
#include "memcore_fixture.h"
#include "vnuma.h"

#define NR_VNODES	3
#define NR_RANGES	4
#define ROOM		40

/**
 * struct lists - what a domain is told, or has told
 * @distance: of its nodes
 * @vcpu: where its vCPUs are
 * @node: where its nodes are
 * @range: where its memory is
 */
struct lists {
	unsigned int distance[ROOM * ROOM];
	unsigned int vcpu[ROOM];
	unsigned int node[ROOM];
	xen_vmemrange_t range[ROOM];
};

static struct lists *new_lists(struct kunit *test)
{
	struct lists *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, l);
	for (i = 0; i < NR_VNODES * NR_VNODES; i++)
		l->distance[i] = 10 + i;
	for (i = 0; i < NR_RANGES; i++)
		l->range[i] = (xen_vmemrange_t){
			.start = i << 20,
			.end = (i + 1) << 20,
			.nid = i % NR_VNODES,
		};
	l->vcpu[0] = NR_VNODES - 1;
	return l;
}

static struct xen_domctl_vnuma wish_of(struct lists *l)
{
	struct xen_domctl_vnuma wish = {
		.nr_vnodes = NR_VNODES,
		.nr_vmemranges = NR_RANGES,
		.nr_vcpus = 1,
	};

	set_xen_guest_handle(wish.vdistance, l->distance);
	set_xen_guest_handle(wish.vcpu_to_vnode, l->vcpu);
	set_xen_guest_handle(wish.vnode_to_pnode, l->node);
	set_xen_guest_handle(wish.vmemrange, l->range);
	return wish;
}

static long set_nodes(struct memcore_domain *caller, u16 domid,
		      const struct xen_domctl_vnuma *wish)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_setvnumainfo,
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
		.domain = domid,
		.u.vnuma = *wish,
	};

	return memcore_call(caller, __HYPERVISOR_domctl, (unsigned long)&op, 0,
			    0, 0, 0);
}

static struct xen_vnuma_topology_info room_in(struct lists *l)
{
	struct xen_vnuma_topology_info arg = {
		.domid = DOMID_SELF,
		.nr_vnodes = ROOM,
		.nr_vcpus = ROOM,
		.nr_vmemranges = ROOM,
	};

	set_xen_guest_handle(arg.vdistance.h, l->distance);
	set_xen_guest_handle(arg.vcpu_to_vnode.h, l->vcpu);
	set_xen_guest_handle(arg.vmemrange.h, l->range);
	return arg;
}

static long get_nodes(struct memcore_domain *caller,
		      struct xen_vnuma_topology_info *arg)
{
	return memcore_call(caller, __HYPERVISOR_memory_op,
			    XENMEM_get_vnumainfo, (unsigned long)arg, 0, 0, 0);
}

static void set_some(struct kunit *test, struct lists *l)
{
	struct fixture *f = test->priv;
	struct xen_domctl_vnuma wish = wish_of(l);

	KUNIT_ASSERT_EQ(test, set_nodes(f->dom0, 1, &wish), 0);
}

static void who_has_none_is_told_so(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_vnuma_topology_info arg = room_in(new_lists(test));

	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, NULL), -EFAULT);
	arg.domid = 2;
	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), -EPERM);
	arg.domid = 77;
	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), -ESRCH);
	arg.pad = 1;
	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_memory_op,
				     XENMEM_get_vnumainfo | 1 << 6, 0, 0, 0,
				     0),
			-EINVAL);
}

static void all_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct lists *set = new_lists(test), *got = new_lists(test);
	struct xen_vnuma_topology_info arg = room_in(got);

	set_some(test, set);
	memset(got, 0, sizeof(*got));
	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), 0);
	KUNIT_EXPECT_EQ(test, arg.nr_vnodes, NR_VNODES);
	KUNIT_EXPECT_EQ(test, arg.nr_vcpus, 1);
	KUNIT_EXPECT_EQ(test, arg.nr_vmemranges, NR_RANGES);
	KUNIT_EXPECT_EQ(test, memcmp(got, set, sizeof(*got)), 0);
}

/* Any of the three that is too small, and nothing but the sizes is told. */
static void room_is_asked_for(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct lists *set = new_lists(test), *got = new_lists(test);
	struct xen_vnuma_topology_info arg;
	unsigned int i;

	set_some(test, set);
	for (i = 0; i < 3; i++) {
		memset(got, 0, sizeof(*got));
		arg = room_in(got);
		arg.nr_vnodes -= i == 0 ? ROOM - NR_VNODES + 1 : 0;
		arg.nr_vmemranges -= i == 1 ? ROOM - NR_RANGES + 1 : 0;
		arg.nr_vcpus = i == 2 ? 0 : 1;
		KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), -ENOBUFS);
		KUNIT_EXPECT_EQ(test, arg.nr_vnodes, NR_VNODES);
		KUNIT_EXPECT_EQ(test, arg.nr_vcpus, 1);
		KUNIT_EXPECT_EQ(test, arg.nr_vmemranges, NR_RANGES);
		KUNIT_EXPECT_NULL(test, memchr_inv(got, 0, sizeof(*got)));
		KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), 0);
	}
}

static void lists_that_cannot_be_written(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct lists *l = new_lists(test);
	struct xen_vnuma_topology_info arg = room_in(l);

	set_some(test, l);
	set_xen_guest_handle(arg.vcpu_to_vnode.h, NULL);
	KUNIT_EXPECT_EQ(test, get_nodes(f->hvm, &arg), -EFAULT);
	KUNIT_EXPECT_EQ(test, arg.nr_vnodes, ROOM);
}

static void what_cannot_be_set(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct lists *l = new_lists(test);
	struct xen_domctl_vnuma wish;

	wish = wish_of(l);
	KUNIT_EXPECT_EQ(test, set_nodes(f->pv, 1, &wish), -EPERM);
	wish.nr_vcpus = 2;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EINVAL);
	wish = wish_of(l);
	wish.pad = 1;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EINVAL);
	wish = wish_of(l);
	wish.nr_vnodes = 0;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EINVAL);
	wish.nr_vnodes = MC_MAX_VNODES + 1;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EINVAL);
	wish = wish_of(l);
	wish.nr_vmemranges = MC_MAX_VRANGES + 1;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EINVAL);
	wish = wish_of(l);
	set_xen_guest_handle(wish.vdistance, NULL);
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EFAULT);
	wish = wish_of(l);
	l->vcpu[0] = NR_VNODES;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -E2BIG);
	l->vcpu[0] = 0;
	l->node[2] = 64;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -E2BIG);
	l->node[2] = 0;
	l->range[1].flags = 1;
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -EINVAL);
	l->range[1].flags = 0;
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), -ENOMEM);
	KUNIT_EXPECT_NULL(test, f->hvm->vnuma);
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), 0);
	KUNIT_EXPECT_EQ(test, set_nodes(f->dom0, 1, &wish), 0);
}

static long populate_on(struct memcore_domain *d, unsigned int vnode,
			unsigned int more)
{
	xen_pfn_t gfn = 5;
	struct xen_memory_reservation r = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
		.mem_flags = XENMEMF_vnode | XENMEMF_node(vnode) | more,
	};

	set_xen_guest_handle(r.extent_start, &gfn);
	return fixture_reserve(d, XENMEM_populate_physmap, &r);
}

/* Even who may not insist on a node may insist on a virtual one. */
static void memory_of_a_virtual_node(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct lists *l = new_lists(test);

	KUNIT_EXPECT_EQ(test, populate_on(f->hvm, 77, 0), 1);
	/* That node is not there. */
	l->node[1] = 63;
	set_some(test, l);
	KUNIT_EXPECT_EQ(test,
			populate_on(f->hvm, 0, XENMEMF_exact_node_request), 1);
	KUNIT_EXPECT_EQ(test, populate_on(f->hvm, 1, 0), 1);
	KUNIT_EXPECT_EQ(test,
			populate_on(f->hvm, 1, XENMEMF_exact_node_request), 0);
	KUNIT_EXPECT_EQ(test, populate_on(f->hvm, NR_VNODES, 0), 0);
	expect_audit(test, f->machine);
}

static struct kunit_case vnuma_cases[] = {
	KUNIT_CASE(who_has_none_is_told_so),
	KUNIT_CASE(all_is_told),
	KUNIT_CASE(room_is_asked_for),
	KUNIT_CASE(lists_that_cannot_be_written),
	KUNIT_CASE(what_cannot_be_set),
	KUNIT_CASE(memory_of_a_virtual_node),
	{ }
};

static struct kunit_suite vnuma_suite = {
	.name = "memcore_vnuma",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = vnuma_cases,
};

kunit_test_suite(vnuma_suite);
