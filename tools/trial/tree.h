/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tree of page tables that maps the data pages: a root (L3, or L4 with an L3
 * below), an L2 table, and 1 to 512 L1 tables.
 */
#ifndef MEMTRIAL_TREE_H
#define MEMTRIAL_TREE_H

#include <linux/bits.h>
#include <linux/prandom.h>
#include <linux/types.h>

#include <memfront/frame.h>
#include <memfront/pin.h>

#include "pages.h"

#define MAX_L1		512
/* The slot of an L4 table where a PV kernel has nothing. */
#define PRIVATE_SLOT	272

/* What an entry should be, if it is not 0 for empty. */
#define CODE_DATA	GENMASK(9, 0)
#define CODE_READ_ONLY	BIT(15)

/**
 * struct trial_tree - the tree
 * @tree:	as it is pinned: the root, the tables below, L1 tables last
 * @tables:	room for the pages
 * @nr_l1:	how many L1 tables
 * @slot3:	where the L3 table names the L2 table
 * @first2:	where the L2 table names the first L1 table
 * @code:	what each L1 entry should be: CODE_*, 1 + number of the data page
 */
struct trial_tree {
	struct memfront_tree tree;
	struct page *tables[3 + MAX_L1];
	unsigned int nr_l1;
	unsigned int slot3;
	unsigned int first2;
	u16 code[MAX_L1 * TABLE_ENTRIES];
};

unsigned int below(struct rnd_state *rnd, unsigned int limit);

int tree_build(struct trial_tree *t, unsigned int level, unsigned int nr_l1,
	       struct rnd_state *rnd);
void tree_give(struct trial_tree *t);
void tree_lose(struct trial_tree *t);
bool tree_writable(const struct trial_tree *t);

u16 code_random(struct rnd_state *rnd);
u64 code_pte(u16 code);
struct page *tree_l1(const struct trial_tree *t, unsigned int at);
struct page *tree_l2(const struct trial_tree *t);
struct page *tree_l3(const struct trial_tree *t);
struct mf_maddr tree_entry(const struct trial_tree *t, unsigned int at);
unsigned long tree_va(const struct trial_tree *t, unsigned int at);

#endif /* MEMTRIAL_TREE_H */
