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
#include <linux/sched.h>
#include <linux/slab.h>

#include <memfront/kunit.h>
#include <memfront/mmu.h>

#include "direct-map.h"
#include "hypercall.h"
#include "mmu-batch.h"
#include "stats.h"

/**
 * struct run - entries in a row
 * @first:	where the first is
 * @at:		which of the queued entries that is
 */
struct run {
	struct mf_maddr first;
	unsigned int at;
};

/*
 * @ptes:	the entries that are queued
 * @nr:		how many
 * @runs:	where they go
 * @nr_runs:	how many of those
 * @out:	mappings are taken away, so there is a flush at the end
 * @block:	2 MiB block that @table belongs to, or NO_BLOCK
 * @table:	machine address of the entry of the block's first page
 *
 * Used under the balloon's lock.
 */
static struct {
	u64 *ptes;
	unsigned int nr;
	struct run *runs;
	unsigned int nr_runs;
	bool out;
	unsigned long block;
	u64 table;
} batch;

#define NO_BLOCK	(~0UL)

/* Entries that go to the hypervisor at once; none of a run is left behind. */
#define PART		MMU_BATCH_UPDATES

static void start_batch(void)
{
	batch.nr = 0;
	batch.nr_runs = 0;
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
	batch.ptes = kvcalloc(max_entries, sizeof(*batch.ptes), GFP_KERNEL);
	batch.runs = kvcalloc(max_entries, sizeof(*batch.runs), GFP_KERNEL);
	start_batch();
	if (batch.ptes && batch.runs)
		return 0;
	direct_map_exit();
	return -ENOMEM;
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_init);

/** direct_map_exit - free the batch. */
void direct_map_exit(void)
{
	kvfree(batch.ptes);
	kvfree(batch.runs);
	batch.ptes = NULL;
	batch.runs = NULL;
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

/* Where the entry would be that follows the last one. */
static u64 end_of_run(void)
{
	const struct run *last = &batch.runs[batch.nr_runs - 1];

	return last->first.addr + (batch.nr - last->at) * sizeof(*batch.ptes);
}

/* Runs do not go on from one part to the next, nor into another table. */
static void note_entry(u64 entry)
{
	if (batch.nr % PART && !PAGE_ALIGNED(entry) && end_of_run() == entry)
		return;
	batch.runs[batch.nr_runs].first.addr = entry;
	batch.runs[batch.nr_runs].at = batch.nr;
	batch.nr_runs++;
}

static bool queue(struct mf_pfn pfn, u64 pte)
{
	if (!find_table(pfn))
		return false;
	note_entry(batch.table +
		   (pfn.nr & (MEMFRONT_SUPER_PAGES - 1)) * sizeof(pte));
	batch.ptes[batch.nr++] = pte;
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

/**
 * struct progress - how far the changes have come
 * @sink:	told of those that fail
 * @done:	entries changed
 */
struct progress {
	struct memfront_mmu_sink sink;
	unsigned int done;
};

/* Those before the first that fails are changed. */
static void change_failed(struct memfront_mmu_sink *sink, unsigned long cookie,
			  int err)
{
	struct progress *progress = container_of(sink, struct progress, sink);

	progress->done = min_t(unsigned long, progress->done, cookie);
}

/* Queue runs from @run on, as many as begin before entry @end. */
static int queue_runs(struct progress *progress, unsigned int *run,
		      unsigned int end)
{
	struct memfront_mmu_result result = { .sink = &progress->sink };
	unsigned int at, next;
	int ret = 0;

	while (*run < batch.nr_runs && batch.runs[*run].at < end && !ret) {
		at = batch.runs[*run].at;
		next = *run + 1 < batch.nr_runs ? batch.runs[*run + 1].at :
						  batch.nr;
		result.cookie = at;
		ret = memfront_mmu_set_ptes(batch.runs[*run].first,
					    batch.ptes + at, next - at,
					    DOMID_SELF, result);
		(*run)++;
	}
	return ret;
}

/*
 * A part at a time: nothing may change behind an entry that was refused, and
 * others may want the CPU.
 */
static int commit_part(struct progress *progress, unsigned int *run)
{
	unsigned int end = min(progress->done + PART, batch.nr);
	int ret = memfront_mmu_begin();

	if (ret)
		return ret;
	ret = queue_runs(progress, run, end);
	if (!ret)
		progress->done = end;
	if (batch.out && end == batch.nr)
		memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	memfront_stats.hypercalls++;
	return memfront_mmu_end() ?: ret;
}

static int commit_parts(struct progress *progress)
{
	unsigned int run = 0;
	int ret = 0;

	while (progress->done < batch.nr && !ret) {
		ret = commit_part(progress, &run);
		cond_resched();
	}
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
	struct progress progress = {
		.sink.done = change_failed,
		.sink.errors_only = true,
	};
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
