// SPDX-License-Identifier: GPL-2.0
/*
 * Each request on the in-tree core, alone and in a batch, allowed and refused.
 * What is right is what the same call made by hand answers.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <memcore/memcore.h>

#include <memfront/m2p.h>

#include "balloon.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_tables.h"

static bool can(struct page *page, unsigned int access)
{
	unsigned int error;
	u64 word = 0;

	return !memcore_access(model_va(page), &word, sizeof(word), access,
			       &error);
}

static u64 page_rw(struct page *page)
{
	return mf_pte(frame_of(page), MF_PTE_PAGE_RW);
}

static u64 page_ro(struct page *page)
{
	return mf_pte(frame_of(page), MF_PTE_PAGE_RO);
}

static long ext_by_hand(unsigned int cmd)
{
	struct mmuext_op op = { .cmd = cmd };

	return memfront_call(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1, 0,
			     DOMID_SELF, 0);
}

static void an_entry_at_once(struct kunit *test)
{
	struct tables *t = test->priv;

	if (!tables_possible(test))
		return;
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(slot_addr(t->l1, 3),
					     page_rw(t->data[0]), 0, DOMID_SELF,
					     no_result),
			0);
	KUNIT_EXPECT_TRUE(test, names(slot_value(t->l1, 3), t->data[0]));
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(slot_addr(t->l1, 3), 0, 0,
					     DOMID_SELF, no_result),
			0);
	KUNIT_EXPECT_EQ(test, slot_value(t->l1, 3), 0ULL);
}

static void a_refused_entry_says_why(struct kunit *test)
{
	struct tables *t = test->priv;
	struct mmu_update by_hand;

	if (!tables_possible(test))
		return;
	by_hand.ptr = slot_addr(t->l1, 0).addr;
	by_hand.val = mf_pte(BAD_FRAME, MF_PTE_PAGE_RW);
	KUNIT_EXPECT_EQ(test,
			(long)memfront_mmu_set_pte(slot_addr(t->l1, 0),
						   by_hand.val, 0, DOMID_SELF,
						   no_result),
			memfront_call(__HYPERVISOR_mmu_update,
				      (unsigned long)&by_hand, 1, 0, DOMID_SELF,
				      0));
	KUNIT_EXPECT_EQ(test, slot_value(t->l1, 0), 0ULL);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(slot_addr(t->l1, 0), 0, 0, 0x7000,
					     no_result),
			-ESRCH);
}

static void accessed_and_dirty_can_be_kept(struct kunit *test)
{
	struct tables *t = test->priv;
	u64 clean;

	if (!tables_possible(test))
		return;
	clean = page_rw(t->data[0]) & ~(MF_PTE_ACCESSED | MF_PTE_DIRTY);
	memfront_mmu_set_pte(slot_addr(t->l1, 0), page_rw(t->data[0]), 0,
			     DOMID_SELF, no_result);
	memfront_mmu_set_pte(slot_addr(t->l1, 0), clean,
			     MEMFRONT_MMU_PRESERVE_AD, DOMID_SELF, no_result);
	KUNIT_EXPECT_EQ(test, slot_value(t->l1, 0) & MF_PTE_DIRTY,
			MF_PTE_DIRTY);
	memfront_mmu_set_pte(slot_addr(t->l1, 0), clean, 0, DOMID_SELF,
			     no_result);
	KUNIT_EXPECT_EQ(test, slot_value(t->l1, 0) & MF_PTE_DIRTY, 0ULL);
}

static void entries_in_a_row(struct kunit *test)
{
	struct results *results;
	struct tables *t = test->priv;
	u64 ptes[NR_DATA];
	unsigned int i;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	for (i = 0; i < NR_DATA; i++)
		ptes[i] = page_ro(t->data[i]);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_ptes(slot_addr(t->l1, 504), ptes,
					      NR_DATA, DOMID_SELF,
					      result_to(results, 40)),
			0);
	for (i = 0; i < NR_DATA; i++) {
		KUNIT_EXPECT_TRUE(test, names(slot_value(t->l1, 504 + i),
					      t->data[i]));
		KUNIT_EXPECT_EQ(test, results->err[40 + i], 0);
	}
	KUNIT_EXPECT_EQ(test, results->nr, NR_DATA);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_ptes(slot_addr(t->l1, 505), ptes,
					      NR_DATA, DOMID_SELF, no_result),
			-EINVAL);
}

static void what_is_no_request_is_not_taken(struct kunit *test)
{
	struct mf_maddr odd = { .addr = 0x1004 };
	struct mf_mfn mfn = {};
	u64 pte = 0;

	if (!tables_possible(test))
		return;
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(odd, 0, 0, DOMID_SELF, no_result),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(mf_maddr(mfn, 0), 0, ~0U,
					     DOMID_SELF, no_result),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_ptes(mf_maddr(mfn, 0), &pte, 0,
					      DOMID_SELF, no_result),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_pin(0, mfn, no_result), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_pin(5, mfn, no_result), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_ldt(8, 1, no_result), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_ldt(0, 8193, no_result),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_gdt(&mfn, 7169, no_result),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_descriptor(odd, 0, no_result),
			-EINVAL);
}

static void by_virtual_address(struct kunit *test)
{
	struct tables *t = test->priv;
	struct page *page;

	if (!tables_possible(test))
		return;
	page = t->data[0];
	KUNIT_EXPECT_TRUE(test, can(page, MEMCORE_ACCESS_WRITE));
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_va(model_va(page), 0, no_result),
			0);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_flush_tlb_va(model_va(page),
						  MEMFRONT_MMU_LOCAL),
			0);
	KUNIT_EXPECT_FALSE(test, can(page, 0));
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_va(1UL << 62, 0, no_result),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_va(model_va(page), page_rw(page),
					    no_result),
			0);
	KUNIT_EXPECT_TRUE(test, can(page, MEMCORE_ACCESS_WRITE));
}

static void the_m2p_says_what_it_is_told(struct kunit *test)
{
	struct tables *t = test->priv;
	struct mf_pfn own, told;
	struct mf_mfn mfn;

	if (!tables_possible(test))
		return;
	own = mf_page_pfn(t->data[0]);
	mfn = frame_of(t->data[0]);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_m2p(mfn, mf_pfn(own.nr + 7), no_result),
			0);
	KUNIT_EXPECT_EQ(test, memfront_m2p_lookup(mfn, &told), 0);
	KUNIT_EXPECT_EQ(test, told.nr, own.nr + 7);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_m2p(mfn, own, no_result), 0);
	KUNIT_EXPECT_NE(test, memfront_mmu_set_m2p(BAD_FRAME, own, no_result),
			0);
}

static void pages_cleared_and_copied(struct kunit *test)
{
	struct tables *t = test->priv;
	u8 *from, *to;

	if (!tables_possible(test))
		return;
	from = page_address(t->data[0]);
	to = page_address(t->data[1]);
	memset(from, 0x5a, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_copy_page(frame_of(t->data[1]),
					       frame_of(t->data[0]), no_result),
			0);
	KUNIT_EXPECT_EQ(test, memcmp(from, to, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_clear_page(frame_of(t->data[0]),
						no_result),
			0);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(from, 0, PAGE_SIZE), NULL);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_clear_page(frame_of(t->l1), no_result),
			-EINVAL);
}

static void pinned_twice_is_refused(struct kunit *test)
{
	struct tables *t = test->priv;
	struct mf_mfn l1;

	if (!tables_possible(test))
		return;
	l1 = frame_of(t->l1);
	KUNIT_EXPECT_EQ(test, memfront_mmu_pin(1, l1, no_result), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_unpin(l1, no_result), 0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_unpin(l1, no_result), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_pin(1, l1, no_result), 0);
}

/* The CPU must be the same for both: a root is the CPU's. */
static void roots_are_loaded(struct kunit *test)
{
	struct mf_mfn root, user, loaded_user;
	int none, back;

	if (!tables_possible(test))
		return;
	preempt_disable();
	root = mf_mfn(memcore_root(false));
	user = mf_mfn(memcore_root(true));
	none = memfront_mmu_set_root(root, true, no_result);
	loaded_user = mf_mfn(memcore_root(true));
	back = memfront_mmu_set_root(user, true, no_result);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, none, 0);
	KUNIT_EXPECT_EQ(test, loaded_user.nr, root.nr);
	KUNIT_EXPECT_EQ(test, back, 0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_root(root, false, no_result), 0);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_root(BAD_FRAME, false, no_result),
			-EINVAL);
}

