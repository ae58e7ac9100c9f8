// SPDX-License-Identifier: GPL-2.0
/*
 * Random requests of a heap with nodes and address widths, each answer held
 * against the naive heap's.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_fixture.h"
#include "ref_heap.h"

/* The second node, and so a chunk if it could, is on both sides of 0x2000. */
#define BASE		0x1e00UL
#define FRAMES		821UL
#define NR_HELD		64
#define NR_STEPS	2500
#define NR_USERS	3
#define ZONE_LO		13
#define ZONE_HI		14

/**
 * struct heap_test - a heap, its naive reference, and what was taken from both
 * @ft: the frames
 * @heap: the heap
 * @ref: its reference
 * @users: who takes; the last is the hypervisor itself
 * @mfn: chunks taken
 * @order: their orders
 * @nr_held: how many
 */
struct heap_test {
	struct memcore_frametable ft;
	struct memcore_heap heap;
	struct ref_heap ref;
	struct memcore_heap_user users[NR_USERS];
	unsigned long mfn[NR_HELD];
	unsigned int order[NR_HELD];
	unsigned int nr_held;
};

static void make_reference(struct kunit *test, const struct memcore_numa *numa)
{
	struct heap_test *t = test->priv;
	unsigned long end = BASE;
	unsigned int n;

	t->ref.base = BASE;
	t->ref.nr = FRAMES;
	t->ref.max_order = MC_MAX_ORDER;
	t->ref.nr_nodes = numa->nr;
	for (n = 0; n < numa->nr; n++) {
		end += numa->frames[n];
		t->ref.node_end[n] = end;
	}
	t->ref.dma_zone = numa->nr > 1 ? ZONE_LO : 0;
	t->ref.state = kunit_kzalloc(test, FRAMES, GFP_KERNEL);
	t->ref.marked = kunit_kzalloc(test, FRAMES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->ref.state);
	KUNIT_ASSERT_NOT_NULL(test, t->ref.marked);
	memset(t->ref.state, REF_CLEAN, FRAMES);
}

static void make(struct kunit *test, const struct memcore_numa *numa)
{
	struct heap_test *t = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, memcore_frametable_init(&t->ft, mc_mfn(BASE),
						      FRAMES), 0);
	KUNIT_ASSERT_EQ(test, memcore_heap_init(&t->heap, &t->ft, numa), 0);
	memcore_heap_add(&t->heap, mc_mfn(BASE), FRAMES);
	make_reference(test, numa);
	KUNIT_EXPECT_EQ(test, t->heap.dma_zone, t->ref.dma_zone);
	for (i = 0; i < NR_USERS; i++)
		t->users[i].affinity = t->heap.online;
}

static int heap_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct heap_test), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
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

static void check_counts(struct kunit *test)
{
	struct heap_test *t = test->priv;
	unsigned long dirty = 0, noted = 0, i;

	KUNIT_ASSERT_EQ(test, t->heap.free_frames,
			FRAMES - ref_heap_count(&t->ref, REF_USED));
	for (i = 0; i < FRAMES; i++)
		dirty += t->ft.frames[i].need_scrub;
	for (i = 0; i < t->heap.nr_nodes; i++)
		noted += t->heap.nodes[i].dirty;
	KUNIT_ASSERT_EQ(test, dirty, ref_heap_count(&t->ref, REF_DIRTY));
	KUNIT_ASSERT_EQ(test, dirty, noted);
}

/* The frames at the end of a chunk of just the kind that was due. */
static void check_taken(struct kunit *test, unsigned long mfn,
			unsigned int order, const struct ref_chunk *due)
{
	struct heap_test *t = test->priv;
	struct ref_chunk chunk;

	KUNIT_ASSERT_TRUE(test, ref_heap_block_free(&t->ref, mfn, order));
	KUNIT_EXPECT_EQ(test, mfn & ((1UL << order) - 1), 0);
	chunk = ref_heap_chunk(&t->ref, mfn);
	KUNIT_EXPECT_EQ(test, (mfn + (1UL << order)) &
			      ((1UL << chunk.order) - 1), 0);
	KUNIT_EXPECT_EQ(test, chunk.node, due->node);
	KUNIT_EXPECT_EQ(test, chunk.zone, due->zone);
	KUNIT_EXPECT_EQ(test, chunk.order, due->order);
	KUNIT_EXPECT_EQ(test, chunk.clean, due->clean);
}

