// SPDX-License-Identifier: GPL-2.0
/* GNTTABOP_swap_grant_ref: two entries change places, if nobody uses them. */
#include <linux/minmax.h>
#include <linux/string.h>
#include <xen-public/grant_table.h>
#include "../hypercall.h"
#include "../machine.h"
#include "entry.h"
#include "grant.h"
#include "grant-op.h"

/* Table locked to write: nobody has an entry. */
static bool is_pinned(struct memcore_grant_table *gt, u32 ref)
{
	return memcore_grant_entry(gt, ref)->pin;
}

static void swap_shared(struct memcore_grant_table *gt, u32 a, u32 b)
{
	union grant_entry_v2 *at_a = memcore_grant_shared(gt, a), kept;
	union grant_entry_v2 *at_b = memcore_grant_shared(gt, b);
	size_t size = PAGE_SIZE / memcore_grants_per_frame(gt);

	memcpy(&kept, at_a, size);
	memcpy(at_a, at_b, size);
	memcpy(at_b, &kept, size);
}

static s16 swap_locked(struct memcore_grant_table *gt, u32 a, u32 b)
{
	if (max(a, b) >= memcore_grant_nr_entries(gt))
		return GNTST_bad_gntref;
	/* Entries that were never used are all the same. */
	if (a == b || !gt->nr_frames)
		return GNTST_okay;
	if (is_pinned(gt, a) || is_pinned(gt, b))
		return GNTST_eagain;
	swap_shared(gt, a, b);
	if (gt->version == 2)
		swap(*memcore_grant_status(gt, a), *memcore_grant_status(gt, b));
	return GNTST_okay;
}

static s16 swap_one(struct memcore_call *call, void *op)
{
	const struct gnttab_swap_grant_ref *refs = op;
	struct memcore_grant_table *gt = &call->caller->grants;
	s16 status;

	write_lock(&gt->lock);
	status = swap_locked(gt, refs->ref_a, refs->ref_b);
	write_unlock(&gt->lock);
	return status;
}

static const struct memcore_grant_list swaps = {
	.size = sizeof(struct gnttab_swap_grant_ref),
	.status = offsetof(struct gnttab_swap_grant_ref, status),
	.one = swap_one,
};

/**
 * memcore_grant_swap() - GNTTABOP_swap_grant_ref
 * @call: the hypercall
 * @at: where the first operation is
 * @count: their number
 *
 * Return: as all of grant-op.h.
 */
long memcore_grant_swap(struct memcore_call *call, unsigned long at,
			unsigned int count)
{
	return memcore_grant_run_list(call, at, count, &swaps);
}
