// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_exchange: a PV domain gives frames and gets as many others, of another
 * size or in another place.
 *
 * A chunk is the larger of the two extents that are exchanged. It is exchanged
 * wholly, or not at all, with the domain locked all the while. Frames on their
 * way have no reference, so that nobody can take one, but still count in
 * tot_pages.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - A frame in use, even if only its owner maps it, is refused with -EINVAL, as
 *   one that is not the domain's. The gfns of a translated domain are looked
 *   up before such a domain is refused with -EOPNOTSUPP.
 * - Where a chunk's new frames cannot be told to the caller, or it cannot be
 *   asked where they belong, it is exchanged all the same but not counted.
 * - A domain that is dying gives, but gets nothing, and that is no error.
 * - Of a list only its start and its length are looked at beforehand.
 * - The new frames are never those that the domain has claimed.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"
#include "placement.h"
#include "pv/request.h"

/* The only reference is that of the allocation. */
#define UNUSED_COUNT	(MC_PGC_ALLOCATED | 1)

/**
 * struct exchange - an exchange under way
 * @call: the hypercall
 * @d: the domain whose memory moves
 * @arg: what the caller asked for
 * @in_order: 2^@in_order extents of the input are a chunk
 * @out_order: likewise of the output
 * @req: which frames are wanted
 * @stolen: frames of this chunk that go
 * @fresh: first frames of the extents that come
 */
struct exchange {
	struct memcore_call *call;
	struct memcore_domain *d;
	struct xen_memory_exchange arg;
	unsigned int in_order;
	unsigned int out_order;
	struct memcore_heap_request req;
	struct list_head stolen;
	struct list_head fresh;
};

static unsigned long entry_addr(const struct xen_memory_reservation *r,
				unsigned long i)
{
	return (unsigned long)r->extent_start.p + i * sizeof(xen_pfn_t);
}

static int read_entry(const struct exchange *x,
		      const struct xen_memory_reservation *r, unsigned long i,
		      xen_pfn_t *entry)
{
	return memcore_copy_from_guest(x->call->caller, entry,
				       entry_addr(r, i), sizeof(*entry));
}

static int write_entry(const struct exchange *x, unsigned long i,
		       struct mc_mfn mfn)
{
	xen_pfn_t entry = mfn.nr;

	return memcore_copy_to_guest(x->call->caller,
				     entry_addr(&x->arg.out, i), &entry,
				     sizeof(entry));
}

static struct memcore_frame *frame_at(const struct exchange *x,
				      struct mc_gfn gfn)
{
	struct mc_mfn mfn = mc_mfn(gfn.nr);

	if (x->d->config.translated)
		mfn = memcore_p2m_get(&x->d->p2m, gfn, NULL);
	return memcore_frame(&x->d->machine->frames, mfn);
}

static int steal(struct exchange *x, struct mc_gfn gfn)
{
	struct memcore_frame *frame = frame_at(x, gfn);
	s64 count = UNUSED_COUNT;

	if (!frame)
		return -EINVAL;
	if (x->d->config.translated)
		return -EOPNOTSUPP;
	if (READ_ONCE(frame->owner) != x->d->config.domid ||
	    !atomic64_try_cmpxchg(&frame->count, &count, 0))
		return -EINVAL;
	list_add(&frame->list, &x->stolen);
	return 0;
}

static int steal_extent(struct exchange *x, unsigned long at)
{
	unsigned long i;
	xen_pfn_t gfn;
	int err;

	err = read_entry(x, &x->arg.in, at, &gfn);
	for (i = 0; !err && i < 1UL << x->arg.in.extent_order; i++)
		err = steal(x, mc_gfn(gfn + i));
	return err;
}

static int steal_chunk(struct exchange *x, unsigned long chunk)
{
	unsigned long i;
	int err = 0;

	for (i = 0; !err && i < 1UL << x->in_order; i++)
		err = steal_extent(x, (chunk << x->in_order) + i);
	return err;
}

