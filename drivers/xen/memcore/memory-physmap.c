// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_add_to_physmap, its batch form, and XENMEM_remove_from_physmap: what a
 * translated domain has at a gfn besides its memory.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Foreign frames go in batches only (-ENOSYS), ranges not in batches
 *   (-EOPNOTSUPP).
 * - A PV domain has no physmap: -EACCES, also for who may not ask.
 * - Only the hardware domain may have foreign frames. It must be a control
 *   domain, too, whoever makes the call.
 * - A range that fails half-way does not say how far it came.
 * - A batch says of each entry what became of it. It ends where it cannot say it,
 *   or where an entry names no gfn at all.
 */
#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/limits.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "grant/grant.h"
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"
#include "physmap.h"
#include "pv/request.h"

/**
 * struct add - frames on their way into a domain's physmap
 * @call: the hypercall
 * @d: the domain
 * @space: where they come from, XENMAPSPACE_*
 * @foreign: or from which domain
 */
struct add {
	struct memcore_call *call;
	struct memcore_domain *d;
	unsigned int space;
	u16 foreign;
};

static int add_shared_info(const struct add *a, unsigned long idx,
			   struct mc_gfn gfn)
{
	struct memcore_frame *frame;
	int err;

	if (idx)
		return -EINVAL;
	err = memcore_domain_shared_info(a->d, &frame);
	return err ?: memcore_physmap_place(a->d, frame, gfn);
}

/* The table is locked meanwhile: a frame that goes is at no gfn. */
static int add_grant_frame(const struct add *a, unsigned long idx,
			   struct mc_gfn gfn)
{
	struct memcore_frame *frame;
	unsigned long flags;
	int err;

	err = memcore_grant_frame_begin(a->d, idx, &frame, &flags);
	if (err)
		return err;
	err = memcore_physmap_place(a->d, frame, gfn);
	memcore_grant_frame_end(a->d, frame, flags);
	return err;
}

static struct memcore_frame *get_translated(struct memcore_domain *d,
					    struct mc_gfn gfn)
{
	struct memcore_frame *frame = NULL;
	enum mc_p2m_type type;
	unsigned long flags;
	struct mc_mfn mfn;

	spin_lock_irqsave(&d->lock, flags);
	mfn = memcore_p2m_lookup(&d->p2m, gfn, &type);
	/* It is the domain's own, so that this cannot drop a reference. */
	if (type == MC_P2M_RAM)
		frame = memcore_frame_get(d, mfn);
	spin_unlock_irqrestore(&d->lock, flags);
	return frame;
}

/* A PV domain's frames are named by their mfn. */
static struct memcore_frame *get_foreign(struct memcore_domain *d,
					 unsigned long idx)
{
	if (d->config.translated)
		return get_translated(d, mc_gfn(idx));
	return memcore_frame_get(d, mc_mfn(idx));
}

static int add_frame_of(struct memcore_domain *d, struct memcore_domain *from,
			unsigned long idx, struct mc_gfn gfn)
{
	struct memcore_frame *frame;
	int err;

	if (d == from)
		return -EINVAL;
	if (!memcore_domain_may_target(d, from))
		return -EPERM;
	frame = get_foreign(from, idx);
	if (!frame)
		return -EINVAL;
	err = memcore_physmap_add_foreign(d, frame, gfn);
	memcore_frame_put(d->machine, frame);
	return err;
}

/* The hypervisor's own frames, of which none is shared with everybody. */
static struct memcore_domain *get_xen(struct memcore_machine *machine)
{
	kref_get(&machine->xen.ref);
	return &machine->xen;
}

static int find_foreign(const struct add *a, struct memcore_domain **d)
{
	if (a->foreign != DOMID_XEN)
		return memcore_domain_get_remote(a->call->caller, a->foreign,
						 d);
	*d = get_xen(a->d->machine);
	return 0;
}

static int add_foreign(const struct add *a, unsigned long idx,
		       struct mc_gfn gfn)
{
	struct memcore_domain *from;
	int err;

