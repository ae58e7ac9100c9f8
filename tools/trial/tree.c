// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <memfront/mmu.h>

#include "space.h"
#include "tree.h"

/* Good enough for choosing: which of some hundred is taken. */
unsigned int below(struct rnd_state *rnd, unsigned int limit)
{
	return prandom_u32_state(rnd) % limit;
}

struct page *tree_l1(const struct trial_tree *t, unsigned int at)
{
	return t->tables[t->tree.nr - t->nr_l1 + at / TABLE_ENTRIES];
}

struct page *tree_l2(const struct trial_tree *t)
{
	return t->tables[t->tree.nr - t->nr_l1 - 1];
}

struct page *tree_l3(const struct trial_tree *t)
{
	return t->tables[t->tree.nr - t->nr_l1 - 2];
}

struct mf_maddr tree_entry(const struct trial_tree *t, unsigned int at)
{
	return mf_maddr(page_mfn(tree_l1(t, at)), at % TABLE_ENTRIES * 8);
}

/* Below a root that names the L3 table in the private slot. */
unsigned long tree_va(const struct trial_tree *t, unsigned int at)
{
	unsigned long page = (unsigned long)t->slot3 << 18 |
			     ((unsigned long)t->first2 * TABLE_ENTRIES + at);

	return 0xffff000000000000UL | (unsigned long)PRIVATE_SLOT << 39 |
	       page << PAGE_SHIFT;
}

u16 code_random(struct rnd_state *rnd)
{
	u16 code = 1 + below(rnd, NR_DATA);

	switch (below(rnd, 8)) {
	case 0:
		return 0;
	case 1:
	case 2:
		return code | CODE_READ_ONLY;
	}
	return code;
}

u64 code_pte(u16 code)
{
	if (!code)
		return 0;
	return mf_pte(page_mfn(data.page[(code & CODE_DATA) - 1]),
		      code & CODE_READ_ONLY ? MF_PTE_PAGE_RO : MF_PTE_PAGE_RW);
}

static int take(struct trial_tree *t, unsigned int nr)
{
	t->tree.tables = t->tables;
	for (t->tree.nr = 0; t->tree.nr < nr; t->tree.nr++) {
		t->tables[t->tree.nr] = page_take();
		if (!t->tables[t->tree.nr])
			return -ENOMEM;
	}
	return 0;
}

static void fill_l1(struct trial_tree *t, unsigned int stride,
		    struct rnd_state *rnd)
{
	unsigned int at, nr = t->nr_l1 * TABLE_ENTRIES;
	u64 *slots;

	memset(t->code, 0, nr * sizeof(t->code[0]));
	for (at = below(rnd, stride); at < nr; at += stride) {
		slots = page_address(tree_l1(t, at));
		t->code[at] = code_random(rnd);
		slots[at % TABLE_ENTRIES] = code_pte(t->code[at]);
	}
}

static void name(struct page *table, unsigned int slot, struct page *lower)
{
	((u64 *)page_address(table))[slot] =
		mf_pte(page_mfn(lower), MF_PTE_TABLE);
}

static void fill_above(struct trial_tree *t)
{
	unsigned int i;

	for (i = 0; i < t->nr_l1; i++)
		name(tree_l2(t), t->first2 + i, tree_l1(t, i * TABLE_ENTRIES));
	name(tree_l3(t), t->slot3, tree_l2(t));
	if (t->tree.level == 4)
		space_fill_root(t->tables[0], tree_l3(t));
}

/*
 * Sparse or dense, and anywhere in the tables above; often at the first slot of the
 * L3 table, where Xen 4.17 may lose a table that it refuses.
 */
int tree_build(struct trial_tree *t, unsigned int level, unsigned int nr_l1,
	       struct rnd_state *rnd)
{
	int ret;

	t->tree.level = level;
	t->nr_l1 = nr_l1;
	t->slot3 = below(rnd, 4) ? below(rnd, TABLE_ENTRIES) : 0;
	t->first2 = below(rnd, TABLE_ENTRIES - nr_l1 + 1);
	ret = take(t, level - 1 + nr_l1);
	if (ret) {
		tree_give(t);
		return ret;
	}
	fill_l1(t, 1 << below(rnd, 7), rnd);
	fill_above(t);
	return 0;
}

void tree_give(struct trial_tree *t)
{
	while (t->tree.nr)
		page_give(t->tables[--t->tree.nr]);
}

void tree_lose(struct trial_tree *t)
{
	for (; t->tree.nr; t->tree.nr--)
		page_lose();
}

bool tree_writable(const struct trial_tree *t)
{
	unsigned int i;

	for (i = 0; i < t->tree.nr; i++)
		if (!page_writable(t->tables[i]))
			return false;
	return true;
}
