// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <xen-public/grant_table.h>
#include "grant/grant.h"
#include "memcore_physmap_fixture.h"
#include "vcpu.h"

#define GFN	64UL
#define SHARED	XENMEM_resource_grant_table_id_shared
#define STATUS	XENMEM_resource_grant_table_id_status

static long acquire(struct memcore_domain *caller,
		    struct xen_mem_acquire_resource *arg, unsigned long start)
{
	return memcore_call(caller, __HYPERVISOR_memory_op,
			    XENMEM_acquire_resource | start << 6,
			    (unsigned long)arg, 0, 0, 0);
}

/* Frames of a grant table, to the fixture's list or from it. */
static long acquire_grant(struct kunit *test, struct memcore_domain *caller,
			  u16 domid, unsigned int id, u64 frame,
			  unsigned int nr)
{
	struct fixture *f = test->priv;
	struct xen_mem_acquire_resource arg = {
		.domid = domid,
		.type = XENMEM_resource_grant_table,
		.id = id,
		.nr_frames = nr,
		.frame = frame,
	};

	set_xen_guest_handle(arg.frame_list, f->list);
	return acquire(caller, &arg, 0);
}

/* How long a resource is; 0 if it is none. */
static unsigned int size_of(struct memcore_domain *caller, u16 domid,
			    unsigned int type, unsigned int id)
{
	struct xen_mem_acquire_resource arg = {
		.domid = domid,
		.type = type,
		.id = id,
	};

	return acquire(caller, &arg, 0) ? 0 : arg.nr_frames;
}

static void set_version(struct kunit *test, struct memcore_domain *d,
			u32 version)
{
	struct gnttab_set_version op = { .version = version };

	KUNIT_ASSERT_EQ(test,
			memcore_call(d, __HYPERVISOR_grant_table_op,
				     GNTTABOP_set_version, (unsigned long)&op,
				     1, 0, 0),
			0);
}

static void who_may_acquire(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	f->list[0] = GFN;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->hvm, 2, SHARED, 0, 1),
			-EACCES);
	KUNIT_EXPECT_EQ(test,
			acquire_grant(test, p->driver, 2, SHARED, 0, 1),
			-EPERM);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->pv, 1, SHARED, 0, 1),
			-EPERM);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->pv, 77, SHARED, 0, 1),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 0, SHARED, 0, 1),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			acquire_grant(test, f->dom0, DOMID_SELF, SHARED, 0, 1),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 1, SHARED, 0, 1),
			0);
	f->list[0] = GFN;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, SHARED, 0, 1),
			0);
	expect_audit(test, f->machine);
}

static void a_size_is_asked_without_a_list(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			size_of(f->dom0, 1, XENMEM_resource_grant_table,
				SHARED),
			64);
	KUNIT_EXPECT_EQ(test,
			size_of(f->dom0, 1, XENMEM_resource_grant_table,
				STATUS),
			8);
	KUNIT_EXPECT_EQ(test,
			size_of(f->dom0, 1, XENMEM_resource_grant_table, 2),
			0);
	KUNIT_EXPECT_EQ(test,
			size_of(f->dom0, 1, XENMEM_resource_ioreq_server, 0),
			2);
	KUNIT_EXPECT_EQ(test,
			size_of(f->dom0, 2, XENMEM_resource_ioreq_server, 0),
			0);
	KUNIT_EXPECT_EQ(test,
			size_of(f->dom0, 1, XENMEM_resource_vmtrace_buf, 0),
			0);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 0);
}

/* An error is taken for a number. */
static void an_unknown_resource_is_long_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_mem_acquire_resource arg = {
		.domid = 1,
		.type = 3,
		.nr_frames = 1,
	};

	KUNIT_EXPECT_EQ(test, size_of(f->dom0, 1, 3, 0),
			(unsigned int)-EOPNOTSUPP);
	set_xen_guest_handle(arg.frame_list, f->list);
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EOPNOTSUPP);
}

static void odd_arguments(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_mem_acquire_resource arg = {
		.domid = 1,
		.type = XENMEM_resource_grant_table,
		.nr_frames = 1,
	};

	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
	set_xen_guest_handle(arg.frame_list, f->list);
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 1), -EINVAL);
	arg.nr_frames = 0;
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
	arg.nr_frames = (UINT_MAX >> 6) + 1;
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
	arg.nr_frames = 1;
	arg.pad = 1;
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
	arg.pad = 0;
	arg.frame = 1UL << 32;
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
	arg.frame = ~0U;
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, NULL, 0), -EFAULT);
}

