// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <memcore/memcore.h>

#include <memfront/p2m.h>

#include "balloon.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_tables.h"

const struct memfront_mmu_result no_result;

/* A translated kernel has no tables. */
bool tables_possible(struct kunit *test)
{
	if (!memfront_hv.direct_map)
		kunit_skip(test, "the kernel is not adopted as PV");
	return memfront_hv.direct_map;
}

struct mf_mfn frame_of(struct page *page)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(page)));
}

struct mf_maddr slot_addr(struct page *table, unsigned int slot)
{
	return mf_maddr(frame_of(table), slot * sizeof(u64));
}

/* Where the modelled direct map has a page. */
unsigned long model_va(struct page *page)
{
	return MEMCORE_DIRECT_MAP + PFN_PHYS(page_to_pfn(page));
}

u64 slot_value(struct page *table, unsigned int slot)
{
	return READ_ONCE(((u64 *)page_address(table))[slot]);
}

bool names(u64 pte, struct page *page)
{
	return pte & MF_PTE_PRESENT && mf_pte_mfn(pte).nr == frame_of(page).nr;
}

static void free_pages_of(struct tables *t)
{
	unsigned int i;

	for (i = 0; i < NR_DATA; i++)
		if (t->data[i])
			__free_page(t->data[i]);
	if (t->l1)
		__free_page(t->l1);
}

struct tables *tables_make(struct kunit *test)
{
	struct tables *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->l1 = alloc_page(GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, t->l1);
	for (i = 0; i < NR_DATA; i++) {
		t->data[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, t->data[i]);
	}
	t->tree = (struct memfront_tree){ .level = 1, .tables = &t->l1, .nr = 1 };
	KUNIT_ASSERT_EQ(test, memfront_tree_pin(&t->tree), 0);
	return t;
}

void tables_free(struct kunit *test, struct tables *t)
{
	int ret = memfront_tree_unpin(&t->tree);

	KUNIT_EXPECT_EQ(test, ret, 0);
	if (!ret)
		free_pages_of(t);
}

/* For suites whose test->priv is a struct tables; NULL where there are none. */
int tables_test_init(struct kunit *test)
{
	int ret = need_core(test);

	if (ret || !memfront_hv.direct_map)
		return ret;
	balloon_stop(&memfront_balloon);
	test->priv = tables_make(test);
	return 0;
}

void tables_test_exit(struct kunit *test)
{
	no_faults();
	if (!test->priv)
		return;
	tables_free(test, test->priv);
	expect_core_sound(test);
	balloon_start(&memfront_balloon);
}

static void take_result(struct memfront_mmu_sink *sink, unsigned long cookie,
			int err)
{
	struct results *results = container_of(sink, struct results, sink);

	if (cookie >= ARRAY_SIZE(results->err))
		return;
	if (results->nr && cookie <= results->last)
		results->in_order = false;
	results->last = cookie;
	results->err[cookie] = err;
	results->nr++;
}

struct results *results_make(struct kunit *test)
{
	struct results *results = kunit_kzalloc(test, sizeof(*results),
						GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, results);
	results->sink.done = take_result;
	results->in_order = true;
	for (i = 0; i < ARRAY_SIZE(results->err); i++)
		results->err[i] = 1;
	return results;
}

struct memfront_mmu_result result_to(struct results *results,
				     unsigned long cookie)
{
	return (struct memfront_mmu_result){
		.sink = &results->sink,
		.cookie = cookie,
	};
}
