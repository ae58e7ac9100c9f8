// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <xen-public/version.h>
#include <xen-public/xen.h>
#include "memcore_fixture.h"
#include "vcpu.h"

static long version(struct memcore_domain *d, unsigned long cmd, void *arg)
{
	return memcore_call(d, __HYPERVISOR_xen_version, cmd,
			    (unsigned long)arg, 0, 0, 0);
}

static bool is_for_all(unsigned int nr)
{
	static const unsigned int numbers[] = {
		__HYPERVISOR_memory_op, __HYPERVISOR_multicall,
		__HYPERVISOR_xen_version, __HYPERVISOR_vm_assist,
		__HYPERVISOR_mmuext_op, __HYPERVISOR_hvm_op,
		__HYPERVISOR_domctl, __HYPERVISOR_grant_table_op,
		__HYPERVISOR_sysctl,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i] == nr)
			return true;
	return false;
}

static bool is_for_pv(unsigned int nr)
{
	static const unsigned int numbers[] = {
		__HYPERVISOR_mmu_update, __HYPERVISOR_set_gdt,
		__HYPERVISOR_stack_switch, __HYPERVISOR_update_descriptor,
		__HYPERVISOR_update_va_mapping,
		__HYPERVISOR_update_va_mapping_otherdomain,
		__HYPERVISOR_set_segment_base,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i] == nr)
			return true;
	return is_for_all(nr);
}

static bool is_known(struct memcore_domain *d, unsigned int nr)
{
	/* Of the second argument vm_assist says -EINVAL, not -ENOSYS. */
	return memcore_call(d, nr, 0, 99, 0, 0, 0) != -XEN_ENOSYS;
}

/* Those that say -ENOSYS of what they are asked are left out. */
static void which_numbers_there_are(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr;

	for (nr = 0; nr < 70; nr++) {
		if (nr == __HYPERVISOR_hvm_op)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, is_known(f->pv, nr), is_for_pv(nr),
				    "%u", nr);
		KUNIT_EXPECT_EQ_MSG(test, is_known(f->hvm, nr), is_for_all(nr),
				    "%u", nr);
	}
	KUNIT_EXPECT_FALSE(test, is_known(f->pv, UINT_MAX));
}

/* Which vCPU calls is told by what the call leaves there. */
static void each_vcpu_calls_for_itself(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.nr_vcpus = 3,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, d);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test,
				memcore_vcpu_call(&d->vcpus[i],
						  __HYPERVISOR_stack_switch, 0,
						  100 + i, 0, 0, 0), 0);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, d->vcpus[i].kernel_sp, 100 + i);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void says_xen_4_17(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_extraversion_t extra = { };

	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_version, NULL), 0x40011);
	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_extraversion, extra), 0);
	KUNIT_EXPECT_STREQ(test, extra, ".0-memcore");
	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_extraversion, NULL),
			-EFAULT);
}

static void page_size_only_without_argument(struct kunit *test)
{
	struct fixture *f = test->priv;
	int arg;

	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_pagesize, NULL), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_pagesize, &arg), -EINVAL);
}

static u32 features_of(struct kunit *test, struct memcore_domain *d)
{
	xen_feature_info_t info = { };

	KUNIT_EXPECT_EQ(test, version(d, XENVER_get_features, &info), 0);
	return info.submap;
}

static void features_by_kind(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 hvm = features_of(test, f->hvm), pv = features_of(test, f->pv);
	u32 dom0 = features_of(test, f->dom0);

	KUNIT_EXPECT_TRUE(test, hvm & BIT(XENFEAT_auto_translated_physmap));
	KUNIT_EXPECT_TRUE(test, hvm & BIT(XENFEAT_not_direct_mapped));
	KUNIT_EXPECT_FALSE(test, hvm & BIT(XENFEAT_dom0));
	KUNIT_EXPECT_FALSE(test, pv & BIT(XENFEAT_auto_translated_physmap));
	KUNIT_EXPECT_TRUE(test, pv & BIT(XENFEAT_mmu_pt_update_preserve_ad));
	KUNIT_EXPECT_EQ(test, dom0, pv | BIT(XENFEAT_dom0));
}

static void features_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_feature_info_t info = { .submap_idx = 1 };

	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_get_features, &info),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_get_features, NULL),
			-EFAULT);
}

static void other_versions_unknown(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, version(f->pv, XENVER_capabilities, f->list),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, version(f->pv, 4096, NULL), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, version(f->pv, ~0UL, NULL), -XEN_ENOSYS);
}

static void calls_are_counted(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 before = memcore_stat_read(f->machine, MEMCORE_STAT_HYPERCALLS);

	memcore_preempt_set(&f->machine->preempt, 1);
	fixture_populate(test, f->hvm, 0, 5);
	KUNIT_EXPECT_EQ(test,
			memcore_stat_read(f->machine, MEMCORE_STAT_HYPERCALLS),
			before + 1);
	KUNIT_EXPECT_EQ(test,
			memcore_stat_read(f->machine, MEMCORE_STAT_POPULATED),
			5);
}

static struct kunit_case hypercall_cases[] = {
	KUNIT_CASE(which_numbers_there_are),
	KUNIT_CASE(each_vcpu_calls_for_itself),
	KUNIT_CASE(says_xen_4_17),
	KUNIT_CASE(page_size_only_without_argument),
	KUNIT_CASE(features_by_kind),
	KUNIT_CASE(features_refused),
	KUNIT_CASE(other_versions_unknown),
	KUNIT_CASE(calls_are_counted),
	{ }
};

static struct kunit_suite hypercall_suite = {
	.name = "memcore_hypercall",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = hypercall_cases,
};

kunit_test_suite(hypercall_suite);
