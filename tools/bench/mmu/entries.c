// SPDX-License-Identifier: GPL-2.0
/*
 * What an entry costs. 512 entries go through four steps, each in calls of so
 * many entries:
 *
 *   map		empty -> writable mapping of a page
 *   change		writable -> read-only, and read-only -> writable
 *   unmap		writable -> empty
 *
 * mmu_update: entries of a pinned L1 table that no CPU uses. update_va_mapping:
 * the direct map's entries of pages that nobody touches meanwhile, so there the
 * cycle starts with unmap; more than one entry is one multicall. Either without a
 * flush, or each with that of its own address.
 */
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include <xen-public/xen.h>
#include <xen-public/version.h>

#include "hypervisor.h"
#include "measure.h"
#include "pages.h"

#define ROUNDS		32

enum step {
	STEP_MAP,
	STEP_READ_ONLY,
	STEP_WRITABLE,
	STEP_UNMAP,
	NR_STEPS,
};

static const u64 step_flags[NR_STEPS] = {
	[STEP_MAP] = ENTRY_WRITABLE,
	[STEP_READ_ONLY] = ENTRY_READ_ONLY,
	[STEP_WRITABLE] = ENTRY_WRITABLE,
};

/**
 * struct entries - 512 entries, and the requests that change them
 * @pages:	what they map
 * @table:	mmu_update: the table that they are in
 * @updates:	mmu_update: requests of each step; else NULL
 * @calls:	update_va_mapping: likewise
 * @batch:	entries in a call
 * @ns:		time of each step, all rounds
 */
struct entries {
	struct own_pages pages;
	struct own_pages table;
	struct mmu_update *updates;
	struct multicall_entry *calls;
	unsigned int batch;
	u64 ns[NR_STEPS];
};

static u64 value_of(const struct entries *e, unsigned int step,
		    unsigned int slot)
{
	if (!step_flags[step])
		return 0;
	return hv_entry(e->pages.page[slot], step_flags[step]);
}

static bool update_by_mmu(const struct entries *e, unsigned int at)
{
	unsigned int done = 0;

	return !hv.call(__HYPERVISOR_mmu_update,
			(unsigned long)&e->updates[at], e->batch,
			(unsigned long)&done, DOMID_SELF, 0) &&
	       done == e->batch;
}

static bool update_by_va(const struct entries *e, unsigned int at)
{
	struct multicall_entry *call = &e->calls[at];

	if (e->batch > 1)
		return !hv.call(__HYPERVISOR_multicall, (unsigned long)call,
				e->batch, 0, 0, 0);
	return !hv.call(__HYPERVISOR_update_va_mapping, call->args[0],
			call->args[1], call->args[2], 0, 0);
}

/* Interrupts would be measured too; on Xen they also preempt a call. */
static bool time_step(struct entries *e, unsigned int step)
{
	unsigned int at = step * TABLE_ENTRIES;
	unsigned int end = at + TABLE_ENTRIES;
	bool ok = true;
	u64 start;

	local_irq_disable();
	start = ktime_get_ns();
	for (; at < end; at += e->batch)
		ok &= e->updates ? update_by_mmu(e, at) : update_by_va(e, at);
	e->ns[step] += ktime_get_ns() - start;
	local_irq_enable();
	return ok;
}

/* Calls inside a multicall have an answer of their own. */
static bool answered(const struct entries *e, unsigned int step)
{
	const struct multicall_entry *call = &e->calls[step * TABLE_ENTRIES];
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (call[i].result)
			return false;
	return true;
}

static bool written(const struct entries *e, unsigned int step)
{
	const u64 *slots = page_address(e->table.page[0]);
	unsigned int i;
	u64 wanted;

	for (i = 0; i < TABLE_ENTRIES; i++) {
		wanted = value_of(e, step, i);
		/* Xen has bits of its own in an entry. */
		if ((READ_ONCE(slots[i]) & wanted) != wanted ||
		    !wanted != !READ_ONCE(slots[i]))
			return false;
	}
	return true;
}

static bool run_step(struct entries *e, unsigned int step)
{
	return time_step(e, step) &&
	       (e->updates ? written(e, step) : answered(e, step));
}

