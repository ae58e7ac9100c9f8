// SPDX-License-Identifier: GPL-2.0
/*
 * The tree, against a flat array that says the same; and as a tool of Xen sees
 * it, that knows nothing but the shared info and reads pages by their frames.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/sched.h>

#include <memfront/m2p.h>
#include <memfront/p2m.h>

#include "memfront_fixture.h"
#include "memfront_own_p2m.h"

#define LEAF		P2M_LEAF_ENTRIES
#define LIST		(2 * LEAF)
#define MOST		(9 * LEAF)

/**
 * struct flat - the same P2M, naively
 * @seed: of what is done to both
 * @size: entries covered
 * @raw: all entries
 * @private: a leaf for each that can be written
 */
struct flat {
	u32 seed;
	unsigned long size;
	unsigned long raw[MOST];
	bool private[MOST / LEAF];
};

static int tree_test_init(struct kunit *test)
{
	return own_p2m_begin(test, LIST);
}

static void tree_test_exit(struct kunit *test)
{
	own_p2m_end(test);
}

static struct p2m_tree *tree_of(struct kunit *test)
{
	return ((struct own_p2m *)test->priv)->tree;
}

static struct flat *flat_new(struct kunit *test)
{
	struct flat *flat = kunit_kzalloc(test, sizeof(*flat), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, flat);
	flat->seed = get_random_u32();
	kunit_info(test, "seed %u", flat->seed);
	memset(flat->raw, 0xff, sizeof(flat->raw));
	flat->size = LIST;
	flat->private[0] = true;
	flat->private[1] = true;
	return flat;
}

static int flat_write(struct flat *flat, unsigned long pfn, unsigned long raw)
{
	if (pfn >= flat->size)
		return -ERANGE;
	if (!flat->private[pfn / LEAF] && flat->raw[pfn] != raw)
		return -ENOENT;
	flat->raw[pfn] = raw;
	return 0;
}

static int flat_reserve(struct flat *flat, unsigned long first,
			unsigned long nr)
{
	unsigned long pfn;

	if (first + nr > flat->size)
		return -ERANGE;
	for (pfn = first; pfn < first + nr; pfn++)
		flat->private[pfn / LEAF] = true;
	return 0;
}

static int flat_identity(struct flat *flat, unsigned long first,
			 unsigned long nr)
{
	unsigned long pfn, n;

	if (first + nr > flat->size)
		return -ERANGE;
	for (pfn = first; pfn < first + nr; pfn += n) {
		n = min(first + nr, (pfn / LEAF + 1) * LEAF) - pfn;
		if (n < LEAF)
			flat->private[pfn / LEAF] = true;
	}
	for (pfn = first; pfn < first + nr; pfn++)
		flat->raw[pfn] = pfn | MF_P2M_IDENTITY_BIT;
	return 0;
}

static int flat_extend(struct flat *flat, unsigned long nr)
{
	flat->size = max(flat->size, roundup(nr, LEAF));
	return 0;
}

static int flat_shrink(struct flat *flat, unsigned long nr)
{
	unsigned long size = roundup(nr, LEAF), pfn;

	if (size >= flat->size)
		return 0;
	if (size < LIST)
		return -EBUSY;
	for (pfn = size; pfn < flat->size; pfn++)
		if (flat->raw[pfn] != MF_P2M_INVALID)
			return -EBUSY;
	memset(flat->private + size / LEAF, 0,
	       (flat->size - size) / LEAF * sizeof(bool));
	flat->size = size;
	return 0;
}

static void expect_same(struct kunit *test, const struct flat *flat,
			unsigned int round)
{
	static struct mf_p2m_entry entries[MOST];
	unsigned long pfn, wrong = 0;

	memfront_p2m_lookup_range(mf_pfn(0), entries, MOST);
	for (pfn = 0; pfn < MOST; pfn++)
		wrong += entries[pfn].raw != flat->raw[pfn];
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "seed %u round %u",
			    flat->seed, round);
	KUNIT_EXPECT_EQ(test, memfront_p2m_size(), flat->size);
}

