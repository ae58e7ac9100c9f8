// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/mm.h>
#include "content.h"
#include "memcore_fixture.h"
#include "shared.h"

static struct memcore_frame *some_frame(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->pv, 0, 1);
	return memcore_frame(&f->machine->frames, mc_mfn(f->list[0]));
}

static void expect_words(struct kunit *test, const struct memcore_frame *frame,
			 u64 first, u64 last)
{
	const u64 *words = memcore_content(frame);

	KUNIT_EXPECT_EQ(test, words[0], first);
	KUNIT_EXPECT_EQ(test, words[511], last);
	KUNIT_EXPECT_EQ(test, memcore_content_read(frame, 0), first);
	KUNIT_EXPECT_EQ(test, memcore_content_read(frame, 511), last);
}

static void never_written_is_zero(struct kunit *test)
{
	struct memcore_frame *frame = some_frame(test);

	expect_words(test, frame, 0, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(memcore_content(frame), 0,
					   PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, frame->content, 0);
}

static void what_was_written_is_read(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = some_frame(test);

	KUNIT_EXPECT_EQ(test,
			memcore_content_write(f->machine, frame, 511, 7), 0);
	expect_words(test, frame, 0, 7);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 0, 5),
			0);
	expect_words(test, frame, 5, 7);
	KUNIT_EXPECT_PTR_EQ(test, memcore_content_make(f->machine, frame),
			    (void *)memcore_content(frame));
	KUNIT_EXPECT_FALSE(test, memcore_content_is_lent(frame));
}

static void only_the_first_write_needs_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = some_frame(test);
	atomic_t *left = &f->machine->failpoint.left;

	atomic_set(left, 1);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 3, 0),
			0);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 3, 1),
			-ENOMEM);
	expect_words(test, frame, 0, 0);
	atomic_set(left, 1);
	KUNIT_EXPECT_NULL(test, memcore_content_make(f->machine, frame));
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 3, 1),
			0);
	atomic_set(left, 1);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 4, 1),
			0);
	KUNIT_EXPECT_EQ(test, atomic_read(left), 1);
	atomic_set(left, 0);
}

static void lent_page_is_the_content(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = some_frame(test);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	u64 *words;

	KUNIT_ASSERT_NOT_NULL(test, page);
	words = page_address(page);
	memcore_content_borrow(frame, page);
	KUNIT_EXPECT_TRUE(test, memcore_content_is_lent(frame));
	words[511] = 9;
	expect_words(test, frame, 0, 9);
	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 0, 2),
			0);
	KUNIT_EXPECT_EQ(test, words[0], 2);
	KUNIT_EXPECT_PTR_EQ(test, memcore_content_drop(frame), page);
	expect_words(test, frame, 0, 0);
	KUNIT_EXPECT_EQ(test, words[511], 9);
	__free_page(page);
}

static void next_owner_reads_zeros(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = some_frame(test);
	unsigned long mfn = f->list[0];

	KUNIT_EXPECT_EQ(test, memcore_content_write(f->machine, frame, 0, 2),
			0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0),
			1);
	KUNIT_EXPECT_EQ(test, frame->content, 0);
	fixture_populate(test, f->hvm, 0, 64);
	KUNIT_EXPECT_EQ(test, memcore_frame(&f->machine->frames,
					    mc_mfn(mfn))->owner,
			1);
	expect_words(test, frame, 0, 0);
	expect_audit(test, f->machine);
}

/* A page of the kernel, freed with the case. */
static struct page *kernel_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page;
}

static void content_moves_into_a_page_and_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = some_frame(test);
	struct page *page = kernel_page(test);
	u64 *words = page_address(page);

	KUNIT_ASSERT_EQ(test, memcore_content_write(f->machine, frame, 0, 5),
			0);
	memcore_content_lend(frame, page);
	KUNIT_EXPECT_TRUE(test, memcore_content_is_lent(frame));
	KUNIT_EXPECT_EQ(test, words[0], 5);
	words[511] = 7;
	expect_words(test, frame, 5, 7);
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, memcore_content_keep(f->machine, frame),
			-ENOMEM);
	expect_words(test, frame, 5, 7);
	KUNIT_EXPECT_TRUE(test, memcore_content_is_lent(frame));
	KUNIT_EXPECT_EQ(test, memcore_content_keep(f->machine, frame), 0);
	KUNIT_EXPECT_FALSE(test, memcore_content_is_lent(frame));
	words[0] = 9;
	expect_words(test, frame, 5, 7);
	memcore_content_return(frame);
	expect_words(test, frame, 5, 7);
	__free_page(page);
}

static void what_is_returned_is_forgotten(struct kunit *test)
{
	struct memcore_frame *frame = some_frame(test);
	struct page *page = kernel_page(test);
	u64 *words = page_address(page);

	memcore_content_borrow(frame, page);
	words[0] = 5;
	memcore_content_return(frame);
	expect_words(test, frame, 0, 0);
	__free_page(page);
}

/* It has a spare page, and loses nothing. */
static void the_hypervisors_content_is_returned_to_it(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = kernel_page(test);
	u64 *words = page_address(page);
	struct memcore_frame *frame;

	KUNIT_ASSERT_EQ(test, memcore_shared_alloc(f->hvm, true, &frame), 0);
	KUNIT_ASSERT_EQ(test, memcore_content_write(f->machine, frame, 0, 5),
			0);
	memcore_content_lend(frame, page);
	words[511] = 7;
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, memcore_content_keep(f->machine, frame), 0);
	memcore_content_return(frame);
	atomic_set(&f->machine->failpoint.left, 0);
	KUNIT_EXPECT_FALSE(test, memcore_content_is_lent(frame));
	expect_words(test, frame, 5, 7);
	memcore_content_lend(frame, page);
	memcore_shared_free(f->hvm, frame);
	KUNIT_EXPECT_EQ(test, frame->content, 0);
	__free_page(page);
}

static struct kunit_case content_cases[] = {
	KUNIT_CASE(never_written_is_zero),
	KUNIT_CASE(what_was_written_is_read),
	KUNIT_CASE(only_the_first_write_needs_memory),
	KUNIT_CASE(lent_page_is_the_content),
	KUNIT_CASE(next_owner_reads_zeros),
	KUNIT_CASE(content_moves_into_a_page_and_back),
	KUNIT_CASE(what_is_returned_is_forgotten),
	KUNIT_CASE(the_hypervisors_content_is_returned_to_it),
	{ }
};

static struct kunit_suite content_suite = {
	.name = "memcore_content",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = content_cases,
};

kunit_test_suite(content_suite);
