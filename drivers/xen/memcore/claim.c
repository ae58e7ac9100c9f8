// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: frames that a domain will have, set aside before it has them.
 *
 * A claim is for the whole of the domain: what it has already does not count
 * again. It shrinks as the domain gets frames, and grows again by what it gives
 * back, until it is used up or cancelled; then it is gone. While there is one, no
 * second can be made. Which frames it will be is open.
 *
 * Xen forgets what a domain had claimed that was dying when it did so; here it is
 * given back when the domain goes.
 */
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>
#include "claim.h"
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"

static int claim_locked(struct memcore_domain *d, unsigned long pages)
{
	struct memcore_heap *heap = &d->machine->heap;

	if (d->heap.claimed || pages <= d->tot_pages || pages > d->max_pages ||
	    memcore_domain_is_gone(d))
		return -EINVAL;
	pages -= d->tot_pages;
	if (heap->claimed + pages > heap->free_frames)
		return -ENOMEM;
	d->heap.claimed = pages;
	heap->claimed += pages;
	return 0;
}

static int cancel_locked(struct memcore_domain *d)
{
	d->machine->heap.claimed -= d->heap.claimed;
	d->heap.claimed = 0;
	return 0;
}

/**
 * memcore_claim() - set frames aside for a domain
 * @d: the domain
 * @pages: what it will have then with those it has; 0 cancels
 *
 * Context: any, without the lock of a domain.
 * Return: 0; -EINVAL if it has a claim or so many pages, or may not have them, or
 * is gone; -ENOMEM if there are not so many free.
 */
int memcore_claim(struct memcore_domain *d, unsigned long pages)
{
	struct memcore_heap *heap = &d->machine->heap;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&d->lock, flags);
	spin_lock(&heap->lock);
	err = pages ? claim_locked(d, pages) : cancel_locked(d);
	spin_unlock(&heap->lock);
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_claim);

/**
 * memcore_claim_used() - a domain got frames that it may have claimed
 * @d: the domain, locked
 * @nr: how many; below 0, it gave them back
 */
void memcore_claim_used(struct memcore_domain *d, long nr)
{
	struct memcore_heap *heap = &d->machine->heap;
	long left;

	lockdep_assert_held(&d->lock);
	/* It starts and ends under both locks. */
	if (!d->heap.claimed)
		return;
	spin_lock(&heap->lock);
	left = max((long)d->heap.claimed - nr, 0L);
	heap->claimed += left - (long)d->heap.claimed;
	d->heap.claimed = left;
	spin_unlock(&heap->lock);
}

static int claim_for(struct memcore_call *call, domid_t domid,
		     unsigned long pages)
{
	struct memcore_domain *d = NULL;
	int err = -EPERM;

	/* As on Xen by its number only. */
	if (domid < DOMID_FIRST_RESERVED)
		d = memcore_domain_get(call->caller, domid);
	if (!d)
		return -EINVAL;
	if (call->caller->config.control)
		err = memcore_claim(d, pages);
	memcore_domain_put(d);
	return err;
}

/**
 * memcore_claim_pages() - XENMEM_claim_pages
 * @call: its arguments: ignored, pointer to struct xen_memory_reservation
 *
 * Return: as Xen.
 */
long memcore_claim_pages(struct memcore_call *call)
{
	struct xen_memory_reservation r;

	if (memcore_copy_from_guest(call->caller, &r, call->arg[1],
				    sizeof(r)))
		return -EFAULT;
	if (r.extent_start.p || r.extent_order || r.mem_flags)
		return -EINVAL;
	return claim_for(call, r.domid, r.nr_extents);
}