/* What a word of a frame list leads to; the M2P knows every frame's page. */
static const unsigned long *page_of(unsigned long mfn)
{
	struct mf_pfn pfn;

	if (memfront_m2p_lookup(mf_mfn(mfn), &pfn) || !pfn_valid(pfn.nr))
		return NULL;
	return page_address(pfn_to_page(pfn.nr));
}

/* The entry of a pfn as a tool finds it, from the top page down. */
static unsigned long dumped(const struct arch_shared_info *shared,
			    unsigned long pfn)
{
	const unsigned long *page =
		page_of(shared->pfn_to_mfn_frame_list_list);

	page = page ? page_of(page[pfn / (LEAF * LEAF)]) : NULL;
	page = page ? page_of(page[pfn / LEAF % LEAF]) : NULL;
	return page ? page[pfn % LEAF] : 0;
}

/* A shared identity leaf has holes for tools, as Linux has it. */
static bool same_for_tools(unsigned long dump, struct mf_p2m_entry entry)
{
	return dump == entry.raw || (dump == MF_P2M_INVALID &&
				     mf_p2m_state(entry) == MF_P2M_IDENTITY);
}

static void expect_dump(struct kunit *test)
{
	const struct arch_shared_info *shared = &tree_of(test)->shared;
	unsigned long pfn, wrong = 0;

	KUNIT_EXPECT_EQ(test, shared->p2m_generation % 2, 0);
	KUNIT_EXPECT_EQ(test, shared->max_pfn, memfront_p2m_size());
	for (pfn = 0; pfn < shared->max_pfn; pfn++)
		wrong += !same_for_tools(dumped(shared, pfn),
					 memfront_p2m_lookup(mf_pfn(pfn)));
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static unsigned long random_below(struct rnd_state *rnd, unsigned long end)
{
	return prandom_u32_state(rnd) % end;
}

static void random_write(struct kunit *test, struct flat *flat,
			 struct rnd_state *rnd)
{
	unsigned long pfn = random_below(rnd, flat->size + 8);
	unsigned long mfn = prandom_u32_state(rnd);

	switch (random_below(rnd, 3)) {
	case 0:
		KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(pfn), mf_mfn(mfn)),
				flat_write(flat, pfn, mfn));
		break;
	case 1:
		KUNIT_EXPECT_EQ(test,
				memfront_p2m_set_foreign(mf_pfn(pfn),
							 mf_mfn(mfn)),
				flat_write(flat, pfn,
					   mfn | MF_P2M_FOREIGN_BIT));
		break;
	default:
		KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(pfn)),
				flat_write(flat, pfn, MF_P2M_INVALID));
	}
}

/* Makes holes of a whole range, so that there is something to shrink. */
static void clear_from(struct kunit *test, struct flat *flat,
		       unsigned long pfn)
{
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(pfn),
						   flat->size - pfn), 0);
	flat_reserve(flat, pfn, flat->size - pfn);
	for (; pfn < flat->size; pfn++) {
		KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(pfn)), 0);
		flat_write(flat, pfn, MF_P2M_INVALID);
	}
}

static void random_shape(struct kunit *test, struct flat *flat,
			 struct rnd_state *rnd)
{
	unsigned long nr = random_below(rnd, MOST);
	unsigned long pfn = random_below(rnd, flat->size);
	unsigned long len = random_below(rnd, 3 * LEAF);

	switch (random_below(rnd, 6)) {
	case 0:
		KUNIT_EXPECT_EQ(test, memfront_p2m_extend(nr),
				flat_extend(flat, nr));
		break;
	case 1:
		clear_from(test, flat, min(nr, flat->size));
		fallthrough;
	case 2:
		KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(nr),
				flat_shrink(flat, nr));
		break;
	case 3:
		KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(pfn), len),
				flat_reserve(flat, pfn, len));
		break;
	case 4:
		pfn = round_down(pfn, LEAF);
		len = round_up(len, LEAF);
		fallthrough;
	default:
		KUNIT_EXPECT_EQ(test,
				memfront_p2m_set_identity(mf_pfn(pfn), len),
				flat_identity(flat, pfn, len));
	}
}