static void descriptor_tables(struct kunit *test)
{
	const u64 data_segment = 0x00cff3000000ffffULL;
	const u64 task_state = 0x0000890000000067ULL;
	struct tables *t = test->priv;
	struct page *gdt;
	struct mf_mfn mfn;

	if (!tables_possible(test))
		return;
	gdt = t->data[2];
	mfn = frame_of(gdt);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_descriptor(mf_maddr(mfn, 16),
						    data_segment, no_result),
			0);
	KUNIT_EXPECT_EQ(test, slot_value(gdt, 2), data_segment);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_descriptor(mf_maddr(mfn, 16),
						    task_state, no_result),
			-EINVAL);
	/* Writable still: not a descriptor table. */
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_gdt(&mfn, 512, no_result),
			-EINVAL);

	preempt_disable();
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_va(model_va(gdt), page_ro(gdt), no_result),
			0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_gdt(&mfn, 512, no_result), 0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_gdt(&mfn, 0, no_result), 0);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_va(model_va(gdt), page_rw(gdt), no_result),
			0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_ldt(0, 0, no_result), 0);
	preempt_enable();
}

static void flushes_answer_as_by_hand(struct kunit *test)
{
	if (!tables_possible(test))
		return;
	KUNIT_EXPECT_EQ(test, (long)memfront_mmu_flush_cache(MEMFRONT_MMU_LOCAL),
			ext_by_hand(MMUEXT_FLUSH_CACHE));
	KUNIT_EXPECT_EQ(test, (long)memfront_mmu_flush_cache(MEMFRONT_MMU_ALL),
			ext_by_hand(MMUEXT_FLUSH_CACHE_GLOBAL));
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush_tlb(MEMFRONT_MMU_LOCAL), 0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL), 0);
}

