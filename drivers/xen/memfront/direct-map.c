// SPDX-License-Identifier: GPL-2.0
/*
 * The direct map's leaf entries, as lists of mmu_update requests: one
 * multicall for a batch, one flush at its end.
 *
 * mmu_update needs the machine address of the entry. The 512 entries of a
 * 2 MiB block lie in one table, so a run of pages costs one look-up; that
 * makes it cheaper than update_va_mapping, where Xen walks for every page.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>

#include <memfront/kunit.h>

#include "direct-map.h"
#include "hypercall.h"
#include "inject.h"
#include "stats.h"

/*
 * @updates:	the requests of the batch
 * @nr:		how many are queued
 * @out:	the batch takes mappings away, so it ends with a flush
 * @block:	2 MiB block that @table belongs to, or NO_BLOCK
 * @table:	machine address of the entry of the block's first page
 *
 * Used under the balloon's lock.
 */
static struct {
	struct mmu_update *updates;
	unsigned int nr;
	bool out;
	unsigned long block;
	u64 table;
} batch;

#define NO_BLOCK	(~0UL)

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
	batch.updates = kvcalloc(max_entries, sizeof(*batch.updates),
				 GFP_KERNEL);
	start_batch();
	return batch.updates ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_init);

/** direct_map_exit - free the batch. */
void direct_map_exit(void)
{
	kvfree(batch.updates);
	batch.updates = NULL;
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

static bool queue(struct mf_pfn pfn, u64 val)
{
	struct mmu_update *update = &batch.updates[batch.nr];

	if (!find_table(pfn))
		return false;
	update->ptr = batch.table + (pfn.nr & (MEMFRONT_SUPER_PAGES - 1)) *
				    sizeof(pte_t);
	update->ptr |= MMU_NORMAL_PT_UPDATE;
	update->val = val;
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

static long commit_entries(unsigned int nr, int *done)
{
	static struct mmuext_op flush = { .cmd = MMUEXT_TLB_FLUSH_ALL };
	struct multicall_entry calls[2] = {
		{
			.op = __HYPERVISOR_mmu_update,
			.args = { (unsigned long)batch.updates, nr,
				  (unsigned long)done, DOMID_SELF },
		},
		{
			.op = __HYPERVISOR_mmuext_op,
			.args = { (unsigned long)&flush, 1, 0, DOMID_SELF },
		},
	};
	long ret;

	memfront_stats.hypercalls++;
	ret = memfront_call(__HYPERVISOR_multicall, (unsigned long)calls,
			    batch.out ? 2 : 1, 0, 0, 0);
	if (ret)
		return ret;
	return calls[0].result ?: calls[1].result;
}

/**
 * direct_map_commit - carry the queued changes out
 *
 * mmu_update stops at the first entry that Xen refuses.
 *
 * Context: balloon lock held.
 * Return: entries changed, counted from the first queued.
 */
unsigned int direct_map_commit(void)
{
	unsigned int nr = memfront_should_fail() ? batch.nr / 2 : batch.nr;
	int done = 0;
	long ret = 0;

	if (nr)
		ret = commit_entries(nr, &done);
	if (ret) {
		memfront_stats.call_errors++;
		pr_warn_ratelimited("direct map: %d of %u entries changed, then Xen answered %ld\n",
				    done, nr, ret);
	}
	start_batch();
	return clamp_t(int, done, 0, nr);
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_commit);
