// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include "guest-access.h"
#include "memcore_fixture.h"

static const unsigned long bad_addresses[] = {
	0, 1, 8, PAGE_SIZE, 0x7fff0000UL << 8, 1UL << 47, 1UL << 62,
	0xffff000000000000UL, ULONG_MAX, ULONG_MAX - 7, ULONG_MAX - PAGE_SIZE,
};

static void good_addresses(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long on_stack = 5, out = 0;
	static unsigned long in_module = 6;

	f->list[0] = 7;
	KUNIT_EXPECT_EQ(test,
			memcore_copy_from_guest(f->pv, &out,
						(unsigned long)&on_stack, 8),
			0);
	KUNIT_EXPECT_EQ(test, out, 5);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_from_guest(f->pv, &out,
						(unsigned long)&in_module, 8),
			0);
	KUNIT_EXPECT_EQ(test, out, 6);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_from_guest(f->pv, &out,
						(unsigned long)f->list, 8),
			0);
	KUNIT_EXPECT_EQ(test, out, 7);
}

static void bad_addresses_fault(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long word = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_addresses); i++) {
		KUNIT_EXPECT_EQ_MSG(test,
				    memcore_copy_from_guest(f->pv, &word,
							    bad_addresses[i],
							    8),
				    -EFAULT, "%lx", bad_addresses[i]);
		KUNIT_EXPECT_EQ_MSG(test,
				    memcore_copy_to_guest(f->pv,
							  bad_addresses[i],
							  &word, 8),
				    -EFAULT, "%lx", bad_addresses[i]);
	}
}

static void unmapped_page_faults(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long addr = (unsigned long)vmalloc(PAGE_SIZE), word = 3;

	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_to_guest(f->pv, addr + PAGE_SIZE - 8,
					      &word, 8),
			0);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_to_guest(f->pv, addr + PAGE_SIZE - 4,
					      &word, 8),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_from_guest(f->pv, &word,
						addr + PAGE_SIZE - 4, 8),
			-EFAULT);
	vfree((void *)addr);
}

static void cores_tables_fault(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frametable *ft = &f->machine->frames;
	unsigned long word = 0;

	KUNIT_EXPECT_EQ(test,
			memcore_copy_to_guest(f->pv, (unsigned long)ft->m2p,
					      &word, 8),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_to_guest(f->pv,
					      (unsigned long)ft->m2p_guest,
					      &word, 8),
			-EFAULT);
	KUNIT_EXPECT_EQ(test,
			memcore_copy_from_guest(f->pv, &word,
						(unsigned long)ft->frames, 8),
			-EFAULT);
}

static void every_length_and_alignment(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 *mem = (u8 *)f->list, src[24], back[24];
	unsigned int at, len, i;

	for (i = 0; i < sizeof(src); i++)
		src[i] = i + 1;
	for (at = 0; at < 9; at++) {
		for (len = 0; len <= sizeof(src); len++) {
			memset(mem, 0xee, 64);
			KUNIT_EXPECT_EQ(test,
					memcore_copy_to_guest(f->pv,
							      (unsigned long)mem + at,
							      src, len),
					0);
			KUNIT_EXPECT_EQ(test, memcmp(mem + at, src, len), 0);
			KUNIT_EXPECT_EQ(test, mem[at + len], 0xee);
			KUNIT_EXPECT_EQ(test,
					memcore_copy_from_guest(f->pv, back,
								(unsigned long)mem + at,
								len),
					0);
			KUNIT_EXPECT_EQ(test, memcmp(back, src, len), 0);
		}
	}
}

static void ranges_that_wrap(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long list = (unsigned long)f->list;

	KUNIT_EXPECT_TRUE(test, memcore_guest_range_ok(f->pv, list, 4, 8));
	KUNIT_EXPECT_FALSE(test,
			   memcore_guest_range_ok(f->pv, list, ULONG_MAX, 8));
	KUNIT_EXPECT_FALSE(test,
			   memcore_guest_range_ok(f->pv, list, ULONG_MAX / 8,
						  8));
	KUNIT_EXPECT_FALSE(test,
			   memcore_guest_range_ok(f->pv, ULONG_MAX - 15, 3, 8));
}

static void zero_page_known_and_made(struct kunit *test)
{
	u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, memcore_page_is_zero(page));
	for (i = 0; i < PAGE_SIZE; i += 255) {
		page[i] = 1;
		KUNIT_EXPECT_FALSE(test, memcore_page_is_zero(page));
		memcore_page_clear(page);
		KUNIT_EXPECT_TRUE(test, memcore_page_is_zero(page));
	}
	free_page((unsigned long)page);
}

static struct kunit_case guest_access_cases[] = {
	KUNIT_CASE(good_addresses),
	KUNIT_CASE(bad_addresses_fault),
	KUNIT_CASE(unmapped_page_faults),
	KUNIT_CASE(cores_tables_fault),
	KUNIT_CASE(every_length_and_alignment),
	KUNIT_CASE(ranges_that_wrap),
	KUNIT_CASE(zero_page_known_and_made),
	{ }
};

static struct kunit_suite guest_access_suite = {
	.name = "memcore_guest_access",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = guest_access_cases,
};

kunit_test_suite(guest_access_suite);