/* A stale translation of another CPU is the thing to be afraid of. */
static void a_flush_makes_a_change_seen(struct kunit *test)
{
	struct tables *t = test->priv;
	struct page *page;

	if (!tables_possible(test))
		return;
	page = t->data[0];
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, can(page, MEMCORE_ACCESS_WRITE));
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_va(model_va(page), 0, no_result),
			0);
	KUNIT_EXPECT_TRUE(test, can(page, 0));
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL), 0);
	KUNIT_EXPECT_FALSE(test, can(page, 0));
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_va(model_va(page), page_rw(page),
					    no_result),
			0);
	preempt_enable();
}

static void a_translated_guest_has_no_tables(struct kunit *test)
{
	struct mf_maddr at = {};
	struct mf_mfn mfn = {};
	struct mf_pfn pfn = {};
	u64 pte = 0;

	if (!memfront_hv.translated) {
		kunit_skip(test, "the kernel is adopted as PV");
		return;
	}
	KUNIT_EXPECT_EQ(test, memfront_mmu_begin(), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(at, 0, 0, DOMID_SELF, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_ptes(at, &pte, 1, DOMID_SELF,
					      no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_va(0, 0, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_m2p(mfn, pfn, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_pin(1, mfn, no_result), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_unpin(mfn, no_result), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_clear_page(mfn, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_copy_page(mfn, mfn, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_root(mfn, false, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_ldt(0, 0, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_gdt(&mfn, 0, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_set_descriptor(at, 0, no_result),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush_tlb_va(0, MEMFRONT_MMU_ALL),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush_cache(MEMFRONT_MMU_ALL),
			-EOPNOTSUPP);
}

static struct kunit_case mmu_cases[] = {
	KUNIT_CASE(an_entry_at_once),
	KUNIT_CASE(a_refused_entry_says_why),
	KUNIT_CASE(accessed_and_dirty_can_be_kept),
	KUNIT_CASE(entries_in_a_row),
	KUNIT_CASE(what_is_no_request_is_not_taken),
	KUNIT_CASE(by_virtual_address),
	KUNIT_CASE(the_m2p_says_what_it_is_told),
	KUNIT_CASE(pages_cleared_and_copied),
	KUNIT_CASE(pinned_twice_is_refused),
	KUNIT_CASE(roots_are_loaded),
	KUNIT_CASE(descriptor_tables),
	KUNIT_CASE(flushes_answer_as_by_hand),
	KUNIT_CASE(a_flush_makes_a_change_seen),
	KUNIT_CASE(a_translated_guest_has_no_tables),
	{}
};

static struct kunit_suite mmu_suite = {
	.name = "memfront_mmu",
	.init = tables_test_init,
	.exit = tables_test_exit,
	.test_cases = mmu_cases,
};

kunit_test_suite(mmu_suite);
