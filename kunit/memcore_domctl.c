// SPDX-License-Identifier: GPL-2.0
/* How a control domain makes, looks at and ends other domains. */
#include <kunit/test.h>
#include <xen-public/domctl.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>
#include "memcore_fixture.h"

#define NEW_DOMID	7
#define NR_FRAMES	3

static long domctl(struct memcore_domain *caller, struct xen_domctl *op)
{
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	return memcore_call(caller, __HYPERVISOR_domctl, (unsigned long)op, 0,
			    0, 0, 0);
}

static long simple(struct memcore_domain *caller, u32 cmd, domid_t domid)
{
	struct xen_domctl op = { .cmd = cmd, .domain = domid };

	return domctl(caller, &op);
}

static long create_as(struct memcore_domain *caller, domid_t domid, u32 flags,
		      u32 vcpus, domid_t *got)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_createdomain,
		.domain = domid,
		.u.createdomain = {
			.flags = flags,
			.max_vcpus = vcpus,
			.max_grant_frames = -1,
			.max_maptrack_frames = -1,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
		},
	};
	long ret = domctl(caller, &op);

	*got = op.domain;
	return ret;
}

static long create(struct kunit *test, domid_t domid)
{
	struct fixture *f = test->priv;
	domid_t got;
	long ret = create_as(f->dom0, domid, 0, 1, &got);

	if (!ret)
		KUNIT_EXPECT_EQ(test, got, domid);
	return ret;
}

static long set_max_mem(struct fixture *f, domid_t domid, u64 kib)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_max_mem,
		.domain = domid,
		.u.max_mem.max_memkb = kib,
	};

	return domctl(f->dom0, &op);
}

static long populate(struct fixture *f, domid_t domid, unsigned long nr)
{
	struct xen_memory_reservation r = {
		.nr_extents = nr,
		.domid = domid,
	};
	unsigned long i;

	for (i = 0; i < nr; i++)
		f->list[i] = i;
	set_xen_guest_handle(r.extent_start, f->list);
	return fixture_reserve(f->dom0, XENMEM_populate_physmap, &r);
}

static void only_a_control_domain_may(struct kunit *test)
{
	struct fixture *f = test->priv;
	domid_t got;

	KUNIT_EXPECT_EQ(test, create_as(f->pv, NEW_DOMID, 0, 1, &got), -EPERM);
	KUNIT_EXPECT_EQ(test, simple(f->pv, XEN_DOMCTL_destroydomain, 1),
			-EPERM);
	KUNIT_EXPECT_EQ(test, simple(f->pv, XEN_DOMCTL_destroydomain, 99),
			-ESRCH);
}

static void another_interface_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_domctl op = {
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION + 1,
		.cmd = XEN_DOMCTL_createdomain,
	};

	KUNIT_EXPECT_EQ(test,
			memcore_call(f->dom0, __HYPERVISOR_domctl,
				     (unsigned long)&op, 0, 0, 0, 0), -EACCES);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->dom0, __HYPERVISOR_domctl, 8, 0, 0, 0,
				     0), -EFAULT);
}

static void a_domain_starts_without_memory(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, create(test, NEW_DOMID), 0);
	KUNIT_EXPECT_EQ(test, create(test, NEW_DOMID), -EEXIST);
	KUNIT_EXPECT_EQ(test, populate(f, NEW_DOMID, 1), 0);
	KUNIT_EXPECT_EQ(test, set_max_mem(f, NEW_DOMID, 4 * NR_FRAMES), 0);
	KUNIT_EXPECT_EQ(test, populate(f, NEW_DOMID, NR_FRAMES + 1),
			NR_FRAMES);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain,
				     NEW_DOMID), 0);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain,
				     NEW_DOMID), -ESRCH);
}

static void bad_configurations_are_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	domid_t got;

	KUNIT_EXPECT_EQ(test, create_as(f->dom0, NEW_DOMID, BIT(20), 1, &got),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, create_as(f->dom0, NEW_DOMID, 0, 0, &got),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, create_as(f->dom0, NEW_DOMID,
					XEN_DOMCTL_CDF_hap, 1, &got), -EINVAL);
	expect_audit(test, f->machine);
}

static long create_with(struct kunit *test, s32 frames, s32 maptrack,
			u32 version)
{
	struct fixture *f = test->priv;
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_createdomain,
		.domain = NEW_DOMID,
		.u.createdomain = {
			.max_vcpus = 1,
			.max_grant_frames = frames,
			.max_maptrack_frames = maptrack,
			.grant_opts = version,
		},
	};

	return domctl(f->dom0, &op);
}

static void expect_grants(struct kunit *test, unsigned int frames,
			  unsigned int maptrack, unsigned int version)
{
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_get(f->dom0, NEW_DOMID);

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, d->grants.max_frames, frames);
	KUNIT_EXPECT_EQ(test, d->grants.max_maptrack_frames, maptrack);
	KUNIT_EXPECT_EQ(test, d->grants.max_version, version);
	memcore_domain_put(d);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain,
				     NEW_DOMID), 0);
}

