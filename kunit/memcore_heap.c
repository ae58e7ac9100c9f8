// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_fixture.h"
#include "ref_heap.h"

#define FRAMES		421UL
#define BASE		0x1600UL
#define NR_HELD		64
#define NR_STEPS	4000

/**
 * struct heap_test - a heap, its naive reference, and what was taken from both
 * @ft: the frames
 * @heap: the heap
 * @ref: its reference
 * @mfn: chunks taken
 * @order: their orders
 * @nr_held: how many
 */
struct heap_test {
	struct memcore_frametable ft;
	struct memcore_heap heap;
	struct ref_heap ref;
	unsigned long mfn[NR_HELD];
	unsigned int order[NR_HELD];
	unsigned int nr_held;
};

static int heap_test_init(struct kunit *test)
{
	struct heap_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test,
			memcore_frametable_init(&t->ft, mc_mfn(BASE), FRAMES),
			0);
	test->priv = t;
	memcore_heap_init(&t->heap, &t->ft);
	memcore_heap_add(&t->heap, mc_mfn(BASE), FRAMES);
	t->ref.base = BASE;
	t->ref.nr = FRAMES;
	t->ref.max_order = MC_MAX_ORDER;
	t->ref.state = kunit_kzalloc(test, FRAMES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->ref.state);
	memset(t->ref.state, REF_CLEAN, FRAMES);
	return 0;
}

static void heap_test_exit(struct kunit *test)
{
	struct heap_test *t = test->priv;

	if (t)
		memcore_frametable_destroy(&t->ft);
}

/* The chunk that a request of @order is due, by the rule, as an order. */
static int expected_order(const struct ref_heap *ref, unsigned int order)
{
	int clean = order ? ref_heap_smallest(ref, order, true) : -1;

	return clean >= 0 ? clean : ref_heap_smallest(ref, order, false);
}

static void check_taken(struct kunit *test, unsigned long mfn,
			unsigned int order)
{
	struct heap_test *t = test->priv;
	bool clean = order && ref_heap_smallest(&t->ref, order, true) >= 0;

	KUNIT_ASSERT_TRUE(test, ref_heap_block_free(&t->ref, mfn, order));
	KUNIT_EXPECT_EQ(test, mfn & ((1UL << order) - 1), 0);
	KUNIT_EXPECT_EQ(test, (int)ref_heap_chunk_order(&t->ref, mfn),
			expected_order(&t->ref, order));
	if (clean)
		KUNIT_EXPECT_FALSE(test, ref_heap_chunk_dirty(&t->ref, mfn));
}

static void check_counts(struct kunit *test)
{
	struct heap_test *t = test->priv;
	unsigned long used = ref_heap_count(&t->ref, REF_USED);
	unsigned long dirty = 0, i;

	KUNIT_EXPECT_EQ(test, t->heap.free_frames, FRAMES - used);
	for (i = 0; i < FRAMES; i++)
		dirty += t->ft.frames[i].need_scrub;
	KUNIT_EXPECT_EQ(test, dirty, ref_heap_count(&t->ref, REF_DIRTY));
}

static void step_alloc(struct kunit *test, unsigned int order)
{
	struct heap_test *t = test->priv;
	int expected = expected_order(&t->ref, order);
	struct mc_mfn mfn = memcore_heap_alloc(&t->heap, order);

	KUNIT_ASSERT_EQ(test, mc_mfn_ok(mfn), expected >= 0);
	if (expected < 0)
		return;
	check_taken(test, mfn.nr, order);
	ref_heap_set(&t->ref, mfn.nr, order, REF_USED);
	t->mfn[t->nr_held] = mfn.nr;
	t->order[t->nr_held++] = order;
}

static void step_free(struct kunit *test, unsigned int which, bool dirty)
{
	struct heap_test *t = test->priv;

	memcore_heap_free(&t->heap, mc_mfn(t->mfn[which]), t->order[which],
			  dirty);
	ref_heap_set(&t->ref, t->mfn[which], t->order[which],
		     dirty ? REF_DIRTY : REF_CLEAN);
	t->nr_held--;
	t->mfn[which] = t->mfn[t->nr_held];
	t->order[which] = t->order[t->nr_held];
}

static void step(struct kunit *test, struct rnd_state *rnd)
{
	struct heap_test *t = test->priv;
	u32 r = prandom_u32_state(rnd);
	bool give = !t->nr_held || (t->nr_held < NR_HELD && r & 1);

	if (give)
		step_alloc(test, (r >> 8) % 9 * ((r >> 4) % 3) / 2);
	else
		step_free(test, (r >> 8) % t->nr_held, r & 2);
}

static void random_against_reference(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS; i++) {
		step(test, &rnd);
		check_counts(test);
	}
}

static void all_frames_merge_again(struct kunit *test)
{
	struct heap_test *t = test->priv;
	unsigned long chunks[MC_MAX_ORDER + 1], i;

	memcpy(chunks, t->heap.nr_chunks, sizeof(chunks));
	for (i = 0; i < FRAMES; i++)
		KUNIT_ASSERT_TRUE(test,
				  mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 0)));
	KUNIT_EXPECT_EQ(test, t->heap.free_frames, 0);
	for (i = 0; i < FRAMES; i++)
		memcore_heap_free(&t->heap, mc_mfn(BASE + i * 8 % FRAMES), 0,
				  false);
	KUNIT_EXPECT_EQ(test, memcmp(chunks, t->heap.nr_chunks, sizeof(chunks)),
			0);
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

static void partly_dirty_chunk_split_exactly(struct kunit *test)
{
	struct heap_test *t = test->priv;
	struct mc_mfn a = memcore_heap_alloc(&t->heap, 8);
	unsigned long i;

	/* The only clean chunk that would do instead. */
	KUNIT_ASSERT_TRUE(test, mc_mfn_ok(memcore_heap_alloc(&t->heap, 7)));
	for (i = 0; i < 256; i++)
		memcore_heap_free(&t->heap, mc_mfn_add(a, i), 0, i == 200);
	KUNIT_EXPECT_EQ(test, memcore_frame(&t->ft, a)->nr_dirty, 1);
	KUNIT_EXPECT_TRUE(test, mc_mfn_eq(memcore_heap_alloc(&t->heap, 7), a));
	KUNIT_EXPECT_EQ(test, t->heap.scrubbed, 0);
	KUNIT_EXPECT_EQ(test,
			memcore_frame(&t->ft, mc_mfn_add(a, 128))->nr_dirty, 1);
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
	KUNIT_CASE(random_against_reference),
	KUNIT_CASE(all_frames_merge_again),
	KUNIT_CASE(clean_chunk_preferred),
	KUNIT_CASE(dirty_chunk_rather_than_none),
	KUNIT_CASE(single_frame_takes_dirty),
	KUNIT_CASE(partly_dirty_chunk_split_exactly),
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
