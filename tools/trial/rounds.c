// SPDX-License-Identifier: GPL-2.0
/* Trees that are built, pinned, used, changed, unpinned and given back. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include <memfront/mmu.h>

#include "pages.h"
#include "rounds.h"
#include "say.h"
#include "space.h"
#include "tree.h"

#define NR_SPOTS	128
#define MAX_RUN		64

static const struct memfront_mmu_result no_result;

/**
 * struct round - one tree's life
 * @t:		the tree
 * @s:		where it is used
 * @rnd:	what is chosen
 * @spot:	L1 entries that are looked at, by their place in the tree
 * @nr_spots:	how many
 * @run:	entries for a run of neighbours
 */
struct round {
	struct trial_tree t;
	struct space s;
	struct rnd_state rnd;
	unsigned int spot[NR_SPOTS];
	unsigned int nr_spots;
	u64 run[MAX_RUN];
};

/**
 * struct tally - what all rounds together have done
 * @trees:	pinned and unpinned
 * @tables:	tables in them
 * @entries:	L1 entries changed
 * @looks:	entries looked at through the private mapping
 */
static struct tally {
	unsigned long trees;
	unsigned long tables;
	unsigned long entries;
	unsigned long looks;
} tally;

static unsigned int nr_entries(const struct round *r)
{
	return r->t.nr_l1 * TABLE_ENTRIES;
}

static void choose_spots(struct round *r)
{
	for (r->nr_spots = 0; r->nr_spots < NR_SPOTS; r->nr_spots++)
		r->spot[r->nr_spots] = below(&r->rnd, nr_entries(r));
}

/* Read it and write it as the entry allows, and as it forbids. */
static bool look(struct round *r, unsigned int at)
{
	unsigned long va = tree_va(&r->t, at);
	u16 code = r->t.code[at];
	u64 *stamp, word;

	tally.looks++;
	if (!code)
		return !peek(va, &word);
	stamp = &data.stamp[(code & CODE_DATA) - 1];
	if (!peek(va, &word) || word != *stamp)
		return false;
	if (code & CODE_READ_ONLY)
		return !poke(va, ~word);
	*stamp += 0x10000;
	return poke(va, *stamp);
}

static bool look_all(struct round *r)
{
	unsigned int i;

	for (i = 0; i < r->nr_spots; i++)
		if (!look(r, r->spot[i]))
			return false;
	return true;
}

/* Change an entry of the tables that the CPU runs on. */
static bool change_inside(struct round *r)
{
	unsigned int at = r->spot[0];
	unsigned long va = tree_va(&r->t, at);
	u16 code = code_random(&r->rnd);

	if (memfront_mmu_set_va(va, code_pte(code), no_result) ||
	    memfront_mmu_flush_tlb_va(va, MEMFRONT_MMU_LOCAL))
		return false;
	r->t.code[at] = code;
	return look(r, at);
}

/* Through the private mapping, and then through the direct map. */
static const char *use_tree(struct round *r)
{
	bool seen, changed;

	if (space_enter(&r->s))
		return "the private root is refused";
	seen = look_all(r);
	changed = change_inside(r);
	if (space_leave(&r->s))
		return "the kernel's root is refused";
	if (!seen)
		return "the mapping is not as it should be";
	if (!changed)
		return "a change of the tables in use is not seen";
	return data_true() ? NULL : "a write went astray";
}

static int change_one(struct round *r, unsigned int at)
{
	r->t.code[at] = code_random(&r->rnd);
	tally.entries++;
	return memfront_mmu_set_pte(tree_entry(&r->t, at),
				    code_pte(r->t.code[at]), 0, DOMID_SELF,
				    no_result);
}

/* Neighbours in one L1 table. */
static int change_run(struct round *r, unsigned int at)
{
	unsigned int left = TABLE_ENTRIES - at % TABLE_ENTRIES;
	unsigned int nr = 1 + below(&r->rnd, min_t(unsigned int, left, MAX_RUN));
	unsigned int i;

	for (i = 0; i < nr; i++) {
		r->t.code[at + i] = code_random(&r->rnd);
		r->run[i] = code_pte(r->t.code[at + i]);
	}
	tally.entries += nr;
	return memfront_mmu_set_ptes(tree_entry(&r->t, at), r->run, nr,
				     DOMID_SELF, no_result);
}