static void grants_have_limits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, create_with(test, 0, -1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_with(test, 65, -1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_with(test, -1, 1025, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_with(test, -1, -1, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_with(test, -1, -1, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, create_with(test, -1, -1, 0x11), -EINVAL);
	KUNIT_ASSERT_EQ(test, create_with(test, -1, -1, 2), 0);
	expect_grants(test, 64, 1024, 2);
	KUNIT_ASSERT_EQ(test, create_with(test, 1, 0, 1), 0);
	expect_grants(test, 1, 0, 1);
	KUNIT_ASSERT_EQ(test, create_with(test, 64, 1024, 2), 0);
	expect_grants(test, 64, 1024, 2);
	/* What once changed the limits is gone from Xen. */
	KUNIT_ASSERT_EQ(test, create_with(test, 4, 4, 1), 0);
	KUNIT_EXPECT_EQ(test,
			simple(((struct fixture *)test->priv)->dom0, 80,
			       NEW_DOMID), -XEN_ENOSYS);
	expect_grants(test, 4, 4, 1);
}

static void a_free_number_is_found(struct kunit *test)
{
	struct fixture *f = test->priv;
	domid_t got = 0;

	/* The fixture has 0, 1 and 2. */
	KUNIT_ASSERT_EQ(test, create_as(f->dom0, 0, 0, 1, &got), 0);
	KUNIT_EXPECT_EQ(test, got, 3);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain, got),
			0);
}

static void domains_can_be_listed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_getdomaininfo,
		.domain = 3,
	};

	KUNIT_ASSERT_EQ(test, create(test, NEW_DOMID), 0);
	KUNIT_EXPECT_EQ(test, set_max_mem(f, NEW_DOMID, 4 * NR_FRAMES), 0);
	KUNIT_EXPECT_EQ(test, populate(f, NEW_DOMID, NR_FRAMES), NR_FRAMES);
	KUNIT_EXPECT_EQ(test, domctl(f->dom0, &op), 0);
	KUNIT_EXPECT_EQ(test, op.domain, NEW_DOMID);
	KUNIT_EXPECT_EQ(test, op.u.getdomaininfo.tot_pages, NR_FRAMES);
	KUNIT_EXPECT_EQ(test, op.u.getdomaininfo.max_pages, NR_FRAMES);
	KUNIT_EXPECT_EQ(test, op.u.getdomaininfo.flags,
			XEN_DOMINF_paused | 0xffff0000);
	op.domain = NEW_DOMID + 1;
	KUNIT_EXPECT_EQ(test, domctl(f->dom0, &op), -ESRCH);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain,
				     NEW_DOMID), 0);
}

static long ask_types(struct fixture *f, domid_t domid, unsigned long nr)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_getpageframeinfo3,
		.domain = domid,
		.u.getpageframeinfo3.num = nr,
	};

	set_xen_guest_handle(op.u.getpageframeinfo3.array, f->list);
	return domctl(f->dom0, &op);
}

static void types_of_frames_are_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mmuext_op pin = { .cmd = MMUEXT_PIN_L2_TABLE };

	fixture_populate(test, f->pv, 0, 2);
	pin.arg1.mfn = f->list[0];
	KUNIT_ASSERT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_mmuext_op,
				     (unsigned long)&pin, 1, 0, DOMID_SELF, 0),
			0);
	f->list[2] = 0;
	KUNIT_EXPECT_EQ(test, ask_types(f, 2, 3), 0);
	KUNIT_EXPECT_EQ(test, f->list[0], XEN_DOMCTL_PFINFO_L2TAB |
					  XEN_DOMCTL_PFINFO_LPINTAB);
	KUNIT_EXPECT_EQ(test, f->list[1], XEN_DOMCTL_PFINFO_NOTAB);
	KUNIT_EXPECT_EQ(test, f->list[2], XEN_DOMCTL_PFINFO_XTAB);
	KUNIT_EXPECT_EQ(test, ask_types(f, 2, 1025), -E2BIG);
}

static void nobody_ends_itself(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, 0xffff, 1), -XEN_ENOSYS);
	expect_audit(test, f->machine);
}

/* A frame that another holds outlives its domain, whose number stays taken. */
static void a_held_frame_keeps_its_dead_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *held;
	struct memcore_domain *d;

	KUNIT_ASSERT_EQ(test, create(test, NEW_DOMID), 0);
	set_max_mem(f, NEW_DOMID, 4 * NR_FRAMES);
	KUNIT_ASSERT_EQ(test, populate(f, NEW_DOMID, NR_FRAMES), NR_FRAMES);
	d = memcore_domain_get(f->dom0, NEW_DOMID);
	KUNIT_ASSERT_NOT_NULL(test, d);
	held = memcore_frame_get(d, mc_mfn(f->list[0]));
	memcore_domain_put(d);
	KUNIT_ASSERT_NOT_NULL(test, held);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain,
				     NEW_DOMID), 0);
	KUNIT_EXPECT_EQ(test, create(test, NEW_DOMID), -EEXIST);
	d = memcore_domain_get(f->dom0, NEW_DOMID);
	KUNIT_ASSERT_NOT_NULL(test, d);
	memcore_domain_put(d);
	memcore_frame_put(f->machine, held);
	KUNIT_EXPECT_NULL(test, memcore_domain_get(f->dom0, NEW_DOMID));
	KUNIT_EXPECT_EQ(test, create(test, NEW_DOMID), 0);
	KUNIT_EXPECT_EQ(test, simple(f->dom0, XEN_DOMCTL_destroydomain,
				     NEW_DOMID), 0);
}

static struct kunit_case domctl_cases[] = {
	KUNIT_CASE(only_a_control_domain_may),
	KUNIT_CASE(another_interface_is_refused),
	KUNIT_CASE(a_domain_starts_without_memory),
	KUNIT_CASE(bad_configurations_are_refused),
	KUNIT_CASE(grants_have_limits),
	KUNIT_CASE(a_free_number_is_found),
	KUNIT_CASE(domains_can_be_listed),
	KUNIT_CASE(types_of_frames_are_told),
	KUNIT_CASE(nobody_ends_itself),
	KUNIT_CASE(a_held_frame_keeps_its_dead_domain),
	{ }
};

static struct kunit_suite domctl_suite = {
	.name = "memcore_domctl",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = domctl_cases,
};

kunit_test_suite(domctl_suite);