	if (!memcore_may_have_foreign(a->d))
		return -EPERM;
	err = find_foreign(a, &from);
	if (err)
		return err;
	err = add_frame_of(a->d, from, idx, gfn);
	memcore_domain_put(from);
	return err;
}

static int add_one(const struct add *a, unsigned long idx, struct mc_gfn gfn)
{
	switch (a->space) {
	case XENMAPSPACE_shared_info:
		return add_shared_info(a, idx, gfn);
	case XENMAPSPACE_grant_table:
		return add_grant_frame(a, idx, gfn);
	case XENMAPSPACE_gmfn:
	case XENMAPSPACE_gmfn_range:
		return memcore_physmap_move(a->d, mc_gfn(idx), gfn);
	case XENMAPSPACE_gmfn_foreign:
		return add_foreign(a, idx, gfn);
	default:
		return -EINVAL;
	}
}

static long find_domain(struct add *a, u16 domid)
{
	struct memcore_domain *caller = a->call->caller;
	long err = 0;

	a->d = memcore_domain_get(caller, domid);
	if (!a->d)
		return -ESRCH;
	if (!a->d->config.translated)
		err = -EACCES;
	else if (a->space == XENMAPSPACE_dev_mmio &&
		 (a->d != caller || !a->d->config.hardware))
		err = -EACCES;
	else if (!memcore_domain_may_target(caller, a->d))
		err = -EPERM;
	if (err)
		memcore_domain_put(a->d);
	return err;
}

static void go_on(struct add *a, unsigned int op, unsigned long done)
{
	a->call->arg[0] = op | done << MC_MEMORY_OP_BITS;
	a->call->again = true;
}

static bool preempted(const struct add *a)
{
	return memcore_preempt_check(&a->d->machine->preempt);
}

static long move_range(struct add *a, const struct xen_add_to_physmap *arg,
		       unsigned int start)
{
	unsigned int i;
	long err;

	if (arg->size < start)
		return -EILSEQ;
	if (arg->gpfn + arg->size < arg->gpfn ||
	    arg->idx + arg->size < arg->idx)
		return -EOVERFLOW;
	for (i = start; i < arg->size; i++) {
		if (i != start && preempted(a)) {
			go_on(a, XENMEM_add_to_physmap, i);
			break;
		}
		err = add_one(a, arg->idx + i, mc_gfn(arg->gpfn + i));
		if (err)
			return err;
	}
	return 0;
}

static long add(struct add *a, const struct xen_add_to_physmap *arg,
		unsigned int start)
{
	if (!mc_gfn_ok(mc_gfn(arg->gpfn)))
		return -EINVAL;
	if (a->space == XENMAPSPACE_gmfn_range)
		return move_range(a, arg, start);
	return add_one(a, arg->idx, mc_gfn(arg->gpfn));
}

/**
 * memcore_add_to_physmap() - XENMEM_add_to_physmap
 * @call: its arguments: ignored, pointer to struct xen_add_to_physmap
 * @start: of a range: entries that were done before
 *
 * Return: as Xen.
 */
long memcore_add_to_physmap(struct memcore_call *call, unsigned long start)
{
	struct add a = { .call = call };
	struct xen_add_to_physmap arg;
	long err;

	if (start > U16_MAX)
		return -EDOM;
	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	if (arg.space == XENMAPSPACE_gmfn_foreign)
		return -XEN_ENOSYS;
	a.space = arg.space;
	err = find_domain(&a, arg.domid);
	if (err)
		return err;
	err = add(&a, &arg, start);
	memcore_domain_put(a.d);
	return err;
}

static unsigned long idx_addr(const struct xen_add_to_physmap_batch *arg,
			      unsigned int i)
{
	return (unsigned long)arg->idxs.p + i * sizeof(*arg->idxs.p);
}

static unsigned long gpfn_addr(const struct xen_add_to_physmap_batch *arg,
			       unsigned int i)
{
	return (unsigned long)arg->gpfns.p + i * sizeof(*arg->gpfns.p);
}

