// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual nodes: a control domain says which a domain has, before it starts it; the
 * domain asks which these are, and names them when it wants memory.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Of a domain without virtual nodes XENMEM_get_vnumainfo is -EOPNOTSUPP.
 * - Without room for all, it says how much is needed, which is -ENOBUFS, and
 *   nothing else.
 * - A distance may be any, and a range's node need not be there.
 */
#include <linux/errno.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <xen-public/domctl.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"
#include "pv/request.h"
#include "vnuma.h"

/* Of a list of no length, only the address is looked at. */
static int read_list(struct memcore_call *call, void *dst, const void *list,
		     size_t nr, size_t size)
{
	unsigned long addr = (unsigned long)list;

	if (!nr)
		return memcore_list_ok(call->caller, addr) ? 0 : -EFAULT;
	return memcore_copy_from_guest(call->caller, dst, addr, nr * size);
}

static int write_list(struct memcore_call *call, const void *list,
		      const void *src, size_t nr, size_t size)
{
	unsigned long addr = (unsigned long)list;

	if (!nr)
		return memcore_list_ok(call->caller, addr) ? 0 : -EFAULT;
	return memcore_copy_to_guest(call->caller, addr, src, nr * size);
}

static bool sizes_ok(const struct memcore_domain *d,
		     const struct xen_domctl_vnuma *wish)
{
	return wish->nr_vcpus == d->nr_vcpus && !wish->pad &&
	       wish->nr_vnodes && wish->nr_vnodes <= MC_MAX_VNODES &&
	       wish->nr_vmemranges <= MC_MAX_VRANGES;
}

static int read_vcpus(struct memcore_call *call, struct memcore_vnuma *vnuma,
		      const struct xen_domctl_vnuma *wish)
{
	unsigned int i;

	if (read_list(call, vnuma->vnode_of_vcpu, wish->vcpu_to_vnode.p,
		      wish->nr_vcpus, sizeof(u32)))
		return -EFAULT;
	for (i = 0; i < wish->nr_vcpus; i++)
		if (vnuma->vnode_of_vcpu[i] >= vnuma->nr_vnodes)
			return -E2BIG;
	return 0;
}

static int read_nodes(struct memcore_call *call, struct memcore_vnuma *vnuma,
		      const struct xen_domctl_vnuma *wish)
{
	const unsigned int *list = wish->vnode_to_pnode.p;
	unsigned int i;

	for (i = 0; i < vnuma->nr_vnodes; i++) {
		if (read_list(call, &vnuma->node_of_vnode[i], list + i, 1,
			      sizeof(u32)))
			return -EFAULT;
		if (vnuma->node_of_vnode[i] >= MC_XEN_NODES)
			return -E2BIG;
	}
	return 0;
}

static int check_ranges(const struct memcore_vnuma *vnuma)
{
	unsigned int i;

	for (i = 0; i < vnuma->nr_ranges; i++)
		if (vnuma->range[i].flags)
			return -EINVAL;
	return 0;
}

static int read_all(struct memcore_call *call, struct memcore_vnuma *vnuma,
		    const struct xen_domctl_vnuma *wish)
{
	vnuma->nr_vnodes = wish->nr_vnodes;
	vnuma->nr_ranges = wish->nr_vmemranges;
	if (read_list(call, vnuma->distance, wish->vdistance.p,
		      vnuma->nr_vnodes * vnuma->nr_vnodes, sizeof(u32)) ||
	    read_list(call, vnuma->range, wish->vmemrange.p, vnuma->nr_ranges,
		      sizeof(vnuma->range[0])))
		return -EFAULT;
	return read_vcpus(call, vnuma, wish) ?:
	       read_nodes(call, vnuma, wish) ?: check_ranges(vnuma);
}

static void install(struct memcore_domain *d, struct memcore_vnuma *vnuma)
{
	struct memcore_vnuma *old;
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	old = d->vnuma;
	d->vnuma = vnuma;
	spin_unlock_irqrestore(&d->lock, flags);
	kfree(old);
}

/**
 * memcore_vnuma_set() - XEN_DOMCTL_setvnumainfo
 * @call: the hypercall
 * @d: who gets other virtual nodes
 * @wish: which
 *
 * Context: process.
 * Return: as Xen.
 */
