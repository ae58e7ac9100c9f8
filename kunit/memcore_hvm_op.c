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

/* As a hole, unless it was granted. */
static void frames_of_others(struct kunit *test)
{
	static const unsigned int told[] = {
		[MC_P2M_RAM] = HVMMEM_ram_rw,
		[MC_P2M_FOREIGN] = HVMMEM_mmio_dm,
		[MC_P2M_GRANT_RW] = HVMMEM_ram_rw,
		[MC_P2M_GRANT_RO] = HVMMEM_ram_ro,
	};
	struct fixture *f = test->priv;
	unsigned int p2m_type, type;
	struct mc_mfn mfn;

	fixture_populate(test, f->hvm, GFN, 1);
	mfn = memcore_p2m_get(&f->hvm->p2m, mc_gfn(GFN), NULL);
	for (p2m_type = 0; p2m_type < ARRAY_SIZE(told); p2m_type++) {
		memcore_p2m_set_page(&f->hvm->p2m, mc_gfn(GFN), mfn, p2m_type);
		KUNIT_EXPECT_EQ(test, ask(f->hvm, DOMID_SELF, GFN, &type), 0);
		KUNIT_EXPECT_EQ(test, type, told[p2m_type]);
	}
	memcore_p2m_set_page(&f->hvm->p2m, mc_gfn(GFN), mfn, MC_P2M_RAM);
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
	KUNIT_CASE(frames_of_others),
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
