// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

#include "memcore_fixture.h"
#include "physical.h"
#include "vcpu.h"

#define GFN	8
#define ADDR	((u64)GFN << PAGE_SHIFT)

static struct memcore_domain *hvm(struct kunit *test)
{
	struct fixture *f = test->priv;

	return f->hvm;
}

static u64 read_at(struct kunit *test, u64 addr)
{
	u64 word = 0x1234;

	KUNIT_EXPECT_EQ(test, memcore_physical_access(hvm(test), addr, &word,
						      8, 0), 0);
	return word;
}

static void write_at(struct kunit *test, u64 addr, u64 word)
{
	KUNIT_EXPECT_EQ(test, memcore_physical_access(hvm(test), addr, &word,
						      8, MC_ACCESS_WRITE), 0);
}

static void what_is_written_is_read(struct kunit *test)
{
	fixture_populate(test, hvm(test), GFN, 1);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR + 16), 0);
	write_at(test, ADDR + 16, 5);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR + 16), 5);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR + 8), 0);
}

static void hole_has_all_bits_set(struct kunit *test)
{
	write_at(test, ADDR, 5);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR), ~0ULL);
	KUNIT_EXPECT_EQ(test, read_at(test, 1ULL << 60), ~0ULL);
}

static void access_crosses_into_a_hole(struct kunit *test)
{
	u64 addr = ADDR + PAGE_SIZE - 4;

	fixture_populate(test, hvm(test), GFN, 1);
	write_at(test, addr, 0x1111111122222222ULL);
	KUNIT_EXPECT_EQ(test, read_at(test, addr), 0xffffffff22222222ULL);
}

static struct memcore_frame *frame_at(struct kunit *test, unsigned long gfn,
				      struct mc_mfn *mfn)
{
	*mfn = memcore_p2m_get(&hvm(test)->p2m, mc_gfn(gfn), NULL);
	return memcore_frame(&hvm(test)->machine->frames, *mfn);
}

/* The entry is made by hand: what a right to another's frame looks like. */
static void what_is_granted_to_be_read_only_stays(struct kunit *test)
{
	struct memcore_domain *d = hvm(test);
	struct mc_mfn mfn;

	fixture_populate(test, d, GFN, 1);
	KUNIT_ASSERT_NOT_NULL(test, frame_at(test, GFN, &mfn));
	write_at(test, ADDR, 5);
	spin_lock_irq(&d->lock);
	memcore_p2m_set_page(&d->p2m, mc_gfn(GFN), mfn, MC_P2M_GRANT_RO);
	spin_unlock_irq(&d->lock);
	write_at(test, ADDR, 6);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR), 5);
	spin_lock_irq(&d->lock);
	memcore_p2m_set_page(&d->p2m, mc_gfn(GFN), mfn, MC_P2M_RAM);
	spin_unlock_irq(&d->lock);
	expect_audit(test, d->machine);
}

static void first_write_needs_memory(struct kunit *test)
{
	struct memcore_domain *d = hvm(test);
	u64 word = 5;

	fixture_populate(test, d, GFN, 1);
	atomic_set(&d->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, memcore_physical_access(d, ADDR, &word, 8,
						      MC_ACCESS_WRITE),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR), 0);
	write_at(test, ADDR, 5);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR), 5);
}

static void exchange_is_of_what_is_there(struct kunit *test)
{
	struct memcore_domain *d = hvm(test);
	u32 old = 4;

	fixture_populate(test, d, GFN, 1);
	write_at(test, ADDR + 8, 0x500000006ULL);
	KUNIT_EXPECT_EQ(test, memcore_physical_exchange(d, ADDR + 12, &old, 7),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, old, 5);
	KUNIT_EXPECT_EQ(test, memcore_physical_exchange(d, ADDR + 12, &old, 7),
			0);
	KUNIT_EXPECT_EQ(test, read_at(test, ADDR + 8), 0x700000006ULL);
	KUNIT_EXPECT_EQ(test, memcore_physical_exchange(d, ADDR + 2, &old, 7),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memcore_physical_exchange(d, ADDR + PAGE_SIZE,
							&old, 7), -EFAULT);
}

static struct kunit_case physical_cases[] = {
	KUNIT_CASE(what_is_written_is_read),
	KUNIT_CASE(hole_has_all_bits_set),
	KUNIT_CASE(access_crosses_into_a_hole),
	KUNIT_CASE(what_is_granted_to_be_read_only_stays),
	KUNIT_CASE(first_write_needs_memory),
	KUNIT_CASE(exchange_is_of_what_is_there),
	{}
};

static struct kunit_suite physical_suite = {
	.name = "memcore_physical",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = physical_cases,
};

kunit_test_suite(physical_suite);