static void take(struct kunit *test, const struct memcore_heap_request *req,
		 const struct ref_request *ref)
{
	struct heap_test *t = test->priv;
	struct ref_chunk due;
	bool expected = ref_heap_expect(&t->ref, ref, &due);
	struct mc_mfn mfn = memcore_heap_request(&t->heap, req);

	KUNIT_ASSERT_EQ(test, mc_mfn_ok(mfn), expected);
	if (!expected)
		return;
	check_taken(test, mfn.nr, req->order, &due);
	if (req->user)
		KUNIT_EXPECT_EQ(test, req->user->last_node, due.node);
	ref_heap_take(&t->ref, mfn.nr, req->order);
	t->mfn[t->nr_held] = mfn.nr;
	t->order[t->nr_held++] = req->order;
}

static unsigned int random_bits(u32 r)
{
	static const unsigned int bits[] = {
		0, 0, 0, ZONE_LO + PAGE_SHIFT, ZONE_HI + PAGE_SHIFT, 20, 64,
	};

	return bits[r % ARRAY_SIZE(bits)];
}

static void random_take(struct kunit *test, struct rnd_state *rnd)
{
	struct heap_test *t = test->priv;
	u32 r = prandom_u32_state(rnd), which = prandom_u32_state(rnd);
	struct memcore_heap_user *user = &t->users[which % NR_USERS];
	struct memcore_heap_request req = {
		.order = r % 9 * (r / 16 % 3) / 2,
		.address_bits = random_bits(r >> 8),
		.node = r & BIT(16) ? MC_NO_NODE : r / BIT(20) % 5,
		.unclaimed = !(which & 0x700),
		.user = which % NR_USERS == NR_USERS - 1 ? NULL : user,
	};
	struct ref_request ref = {
		.order = req.order,
		.zone_hi = req.address_bits ?
			min_t(u32, req.address_bits - PAGE_SHIFT, 40) : 40,
		.node = req.node,
		.affinity = req.user ? user->affinity : ~0ULL,
		.last = req.user ? user->last_node : 63,
		.own_claim = req.user && !req.unclaimed ? user->claimed : 0,
	};

	req.exact_node = req.node != MC_NO_NODE && r & BIT(17);
	ref.exact = req.exact_node;
	take(test, &req, &ref);
}

static void random_give(struct kunit *test, u32 r)
{
	struct heap_test *t = test->priv;
	unsigned int which = (r >> 8) % t->nr_held;

	memcore_heap_free(&t->heap, mc_mfn(t->mfn[which]), t->order[which],
			  r & 2);
	ref_heap_give(&t->ref, t->mfn[which], t->order[which], r & 2);
	t->nr_held--;
	t->mfn[which] = t->mfn[t->nr_held];
	t->order[which] = t->order[t->nr_held];
}

/* Claims as they come and go, whatever they are good for. */
static void random_claim(struct heap_test *t, u32 r)
{
	struct memcore_heap_user *user = &t->users[r % (NR_USERS - 1)];
	unsigned long left = t->heap.free_frames - t->heap.claimed;

	t->heap.claimed -= user->claimed;
	user->claimed = r & 4 || left > FRAMES ? 0 : (r >> 8) % (left + 1);
	t->heap.claimed += user->claimed;
	t->ref.claimed = t->heap.claimed;
	user->affinity = (r >> 4) % 2 ? r >> 16 : t->heap.online;
}

static void step(struct kunit *test, struct rnd_state *rnd)
{
	struct heap_test *t = test->priv;
	u32 r = prandom_u32_state(rnd);

	if (r % 23 == 0)
		random_claim(t, prandom_u32_state(rnd));
	if (!t->nr_held || (t->nr_held < NR_HELD && r & 1))
		random_take(test, rnd);
	else
		random_give(test, r);
}

static void run(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS; i++) {
		step(test, &rnd);
		check_counts(test);
		cond_resched();
	}
}

static void one_node(struct kunit *test)
{
	static const struct memcore_numa numa = { 1, { FRAMES } };

	make(test, &numa);
	run(test);
}

static void three_nodes(struct kunit *test)
{
	static const struct memcore_numa numa = { 3, { 300, 250, 271 } };

	make(test, &numa);
	run(test);
}

static void eight_nodes_some_tiny(struct kunit *test)
{
	static const struct memcore_numa numa = {
		8, { 500, 1, 3, 20, 1, 100, 192, 4 },
	};

	make(test, &numa);
	run(test);
}

static struct kunit_case heap_random_cases[] = {
	KUNIT_CASE(one_node),
	KUNIT_CASE(three_nodes),
	KUNIT_CASE(eight_nodes_some_tiny),
	{ }
};

static struct kunit_suite heap_random_suite = {
	.name = "memcore_heap_random",
	.init = heap_test_init,
	.exit = heap_test_exit,
	.test_cases = heap_random_cases,
};

kunit_test_suite(heap_random_suite);
