// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_memory_op: which sub-operation goes where, and the small ones.
 *
 * An operation that knows no continuation refuses to start in the middle, as
 * Xen does.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Some operations that start in the middle are bad (-EINVAL), others do not
 *   exist (-ENOSYS).
 * - Nobody shares pages: no frames are saved and none are shared, which is no
 *   error. Sharing and paging themselves do not exist, nor does what was retired.
 */
#include <linux/bits.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"
#include "vnuma.h"

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

/*
 * Access rights of a domain's pages need Intel's processors, which is found before
 * it is asked who may set them.
 */
static long access_op(struct memcore_call *call)
{
	struct xen_mem_access_op arg;
	struct memcore_domain *d;
	long err;

	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	err = memcore_domain_get_remote(call->caller, arg.domid, &d);
	if (err)
		return err;
	memcore_domain_put(d);
	return -EINVAL;
}

/* What Xen finds in its table for PV domains only. */
static bool is_pv_only(unsigned int op)
{
	return op == XENMEM_machine_memory_map || op == XENMEM_machphys_mapping;
}

/* Those that are the processor's: where they would start is part of their name. */
static long arch_op(struct memcore_call *call, unsigned int op)
{
	switch (op) {
	case XENMEM_machphys_mfn_list:
		return memcore_machphys_mfn_list(call);
	case XENMEM_machphys_compat_mfn_list:
		return -EOPNOTSUPP;
	case XENMEM_machphys_mapping:
		return memcore_machphys_mapping(call);
	case XENMEM_memory_map:
		return memcore_memory_map(call);
	case XENMEM_set_memory_map:
		return memcore_set_memory_map(call);
	case XENMEM_machine_memory_map:
		return memcore_machine_memory_map(call);
	case XENMEM_set_pod_target:
	case XENMEM_get_pod_target:
		return memcore_pod_target(call, op);
	case XENMEM_get_sharing_freed_pages:
	case XENMEM_get_sharing_shared_pages:
		return 0;
	default:
		return -XEN_ENOSYS;
	}
}

/* Those that are done in one go. */
static long whole_op(struct memcore_call *call, unsigned int op)
{
	switch (op) {
	case XENMEM_exchange:
		return memcore_exchange_memory(call);
	case XENMEM_claim_pages:
		return memcore_claim_pages(call);
	case XENMEM_maximum_ram_page:
		return memcore_frametable_end(&call->caller->machine->frames);
	case XENMEM_remove_from_physmap:
		return memcore_remove_from_physmap(call);
	case XENMEM_reserved_device_memory_map:
		return memcore_reserved_device_memory_map(call);
	case XENMEM_get_vnumainfo:
		return memcore_get_vnumainfo(call);
	default:
		return ask_domain(call, op);
	}
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

	if (call->caller->config.translated && is_pv_only(op))
		return -XEN_ENOSYS;
	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return memcore_move_memory(call, op, start);
	case XENMEM_add_to_physmap:
		return memcore_add_to_physmap(call, start);
	case XENMEM_add_to_physmap_batch:
		return memcore_add_to_physmap_batch(call, start);
	case XENMEM_acquire_resource:
		return memcore_acquire_resource(call, start);
	case XENMEM_access_op:
		return access_op(call);
	case XENMEM_exchange:
	case XENMEM_claim_pages:
	case XENMEM_maximum_ram_page:
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
	case XENMEM_remove_from_physmap:
	case XENMEM_reserved_device_memory_map:
	case XENMEM_get_vnumainfo:
		return start ? -EINVAL : whole_op(call, op);
	default:
		return start ? -XEN_ENOSYS : arch_op(call, op);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_memory_op);