static int run_rounds(struct entries *e, unsigned int first)
{
	unsigned int i;

	if (!e->batch || TABLE_ENTRIES % e->batch)
		return -EINVAL;
	for (i = 0; i < ROUNDS * NR_STEPS; i++)
		if (!run_step(e, (first + i) % NR_STEPS))
			return -EIO;
	return 0;
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

static void fill_updates(struct entries *e)
{
	unsigned int step, i;

	for (step = 0; step < NR_STEPS; step++)
		for (i = 0; i < TABLE_ENTRIES; i++)
			e->updates[step * TABLE_ENTRIES + i] =
				(struct mmu_update){
				.ptr = hv_entry_addr(e->table.page[0], i) |
				       MMU_NORMAL_PT_UPDATE,
				.val = value_of(e, step, i),
			};
}

static void fill_calls(struct entries *e, unsigned long flush)
{
	unsigned int step, i;

	for (step = 0; step < NR_STEPS; step++)
		for (i = 0; i < TABLE_ENTRIES; i++)
			e->calls[step * TABLE_ENTRIES + i] =
				(struct multicall_entry){
				.op = __HYPERVISOR_update_va_mapping,
				.args[0] = hv_va(e->pages.page[i]),
				.args[1] = value_of(e, step, i),
				.args[2] = flush,
			};
}

static long pin(struct page *table, unsigned int cmd)
{
	struct mmuext_op op = {
		.cmd = cmd,
		.arg1.mfn = hv_frame(table),
	};

	return hv.call(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1, 0,
		       DOMID_SELF, 0);
}

static int in_pinned_table(struct entries *e)
{
	int ret;

	ret = own_pages_make_tables(&e->table);
	if (ret)
		return ret;
	if (pin(e->table.page[0], MMUEXT_PIN_L1_TABLE))
		return -EIO;
	fill_updates(e);
	ret = run_rounds(e, STEP_MAP);
	if (pin(e->table.page[0], MMUEXT_UNPIN_TABLE))
		ret = -EIO;
	return ret;
}

int measure_mmu_update(unsigned int batch, char *result, size_t len)
{
	struct entries e = { .batch = batch };
	int ret = -ENOMEM;

	e.updates = kvcalloc(NR_STEPS * TABLE_ENTRIES, sizeof(*e.updates),
			     GFP_KERNEL);
	if (e.updates && !own_pages_take(&e.pages, TABLE_ENTRIES) &&
	    !own_pages_take(&e.table, 1))
		ret = in_pinned_table(&e);
	say(&e, result, len);
	own_pages_free(&e.table);
	own_pages_free(&e.pages);
	kvfree(e.updates);
	return ret;
}

static int measure_va(unsigned int batch, unsigned long flush, char *result,
		      size_t len)
{
	struct entries e = { .batch = batch };
	int ret = -ENOMEM;

	e.calls = kvcalloc(NR_STEPS * TABLE_ENTRIES, sizeof(*e.calls),
			   GFP_KERNEL);
	if (e.calls && !own_pages_take(&e.pages, TABLE_ENTRIES)) {
		fill_calls(&e, flush);
		ret = run_rounds(&e, STEP_UNMAP);
	}
	say(&e, result, len);
	own_pages_free(&e.pages);
	kvfree(e.calls);
	return ret;
}

int measure_va_mapping(unsigned int batch, char *result, size_t len)
{
	return measure_va(batch, UVMF_NONE, result, len);
}

int measure_va_flush(unsigned int batch, char *result, size_t len)
{
	return measure_va(batch, UVMF_INVLPG, result, len);
}

int measure_empty(unsigned int calls, char *result, size_t len)
{
	unsigned int i;
	u64 ns;

	if (!calls)
		return -EINVAL;
	local_irq_disable();
	ns = ktime_get_ns();
	for (i = 0; i < calls; i++)
		hv.call(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0, 0);
	ns = ktime_get_ns() - ns;
	local_irq_enable();
	snprintf(result, len, "call %llu\n", DIV_ROUND_CLOSEST_ULL(ns, calls));
	return 0;
}