static int alloc_chunk(struct exchange *x)
{
	struct memcore_frametable *ft = &x->d->machine->frames;
	struct mc_mfn mfn;
	unsigned long i;

	for (i = 0; i < 1UL << x->out_order; i++) {
		mfn = memcore_heap_request(&x->d->machine->heap, &x->req);
		if (!mc_mfn_ok(mfn))
			return -ENOMEM;
		list_add(&memcore_frame(ft, mfn)->list, &x->fresh);
	}
	return 0;
}

static struct memcore_frame *take_first(struct list_head *list)
{
	struct memcore_frame *frame;

	frame = list_first_entry_or_null(list, struct memcore_frame, list);
	if (frame)
		list_del(&frame->list);
	return frame;
}

/* Return: the number of frames. */
static unsigned long free_stolen(struct exchange *x)
{
	struct memcore_frame *frame;
	unsigned long nr = 0;

	/* They are nobody's by now, and so nobody has scrubbed them. */
	for (; (frame = take_first(&x->stolen)); nr++)
		memcore_frame_free(x->d, frame, true);
	return nr;
}

static void free_fresh(struct exchange *x)
{
	struct memcore_machine *machine = x->d->machine;
	struct memcore_frame *frame;

	/* Nobody has had them, but that is not known any more. */
	while ((frame = take_first(&x->fresh)))
		memcore_heap_free(&machine->heap,
				  memcore_frame_mfn(&machine->frames, frame),
				  x->arg.out.extent_order, true);
}

/* The domain gets back what was stolen, with what is in it. */
static void return_stolen(struct exchange *x)
{
	struct memcore_frametable *ft = &x->d->machine->frames;
	struct memcore_frame *frame;

	while ((frame = take_first(&x->stolen)))
		memcore_domain_assign(x->d, memcore_frame_mfn(ft, frame), 0);
}

/* Return: 0, or -EFAULT, with the frames the domain's in any case. */
static int give_extent(struct exchange *x, struct mc_mfn mfn, unsigned long at)
{
	unsigned int order = x->arg.out.extent_order;
	xen_pfn_t gfn;
	int err;

	memcore_domain_assign(x->d, mfn, order);
	err = read_entry(x, &x->arg.out, at, &gfn);
	if (err)
		return err;
	/* Of a PV domain only the M2P changes, which needs no memory. */
	err = memcore_domain_map(x->d, mc_gfn(gfn), mfn, order, GFP_NOWAIT);
	return write_entry(x, at, mfn) ?: err;
}

static int give_chunk(struct exchange *x, unsigned long chunk)
{
	struct memcore_frametable *ft = &x->d->machine->frames;
	unsigned long at = chunk << x->out_order;
	struct memcore_frame *frame;
	int err = 0;

	while ((frame = take_first(&x->fresh)))
		err = give_extent(x, memcore_frame_mfn(ft, frame), at++) ?: err;
	return err;
}

/* What a dying domain has lost so far stays lost. */
static void end_dying(struct exchange *x)
{
	free_fresh(x);
	memcore_domain_count_pages(x->d, -(long)free_stolen(x));
}

static void undo_chunk(struct exchange *x)
{
	free_fresh(x);
	return_stolen(x);
}

/* Return: 1 if the chunk is done and told, 0 or an error if it is the end. */
static int exchange_locked(struct exchange *x, unsigned long chunk)
{
	int err = steal_chunk(x, chunk) ?: alloc_chunk(x);

	if (x->d->dying) {
		end_dying(x);
		return err;
	}
	if (err) {
		undo_chunk(x);
		return err;
	}
	free_stolen(x);
	return give_chunk(x, chunk) ?: 1;
}

static int exchange_chunk(struct exchange *x, unsigned long chunk)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&x->d->lock, flags);
	ret = exchange_locked(x, chunk);
	spin_unlock_irqrestore(&x->d->lock, flags);
	return ret;
}

/* Write what was done to where the caller sees it, and a continuation, too. */
static int tell(struct exchange *x)
{
	unsigned long to = x->call->arg[1] +
			   offsetof(struct xen_memory_exchange, nr_exchanged);

	return memcore_copy_back_to_guest(x->call->caller, to,
					  &x->arg.nr_exchanged,
					  sizeof(x->arg.nr_exchanged));
}

