// SPDX-License-Identifier: GPL-2.0
/* Flushes joined into one that does for all: seen as what the hypervisor gets. */
#include <kunit/test.h>

#include "mmu-flush.h"

#define NOWHERE		0xffff888000000000UL
#define ELSEWHERE	0xffff888000001000UL

static const struct mmu_flush one_local = {
	.tlb = MMU_FLUSH_ONE,
	.va = NOWHERE,
};

static const struct mmu_flush one_all = {
	.tlb = MMU_FLUSH_ONE,
	.tlb_scope = MEMFRONT_MMU_ALL,
	.va = NOWHERE,
};

static const struct mmu_flush other_local = {
	.tlb = MMU_FLUSH_ONE,
	.va = ELSEWHERE,
};

static const struct mmu_flush everything_local = {
	.tlb = MMU_FLUSH_EVERYTHING,
};

static const struct mmu_flush everything_all = {
	.tlb = MMU_FLUSH_EVERYTHING,
	.tlb_scope = MEMFRONT_MMU_ALL,
};

static const struct mmu_flush cache_local = {
	.cache = MMU_FLUSH_ONE,
};

static const struct mmu_flush cache_all = {
	.cache = MMU_FLUSH_ONE,
	.cache_scope = MEMFRONT_MMU_ALL,
};

/* The one operation that does for @a and @b, in whatever order they come. */
static void expect_cmd(struct kunit *test, const struct mmu_flush *a,
		       const struct mmu_flush *b, unsigned int cmd)
{
	struct mmu_flush ab = {}, ba = {};
	struct mmuext_op ops[MMU_FLUSH_OPS];

	mmu_flush_join(&ab, a);
	mmu_flush_join(&ab, b);
	mmu_flush_join(&ba, b);
	mmu_flush_join(&ba, a);
	KUNIT_ASSERT_EQ(test, mmu_flush_ops(&ab, ops), 1U);
	KUNIT_EXPECT_EQ(test, ops[0].cmd, cmd);
	KUNIT_ASSERT_EQ(test, mmu_flush_ops(&ba, ops), 1U);
	KUNIT_EXPECT_EQ(test, ops[0].cmd, cmd);
}

static void nothing_needs_nothing(struct kunit *test)
{
	struct mmu_flush flush = {};
	struct mmuext_op ops[MMU_FLUSH_OPS];

	mmu_flush_join(&flush, &(struct mmu_flush){});
	KUNIT_EXPECT_EQ(test, mmu_flush_ops(&flush, ops), 0U);
}

static void the_same_twice_is_once(struct kunit *test)
{
	expect_cmd(test, &one_local, &one_local, MMUEXT_INVLPG_LOCAL);
	expect_cmd(test, &one_all, &one_all, MMUEXT_INVLPG_ALL);
	expect_cmd(test, &everything_all, &everything_all,
		   MMUEXT_TLB_FLUSH_ALL);
	expect_cmd(test, &cache_all, &cache_all, MMUEXT_FLUSH_CACHE_GLOBAL);
}

static void the_wider_scope_does_for_both(struct kunit *test)
{
	expect_cmd(test, &one_local, &one_all, MMUEXT_INVLPG_ALL);
	expect_cmd(test, &everything_local, &everything_all,
		   MMUEXT_TLB_FLUSH_ALL);
	expect_cmd(test, &cache_local, &cache_all, MMUEXT_FLUSH_CACHE_GLOBAL);
}

static void everything_does_for_one(struct kunit *test)
{
	expect_cmd(test, &one_local, &everything_local, MMUEXT_TLB_FLUSH_LOCAL);
	expect_cmd(test, &one_all, &everything_local, MMUEXT_TLB_FLUSH_ALL);
	expect_cmd(test, &one_local, &everything_all, MMUEXT_TLB_FLUSH_ALL);
}

static void two_addresses_are_everything(struct kunit *test)
{
	expect_cmd(test, &one_local, &other_local, MMUEXT_TLB_FLUSH_LOCAL);
	expect_cmd(test, &one_all, &other_local, MMUEXT_TLB_FLUSH_ALL);
}

static void caches_come_after_translations(struct kunit *test)
{
	struct mmu_flush flush = cache_local;
	struct mmuext_op ops[MMU_FLUSH_OPS];

	mmu_flush_join(&flush, &one_all);
	KUNIT_ASSERT_EQ(test, mmu_flush_ops(&flush, ops), 2U);
	KUNIT_EXPECT_EQ(test, ops[0].cmd, (unsigned int)MMUEXT_INVLPG_ALL);
	KUNIT_EXPECT_EQ(test, ops[0].arg1.linear_addr, NOWHERE);
	KUNIT_EXPECT_EQ(test, ops[1].cmd, (unsigned int)MMUEXT_FLUSH_CACHE);
}

static void an_update_flushes_its_own_address(struct kunit *test)
{
	struct mmu_flush flush = one_all;
	struct mmuext_op ops[MMU_FLUSH_OPS];

	KUNIT_EXPECT_EQ(test, mmu_flush_ride(&flush, ELSEWHERE), UVMF_NONE);
	KUNIT_EXPECT_EQ(test, mmu_flush_ops(&flush, ops), 1U);
	KUNIT_EXPECT_EQ(test, mmu_flush_ride(&flush, NOWHERE),
			UVMF_INVLPG | UVMF_ALL);
	KUNIT_EXPECT_EQ(test, mmu_flush_ops(&flush, ops), 0U);
}

static void an_update_flushes_everything_but_caches(struct kunit *test)
{
	struct mmu_flush flush = everything_local;
	struct mmuext_op ops[MMU_FLUSH_OPS];

	mmu_flush_join(&flush, &cache_all);
	KUNIT_EXPECT_EQ(test, mmu_flush_ride(&flush, ELSEWHERE),
			UVMF_TLB_FLUSH | UVMF_LOCAL);
	KUNIT_ASSERT_EQ(test, mmu_flush_ops(&flush, ops), 1U);
	KUNIT_EXPECT_EQ(test, ops[0].cmd,
			(unsigned int)MMUEXT_FLUSH_CACHE_GLOBAL);
}

static void without_a_flush_nothing_rides(struct kunit *test)
{
	struct mmu_flush flush = cache_local;

	KUNIT_EXPECT_EQ(test, mmu_flush_ride(&flush, NOWHERE), UVMF_NONE);
}

static struct kunit_case mmu_flush_cases[] = {
	KUNIT_CASE(nothing_needs_nothing),
	KUNIT_CASE(the_same_twice_is_once),
	KUNIT_CASE(the_wider_scope_does_for_both),
	KUNIT_CASE(everything_does_for_one),
	KUNIT_CASE(two_addresses_are_everything),
	KUNIT_CASE(caches_come_after_translations),
	KUNIT_CASE(an_update_flushes_its_own_address),
	KUNIT_CASE(an_update_flushes_everything_but_caches),
	KUNIT_CASE(without_a_flush_nothing_rides),
	{}
};

static struct kunit_suite mmu_flush_suite = {
	.name = "memfront_mmu_flush",
	.test_cases = mmu_flush_cases,
};

kunit_test_suite(mmu_flush_suite);