static void random_changes_agree_with_a_flat_array(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int round, i;
	struct flat *flat;

	if (!has_own_p2m(test))
		return;
	flat = flat_new(test);
	prandom_seed_state(&rnd, flat->seed);
	for (round = 0; round < 200; round++) {
		for (i = 0; i < 20; i++)
			random_write(test, flat, &rnd);
		random_shape(test, flat, &rnd);
		expect_same(test, flat, round);
		if (round % 10 == 0)
			expect_dump(test);
	}
}

static void tools_see_every_change(struct kunit *test)
{
	struct arch_shared_info *shared;
	unsigned long pfn, before;

	if (!has_own_p2m(test))
		return;
	shared = &tree_of(test)->shared;
	for (pfn = 0; pfn < LIST; pfn += 3)
		memfront_p2m_set(mf_pfn(pfn), mf_mfn(7 * pfn));
	expect_dump(test);

	before = shared->p2m_generation;
	KUNIT_EXPECT_EQ(test, memfront_p2m_extend(LIST + 5 * LEAF), 0);
	KUNIT_EXPECT_GT(test, shared->p2m_generation, before);
	expect_dump(test);

	before = shared->p2m_generation;
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(LIST + LEAF), 1), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(LIST + LEAF), mf_mfn(9)),
			0);
	KUNIT_EXPECT_GT(test, shared->p2m_generation, before);
	KUNIT_EXPECT_EQ(test, dumped(shared, LIST + LEAF), 9);
	expect_dump(test);

	KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(LIST + LEAF)), 0);
	before = shared->p2m_generation;
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(LIST), 0);
	KUNIT_EXPECT_GT(test, shared->p2m_generation, before);
	expect_dump(test);
}

/* A mid page has 512 leaves: here are two more of them, and they go again. */
static void mids_come_and_go(struct kunit *test)
{
	unsigned long far = 2 * LEAF * LEAF + 5;
	struct p2m_tree *tree;

	if (!has_own_p2m(test))
		return;
	tree = tree_of(test);
	KUNIT_ASSERT_EQ(test, memfront_p2m_extend(far + 1), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(far), mf_mfn(3)),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, memfront_p2m_reserve(mf_pfn(far), 1), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_set(mf_pfn(far), mf_mfn(3)), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_lookup(mf_pfn(far)).raw, 3);
	KUNIT_EXPECT_EQ(test, dumped(&tree->shared, far), 3);
	KUNIT_EXPECT_EQ(test, dumped(&tree->shared, far - LEAF),
			MF_P2M_INVALID);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(LIST), -EBUSY);
	KUNIT_EXPECT_EQ(test, memfront_p2m_lookup(mf_pfn(far)).raw, 3);
	KUNIT_EXPECT_EQ(test, memfront_p2m_clear(mf_pfn(far)), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(LIST), 0);
	KUNIT_EXPECT_PTR_EQ(test, tree->mids[2].leaf, NULL);
	KUNIT_EXPECT_EQ(test, dumped(&tree->shared, far), MF_P2M_INVALID);
}

static void what_the_guest_was_started_with_stays(struct kunit *test)
{
	if (!has_own_p2m(test))
		return;
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(LEAF), -EBUSY);
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(LIST - LEAF + 1), 0);
	KUNIT_EXPECT_EQ(test, memfront_p2m_size(), LIST);
	KUNIT_EXPECT_EQ(test, memfront_p2m_extend(P2M_TREE_MAX + 1), -ERANGE);
	KUNIT_EXPECT_EQ(test, memfront_p2m_size(), LIST);
}

/* Every allocation of a step fails once; then nothing has happened. */
static int extend_far(void)
{
	return memfront_p2m_extend(3 * LEAF * LEAF);
}

static int reserve_beyond(void)
{
	return memfront_p2m_reserve(mf_pfn(LIST + LEAF), 2 * LEAF);
}

static int identity_beyond(void)
{
	return memfront_p2m_set_identity(mf_pfn(LIST + 3 * LEAF + 1), 5);
}

static void fail_everywhere(struct kunit *test, int (*step)(void))
{
	unsigned long size = memfront_p2m_size();
	unsigned int nth = 0;
	int ret;

	do {
		fail_at(++nth);
		ret = step();
		if (!has_failed())
			break;
		KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
		KUNIT_EXPECT_EQ(test, memfront_p2m_size(), size);
	} while (nth < 64);
	no_faults();
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, nth, 1U);
}

