// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "memcore_fixture.h"

#define FRAMES		421UL
#define BASE		0x1600UL
#define ZONE		13

/**
 * struct heap_test - a heap of one node and one address width
 * @ft: the frames
 * @heap: the heap
 */
struct heap_test {
	struct memcore_frametable ft;
	struct memcore_heap heap;
};

static int heap_test_init(struct kunit *test)
{
	struct heap_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test,
			memcore_frametable_init(&t->ft, mc_mfn(BASE), FRAMES),
			0);
	test->priv = t;
	KUNIT_ASSERT_EQ(test, memcore_heap_init(&t->heap, &t->ft, NULL), 0);
	memcore_heap_add(&t->heap, mc_mfn(BASE), FRAMES);
	return 0;
}

static void heap_test_exit(struct kunit *test)
{
	struct heap_test *t = test->priv;

	if (!t)
		return;
	memcore_heap_destroy(&t->heap);
	memcore_frametable_destroy(&t->ft);
}

static void all_frames_merge_again(struct kunit *test)
{
	struct heap_test *t = test->priv;
	struct memcore_zone *zone = &t->heap.nodes[0].zones[ZONE];
	u32 orders = zone->orders;
	unsigned long i;

	for (i = 0; i < FRAMES; i++)
		KUNIT_ASSERT_TRUE(test,
				  mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	KUNIT_EXPECT_EQ(test, t->heap.free_frames, 0);
	KUNIT_EXPECT_EQ(test, zone->orders, 0);
	for (i = 0; i < FRAMES; i++)
		memcore_heap_free(&t->heap, mc_mfn(BASE + i * 8 % FRAMES), 0,
				  false);
	KUNIT_EXPECT_EQ(test, zone->orders, orders);
	KUNIT_EXPECT_EQ(test, zone->clean_orders, orders);
}

static void clean_chunk_preferred(struct kunit *test)
{
	struct heap_test *t = test->priv;
	struct mc_mfn a = memcore_heap_alloc(&t->heap, 5);
	struct mc_mfn b = memcore_heap_alloc(&t->heap, 5);

	memcore_heap_free(&t->heap, b, 5, true);
	KUNIT_EXPECT_FALSE(test, mc_mfn_eq(memcore_heap_alloc(&t->heap, 5), b));
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(a));
	KUNIT_EXPECT_EQ(test, t->heap.scrubbed, 0);
}

static void dirty_chunk_rather_than_none(struct kunit *test)
{
	struct heap_test *t = test->priv;
	struct mc_mfn a = memcore_heap_alloc(&t->heap, 8);

	memcore_heap_free(&t->heap, a, 8, true);
	KUNIT_EXPECT_TRUE(test, mc_mfn_eq(memcore_heap_alloc(&t->heap, 8), a));
	KUNIT_EXPECT_EQ(test, t->heap.scrubbed, 256);
}

static void single_frame_takes_dirty(struct kunit *test)
{
	struct heap_test *t = test->priv;
	unsigned long i;
	struct mc_mfn mfn;

	for (i = 0; i < FRAMES; i++)
		mfn = memcore_heap_alloc(&t->heap, 0);
	memcore_heap_free(&t->heap, mc_mfn(BASE), 0, true);
	memcore_heap_free(&t->heap, mc_mfn(BASE + 2), 0, false);
	memcore_heap_free(&t->heap, mc_mfn(BASE + 3), 0, false);
	mfn = memcore_heap_alloc(&t->heap, 0);
	KUNIT_EXPECT_EQ(test, mfn.nr, BASE);
	KUNIT_EXPECT_EQ(test, t->heap.scrubbed, 1);
}

/* Leaves no clean chunk but what comes of the one given back. */
static struct mc_mfn dirty_at(struct kunit *test, unsigned long dirty)
{
	struct heap_test *t = test->priv;
	struct mc_mfn a = memcore_heap_alloc(&t->heap, 8);
	unsigned long i;

	while (mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)))
		;
	for (i = 0; i < 256; i++)
		memcore_heap_free(&t->heap, mc_mfn_add(a, i), 0, i == dirty);
	KUNIT_EXPECT_EQ(test, memcore_frame(&t->ft, a)->first_dirty, dirty);
	return a;
}

static void split_behind_the_dirt_leaves_clean(struct kunit *test)
{
	struct heap_test *t = test->priv;
	struct mc_mfn a = dirty_at(test, 200);
	struct mc_mfn mfn = memcore_heap_alloc(&t->heap, 7);

	KUNIT_EXPECT_EQ(test, mfn.nr, a.nr + 128);
	KUNIT_EXPECT_EQ(test, t->heap.scrubbed, 1);
	KUNIT_EXPECT_EQ(test, memcore_frame(&t->ft, a)->first_dirty, U32_MAX);
}

/* Nobody looks at what is behind the first dirty frame, as on Xen. */
static void split_above_the_dirt_counts_as_dirty(struct kunit *test)
{
	struct heap_test *t = test->priv;
	struct mc_mfn a = dirty_at(test, 3), mfn;
	struct memcore_frame *middle;

	mfn = memcore_heap_alloc(&t->heap, 6);
	KUNIT_EXPECT_EQ(test, mfn.nr, a.nr + 192);
	KUNIT_EXPECT_EQ(test, t->heap.scrubbed, 0);
	KUNIT_EXPECT_EQ(test, memcore_frame(&t->ft, a)->first_dirty, 3);
	middle = memcore_frame(&t->ft, mc_mfn_add(a, 128));
	KUNIT_EXPECT_EQ(test, middle->first_dirty, 0);
	KUNIT_EXPECT_EQ(test, t->heap.nodes[0].dirty, 1);
}

static void order_too_large(struct kunit *test)
{
	struct heap_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test,
			   mc_mfn_ok(memcore_heap_alloc(&t->heap,
							MC_MAX_ORDER + 1)));
	KUNIT_EXPECT_FALSE(test,
			   mc_mfn_ok(memcore_heap_alloc(&t->heap, UINT_MAX)));
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 9)));
}

static void withheld_frames_stay(struct kunit *test)
{
	struct heap_test *t = test->priv;

	memcore_heap_withhold(&t->heap, FRAMES - 1);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 1)));
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	memcore_heap_withhold(&t->heap, ~0UL);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	memcore_heap_withhold(&t->heap, 0);
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 1)));
}

static struct kunit_case heap_cases[] = {
	KUNIT_CASE(all_frames_merge_again),
	KUNIT_CASE(clean_chunk_preferred),
	KUNIT_CASE(dirty_chunk_rather_than_none),
	KUNIT_CASE(single_frame_takes_dirty),
	KUNIT_CASE(split_behind_the_dirt_leaves_clean),
	KUNIT_CASE(split_above_the_dirt_counts_as_dirty),
	KUNIT_CASE(order_too_large),
	KUNIT_CASE(withheld_frames_stay),
	{ }
};

static struct kunit_suite heap_suite = {
	.name = "memcore_heap",
	.init = heap_test_init,
	.exit = heap_test_exit,
	.test_cases = heap_cases,
};

kunit_test_suite(heap_suite);
