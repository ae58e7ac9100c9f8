// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_fixture.h"
#include "pv/layout.h"

#define NR_RANDOM	20000

static void expect_without_gaps(struct kunit *test, unsigned int bits,
				u64 start, u64 last)
{
	const struct memcore_region *region;
	unsigned int nr;

	for (region = memcore_layout(bits, &nr); nr--; region++) {
		KUNIT_EXPECT_EQ(test, region->start, start);
		KUNIT_EXPECT_GT(test, region->last, region->start);
		KUNIT_EXPECT_NOT_NULL(test, region->purpose);
		start = region->last + 1;
	}
	KUNIT_EXPECT_EQ(test, start, last + 1);
}

static void nothing_between_the_parts(struct kunit *test)
{
	expect_without_gaps(test, 64, 0xffff800000000000, 0xffff87ffffffffff);
	expect_without_gaps(test, 32, 0xf5800000, 0xffffffff);
}

/* The address where a slot of a root table starts. */
static u64 slot_start(unsigned int slot)
{
	return (u64)((s64)((u64)slot << 55) >> 16);
}

static void slots_agree_with_the_parts(struct kunit *test)
{
	unsigned int slot, nr = 0;
	u64 start;

	for (slot = 0; slot < 512; slot++) {
		start = slot_start(slot);
		KUNIT_EXPECT_EQ(test, memcore_l4_slot_is_guests(slot),
				!memcore_region_at(64, start));
		KUNIT_EXPECT_EQ(test, memcore_l4_slot_is_guests(slot),
				!memcore_region_at(64, start + (1UL << 39) - 1));
		nr += !memcore_l4_slot_is_guests(slot);
	}
	KUNIT_EXPECT_EQ(test, nr, 16);
}

static void addresses_at_the_edges(struct kunit *test)
{
	static const struct {
		u64 va;
		bool canonical;
		bool guests;
	} edge[] = {
		{ 0, true, true },
		{ 0x00007fffffffffff, true, true },
		{ 0x0000800000000000, false, false },
		{ 0xffff7fffffffffff, false, false },
		{ 0xffff800000000000, true, false },
		{ 0xffff87ffffffffff, true, false },
		{ 0xffff880000000000, true, true },
		{ 0xffffffffffffffff, true, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(edge); i++) {
		KUNIT_EXPECT_EQ(test, memcore_addr_is_canonical(edge[i].va),
				edge[i].canonical);
		KUNIT_EXPECT_EQ(test, memcore_addr_is_guests(edge[i].va),
				edge[i].guests);
	}
}

static void compat_addresses_at_the_edges(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, memcore_compat_addr_is_guests(0));
	KUNIT_EXPECT_TRUE(test, memcore_compat_addr_is_guests(0xf57fffff));
	KUNIT_EXPECT_FALSE(test, memcore_compat_addr_is_guests(0xf5800000));
	KUNIT_EXPECT_FALSE(test, memcore_compat_addr_is_guests(0xffffffff));
	KUNIT_EXPECT_FALSE(test, memcore_compat_addr_is_guests(0x100000000));
}

static bool naively_canonical(u64 va)
{
	u64 top = va >> 47;

	return !top || top == 0x1ffff;
}

/* Half of them near the parts, where most of the edges are. */
static u64 any_address(struct rnd_state *rnd)
{
	u64 va = (u64)prandom_u32_state(rnd) << 32 | prandom_u32_state(rnd);

	if (va & 1)
		return va;
	return 0xffff7f0000000000 + va % (10ULL << 40);
}

static void any_address_is_somebodys(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;
	u64 va;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_RANDOM; i++) {
		va = any_address(&rnd);
		KUNIT_EXPECT_EQ(test, memcore_addr_is_canonical(va),
				naively_canonical(va));
		KUNIT_EXPECT_EQ(test, memcore_addr_is_guests(va),
				naively_canonical(va) &&
				!memcore_region_at(64, va));
		va = (u32)va;
		KUNIT_EXPECT_EQ(test, memcore_compat_addr_is_guests(va),
				!memcore_region_at(32, va));
	}
}

static void guests_read_the_m2p_only(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test,
			  memcore_region_at(64, 0xffff800000000000)->guest_reads);
	KUNIT_EXPECT_FALSE(test,
			   memcore_region_at(64, 0xffff810000000000)->guest_reads);
	KUNIT_EXPECT_FALSE(test,
			   memcore_region_at(64, 0xffff828000000000)->guest_reads);
	KUNIT_EXPECT_FALSE(test,
			   memcore_region_at(64, 0xffff830000000000)->guest_reads);
	KUNIT_EXPECT_TRUE(test, memcore_region_at(32, 0xf5800000)->guest_reads);
}

static struct kunit_case layout_cases[] = {
	KUNIT_CASE(nothing_between_the_parts),
	KUNIT_CASE(slots_agree_with_the_parts),
	KUNIT_CASE(addresses_at_the_edges),
	KUNIT_CASE(compat_addresses_at_the_edges),
	KUNIT_CASE(any_address_is_somebodys),
	KUNIT_CASE(guests_read_the_m2p_only),
	{ }
};

static struct kunit_suite layout_suite = {
	.name = "memcore_layout",
	.test_cases = layout_cases,
};

kunit_test_suite(layout_suite);
