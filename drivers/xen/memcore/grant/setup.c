// SPDX-License-Identifier: GPL-2.0
/*
 * What a domain is told of a grant table: where its frames are, how many there
 * are, and of which version it is.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Frames are told to a translated domain as the gfns where it has them; what it
 *   has nowhere is ~0.
 * - Frames are told although their list cannot be written: that is a status.
 */
#include <linux/stddef.h>
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../pv/request.h"
#include "grant.h"
#include "grant-op.h"
#include "table.h"

/* Where the domain has a frame of its table, as it is told. */
static u64 gfn_of(struct memcore_grant_table *gt,
		  const struct memcore_frame *frame)
{
	struct memcore_frametable *ft = &gt->d->machine->frames;
	struct mc_mfn mfn = memcore_frame_mfn(ft, frame);

	return gt->d->config.translated ? memcore_m2p_get(ft, mfn).nr : mfn.nr;
}

static s16 tell_frames(struct memcore_call *call,
		       struct memcore_grant_table *gt,
		       struct memcore_frame **frames, unsigned int nr,
		       unsigned long to)
{
	s16 status = GNTST_okay;
	unsigned int i;
	u64 gfn;

	for (i = 0; i < nr; i++, to += sizeof(gfn)) {
		gfn = gfn_of(gt, frames[i]);
		if (memcore_copy_to_guest(call->caller, to, &gfn, sizeof(gfn)))
			status = GNTST_bad_virt_addr;
	}
	return status;
}

/* Return: the domain, to be put, or NULL with *@status filled in. */
static struct memcore_domain *target(struct memcore_call *call, u16 domid,
				     s16 *status)
{
	struct memcore_domain *d = memcore_domain_get(call->caller, domid);

	*status = GNTST_bad_domain;
	if (!d)
		return NULL;
	*status = GNTST_okay;
	if (memcore_domain_may_target(call->caller, d))
		return d;
	memcore_domain_put(d);
	*status = GNTST_permission_denied;
	return NULL;
}

static s16 setup_locked(struct memcore_call *call,
			struct memcore_grant_table *gt, unsigned int nr,
			unsigned long to)
{
	if (nr > gt->max_frames || memcore_grant_grow(gt, nr))
		return GNTST_general_error;
	return tell_frames(call, gt, gt->shared, nr, to);
}

static s16 status_locked(struct memcore_call *call,
			 struct memcore_grant_table *gt, unsigned int nr,
			 unsigned long to)
{
	if (nr > memcore_grant_nr_status(gt) ||
	    (nr && memcore_grant_grow(gt, 1)))
		return GNTST_general_error;
	return tell_frames(call, gt, gt->status, nr, to);
}

/* The table locked to write, for frames may have to be made. */
static s16 on_table(struct memcore_call *call, u16 domid, unsigned int nr,
		    unsigned long to,
		    s16 (*fn)(struct memcore_call *call,
			      struct memcore_grant_table *gt, unsigned int nr,
			      unsigned long to))
{
	struct memcore_domain *d;
	s16 status;

	d = target(call, domid, &status);
	if (!d)
		return status;
	write_lock(&d->grants.lock);
	status = fn(call, &d->grants, nr, to);
	write_unlock(&d->grants.lock);
	memcore_domain_put(d);
	return status;
}

/**
 * memcore_grant_setup_table() - GNTTABOP_setup_table
 * @call: the hypercall
 * @at: address of the operation
 * @count: number of operations
 *
 * Return: as Xen.
 */
long memcore_grant_setup_table(struct memcore_call *call, unsigned long at,
			       unsigned int count)
{
	struct gnttab_setup_table op;

	if (count != 1)
		return -EINVAL;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)) ||
	    !memcore_list_ok(call->caller, (unsigned long)op.frame_list.p))
		return -EFAULT;
	op.status = on_table(call, op.dom, op.nr_frames,
			     (unsigned long)op.frame_list.p, setup_locked);
	at += offsetof(struct gnttab_setup_table, status);
	return memcore_copy_back_to_guest(call->caller, at, &op.status,
					  sizeof(op.status));
}

/**
 * memcore_grant_query_size() - GNTTABOP_query_size
 * @call: the hypercall
 * @at: address of the operation
 * @count: number of operations
 *
 * Return: as Xen.
 */
long memcore_grant_query_size(struct memcore_call *call, unsigned long at,
			      unsigned int count)
{
	struct gnttab_query_size op;
	struct memcore_domain *d;

	if (count != 1)
		return -EINVAL;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	d = target(call, op.dom, &op.status);
	if (d) {
		memcore_grant_read_lock(&d->grants);
		op.nr_frames = memcore_grant_nr_frames(&d->grants);
		op.max_nr_frames = d->grants.max_frames;
		memcore_grant_read_unlock(&d->grants);
		memcore_domain_put(d);
	}
	return memcore_copy_back_to_guest(call->caller, at, &op, sizeof(op));
}

/**
 * memcore_grant_get_status_frames() - GNTTABOP_get_status_frames
 * @call: the hypercall
 * @at: address of the operation
 * @count: number of operations
 *
 * Return: as Xen.
 */
long memcore_grant_get_status_frames(struct memcore_call *call,
				     unsigned long at, unsigned int count)
{
	struct gnttab_get_status_frames op;

	if (count != 1)
		return -EINVAL;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)) ||
	    !memcore_list_ok(call->caller, (unsigned long)op.frame_list.p))
		return -EFAULT;
	op.status = on_table(call, op.dom, op.nr_frames,
			     (unsigned long)op.frame_list.p, status_locked);
	at += offsetof(struct gnttab_get_status_frames, status);
	return memcore_copy_back_to_guest(call->caller, at, &op.status,
					  sizeof(op.status));
}

/**
 * memcore_grant_get_version() - GNTTABOP_get_version
 * @call: the hypercall
 * @at: address of the operation
 *
 * Return: as Xen.
 */
long memcore_grant_get_version(struct memcore_call *call, unsigned long at)
{
	struct gnttab_get_version op;
	struct memcore_domain *d;
	s16 status;

	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	d = target(call, op.dom, &status);
	if (!d)
		return status == GNTST_bad_domain ? -ESRCH : -EPERM;
	op.version = READ_ONCE(d->grants.version);
	memcore_domain_put(d);
	at += offsetof(struct gnttab_get_version, version);
	return memcore_copy_back_to_guest(call->caller, at, &op.version,
					  sizeof(op.version));
}
