// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "memcore_fixture.h"

static long ask(struct memcore_domain *caller, unsigned int op,
		xen_pfn_t *list, unsigned int room, unsigned int *nr)
{
	struct xen_machphys_mfn_list arg = { .max_extents = room };
	long err;

	set_xen_guest_handle(arg.extent_start, list);
	err = memcore_call(caller, __HYPERVISOR_memory_op, op,
			   (unsigned long)&arg, 0, 0, 0);
	*nr = arg.nr_extents;
	return err;
}

/* 2 MiB of the table are an extent: more than this machine's. */
static void everybody_is_told_the_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test,
			ask(f->pv, XENMEM_machphys_mfn_list, f->list, 7, &nr),
			0);
	KUNIT_EXPECT_EQ(test, nr, 1);
	KUNIT_EXPECT_EQ(test, f->list[0],
			memcore_own_mfn(&f->machine->frames).nr);
	KUNIT_EXPECT_EQ(test, f->list[1], 0);
	KUNIT_EXPECT_EQ(test,
			ask(f->hvm, XENMEM_machphys_mfn_list, f->list, 7, &nr),
			0);
	KUNIT_EXPECT_EQ(test, nr, 1);
}

static void a_large_machine_has_a_long_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_machine *large;
	struct memcore_domain *d;
	unsigned int nr;

	large = memcore_machine_create(mc_mfn(0x80000), 512);
	KUNIT_ASSERT_NOT_NULL(test, large);
	d = memcore_domain_create(large, &f->pv->config);
	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, ask(d, XENMEM_machphys_mfn_list, f->list, 7, &nr),
			0);
	KUNIT_EXPECT_EQ(test, nr, 3);
	KUNIT_EXPECT_EQ(test, ask(d, XENMEM_machphys_mfn_list, f->list, 2, &nr),
			0);
	KUNIT_EXPECT_EQ(test, nr, 2);
	memcore_domain_destroy(d);
	memcore_machine_destroy(large);
}

static void no_room_is_no_error(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test,
			ask(f->pv, XENMEM_machphys_mfn_list, NULL, 0, &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 0);
	KUNIT_EXPECT_EQ(test,
			ask(f->pv, XENMEM_machphys_mfn_list, NULL, 1, &nr),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			fixture_ask(f->pv, XENMEM_machphys_mfn_list | 1 << 6,
				    0),
			-XEN_ENOSYS);
}

static void there_are_no_32_bit_guests(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr;

	KUNIT_EXPECT_EQ(test,
			ask(f->pv, XENMEM_machphys_compat_mfn_list, f->list, 7,
			    &nr),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_machphys_compat_mfn_list, 0, 0, 0,
				     0),
			-EOPNOTSUPP);
}

static struct kunit_case machphys_cases[] = {
	KUNIT_CASE(everybody_is_told_the_list),
	KUNIT_CASE(a_large_machine_has_a_long_list),
	KUNIT_CASE(no_room_is_no_error),
	KUNIT_CASE(there_are_no_32_bit_guests),
	{ }
};

static struct kunit_suite machphys_suite = {
	.name = "memcore_machphys",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = machphys_cases,
};

kunit_test_suite(machphys_suite);
