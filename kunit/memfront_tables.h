/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of the adopted PV kernel, some of them page tables, for the suites of
 * what changes tables. A table's content is the page itself.
 */
#ifndef MEMFRONT_TABLES_H
#define MEMFRONT_TABLES_H

#include <kunit/test.h>
#include <linux/mm_types.h>

#include <memfront/mmu.h>
#include <memfront/pin.h>

#define TABLE_SLOTS	512
#define NR_DATA		8

/**
 * struct tables - an L1 table, and what its entries may name
 * @l1:		the page of the table; pinned between tables_make() and _free()
 * @tree:	the same, as a tree
 * @data:	pages that are mapped writable in the direct map
 */
struct tables {
	struct page *l1;
	struct memfront_tree tree;
	struct page *data[NR_DATA];
};

/**
 * struct results - what sinks were told, by cookie
 * @sink:	for requests
 * @nr:		results so far
 * @last:	cookie of the last
 * @in_order:	cookies have only ever counted up
 * @err:	by cookie; 1 where there was none yet
 */
struct results {
	struct memfront_mmu_sink sink;
	unsigned int nr;
	unsigned long last;
	bool in_order;
	int err[1024];
};

int tables_test_init(struct kunit *test);
void tables_test_exit(struct kunit *test);
bool tables_possible(struct kunit *test);
struct tables *tables_make(struct kunit *test);
void tables_free(struct kunit *test, struct tables *t);

struct mf_mfn frame_of(struct page *page);
unsigned long model_va(struct page *page);
struct mf_maddr slot_addr(struct page *table, unsigned int slot);
u64 slot_value(struct page *table, unsigned int slot);
bool names(u64 pte, struct page *page);

struct results *results_make(struct kunit *test);
struct memfront_mmu_result result_to(struct results *results,
				     unsigned long cookie);

extern const struct memfront_mmu_result no_result;

/* A frame that no domain may map. */
#define BAD_FRAME	mf_mfn(1)

#endif
