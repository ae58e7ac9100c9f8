// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_cache_flush: make sure that memory has what the cache has.
 *
 * Nothing is flushed: the core's frames have no cache of their own. But who may
 * ask for what is as on Xen, which looks for a grant of the frame in the whole
 * table of its owner, 4096 entries at a time.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <xen-public/grant_table.h>
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "entry.h"
#include "grant.h"
#include "grant-op.h"

/* Entries that are looked at before something else may run. */
#define BATCH	4096U

/* There is more of the table to look at. */
#define AGAIN	1

static bool lets(struct memcore_grant_table *gt, u32 ref, u16 domid,
		 struct mc_mfn mfn)
{
	struct memcore_grant_entry *entry;
	bool ok;

	if (memcore_grant_entry_acquire(gt, ref, &entry))
		return false;
	ok = entry->pin && entry->domid == domid && mc_mfn_eq(entry->mfn, mfn);
	memcore_grant_entry_release(entry);
	return ok;
}

static int look_locked(struct memcore_grant_table *gt, u16 domid,
		       struct mc_mfn mfn, u32 *ref)
{
	u32 nr = memcore_grant_nr_entries(gt), end = min(*ref + BATCH, nr), i;

	for (i = *ref; i < end; i++)
		if (lets(gt, i, domid, mfn))
			return 0;
	if (i >= nr)
		return -EINVAL;
	*ref = i;
	return AGAIN;
}

static int look(struct memcore_domain *owner, const struct memcore_domain *d,
		struct mc_mfn mfn, u32 *ref)
{
	int ret;

	memcore_grant_read_lock(&owner->grants);
	ret = look_locked(&owner->grants, d->config.domid, mfn, ref);
	memcore_grant_read_unlock(&owner->grants);
	return ret;
}

/* x86 cannot throw away what is in a cache without writing it back. */
static int flush(const struct gnttab_cache_flush *op)
{
	return op->op == GNTTAB_CACHE_INVAL ? -EOPNOTSUPP : 0;
}

static int flush_owned(struct memcore_domain *d,
		       const struct gnttab_cache_flush *op,
		       struct memcore_frame *frame, struct mc_mfn mfn, u32 *ref)
{
	struct memcore_domain *owner = memcore_frame_owner(d->machine, frame);
	int ret = 0;

	if (!owner)
		return -EPERM;
	if (owner != d)
		ret = look(owner, d, mfn, ref);
	return ret ?: flush(op);
}

static bool range_ok(const struct gnttab_cache_flush *op)
{
	return op->offset < PAGE_SIZE && op->length <= PAGE_SIZE &&
	       op->offset + op->length <= PAGE_SIZE &&
	       !(op->op & ~(GNTTAB_CACHE_INVAL | GNTTAB_CACHE_CLEAN));
}

static int flush_one(struct memcore_domain *d,
		     const struct gnttab_cache_flush *op, u32 *ref)
{
	struct mc_mfn mfn = mc_mfn(op->a.dev_bus_addr >> PAGE_SHIFT);
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);
	int ret;

	if (!range_ok(op))
		return -EINVAL;
	if (!op->length || !op->op)
		return *ref ? -EILSEQ : 0;
	if (!frame)
		return -EINVAL;
	if (!memcore_frame_get_any(d->machine, frame))
		return -EPERM;
	ret = flush_owned(d, op, frame, mfn, ref);
	memcore_frame_put(d->machine, frame);
	return ret;
}

/* Return: 0, an error, or AGAIN if it was preempted. */
static int flush_wholly(struct memcore_call *call,
			const struct gnttab_cache_flush *op, u32 *ref)
{
	int ret;

	do {
		ret = flush_one(call->caller, op, ref);
	} while (ret == AGAIN && !memcore_grant_preempt(call));
	return ret;
}

/**
 * memcore_grant_cache_flush() - GNTTABOP_cache_flush
 * @call: the hypercall
 * @at: where the first operation is
 * @count: their number
 * @ref: the grant to go on from; 0 if the first operation was not begun
 *
 * Return: as all of grant-op.h.
 */
long memcore_grant_cache_flush(struct memcore_call *call, unsigned long at,
			       unsigned int count, u32 *ref)
{
	struct gnttab_cache_flush op;
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++, at += sizeof(op)) {
		call->again = i && memcore_grant_preempt(call);
		if (call->again)
			return i;
		if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
			return -EFAULT;
		ret = flush_wholly(call, &op, ref);
		call->again = ret == AGAIN;
		if (call->again)
			return i;
		if (ret)
			return ret;
		*ref = 0;
	}
	return 0;
}
