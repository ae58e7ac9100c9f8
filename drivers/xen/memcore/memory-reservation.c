// SPDX-License-Identifier: GPL-2.0
/*
 * The three calls of memory_op that move memory to and from a domain:
 * increase_reservation, decrease_reservation and populate_physmap.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - They never return an errno, but the number of extents done, or the start
 *   extent if they could not even start.
 * - An extent that fails half-way is not counted and not undone: what was
 *   released of it stays released, a frame that could not be mapped or
 *   announced stays the domain's.
 * - Filling a gfn that has a frame puts the new frame there; the old one stays
 *   the domain's, at no gfn.
 * - A PV domain names machine frames when it releases.
 *
 * - To populate another PV domain on demand is to read the list.
 *
 * Not modelled: populate on demand. A translated domain's request does nothing.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"
#include "pv/request.h"
#include "placement.h"

#define MAX_EXTENTS	(UINT_MAX >> MC_MEMORY_OP_BITS)

/* Populating runs with a lock held and must not wait for the guest's memory. */
#define GFP_P2M		(GFP_NOWAIT | __GFP_NOWARN)

/**
 * struct extents - a list of extents on its way through a hypercall
 * @call: the hypercall
 * @d: the domain whose memory moves
 * @list: address of the extent list
 * @nr: its length
 * @order: 2^@order frames an extent
 * @req: which frames are wanted
 * @done: extents done, with those of earlier continuations
 * @stat: where to count them
 * @one: does the extent at index @done, with @d locked; false if it cannot
 */
struct extents {
	struct memcore_call *call;
	struct memcore_domain *d;
	unsigned long list;
	unsigned int nr;
	unsigned int order;
	struct memcore_heap_request req;
	unsigned int done;
	enum memcore_stat stat;
	bool (*one)(struct extents *e);
};

static unsigned long entry_addr(const struct extents *e)
{
	return e->list + e->done * sizeof(xen_pfn_t);
}

static bool read_entry(const struct extents *e, xen_pfn_t *entry)
{
	return !memcore_copy_from_guest(e->call->caller, entry, entry_addr(e),
					sizeof(*entry));
}

static bool write_entry(const struct extents *e, struct mc_mfn mfn)
{
	xen_pfn_t entry = mfn.nr;

	return !memcore_copy_to_guest(e->call->caller, entry_addr(e), &entry,
				      sizeof(entry));
}

static bool increase_one(struct extents *e)
{
	struct mc_mfn mfn = memcore_domain_alloc_at(e->d, &e->req);

	if (!mc_mfn_ok(mfn))
		return false;
	return e->d->config.translated || !e->list || write_entry(e, mfn);
}

static bool decrease_one(struct extents *e)
{
	unsigned long i;
	xen_pfn_t gfn;

	if (!read_entry(e, &gfn))
		return false;
	for (i = 0; i < 1UL << e->order; i++)
		if (memcore_domain_remove_page(e->d, mc_gfn(gfn + i)))
			return false;
	return true;
}

static bool populate_one(struct extents *e)
{
	struct mc_mfn mfn;
	xen_pfn_t gfn;

	if (!read_entry(e, &gfn))
		return false;
	mfn = memcore_domain_alloc_at(e->d, &e->req);
	if (!mc_mfn_ok(mfn) ||
	    memcore_domain_map(e->d, mc_gfn(gfn), mfn, e->order, GFP_P2M))
		return false;
	return e->d->config.translated || write_entry(e, mfn);
}

static bool populate_one_on_demand(struct extents *e)
{
	xen_pfn_t gfn;

	return read_entry(e, &gfn) && e->d != e->call->caller &&
	       !e->d->config.translated;
}

static bool one_locked(struct extents *e)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&e->d->lock, flags);
	ok = e->one(e);
	spin_unlock_irqrestore(&e->d->lock, flags);
	return ok;
}

