// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_acquire_resource: a control domain gets at frames of the hypervisor's that
 * belong to another domain, of which only the grant table is there.
 *
 * A PV caller is told the frames, and then maps them as it does any. A translated
 * one says where it wants them, which makes foreign entries of its P2M.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - How long a resource is, is asked without a list. A type that Xen does not
 *   know is found before its length is: it is 2^32 - 95 frames long.
 * - Frames are got 32 at a time, and what went well before an error stays. All
 *   but the first of these 32 make any error -EIO.
 * - Of a translated domain nobody but the hardware domain may ask, of a PV domain
 *   any control domain.
 *
 * Not modelled: ioreq servers, of which no domain has one; traces of processors.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "grant/grant.h"
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"
#include "physmap.h"

/* Frames that are looked up at once. */
#define BATCH		32

/* How many vCPUs' requests to a device model are in a frame of Xen's. */
#define IOREQS_PER_FRAME	(PAGE_SIZE / 32)

/**
 * struct acquire - frames of a resource on their way to the caller
 * @call: the hypercall
 * @d: whose resource
 * @arg: what the caller wants of it
 * @done: frames it has got, with those of earlier continuations
 * @mfn: the next
 */
struct acquire {
	struct memcore_call *call;
	struct memcore_domain *d;
	struct xen_mem_acquire_resource arg;
	unsigned int done;
	u64 mfn[BATCH];
};

/* Return: as Xen, where 0 is an error. */
static unsigned int max_frames(const struct acquire *a)
{
	switch (a->arg.type) {
	case XENMEM_resource_grant_table:
		return memcore_grant_resource_max(a->d, a->arg.id);
	case XENMEM_resource_ioreq_server:
		return a->d->config.translated ?
			1 + DIV_ROUND_UP(a->d->nr_vcpus, IOREQS_PER_FRAME) : 0;
	case XENMEM_resource_vmtrace_buf:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* Return: how many frames @a->mfn has, at most @nr, or an error. */
static int find_frames(struct acquire *a, unsigned int nr)
{
	switch (a->arg.type) {
	case XENMEM_resource_grant_table:
		return memcore_grant_resource(a->d, a->arg.id,
					      a->arg.frame + a->done, nr,
					      a->mfn);
	case XENMEM_resource_ioreq_server:
		return a->arg.id > U16_MAX ? -EINVAL : -ENOENT;
	default:
		return -EOPNOTSUPP;
	}
}

static unsigned long entry_addr(const struct acquire *a, unsigned int i)
{
	return (unsigned long)a->arg.frame_list.p +
	       (a->done + i) * sizeof(xen_pfn_t);
}

static int tell_frames(struct acquire *a, unsigned int nr)
{
	return memcore_copy_to_guest(a->call->caller, entry_addr(a, 0), a->mfn,
				     nr * sizeof(a->mfn[0]));
}

static int map_frame(struct acquire *a, u64 mfn, xen_pfn_t gfn)
{
	struct memcore_domain *caller = a->call->caller;
	struct memcore_frame *frame = memcore_frame_get(a->d, mc_mfn(mfn));
	int err;

	/* The table has changed meanwhile. */
	if (!frame)
		return -EBUSY;
	err = memcore_physmap_set_foreign(caller, frame, mc_gfn(gfn));
	memcore_frame_put(caller->machine, frame);
	return err;
}

static int map_frames(struct acquire *a, unsigned int nr)
{
	xen_pfn_t gfn[BATCH];
	unsigned int i;
	int err = 0;

	if (memcore_copy_from_guest(a->call->caller, gfn, entry_addr(a, 0),
				    nr * sizeof(gfn[0])))
		return -EFAULT;
	for (i = 0; i < nr && !err; i++)
		err = map_frame(a, a->mfn[i], gfn[i]);
	return err && i > 1 ? -EIO : err;
}

static int acquire_some(struct acquire *a)
{
	int nr = find_frames(a, min_t(unsigned int, BATCH,
				      a->arg.nr_frames - a->done));
	int err;

	if (nr < 0)
		return nr;
	err = a->call->caller->config.translated ? map_frames(a, nr) :
						   tell_frames(a, nr);
	if (!err)
		a->done += nr;
	return err;
}

static int acquire_all(struct acquire *a)
{
	struct memcore_call *call = a->call;
	int err;

	while (!(err = acquire_some(a)) && a->done < a->arg.nr_frames) {
		if (!memcore_preempt_check(&a->d->machine->preempt))
			continue;
		call->arg[0] = XENMEM_acquire_resource |
			       (unsigned long)a->done << MC_MEMORY_OP_BITS;
		call->again = true;
		break;
	}
	return err;
}

static int tell_size(struct acquire *a, unsigned int max)
{
	unsigned long to = a->call->arg[1] +
			   offsetof(struct xen_mem_acquire_resource,
				    nr_frames);

	return memcore_copy_back_to_guest(a->call->caller, to, &max,
					  sizeof(max));
}

static long acquire(struct acquire *a, unsigned long start)
{
	unsigned int max = max_frames(a);

	if (!max)
		return -EINVAL;
	if (!a->arg.frame_list.p)
		return a->arg.nr_frames || start ? -EINVAL : tell_size(a, max);
	if (start >= a->arg.nr_frames ||
	    a->arg.nr_frames > UINT_MAX >> MC_MEMORY_OP_BITS)
		return -EINVAL;
	a->done = start;
	return acquire_all(a);
}

static bool arg_ok(const struct xen_mem_acquire_resource *arg)
{
	return !arg->pad && !(arg->frame >> 32) &&
	       !((arg->frame + arg->nr_frames) >> 32);
}

/**
 * memcore_acquire_resource() - XENMEM_acquire_resource
 * @call: its arguments: ignored, pointer to struct xen_mem_acquire_resource
 * @start: frames that were got before
 *
 * Return: as Xen.
 */
long memcore_acquire_resource(struct memcore_call *call, unsigned long start)
{
	struct memcore_domain *caller = call->caller;
	struct acquire a = { .call = call };
	long err;

	if (caller->config.translated && !memcore_may_have_foreign(caller))
		return -EACCES;
	if (memcore_copy_from_guest(caller, &a.arg, call->arg[1],
				    sizeof(a.arg)))
		return -EFAULT;
	if (!arg_ok(&a.arg))
		return -EINVAL;
	err = memcore_domain_get_remote(caller, a.arg.domid, &a.d);
	if (err)
		return err;
	err = caller->config.control ? acquire(&a, start) : -EPERM;
	memcore_domain_put(a.d);
	return err;
}
