// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "memcore_fixture.h"

static long target(struct memcore_domain *caller, unsigned int op, u16 domid,
		   struct xen_pod_target *arg)
{
	arg->domid = domid;
	arg->pod_cache_pages = 77;
	arg->pod_entries = 77;
	return memcore_call(caller, __HYPERVISOR_memory_op, op,
			    (unsigned long)arg, 0, 0, 0);
}

static void who_may_ask(struct kunit *test)
{
	static const unsigned int ops[] = {
		XENMEM_set_pod_target, XENMEM_get_pod_target,
	};
	struct fixture *f = test->priv;
	struct xen_pod_target arg = { };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		KUNIT_EXPECT_EQ(test, target(f->hvm, ops[i], DOMID_SELF, &arg),
				-EPERM);
		KUNIT_EXPECT_EQ(test, target(f->hvm, ops[i], 2, &arg),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, target(f->pv, ops[i], 1, &arg), -EPERM);
		KUNIT_EXPECT_EQ(test, target(f->dom0, ops[i], 2, &arg),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, target(f->dom0, ops[i], 77, &arg),
				-ESRCH);
		KUNIT_EXPECT_EQ(test, target(f->dom0, ops[i], 1, &arg), 0);
		KUNIT_EXPECT_EQ(test,
				fixture_ask(f->dom0, ops[i] | 1 << 6, 1),
				-XEN_ENOSYS);
		KUNIT_EXPECT_EQ(test,
				memcore_call(f->dom0, __HYPERVISOR_memory_op,
					     ops[i], 0, 0, 0, 0),
				-EFAULT);
	}
}

static void nobody_owes_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_pod_target arg = { .target_pages = 5 };

	fixture_populate(test, f->hvm, 0, 3);
	KUNIT_EXPECT_EQ(test, target(f->dom0, XENMEM_get_pod_target, 1, &arg),
			0);
	KUNIT_EXPECT_EQ(test, arg.target_pages, 5);
	KUNIT_EXPECT_EQ(test, arg.tot_pages, 3);
	KUNIT_EXPECT_EQ(test, arg.pod_cache_pages, 0);
	KUNIT_EXPECT_EQ(test, arg.pod_entries, 0);
}

static void a_target_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_pod_target arg = { .target_pages = 10 };

	fixture_populate(test, f->hvm, 0, 3);
	memcore_domain_set_max_pages(f->hvm, 10);
	KUNIT_EXPECT_EQ(test, target(f->dom0, XENMEM_set_pod_target, 1, &arg),
			0);
	KUNIT_EXPECT_EQ(test, arg.tot_pages, 3);
	KUNIT_EXPECT_EQ(test, arg.pod_entries, 0);
	arg.target_pages = 11;
	KUNIT_EXPECT_EQ(test, target(f->dom0, XENMEM_set_pod_target, 1, &arg),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, arg.pod_entries, 77);
}

/* Here it would fill the cache, which there is not. */
static void a_target_for_an_empty_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_pod_target arg = { .target_pages = 10 };

	KUNIT_EXPECT_EQ(test, target(f->dom0, XENMEM_set_pod_target, 1, &arg),
			-EOPNOTSUPP);
	arg.target_pages = 0;
	KUNIT_EXPECT_EQ(test, target(f->dom0, XENMEM_set_pod_target, 1, &arg),
			0);
}

static struct kunit_case pod_cases[] = {
	KUNIT_CASE(who_may_ask),
	KUNIT_CASE(nobody_owes_memory),
	KUNIT_CASE(a_target_changes_nothing),
	KUNIT_CASE(a_target_for_an_empty_domain),
	{ }
};

static struct kunit_suite pod_suite = {
	.name = "memcore_pod",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = pod_cases,
};

kunit_test_suite(pod_suite);
