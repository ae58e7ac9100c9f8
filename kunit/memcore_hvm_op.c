// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <xen-public/hvm/hvm_op.h>
#include "memcore_fixture.h"

#define GFN	64UL

static long ask(struct memcore_domain *caller, domid_t domid, unsigned long gfn,
		unsigned int *type)
{
	struct xen_hvm_get_mem_type arg = { .domid = domid, .pfn = gfn };
	long ret;

	ret = memcore_call(caller, __HYPERVISOR_hvm_op, HVMOP_get_mem_type,
			   (unsigned long)&arg, 0, 0, 0);
	*type = arg.mem_type;
	return ret;
}

static void ram_and_hole(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int type;

	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_EXPECT_EQ(test, ask(f->hvm, DOMID_SELF, GFN, &type), 0);
	KUNIT_EXPECT_EQ(test, type, (unsigned int)HVMMEM_ram_rw);
	KUNIT_EXPECT_EQ(test, ask(f->hvm, DOMID_SELF, GFN + 1, &type), 0);
	KUNIT_EXPECT_EQ(test, type, (unsigned int)HVMMEM_mmio_dm);
	KUNIT_EXPECT_EQ(test, ask(f->hvm, DOMID_SELF, ~0UL, &type), 0);
	KUNIT_EXPECT_EQ(test, type, (unsigned int)HVMMEM_mmio_dm);
}

static void who_may_ask(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int type;

	KUNIT_EXPECT_EQ(test, ask(f->dom0, 1, GFN, &type), 0);
	KUNIT_EXPECT_EQ(test, ask(f->pv, 1, GFN, &type), -EPERM);
	KUNIT_EXPECT_EQ(test, ask(f->dom0, 77, GFN, &type), -ESRCH);
	KUNIT_EXPECT_EQ(test, ask(f->pv, DOMID_SELF, GFN, &type), -EINVAL);
}

static void bad_arguments(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_hvm_op,
				     HVMOP_get_mem_type, 0, 0, 0, 0),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->hvm, __HYPERVISOR_hvm_op, 99, 0, 0, 0,
				     0),
			-XEN_ENOSYS);
}

static struct kunit_case hvm_op_cases[] = {
	KUNIT_CASE(ram_and_hole),
	KUNIT_CASE(who_may_ask),
	KUNIT_CASE(bad_arguments),
	{ }
};

static struct kunit_suite hvm_op_suite = {
	.name = "memcore_hvm_op",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = hvm_op_cases,
};

kunit_test_suite(hvm_op_suite);
