// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <xen-public/version.h>
#include "memcore_fixture.h"

static long version(struct memcore_domain *d, unsigned long cmd, void *arg)
{
	return memcore_call(d, __HYPERVISOR_xen_version, cmd,
			    (unsigned long)arg, 0, 0, 0);
}

static void unknown_number(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr;

	for (nr = 0; nr < 70; nr++)
		if (nr != __HYPERVISOR_memory_op &&
		    nr != __HYPERVISOR_hvm_op &&
		    nr != __HYPERVISOR_xen_version)
			KUNIT_EXPECT_EQ(test,
					memcore_call(f->pv, nr, 0, 0, 0, 0, 0),
					-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, memcore_call(f->pv, UINT_MAX, 0, 0, 0, 0, 0),
			-XEN_ENOSYS);
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
	KUNIT_CASE(unknown_number),
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