static void every_allocation_may_fail(struct kunit *test)
{
	if (!has_own_p2m(test))
		return;
	fail_everywhere(test, extend_far);
	fail_everywhere(test, reserve_beyond);
	fail_everywhere(test, identity_beyond);
	expect_dump(test);
}

static void no_tree_without_memory(struct kunit *test)
{
	struct own_p2m *own = test->priv;
	struct p2m_tree *tree;
	unsigned int nth = 0;

	if (!has_own_p2m(test))
		return;
	do {
		fail_at(++nth);
		tree = p2m_tree_create(own->list, LIST);
	} while (!tree && nth < 64);
	no_faults();
	KUNIT_EXPECT_GT(test, nth, 4U);
	KUNIT_EXPECT_NOT_NULL(test, tree);
	p2m_tree_destroy(tree);
	KUNIT_EXPECT_NULL(test, p2m_tree_create(own->list + 1, LEAF));
	KUNIT_EXPECT_NULL(test, p2m_tree_create(own->list, LEAF - 1));
}

#define READERS		3
#define ROUNDS		200
#define FRAME(pfn)	(0x10000 + (pfn))

/* Return: entries that nobody ever wrote, and that no reader may see. */
static int read_all_the_time(void *unused)
{
	struct rnd_state rnd;
	int wrong = 0;

	prandom_seed_state(&rnd, get_random_u32());
	while (!kthread_should_stop()) {
		unsigned long pfn = random_below(&rnd, MOST);
		unsigned long raw = memfront_p2m_lookup(mf_pfn(pfn)).raw;

		if (raw != FRAME(pfn) && (pfn < LIST || raw != MF_P2M_INVALID))
			wrong++;
		cond_resched();
	}
	return wrong;
}

static void grow_and_shrink(struct kunit *test)
{
	unsigned long pfn;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, memfront_p2m_extend(MOST), 0);
	KUNIT_EXPECT_EQ(test,
			memfront_p2m_reserve(mf_pfn(LIST), MOST - LIST), 0);
	for (i = 0; i < 2; i++)
		for (pfn = LIST; pfn < MOST; pfn += 7) {
			if (i)
				memfront_p2m_clear(mf_pfn(pfn));
			else
				memfront_p2m_set(mf_pfn(pfn),
						 mf_mfn(FRAME(pfn)));
		}
	KUNIT_EXPECT_EQ(test, memfront_p2m_shrink(LIST), 0);
}

static void readers_never_see_what_is_not(struct kunit *test)
{
	struct task_struct *readers[READERS];
	unsigned long pfn;
	unsigned int i;

	if (!has_own_p2m(test))
		return;
	for (pfn = 0; pfn < LIST; pfn++)
		memfront_p2m_set(mf_pfn(pfn), mf_mfn(FRAME(pfn)));
	for (i = 0; i < READERS; i++) {
		readers[i] = kthread_run(read_all_the_time, NULL, "p2m-reader");
		KUNIT_ASSERT_FALSE(test, IS_ERR(readers[i]));
		get_task_struct(readers[i]);
	}
	for (i = 0; i < ROUNDS; i++) {
		grow_and_shrink(test);
		cond_resched();
	}
	for (i = 0; i < READERS; i++) {
		KUNIT_EXPECT_EQ(test, kthread_stop(readers[i]), 0);
		put_task_struct(readers[i]);
	}
}

static struct kunit_case tree_cases[] = {
	KUNIT_CASE(random_changes_agree_with_a_flat_array),
	KUNIT_CASE(tools_see_every_change),
	KUNIT_CASE(mids_come_and_go),
	KUNIT_CASE(what_the_guest_was_started_with_stays),
	KUNIT_CASE(every_allocation_may_fail),
	KUNIT_CASE(no_tree_without_memory),
	KUNIT_CASE(readers_never_see_what_is_not),
	{}
};

static struct kunit_suite tree_suite = {
	.name = "memfront_p2m_tree",
	.init = tree_test_init,
	.exit = tree_test_exit,
	.test_cases = tree_cases,
};

kunit_test_suite(tree_suite);