/* Return: true if the call was preempted. */
static bool run(struct extents *e)
{
	struct memcore_machine *machine = e->d->machine;
	unsigned int start = e->done;
	bool preempted = false;

	while (e->done < e->nr && e->call->max_extents) {
		preempted = e->done != start &&
			    memcore_preempt_check(&machine->preempt);
		if (preempted || !one_locked(e))
			break;
		e->done++;
		e->call->max_extents--;
	}
	memcore_stat_add(machine, e->stat, e->done - start);
	return preempted;
}

static bool list_ok(const struct extents *e)
{
	return memcore_list_ok(e->call->caller, entry_addr(e));
}

static bool setup_increase(struct extents *e)
{
	e->one = increase_one;
	e->stat = MEMCORE_STAT_INCREASED;
	return !e->list || list_ok(e);
}

static bool setup_decrease(struct extents *e)
{
	e->one = decrease_one;
	e->stat = MEMCORE_STAT_DECREASED;
	return list_ok(e);
}

static bool setup_populate(struct extents *e)
{
	e->one = populate_one;
	e->stat = MEMCORE_STAT_POPULATED;
	return list_ok(e);
}

static bool setup_on_demand(struct extents *e)
{
	e->one = populate_one_on_demand;
	e->stat = MEMCORE_STAT_POPULATED;
	return e->order <= MC_MAX_ORDER && list_ok(e);
}

static bool setup(struct extents *e, unsigned int op, unsigned int mem_flags)
{
	if (op == XENMEM_populate_physmap &&
	    mem_flags & XENMEMF_populate_on_demand)
		return setup_on_demand(e);
	if (e->order > memcore_domain_max_order(e->call->caller))
		return false;
	if (op == XENMEM_increase_reservation)
		return setup_increase(e);
	if (op == XENMEM_decrease_reservation)
		return setup_decrease(e);
	return setup_populate(e);
}

static bool take_one(atomic_t *left)
{
	return atomic_add_unless(left, -1, 0);
}

/* Only when a call starts: an injected fault lasts for its continuations. */
static void inject(struct memcore_call *call)
{
	struct memcore_machine *machine = call->caller->machine;

	if (take_one(&machine->refuse_calls))
		call->max_extents = 0;
	else if (take_one(&machine->partial_calls))
		call->max_extents = READ_ONCE(machine->partial_extents);
	else
		return;
	memcore_stat_add(machine, MEMCORE_STAT_INJECTED, 1);
}

static long run_and_continue(struct extents *e, unsigned int op,
			     unsigned int mem_flags)
{
	struct memcore_call *call = e->call;

	if (!memcore_domain_may_target(call->caller, e->d) ||
	    !memcore_place_reservation(call->caller, e->d, mem_flags,
				       &e->req) ||
	    !setup(e, op, mem_flags))
		return e->done;
	if (run(e)) {
		call->arg[0] = op | (unsigned long)e->done << MC_MEMORY_OP_BITS;
		call->again = true;
	}
	return e->done;
}

/**
 * memcore_move_memory() - increase or decrease a reservation, or populate
 * @call: its arguments: as of memory_op, pointer to struct
 *        xen_memory_reservation
 * @op: which of the three
 * @start: the extent to start at
 *
 * Return: as Xen.
 */
long memcore_move_memory(struct memcore_call *call, unsigned int op,
			 unsigned long start)
{
	struct xen_memory_reservation r;
	struct extents e = { .call = call, .done = start };
	long ret;

	if (memcore_copy_from_guest(call->caller, &r, call->arg[1],
				    sizeof(r)) ||
	    r.nr_extents > MAX_EXTENTS || start >= r.nr_extents)
		return start;
	e.d = memcore_domain_get(call->caller, r.domid);
	if (!e.d)
		return start;
	if (!call->continued)
		inject(call);
	e.list = (unsigned long)r.extent_start.p;
	e.nr = r.nr_extents;
	e.order = r.extent_order;
	e.req.order = r.extent_order;
	ret = run_and_continue(&e, op, r.mem_flags);
	memcore_domain_put(e.d);
	return ret;
}