long memcore_vnuma_set(struct memcore_call *call, struct memcore_domain *d,
		       const struct xen_domctl_vnuma *wish)
{
	struct memcore_vnuma *vnuma = NULL;
	int err;

	if (!sizes_ok(d, wish))
		return -EINVAL;
	if (!memcore_failpoint_hit(&d->machine->failpoint))
		vnuma = kzalloc(sizeof(*vnuma), GFP_KERNEL);
	if (!vnuma)
		return -ENOMEM;
	err = read_all(call, vnuma, wish);
	if (err)
		kfree(vnuma);
	else
		install(d, vnuma);
	return err;
}

/**
 * memcore_vnuma_node() - on which node of the machine is a virtual one?
 * @d: whose, not locked
 * @vnode: any number at all
 * @node: changed if there is an answer
 *
 * Return: 0, also if the domain has no virtual nodes; -EINVAL if it has others.
 */
int memcore_vnuma_node(struct memcore_domain *d, unsigned int vnode,
		       unsigned int *node)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&d->lock, flags);
	if (d->vnuma && vnode >= d->vnuma->nr_vnodes)
		err = -EINVAL;
	else if (d->vnuma)
		*node = d->vnuma->node_of_vnode[vnode];
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}

/* Return: false if there is no room for all. */
static bool fits(const struct memcore_domain *d,
		 const struct xen_vnuma_topology_info *arg)
{
	return arg->nr_vnodes >= d->vnuma->nr_vnodes &&
	       arg->nr_vcpus >= d->nr_vcpus &&
	       arg->nr_vmemranges >= d->vnuma->nr_ranges;
}

static int tell_all(struct memcore_call *call, const struct memcore_domain *d,
		    const struct xen_vnuma_topology_info *arg)
{
	const struct memcore_vnuma *vnuma = d->vnuma;

	if (write_list(call, arg->vmemrange.h.p, vnuma->range,
		       vnuma->nr_ranges, sizeof(vnuma->range[0])) ||
	    write_list(call, arg->vdistance.h.p, vnuma->distance,
		       vnuma->nr_vnodes * vnuma->nr_vnodes, sizeof(u32)) ||
	    write_list(call, arg->vcpu_to_vnode.h.p, vnuma->vnode_of_vcpu,
		       d->nr_vcpus, sizeof(u32)))
		return -EFAULT;
	return 0;
}

/* Domain locked: nobody changes its nodes. */
static int tell_locked(struct memcore_call *call,
		       const struct memcore_domain *d,
		       struct xen_vnuma_topology_info *arg)
{
	int err = -ENOBUFS;

	if (!d->vnuma)
		return -EOPNOTSUPP;
	if (fits(d, arg))
		err = tell_all(call, d, arg);
	if (err == -EFAULT)
		return err;
	arg->nr_vnodes = d->vnuma->nr_vnodes;
	arg->nr_vcpus = d->nr_vcpus;
	arg->nr_vmemranges = d->vnuma->nr_ranges;
	return memcore_copy_back_to_guest(call->caller, call->arg[1], arg,
					  sizeof(*arg)) ?: err;
}

static long tell(struct memcore_call *call, struct memcore_domain *d,
		 struct xen_vnuma_topology_info *arg)
{
	unsigned long flags;
	int err;

	if (!memcore_domain_may_target(call->caller, d))
		return -EPERM;
	spin_lock_irqsave(&d->lock, flags);
	err = tell_locked(call, d, arg);
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}

/**
 * memcore_get_vnumainfo() - XENMEM_get_vnumainfo
 * @call: its arguments: ignored, pointer to struct xen_vnuma_topology_info
 *
 * Return: as Xen.
 */
long memcore_get_vnumainfo(struct memcore_call *call)
{
	struct xen_vnuma_topology_info arg;
	struct memcore_domain *d;
	long err;

	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	if (arg.pad)
		return -EINVAL;
	d = memcore_domain_get(call->caller, arg.domid);
	if (!d)
		return -ESRCH;
	err = tell(call, d, &arg);
	memcore_domain_put(d);
	return err;
}
