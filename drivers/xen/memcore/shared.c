// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of the hypervisor's that are shared with a domain: the shared info, a
 * grant table. The domain owns them, as it must to map them, but they are no
 * part of its memory: it cannot exchange them, and they do not count in
 * tot_pages. It can give one back, as Xen lets it, which means that it cannot map
 * it any more: the hypervisor goes on using it.
 *
 * They hold a type reference of their own, so that a page that may be written
 * never becomes a table, and one that may not is never mapped writable.
 */
#include <memcore/kunit.h>
#include "content.h"
#include "machine.h"
#include "pv/type.h"
#include "shared.h"

static u64 first_type(bool writable)
{
	enum mc_type type = writable ? MC_TYPE_WRITABLE : MC_TYPE_NONE;

	return (u64)type << MC_PGT_TYPE_SHIFT | MC_PGT_VALIDATED | 1;
}

static int give(struct memcore_domain *d, struct memcore_frame *frame,
		bool writable)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&d->lock, flags);
	ok = !d->dying;
	if (ok) {
		atomic64_set(&frame->type, first_type(writable));
		WRITE_ONCE(frame->owner, d->config.domid);
		d->xen_pages++;
		/* Whoever finds a reference finds the owner. */
		atomic64_set_release(&frame->count,
				     MC_PGC_XEN | MC_PGC_HELD |
				     MC_PGC_ALLOCATED | 1);
	}
	spin_unlock_irqrestore(&d->lock, flags);
	return ok ? 0 : -EINVAL;
}

/**
 * memcore_shared_alloc() - share a new frame, all zeros, with a domain
 * @d: the domain, not locked
 * @writable: it may write there
 * @frame: filled in
 *
 * Its content is there, so that writing to it cannot fail later.
 *
 * Context: any.
 * Return: 0, -ENOMEM, or -EINVAL if the domain is dying.
 */
int memcore_shared_alloc(struct memcore_domain *d, bool writable,
			 struct memcore_frame **frame)
{
	struct memcore_machine *machine = d->machine;
	struct mc_mfn mfn = memcore_heap_alloc(&machine->heap, 0);
	int err = -ENOMEM;

	if (!mc_mfn_ok(mfn))
		return -ENOMEM;
	*frame = memcore_frame(&machine->frames, mfn);
	if (memcore_content_make(machine, *frame))
		err = give(d, *frame, writable);
	if (!err)
		return 0;
	memcore_content_drop(*frame);
	memcore_heap_free(&machine->heap, mfn, 0, true);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_shared_alloc);

/**
 * memcore_shared_withdraw() - let nobody get a frame that nobody uses
 * @frame: a frame from memcore_shared_alloc()
 *
 * To be followed by memcore_shared_free() or memcore_shared_restore().
 *
 * Return: false, with nothing changed, if something else has a reference.
 */
bool memcore_shared_withdraw(struct memcore_frame *frame)
{
	const s64 idle = MC_PGC_XEN | MC_PGC_HELD;
	s64 count = idle | MC_PGC_ALLOCATED | 1;

	/* Or the domain has given it back, and did not map it any more. */
	return atomic64_try_cmpxchg(&frame->count, &count, idle) ||
	       count == idle;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_shared_withdraw);

/**
 * memcore_shared_restore() - undo memcore_shared_withdraw()
 * @frame: the frame
 */
void memcore_shared_restore(struct memcore_frame *frame)
{
	atomic64_set_release(&frame->count, MC_PGC_XEN | MC_PGC_HELD |
					    MC_PGC_ALLOCATED | 1);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_shared_restore);

/**
 * memcore_shared_free() - share a frame no longer
 * @d: the domain, not locked
 * @frame: what memcore_shared_alloc() gave, once; it goes with the last
 *         reference that somebody has to it
 *
 * Context: any.
 */
void memcore_shared_free(struct memcore_domain *d, struct memcore_frame *frame)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	memcore_content_return(frame);
	atomic64_dec(&frame->type);
	if (atomic64_fetch_andnot(MC_PGC_HELD, &frame->count) &
	    MC_PGC_COUNT_MASK)
		memcore_frame_put_allocation_locked(d, frame);
	else
		memcore_frame_free_locked(d, frame);
	spin_unlock_irqrestore(&d->lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_shared_free);
