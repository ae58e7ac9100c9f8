// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_memory_op: which sub-operation goes where, and the small ones.
 *
 * An operation that knows no continuation refuses to start in the middle, as
 * Xen does.
 */
#include <linux/bits.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"

#define OP_MASK		GENMASK(MC_MEMORY_OP_BITS - 1, 0)

static long domain_figure(struct memcore_domain *caller,
			  struct memcore_domain *d, unsigned int op)
{
	if (!memcore_domain_may_target(caller, d))
		return -EPERM;
	switch (op) {
	case XENMEM_current_reservation:
		return READ_ONCE(d->tot_pages);
	case XENMEM_maximum_reservation:
		return READ_ONCE(d->max_pages);
	default:
		return memcore_domain_maximum_gpfn(d);
	}
}

static long ask_domain(struct memcore_call *call, unsigned int op)
{
	struct memcore_domain *d;
	domid_t domid;
	long ret;

	if (memcore_copy_from_guest(call->caller, &domid, call->arg[1],
				    sizeof(domid)))
		return -EFAULT;
	d = memcore_domain_get(call->caller, domid);
	if (!d)
		return -ESRCH;
	ret = domain_figure(call->caller, d, op);
	memcore_domain_put(d);
	return ret;
}

static long machphys_mapping(struct memcore_call *call)
{
	const struct memcore_frametable *ft = &call->caller->machine->frames;
	struct xen_machphys_mapping mapping = {
		.v_start = (unsigned long)ft->m2p_guest,
		.v_end = (unsigned long)(ft->m2p_guest +
					 memcore_frametable_end(ft)),
		.max_mfn = memcore_frametable_end(ft) - 1,
	};

	if (call->caller->config.translated)
		return -XEN_ENOSYS;
	return memcore_copy_to_guest(call->caller, call->arg[1], &mapping,
				     sizeof(mapping));
}

/**
 * memcore_do_memory_op() - the hypercall
 * @call: its arguments: sub-operation and start extent, pointer
 *
 * Return: as Xen.
 */
long memcore_do_memory_op(struct memcore_call *call)
{
	unsigned long start = call->arg[0] >> MC_MEMORY_OP_BITS;
	unsigned int op = call->arg[0] & OP_MASK;

	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return memcore_move_memory(call, op, start);
	case XENMEM_exchange:
		return start ? -EINVAL : memcore_exchange_memory(call);
	case XENMEM_maximum_ram_page:
		return start ? -EINVAL :
			memcore_frametable_end(&call->caller->machine->frames);
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
		return start ? -EINVAL : ask_domain(call, op);
	case XENMEM_machphys_mapping:
		return start ? -XEN_ENOSYS : machphys_mapping(call);
	default:
		return -XEN_ENOSYS;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_memory_op);
