// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_hvm_op: of all its operations, HVMOP_get_mem_type only, by which
 * a translated guest can tell a hole from memory.
 */
#include <linux/errno.h>
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/hvm/hvm_op.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"

/*
 * A hole is what a device model would serve. Xen says the same of another domain's
 * frame, unless that was granted.
 */
static u16 mem_type(struct memcore_domain *d, struct mc_gfn gfn)
{
	enum mc_p2m_type type;
	unsigned long flags;
	struct mc_mfn mfn;

	spin_lock_irqsave(&d->lock, flags);
	mfn = memcore_p2m_lookup(&d->p2m, gfn, &type);
	spin_unlock_irqrestore(&d->lock, flags);
	if (!mc_mfn_ok(mfn) || type == MC_P2M_FOREIGN)
		return HVMMEM_mmio_dm;
	return type == MC_P2M_GRANT_RO ? HVMMEM_ram_ro : HVMMEM_ram_rw;
}

static long answer(struct memcore_domain *caller, struct memcore_domain *d,
		   struct xen_hvm_get_mem_type *arg)
{
	if (d != caller && !caller->config.control)
		return -EPERM;
	if (!d->config.translated)
		return -EINVAL;
	arg->mem_type = mem_type(d, mc_gfn(arg->pfn));
	return 0;
}

static long get_mem_type(struct memcore_call *call)
{
	struct xen_hvm_get_mem_type arg;
	struct memcore_domain *d;
	long ret;

	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	d = memcore_domain_get(call->caller, arg.domid);
	if (!d)
		return -ESRCH;
	ret = answer(call->caller, d, &arg);
	memcore_domain_put(d);
	if (ret)
		return ret;
	return memcore_copy_to_guest(call->caller, call->arg[1], &arg,
				     sizeof(arg));
}

/**
 * memcore_do_hvm_op() - the hypercall
 * @call: its arguments: operation, pointer
 *
 * Return: as Xen.
 */
long memcore_do_hvm_op(struct memcore_call *call)
{
	switch (call->arg[0]) {
	case HVMOP_get_mem_type:
		return get_mem_type(call);
	default:
		return -XEN_ENOSYS;
	}
}