static void nobody_has_an_ioreq_server(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_mem_acquire_resource arg = {
		.domid = 1,
		.type = XENMEM_resource_ioreq_server,
		.nr_frames = 1,
	};

	set_xen_guest_handle(arg.frame_list, f->list);
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -ENOENT);
	arg.id = 0x10000;
	KUNIT_EXPECT_EQ(test, acquire(f->dom0, &arg, 0), -EINVAL);
}

static unsigned long shared_mfn(struct memcore_domain *d, unsigned int i)
{
	return memcore_frame_mfn(&d->machine->frames, d->grants.shared[i]).nr;
}

static void a_pv_caller_is_told_the_frames(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 1, SHARED, 2, 40),
			0);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 42);
	for (i = 0; i < 40; i++)
		KUNIT_EXPECT_EQ(test, f->list[i], shared_mfn(f->hvm, i + 2));
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 1, SHARED, 63, 1),
			0);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 1, SHARED, 64, 1),
			-EINVAL);
	expect_audit(test, f->machine);
}

static void status_frames_come_with_version_2(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 1, STATUS, 0, 1),
			-EINVAL);
	set_version(test, f->hvm, 2);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, f->dom0, 1, STATUS, 0, 2),
			0);
	KUNIT_EXPECT_EQ(test, f->list[1],
			memcore_frame_mfn(&f->machine->frames,
					  f->hvm->grants.status[1]).nr);
	expect_audit(test, f->machine);
}

static void a_translated_caller_says_where(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned int at, i;

	fixture_populate(test, p->pvh0, GFN, 1);
	for (at = 0; at < 2; at++) {
		for (i = 0; i < 40; i++)
			f->list[i] = GFN + i;
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test,
				acquire_grant(test, p->pvh0, 1, SHARED, 0,
					      40),
				0);
		memcore_preempt_set(&f->machine->preempt, 0);
		for (i = 0; i < 40; i++) {
			KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, GFN + i),
					shared_mfn(f->hvm, i));
			KUNIT_EXPECT_EQ(test, type_at(p->pvh0, GFN + i),
					MC_P2M_FOREIGN);
		}
		expect_audit(test, f->machine);
	}
	/* What was there is the domain's, and nowhere. */
	KUNIT_EXPECT_EQ(test, p->pvh0->tot_pages, 1);
}

/* The first of 32 has an error of its own. */
static void what_went_well_before_an_error_stays(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < 40; i++)
		f->list[i] = GFN + i;
	f->list[3] = ~0UL;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, SHARED, 0, 40),
			-EIO);
	KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, GFN + 2),
			shared_mfn(f->hvm, 2));
	KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, GFN + 4), MC_INVALID);
	f->list[3] = GFN + 3;
	f->list[32] = ~0UL;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, SHARED, 0, 40),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, GFN + 31),
			shared_mfn(f->hvm, 31));
	expect_audit(test, f->machine);
}

static void another_frame_is_there_already(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;

	f->list[0] = GFN;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, SHARED, 0, 1),
			0);
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, SHARED, 1, 1),
			-EPERM);
	KUNIT_EXPECT_TRUE(test, p->pvh0->crashed);
	KUNIT_EXPECT_EQ(test, mfn_at(p->pvh0, GFN), shared_mfn(f->hvm, 0));
}

/* A status frame that somebody maps stays, and with it the version. */
static void what_is_mapped_does_not_go(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	struct gnttab_set_version op = { .version = 1 };

	set_version(test, f->hvm, 2);
	f->list[0] = GFN;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, STATUS, 0, 1),
			0);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_grant_table_op,
				     GNTTABOP_set_version, (unsigned long)&op,
				     1, 0, 0),
			-EBUSY);
	KUNIT_EXPECT_EQ(test, physmap_remove(p->pvh0, DOMID_SELF, GFN), 0);
	set_version(test, f->hvm, 1);
	expect_audit(test, f->machine);
}

