// SPDX-License-Identifier: GPL-2.0
/* Trees with one bad entry: they must be refused, and be as they were. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include <memfront/mmu.h>

#include "pages.h"
#include "rounds.h"
#include "say.h"
#include "tree.h"

enum flaw {
	FLAW_TABLE_WRITABLE,	/* an L1 entry maps a table writable */
	FLAW_NO_FRAME,		/* an L1 entry names a frame that is not there */
	FLAW_L1_IS_DATA,	/* the L2 table names a page that is mapped */
	FLAW_L2_IS_LARGE,	/* the L2 table maps 2 MiB */
	FLAW_L2_IS_DATA,	/* the L3 table names a page that is mapped */
	NR_FLAWS,
};

static unsigned long refused[NR_FLAWS];

static u64 flawed_pte(const struct trial_tree *t, enum flaw flaw,
		      struct rnd_state *rnd)
{
	struct page *mapped = data.page[below(rnd, NR_DATA)];

	switch (flaw) {
	case FLAW_TABLE_WRITABLE:
		return mf_pte(page_mfn(t->tables[below(rnd, t->tree.nr)]),
			      MF_PTE_PAGE_RW);
	case FLAW_NO_FRAME:
		return mf_pte(mf_mfn(NO_SUCH_FRAME), MF_PTE_PAGE_RO);
	case FLAW_L2_IS_LARGE:
		return MF_PTE_PAGE_RW | BIT_ULL(7);
	default:
		return mf_pte(page_mfn(mapped), MF_PTE_TABLE);
	}
}

static struct page *flawed_table(const struct trial_tree *t, enum flaw flaw,
				 struct rnd_state *rnd)
{
	switch (flaw) {
	case FLAW_L1_IS_DATA:
	case FLAW_L2_IS_LARGE:
		return tree_l2(t);
	case FLAW_L2_IS_DATA:
		return tree_l3(t);
	default:
		return tree_l1(t, below(rnd, t->nr_l1) * TABLE_ENTRIES);
	}
}

static void spoil(const struct trial_tree *t, enum flaw flaw,
		  struct rnd_state *rnd)
{
	u64 *slots = page_address(flawed_table(t, flaw, rnd));

	slots[below(rnd, TABLE_ENTRIES)] = flawed_pte(t, flaw, rnd);
}

/* After that a tree that fits is pinned all the same. */
static const char *whole_again(struct trial_tree *t)
{
	unsigned int i;

	for (i = 0; i < t->tree.nr; i++)
		clear_page(page_address(t->tables[i]));
	if (memfront_tree_pin(&t->tree))
		return "the mended tree is not pinned";
	return memfront_tree_unpin(&t->tree) ? "nor unpinned" : NULL;
}

static const char *one(struct trial_tree *t, struct rnd_state *rnd)
{
	enum flaw flaw = below(rnd, NR_FLAWS);
	const char *wrong;

	if (tree_build(t, 3 + below(rnd, 2), 1 + below(rnd, 64), rnd))
		return "there is no memory";
	spoil(t, flaw, rnd);
	if (!memfront_tree_pin(&t->tree)) {
		memfront_tree_unpin(&t->tree);
		wrong = "a bad tree is pinned";
	} else {
		refused[flaw]++;
		wrong = tree_writable(t) ? whole_again(t) :
					   "a table is not writable again";
	}
	tree_give(t);
	return wrong;
}

static void run(struct trial_tree *t, unsigned int rounds, unsigned int seed)
{
	const char *wrong = NULL;
	struct rnd_state rnd;
	unsigned int i;

	memset(refused, 0, sizeof(refused));
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < rounds && !wrong; i++) {
		wrong = one(t, &rnd);
		cond_resched();
	}
	say("seed %u refused: writable table %lu, no frame %lu, L1 is data %lu",
	    seed, refused[0], refused[1], refused[2]);
	say(", large page %lu, L2 is data %lu\n", refused[3], refused[4]);
	if (wrong)
		expect(false, "round %u: %s", i, wrong);
	else
		expect(true, "%u bad trees were refused and undone", rounds);
}

/**
 * command_refused() - so many trees with a bad entry
 * @rounds:	how many
 * @seed:	of what is chosen
 */
int command_refused(unsigned int rounds, unsigned int seed)
{
	struct trial_tree *t = vzalloc(sizeof(*t));

	if (!t)
		return -ENOMEM;
	run(t, rounds, seed);
	vfree(t);
	return 0;
}