static unsigned long err_addr(const struct xen_add_to_physmap_batch *arg,
			      unsigned int i)
{
	return (unsigned long)arg->errs.p + i * sizeof(*arg->errs.p);
}

static int add_entry(const struct add *a,
		     const struct xen_add_to_physmap_batch *arg, unsigned int i)
{
	struct memcore_domain *caller = a->call->caller;
	xen_ulong_t idx;
	xen_pfn_t gpfn;
	int err;

	if (memcore_copy_from_guest(caller, &idx, idx_addr(arg, i),
				    sizeof(idx)) ||
	    memcore_copy_from_guest(caller, &gpfn, gpfn_addr(arg, i),
				    sizeof(gpfn)))
		return -EFAULT;
	if (!mc_gfn_ok(mc_gfn(gpfn)))
		return -EINVAL;
	err = add_one(a, idx, mc_gfn(gpfn));
	return memcore_copy_to_guest(caller, err_addr(arg, i), &err,
				     sizeof(err));
}

static long add_entries(struct add *a,
			const struct xen_add_to_physmap_batch *arg,
			unsigned int start)
{
	unsigned int i;
	int err;

	for (i = start; i < arg->size; i++) {
		if (i != start && preempted(a)) {
			go_on(a, XENMEM_add_to_physmap_batch, i);
			break;
		}
		err = add_entry(a, arg, i);
		if (err)
			return err;
	}
	return 0;
}

static bool lists_ok(const struct add *a,
		     const struct xen_add_to_physmap_batch *arg,
		     unsigned int start)
{
	const struct memcore_domain *caller = a->call->caller;

	return memcore_list_ok(caller, idx_addr(arg, start)) &&
	       memcore_list_ok(caller, gpfn_addr(arg, start)) &&
	       memcore_list_ok(caller, err_addr(arg, start));
}

static long add_batch(struct add *a,
		      const struct xen_add_to_physmap_batch *arg,
		      unsigned int start)
{
	if (arg->size < start || (start && arg->size == start))
		return -EILSEQ;
	if (!arg->size)
		return 0;
	if (!lists_ok(a, arg, start))
		return -EFAULT;
	if (a->space == XENMAPSPACE_dev_mmio && arg->u.res0)
		return -EOPNOTSUPP;
	a->foreign = arg->u.foreign_domid;
	return add_entries(a, arg, start);
}

/**
 * memcore_add_to_physmap_batch() - XENMEM_add_to_physmap_batch
 * @call: its arguments: ignored, pointer to struct xen_add_to_physmap_batch
 * @start: entries that were done before
 *
 * Return: as Xen.
 */
long memcore_add_to_physmap_batch(struct memcore_call *call,
				  unsigned long start)
{
	struct add a = { .call = call };
	struct xen_add_to_physmap_batch arg;
	long err;

	if (start > U16_MAX)
		return -EDOM;
	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	if (arg.space == XENMAPSPACE_gmfn_range)
		return -EOPNOTSUPP;
	a.space = arg.space;
	err = find_domain(&a, arg.domid);
	if (err)
		return err;
	err = add_batch(&a, &arg, start);
	memcore_domain_put(a.d);
	return err;
}

static long remove_from(struct memcore_domain *caller,
			struct memcore_domain *d, unsigned long gfn)
{
	if (!d->config.translated)
		return -EACCES;
	if (!memcore_domain_may_target(caller, d))
		return -EPERM;
	return memcore_physmap_remove(d, mc_gfn(gfn));
}

/**
 * memcore_remove_from_physmap() - XENMEM_remove_from_physmap
 * @call: its arguments: ignored, pointer to struct xen_remove_from_physmap
 *
 * Return: as Xen.
 */
long memcore_remove_from_physmap(struct memcore_call *call)
{
	struct xen_remove_from_physmap arg;
	struct memcore_domain *d;
	long err;

	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	d = memcore_domain_get(call->caller, arg.domid);
	if (!d)
		return -ESRCH;
	err = remove_from(call->caller, d, arg.gpfn);
	memcore_domain_put(d);
	return err;
}