/* Both sides die with frames mapped. */
static void a_table_outlives_its_domain(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	struct memcore_domain_config config = f->hvm->config;

	f->list[0] = GFN;
	f->list[1] = GFN + 1;
	KUNIT_EXPECT_EQ(test, acquire_grant(test, p->pvh0, 1, SHARED, 0, 2),
			0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), -EBUSY);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(p->pvh0), 0);
	p->pvh0 = NULL;
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), 0);
	f->hvm = memcore_domain_create(f->machine, &config);
}

static long add(struct memcore_domain *d, unsigned long idx, unsigned long gfn)
{
	return physmap_add(d, DOMID_SELF, XENMAPSPACE_grant_table, idx, gfn);
}

static void a_domain_places_its_own_table(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, add(f->hvm, 3, GFN), 0);
	KUNIT_EXPECT_EQ(test, f->hvm->xen_pages, 4);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN), shared_mfn(f->hvm, 3));
	KUNIT_EXPECT_EQ(test, add(f->hvm, 0, GFN), 0);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN), shared_mfn(f->hvm, 0));
	KUNIT_EXPECT_EQ(test, add(f->hvm, 0, GFN + 1), 0);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN), MC_INVALID);
	KUNIT_EXPECT_EQ(test, add(f->hvm, 64, GFN), -EINVAL);
	KUNIT_EXPECT_EQ(test, add(f->hvm, ~0U, GFN), -EINVAL);
	expect_audit(test, f->machine);
}

/* Origin: XSA-379: a status frame is at one gfn, which it leaves when it goes. */
static void a_status_frame_is_at_one_gfn(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn;

	KUNIT_EXPECT_EQ(test, add(f->hvm, XENMAPIDX_grant_table_status, GFN),
			-EINVAL);
	set_version(test, f->hvm, 2);
	KUNIT_EXPECT_EQ(test, add(f->hvm, XENMAPIDX_grant_table_status, GFN),
			0);
	mfn = mfn_at(f->hvm, GFN);
	KUNIT_EXPECT_EQ(test,
			add(f->hvm, XENMAPIDX_grant_table_status, GFN + 1), 0);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN), MC_INVALID);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN + 1), mfn);
	expect_audit(test, f->machine);
	set_version(test, f->hvm, 1);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, GFN + 1), MC_INVALID);
	KUNIT_EXPECT_EQ(test, gfn_of(f->hvm, mfn), MC_INVALID);
}

static void no_memory_leaves_no_trace(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);
	struct fixture *f = test->priv;
	struct snapshot before, after;
	unsigned int nth = 1;
	long err;

	KUNIT_ASSERT_EQ(test, acquire_grant(test, f->dom0, 1, SHARED, 0, 1),
			0);
	do {
		fixture_snapshot(p->pvh0, &before);
		f->list[0] = GFN << MC_SUPER_ORDER;
		atomic_set(&f->machine->failpoint.left, nth++);
		err = acquire_grant(test, p->pvh0, 1, SHARED, 0, 1);
		fixture_snapshot(p->pvh0, &after);
		if (err)
			expect_same(test, &before, &after);
		expect_audit(test, f->machine);
	} while (err == -ENOMEM);
	atomic_set(&f->machine->failpoint.left, 0);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, nth, 4);
}

static struct kunit_case resource_cases[] = {
	KUNIT_CASE(who_may_acquire),
	KUNIT_CASE(a_size_is_asked_without_a_list),
	KUNIT_CASE(an_unknown_resource_is_long_quirk),
	KUNIT_CASE(odd_arguments),
	KUNIT_CASE(nobody_has_an_ioreq_server),
	KUNIT_CASE(a_pv_caller_is_told_the_frames),
	KUNIT_CASE(status_frames_come_with_version_2),
	KUNIT_CASE(a_translated_caller_says_where),
	KUNIT_CASE(what_went_well_before_an_error_stays),
	KUNIT_CASE(another_frame_is_there_already),
	KUNIT_CASE(what_is_mapped_does_not_go),
	KUNIT_CASE(a_table_outlives_its_domain),
	KUNIT_CASE(a_domain_places_its_own_table),
	KUNIT_CASE(a_status_frame_is_at_one_gfn),
	KUNIT_CASE(no_memory_leaves_no_trace),
	{ }
};

static struct kunit_suite resource_suite = {
	.name = "memcore_resource",
	.init = physmap_fixture_init,
	.exit = physmap_fixture_exit,
	.test_cases = resource_cases,
};

kunit_test_suite(resource_suite);