/* In one batch, or each at once. */
static const char *change_tree(struct round *r)
{
	bool batch = below(&r->rnd, 4);
	unsigned int i;
	int ret = 0;

	if (batch && memfront_mmu_begin())
		return "a batch cannot begin";
	for (i = 0; i < r->nr_spots && !ret; i++)
		ret = i % 16 ? change_one(r, r->spot[i]) :
			       change_run(r, r->spot[i]);
	if (batch && memfront_mmu_end())
		ret = -EIO;
	return ret ? "a change is refused" : NULL;
}

static const char *live(struct round *r)
{
	const char *wrong;

	choose_spots(r);
	wrong = use_tree(r);
	if (!wrong)
		wrong = change_tree(r);
	if (!wrong)
		wrong = use_tree(r);
	return wrong;
}

static const char *in_space(struct round *r)
{
	const char *wrong;

	if (space_open(&r->s, &r->t))
		return "the private root is not pinned";
	wrong = live(r);
	if (space_close(&r->s))
		return "the private root is not unpinned";
	return wrong;
}

/* A tree that stays pinned is lost, and says so. */
static const char *while_pinned(struct round *r)
{
	const char *wrong;

	if (memfront_tree_pin(&r->t.tree))
		return "the tree is not pinned";
	wrong = in_space(r);
	if (memfront_tree_unpin(&r->t.tree)) {
		tree_lose(&r->t);
		return "the tree is not unpinned";
	}
	tally.trees++;
	tally.tables += r->t.tree.nr;
	if (!wrong && !tree_writable(&r->t))
		wrong = "a table is not writable again";
	return wrong;
}

/* First the powers of two, then small ones more often than big ones. */
static unsigned int size_of(struct round *r, unsigned int round)
{
	if (round < 10)
		return 1U << round;
	return 1 + below(&r->rnd, 1U << below(&r->rnd, 10));
}

static const char *one(struct round *r, unsigned int round)
{
	const char *wrong;

	if (tree_build(&r->t, 3 + below(&r->rnd, 2), size_of(r, round),
		       &r->rnd))
		return "there is no memory";
	wrong = while_pinned(r);
	tree_give(&r->t);
	return wrong;
}

static void run(struct round *r, unsigned int rounds, unsigned int seed)
{
	const char *wrong = NULL;
	unsigned int i;

	tally = (struct tally){ };
	prandom_seed_state(&r->rnd, seed);
	for (i = 0; i < rounds && !wrong; i++) {
		wrong = one(r, i);
		cond_resched();
	}
	say("seed %u trees %lu tables %lu changes %lu looks %lu\n", seed,
	    tally.trees, tally.tables, tally.entries, tally.looks);
	if (wrong)
		expect(false, "round %u, level %u, %u L1 tables: %s", i,
		       r->t.tree.level, r->t.nr_l1, wrong);
	else
		expect(true, "%u trees lived", rounds);
}

/**
 * command_trees() - so many trees
 * @rounds:	how many
 * @seed:	of what is chosen
 */
int command_trees(unsigned int rounds, unsigned int seed)
{
	struct round *r = vzalloc(sizeof(*r));

	if (!r)
		return -ENOMEM;
	run(r, rounds, seed);
	vfree(r);
	return 0;
}

static struct trial_tree *held;

static int hold(unsigned int nr_l1)
{
	struct rnd_state rnd;
	int ret;

	prandom_seed_state(&rnd, nr_l1);
	ret = tree_build(held, 3, nr_l1, &rnd);
	if (ret)
		return ret;
	ret = memfront_tree_pin(&held->tree);
	if (ret)
		tree_give(held);
	return ret;
}

/**
 * command_hold() - pin a tree, for a census to see
 * @nr_l1:	how many L1 tables; an L2 and an L3 table are above
 * @unused:	not used
 */
int command_hold(unsigned int nr_l1, unsigned int unused)
{
	int ret;

	if (held)
		return -EBUSY;
	if (!nr_l1 || nr_l1 > MAX_L1)
		return -EINVAL;
	held = vzalloc(sizeof(*held));
	if (!held)
		return -ENOMEM;
	ret = hold(nr_l1);
	if (ret) {
		vfree(held);
		held = NULL;
	}
	return ret;
}

/**
 * command_drop() - unpin it
 * @unused:	not used
 * @unused2:	not used
 */
int command_drop(unsigned int unused, unsigned int unused2)
{
	int ret;

	if (!held)
		return -EINVAL;
	ret = memfront_tree_unpin(&held->tree);
	if (ret)
		return ret;
	tree_give(held);
	vfree(held);
	held = NULL;
	return 0;
}
