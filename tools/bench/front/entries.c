// SPDX-License-Identifier: GPL-2.0
/*
 * What an entry costs through xen-memfront: the same 512 entries of a pinned L1
 * table, through the same four steps, as in mmubench:
 *
 *   map		empty -> writable mapping of a page
 *   change		writable -> read-only, and read-only -> writable
 *   unmap		writable -> empty
 */
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <memfront/mmu.h>
#include <memfront/p2m.h>
#include <memfront/pin.h>

#include "measure.h"

#define ROUNDS		32
#define TABLE_ENTRIES	512

enum step {
	STEP_MAP,
	STEP_READ_ONLY,
	STEP_WRITABLE,
	STEP_UNMAP,
	NR_STEPS,
};

static const struct memfront_mmu_result no_result;

/**
 * struct entries - 512 entries
 * @pages:	what they map
 * @nr_pages:	how many there are
 * @table:	the table that they are in
 * @tree:	that, as it is pinned
 * @first:	machine address of its first entry
 * @pte:	what they are after each step
 * @batch:	entries in a batch
 * @run:	by memfront_mmu_set_ptes()
 * @ns:		time of each step, all rounds
 */
struct entries {
	struct page *pages[TABLE_ENTRIES];
	unsigned int nr_pages;
	struct page *table;
	struct memfront_tree tree;
	struct mf_maddr first;
	u64 pte[NR_STEPS][TABLE_ENTRIES];
	unsigned int batch;
	bool run;
	u64 ns[NR_STEPS];
};

static bool by_one(const struct entries *e, const u64 *pte, unsigned int at)
{
	struct mf_maddr entry = { .addr = e->first.addr + at * sizeof(u64) };
	unsigned int end = at + e->batch;

	memfront_mmu_begin();
	for (; at < end; at++, entry.addr += sizeof(u64))
		memfront_mmu_set_pte(entry, pte[at], 0, DOMID_SELF, no_result);
	return !memfront_mmu_end();
}

static bool by_run(const struct entries *e, const u64 *pte, unsigned int at)
{
	struct mf_maddr entry = { .addr = e->first.addr + at * sizeof(u64) };

	return !memfront_mmu_set_ptes(entry, &pte[at], e->batch, DOMID_SELF,
				      no_result);
}

/* Interrupts would be measured too; on Xen they also preempt a call. */
static bool time_step(struct entries *e, unsigned int step)
{
	const u64 *pte = e->pte[step];
	unsigned int at;
	bool ok = true;
	u64 start;

	local_irq_disable();
	start = ktime_get_ns();
	for (at = 0; at < TABLE_ENTRIES; at += e->batch)
		ok &= e->run ? by_run(e, pte, at) : by_one(e, pte, at);
	e->ns[step] += ktime_get_ns() - start;
	local_irq_enable();
	return ok;
}

static bool written(const struct entries *e, unsigned int step)
{
	const u64 *slots = page_address(e->table);
	unsigned int i;
	u64 wanted;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		wanted = e->pte[step][i];
		/* Xen has bits of its own in an entry. */
		if ((READ_ONCE(slots[i]) & wanted) != wanted ||
		    !wanted != !READ_ONCE(slots[i]))
			return false;
	}
	return true;
}

static int run_rounds(struct entries *e)
{
	unsigned int i;

	for (i = 0; i < ROUNDS * NR_STEPS; i++)
		if (!time_step(e, i % NR_STEPS) || !written(e, i % NR_STEPS))
			return -EIO;
	return 0;
}

static struct mf_mfn page_mfn(struct page *page)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(page)));
}

static int take_pages(struct entries *e)
{
	e->table = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!e->table)
		return -ENOMEM;
	for (; e->nr_pages < TABLE_ENTRIES; e->nr_pages++) {
		e->pages[e->nr_pages] = alloc_page(GFP_KERNEL);
		if (!e->pages[e->nr_pages])
			return -ENOMEM;
	}
	return 0;
}

static void give_pages(struct entries *e)
{
	while (e->nr_pages)
		__free_page(e->pages[--e->nr_pages]);
	if (e->table)
		__free_page(e->table);
}

static void fill_steps(struct entries *e)
{
	struct mf_mfn mfn;
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		mfn = page_mfn(e->pages[i]);
		e->pte[STEP_MAP][i] = mf_pte(mfn, MF_PTE_PAGE_RW);
		e->pte[STEP_READ_ONLY][i] = mf_pte(mfn, MF_PTE_PAGE_RO);
		e->pte[STEP_WRITABLE][i] = mf_pte(mfn, MF_PTE_PAGE_RW);
	}
	e->first = mf_maddr(page_mfn(e->table), 0);
}

static int in_pinned_table(struct entries *e)
{
	int ret, err;

	e->tree = (struct memfront_tree){
		.level = 1,
		.tables = &e->table,
		.nr = 1,
	};
	ret = memfront_tree_pin(&e->tree);
	if (ret)
		return ret;
	fill_steps(e);
	ret = run_rounds(e);
	err = memfront_tree_unpin(&e->tree);
	if (err)
		e->table = NULL;
	return ret ?: err;
}

static u64 per_entry(u64 ns)
{
	return DIV_ROUND_CLOSEST_ULL(ns, ROUNDS * TABLE_ENTRIES);
}

static void say(const struct entries *e, char *result, size_t len)
{
	u64 change = e->ns[STEP_READ_ONLY] + e->ns[STEP_WRITABLE];

	snprintf(result, len, "map %llu change %llu unmap %llu\n",
		 per_entry(e->ns[STEP_MAP]), per_entry(change) / 2,
		 per_entry(e->ns[STEP_UNMAP]));
}

static int measure(const struct arguments *args, bool run, char *result,
		   size_t len)
{
	struct entries *e;
	int ret;

	if (!args->nr || args->nr > TABLE_ENTRIES || TABLE_ENTRIES % args->nr)
		return -EINVAL;
	e = kvzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	e->batch = args->nr;
	e->run = run;
	ret = take_pages(e);
	if (!ret)
		ret = in_pinned_table(e);
	say(e, result, len);
	give_pages(e);
	kvfree(e);
	return ret;
}

int measure_pte(const struct arguments *args, char *result, size_t len)
{
	return measure(args, false, result, len);
}

int measure_ptes(const struct arguments *args, char *result, size_t len)
{
	return measure(args, true, result, len);
}
