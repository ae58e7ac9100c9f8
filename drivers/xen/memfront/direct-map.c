// SPDX-License-Identifier: GPL-2.0
/*
 * The direct map's leaf entries, as lists of mmu_update requests: one
 * mmu_update for each 512 of them, one flush at the end.
 *
 * mmu_update needs the machine address of the entry. The 512 entries of a
 * 2 MiB block lie in one table, so a run of pages costs one look-up; that
 * makes it cheaper than update_va_mapping, where Xen walks for every page.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <memfront/kunit.h>
#include <memfront/mmu.h>

#include "direct-map.h"
#include "hypercall.h"
#include "mmu-batch.h"
#include "stats.h"

/**
 * struct change - an entry of the direct map that is to change
 * @entry:	where it is
 * @pte:	what it becomes
 */
struct change {
	struct mf_maddr entry;
	u64 pte;
};

/*
 * @changes:	what is queued
 * @nr:		how much
 * @out:	mappings are taken away, so there is a flush at the end
 * @block:	2 MiB block that @table belongs to, or NO_BLOCK
 * @table:	machine address of the entry of the block's first page
 *
 * Used under the balloon's lock.
 */
static struct {
	struct change *changes;
	unsigned int nr;
	bool out;
	unsigned long block;
	u64 table;
} batch;

#define NO_BLOCK	(~0UL)

/* Entries that go to the hypervisor at once. */
#define PART		MMU_BATCH_UPDATES

static void start_batch(void)
{
	batch.nr = 0;
	batch.out = false;
	batch.block = NO_BLOCK;
}

/**
 * direct_map_init - allocate the batch
 * @max_entries: pages that are queued before a commit, at most
 *
 * Return: 0 or -ENOMEM.
 */
int direct_map_init(unsigned int max_entries)
{
	batch.changes = kvcalloc(max_entries, sizeof(*batch.changes),
				 GFP_KERNEL);
	start_batch();
	return batch.changes ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_init);

/** direct_map_exit - free the batch. */
void direct_map_exit(void)
{
	kvfree(batch.changes);
	batch.changes = NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_exit);

/* Find the table of the block once, and for the pages after it by counting. */
static bool find_table(struct mf_pfn pfn)
{
	struct mf_pfn first = mf_block_pfn(mf_pfn_block(pfn));
	u64 entry;

	if (batch.block == mf_pfn_block(pfn))
		return true;
	if (!memfront_hv.direct_map->find(pfn, &entry))
		return false;

	batch.block = mf_pfn_block(pfn);
	batch.table = entry - (pfn.nr - first.nr) * sizeof(entry);
	return true;
}

static bool queue(struct mf_pfn pfn, u64 pte)
{
	struct change *change = &batch.changes[batch.nr];

	if (!find_table(pfn))
		return false;
	change->entry.addr = batch.table +
			     (pfn.nr & (MEMFRONT_SUPER_PAGES - 1)) *
				     sizeof(change->pte);
	change->pte = pte;
	batch.nr++;
	return true;
}

/**
 * direct_map_queue_out - take the mapping of @pfn away at the next commit
 * @pfn: a page of RAM
 *
 * Return: false if the direct map has no 4 KiB entry for it.
 */
bool direct_map_queue_out(struct mf_pfn pfn)
{
	batch.out = true;
	return queue(pfn, 0);
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_queue_out);

/**
 * direct_map_queue_in - map @pfn, writable, at the next commit
 * @pfn:	a page of RAM
 * @mfn:	the frame behind it
 *
 * Return: false if the direct map has no 4 KiB entry for it.
 */
bool direct_map_queue_in(struct mf_pfn pfn, struct mf_mfn mfn)
{
	return queue(pfn, memfront_hv.direct_map->entry(mfn));
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_queue_in);

/* How far the changes have come: the first that failed ends them. */
struct progress {
	struct memfront_mmu_sink sink;
	unsigned int done;
	int err;
};

static void change_done(struct memfront_mmu_sink *sink, unsigned long cookie,
			int err)
{
	struct progress *progress = container_of(sink, struct progress, sink);

	progress->err = progress->err ?: err;
	if (!progress->err)
		progress->done++;
}

/*
 * A part at a time: nothing may change behind an entry that was refused, and
 * others may want the CPU.
 */
static int commit_part(struct progress *progress, unsigned int first,
		       unsigned int end)
{
	struct memfront_mmu_result result = { .sink = &progress->sink };
	int ret = memfront_mmu_begin();

	if (ret)
		return ret;
	for (; first < end && !ret; first++)
		ret = memfront_mmu_set_pte(batch.changes[first].entry,
					   batch.changes[first].pte, 0,
					   DOMID_SELF, result);
	if (batch.out && end == batch.nr)
		memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	memfront_stats.hypercalls++;
	return memfront_mmu_end() ?: ret;
}

static int commit_parts(struct progress *progress)
{
	unsigned int first;
	int ret = 0;

	for (first = 0; first < batch.nr && !ret; first += PART)
		ret = commit_part(progress, first, min(first + PART, batch.nr));
	return ret;
}

/**
 * direct_map_commit - carry the queued changes out
 *
 * They stop at the first entry that Xen refuses. If mappings are taken away the
 * translations of those that are gone are flushed, once.
 *
 * Context: balloon lock held, may sleep.
 * Return: entries changed, counted from the first queued.
 */
unsigned int direct_map_commit(void)
{
	struct progress progress = { .sink.done = change_done };
	int ret = commit_parts(&progress);

	if (ret) {
		if (batch.out)
			memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
		memfront_stats.call_errors++;
		pr_warn_ratelimited("direct map: %u of %u entries changed, then Xen answered %d\n",
				    progress.done, batch.nr, ret);
	}
	start_batch();
	return progress.done;
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_commit);
