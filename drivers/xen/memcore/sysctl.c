// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_sysctl: what a control domain is told of the machine's memory.
 *
 * Of physinfo only what is about memory, nodes and CPUs is filled in. A node's
 * free memory is all of it, for no zone is Xen's alone.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/sysctl.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"

static int tell(struct memcore_call *call, const struct xen_sysctl *op)
{
	return memcore_copy_to_guest(call->caller, call->arg[0], op,
				     sizeof(*op));
}

static int physinfo(struct memcore_call *call, struct xen_sysctl *op)
{
	struct memcore_machine *machine = call->caller->machine;
	struct memcore_heap *heap = &machine->heap;
	struct xen_sysctl_physinfo *info = &op->u.physinfo;
	unsigned long flags;

	*info = (struct xen_sysctl_physinfo){
		.threads_per_core = 1,
		.cores_per_socket = 1,
		.nr_cpus = num_online_cpus(),
		.max_cpu_id = nr_cpu_ids - 1,
		.nr_nodes = heap->nr_nodes,
		.max_node_id = MC_XEN_NODES - 1,
		.capabilities = XEN_SYSCTL_PHYSCAP_pv |
				XEN_SYSCTL_PHYSCAP_hvm |
				XEN_SYSCTL_PHYSCAP_gnttab_v1 |
				XEN_SYSCTL_PHYSCAP_gnttab_v2,
		.total_pages = machine->frames.nr,
		.max_mfn = memcore_frametable_end(&machine->frames) - 1,
	};
	spin_lock_irqsave(&heap->lock, flags);
	info->free_pages = heap->free_frames;
	info->outstanding_pages = heap->claimed;
	spin_unlock_irqrestore(&heap->lock, flags);
	return tell(call, op);
}

static int availheap(struct memcore_call *call, struct xen_sysctl *op)
{
	struct xen_sysctl_availheap *ask = &op->u.availheap;
	unsigned int lo = 1, hi = MC_NR_ZONES - 1;
	unsigned long nr;

	if (ask->min_bitwidth)
		lo = memcore_bits_to_zone(ask->min_bitwidth);
	if (ask->max_bitwidth)
		hi = memcore_bits_to_zone(ask->max_bitwidth);
	nr = memcore_heap_free_of(&call->caller->machine->heap,
				  ask->node == -1 ? MC_NO_NODE : ask->node,
				  lo, hi);
	ask->avail_bytes = (u64)nr << PAGE_SHIFT;
	return tell(call, op);
}

static int tell_memory(struct memcore_call *call,
		       const struct xen_sysctl_numainfo *ask, unsigned int n)
{
	const struct memcore_node *node = &call->caller->machine->heap.nodes[n];
	const struct xen_sysctl_meminfo info = {
		.memsize = (u64)node->nr << PAGE_SHIFT,
		.memfree = (u64)READ_ONCE(node->free) << PAGE_SHIFT,
	};
	unsigned long to = (unsigned long)ask->meminfo.p;

	return to ? memcore_copy_to_guest(call->caller, to + n * sizeof(info),
					  &info, sizeof(info)) : 0;
}

static int tell_distances(struct memcore_call *call,
			  const struct xen_sysctl_numainfo *ask,
			  unsigned int n, unsigned int nr)
{
	const struct memcore_numa *numa = &call->caller->machine->numa;
	unsigned long to = (unsigned long)ask->distance.p;
	u32 distance[MC_MAX_NODES];
	unsigned int i;

	for (i = 0; i < nr; i++)
		distance[i] = numa->distance[n][i];
	return to ? memcore_copy_to_guest(call->caller,
					  to + n * nr * sizeof(*distance),
					  distance, nr * sizeof(*distance)) :
		    0;
}

/* Who asks for neither is only told how many nodes there are. */
static int numainfo(struct memcore_call *call, struct xen_sysctl *op)
{
	struct xen_sysctl_numainfo *ask = &op->u.numainfo;
	unsigned int nr = call->caller->machine->heap.nr_nodes, n;
	int err = 0;

	if (ask->meminfo.p || ask->distance.p)
		nr = min(nr, ask->num_nodes);
	for (n = 0; n < nr && !err; n++)
		err = tell_memory(call, ask, n) ?:
		      tell_distances(call, ask, n, nr);
	if (err)
		return err;
	ask->num_nodes = nr;
	return tell(call, op);
}

static int run(struct memcore_call *call, struct xen_sysctl *op)
{
	switch (op->cmd) {
	case XEN_SYSCTL_physinfo:
		return physinfo(call, op);
	case XEN_SYSCTL_availheap:
		return availheap(call, op);
	case XEN_SYSCTL_numainfo:
		return numainfo(call, op);
	default:
		return -XEN_ENOSYS;
	}
}

/**
 * memcore_do_sysctl() - the hypercall
 * @call: its argument: pointer
 *
 * Return: as Xen.
 */
long memcore_do_sysctl(struct memcore_call *call)
{
	struct xen_sysctl op;

	if (memcore_copy_from_guest(call->caller, &op, call->arg[0],
				    sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
		return -EACCES;
	return call->caller->config.control ? run(call, &op) : -EPERM;
}