static int run(struct exchange *x)
{
	unsigned long start = x->arg.nr_exchanged >> x->in_order;
	unsigned long end = x->arg.in.nr_extents >> x->in_order;
	unsigned long chunk;
	int ret = 1;

	for (chunk = start; chunk < end; chunk++) {
		x->call->again = chunk != start &&
			memcore_preempt_check(&x->d->machine->preempt);
		if (x->call->again)
			break;
		ret = exchange_chunk(x, chunk);
		if (ret <= 0)
			break;
	}
	x->arg.nr_exchanged = chunk << x->in_order;
	return min(ret, 0);
}

static bool list_ok(const struct exchange *x,
		    const struct xen_memory_reservation *r,
		    unsigned long start)
{
	const struct memcore_domain *caller = x->call->caller;

	return caller->config.translated ||
	       (r->nr_extents - start < ULONG_MAX / sizeof(xen_pfn_t) &&
		memcore_list_ok(caller, entry_addr(r, start)));
}

static bool lists_ok(const struct exchange *x)
{
	unsigned long done = x->arg.nr_exchanged;

	return list_ok(x, &x->arg.in, done) &&
	       list_ok(x, &x->arg.out, done >> x->in_order << x->out_order);
}

static bool sizes_ok(const struct xen_memory_exchange *arg)
{
	const struct xen_memory_reservation *in = &arg->in, *out = &arg->out;

	return arg->nr_exchanged <= in->nr_extents &&
	       in->domid == out->domid &&
	       ULONG_MAX >> in->extent_order >= in->nr_extents &&
	       ULONG_MAX >> out->extent_order >= out->nr_extents &&
	       in->nr_extents << in->extent_order ==
	       out->nr_extents << out->extent_order;
}

static int check(const struct exchange *x)
{
	const struct xen_memory_exchange *arg = &x->arg;

	if (max(arg->in.extent_order, arg->out.extent_order) >
	    memcore_domain_max_order(x->call->caller))
		return -EPERM;
	return sizes_ok(arg) ? 0 : -EINVAL;
}

static void find_chunk(struct exchange *x)
{
	unsigned int in = x->arg.in.extent_order;
	unsigned int out = x->arg.out.extent_order;

	x->in_order = max(in, out) - in;
	x->out_order = max(in, out) - out;
}

static int find_and_run(struct exchange *x)
{
	int err = -EPERM;

	x->d = memcore_domain_get(x->call->caller, x->arg.in.domid);
	if (!x->d)
		return -ESRCH;
	x->req.user = &x->d->heap;
	if (memcore_domain_may_target(x->call->caller, x->d))
		err = run(x);
	memcore_domain_put(x->d);
	return err;
}

static int exchange(struct exchange *x)
{
	find_chunk(x);
	if (!lists_ok(x))
		return -EFAULT;
	x->req.order = x->arg.out.extent_order;
	x->req.unclaimed = true;
	if (!memcore_place_exchange(x->call->caller, x->arg.out.mem_flags,
				    &x->req))
		return -EINVAL;
	return find_and_run(x);
}

/**
 * memcore_exchange_memory() - XENMEM_exchange
 * @call: its arguments: ignored, pointer to struct xen_memory_exchange
 *
 * A continuation finds in nr_exchanged how far it has come.
 *
 * Return: as Xen.
 */
long memcore_exchange_memory(struct memcore_call *call)
{
	struct exchange x = { .call = call };
	int err;

	INIT_LIST_HEAD(&x.stolen);
	INIT_LIST_HEAD(&x.fresh);
	if (memcore_copy_from_guest(call->caller, &x.arg, call->arg[1],
				    sizeof(x.arg)))
		return -EFAULT;
	err = check(&x);
	if (!err && x.arg.nr_exchanged == x.arg.in.nr_extents)
		return 0;
	err = err ?: exchange(&x);
	if (!tell(&x))
		return err;
	call->again = false;
	return -EFAULT;
}
