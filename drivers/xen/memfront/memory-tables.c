// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of a PV kernel that go with its memory. When Linux takes memory away
 * it gives the pages of the tables to its page allocator as they are. On Xen they
 * are pinned and read-only, and whoever gets one next would fault. So each has one
 * more reference while the memory goes, and is released before it goes, too.
 *
 * The struct pages of that memory lie in pages that Linux frees a moment before
 * their mapping is gone. For that moment Xen would not let them become page
 * tables, so they wait likewise.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>

#include <asm/paravirt.h>
#include <asm/pgtable.h>

#include "inject.h"
#include "memory-tables.h"

/**
 * struct held_page - a page that may go with the memory
 * @page:	it
 * @release:	undoes what made it a page table; NULL: it is none
 */
struct held_page {
	struct page *page;
	void (*release)(unsigned long pfn);
};

/**
 * struct memory_tables - what may go with the memory
 * @nr:		how many pages
 * @max:	there is room for
 * @held:	the pages
 */
struct memory_tables {
	unsigned int nr;
	unsigned int max;
	struct held_page held[];
};

static void release_pte_table(unsigned long pfn)
{
	paravirt_release_pte(pfn);
}

static void release_pmd_table(unsigned long pfn)
{
	paravirt_release_pmd(pfn);
}

/* What is there since boot Linux does not free in that way. */
static void hold(struct memory_tables *t, struct page *page,
		 void (*release)(unsigned long pfn))
{
	if (!page || PageReserved(page) || t->nr == t->max)
		return;
	get_page(page);
	t->held[t->nr++] = (struct held_page){ page, release };
}

/* All processes have the kernel's part in common. */
static struct page *pmd_table_of(unsigned long va)
{
	pgd_t *pgd = pgd_offset_pgd(__va(read_cr3_pa()), va);
	p4d_t *p4d = p4d_offset(pgd, va);
	pud_t *pud;

	if (p4d_none(*p4d))
		return NULL;
	pud = pud_offset(p4d, va);
	return pud_none(*pud) || pud_large(*pud) ? NULL : pud_page(*pud);
}

static void hold_tables(struct memory_tables *t, unsigned long va,
			unsigned long end)
{
	unsigned long start = va;
	unsigned int level;
	pte_t *pte;

	for (; va < end; va += PMD_SIZE) {
		if (va == start || IS_ALIGNED(va, PUD_SIZE))
			hold(t, pmd_table_of(va), release_pmd_table);
		pte = lookup_address(va, &level);
		if (pte && level == PG_LEVEL_4K)
			hold(t, virt_to_page(pte), release_pte_table);
	}
}

static void hold_mapped(struct memory_tables *t, unsigned long va,
			unsigned long end)
{
	unsigned int level;
	pte_t *pte;

	for (; va < end; va += PAGE_SIZE) {
		pte = lookup_address(va, &level);
		if (pte && level == PG_LEVEL_4K && pte_present(*pte))
			hold(t, pte_page(*pte), NULL);
	}
}

static struct memory_tables *alloc_tables(unsigned int max)
{
	struct memory_tables *t = NULL;

	if (!memfront_should_fail())
		t = kvzalloc(struct_size(t, held, max), GFP_KERNEL);
	if (t)
		t->max = max;
	return t;
}

/**
 * memory_tables_hold - keep what goes with memory from being free at once
 * @first:	first frame, which has a struct page
 * @nr:		frames; both are multiples of a section, 128 MiB
 *
 * Context: may sleep; nobody else takes this memory away.
 * Return: for memory_tables_release(); or NULL without memory.
 */
struct memory_tables *memory_tables_hold(struct mf_pfn first,
					 unsigned long nr)
{
	unsigned long map = (unsigned long)__va(PFN_PHYS(first.nr));
	unsigned long pages = (unsigned long)pfn_to_page(first.nr);
	unsigned long map_end = map + PFN_PHYS(nr);
	unsigned long pages_end = pages + nr * sizeof(struct page);
	struct memory_tables *t;

	t = alloc_tables(nr / PTRS_PER_PTE + PFN_UP(pages_end - pages) +
			 2 * nr / (PTRS_PER_PTE * PTRS_PER_PMD) + 8);
	if (!t)
		return NULL;
	hold_tables(t, map, map_end);
	hold_tables(t, pages, pages_end);
	hold_mapped(t, pages, pages_end);
	return t;
}

/* Nobody else has a reference, so Linux has given the page up. */
static void let_go(const struct held_page *held)
{
	if (page_count(held->page) == 1 && PagePinned(held->page))
		held->release(page_to_pfn(held->page));
	put_page(held->page);
}

/**
 * memory_tables_release - let go what was held
 * @t: from memory_tables_hold(); the memory has gone, or has stayed
 *
 * Context: may sleep.
 */
void memory_tables_release(struct memory_tables *t)
{
	unsigned int i;

	for (i = 0; i < t->nr; i++)
		let_go(&t->held[i]);
	kvfree(t);
}
