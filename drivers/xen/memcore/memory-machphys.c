// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_machphys_*: where a domain finds the machine-to-physical table.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Any domain may ask for the list of the table's frames, also a translated one,
 *   and gets no more than fit.
 * - The list for 32-bit guests is refused by a Xen that does not run them.
 *
 * Not modelled: the table is in no frames of the machine, so that nobody can map
 * it by its list, which says the hypervisor's own frame each time.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/kernel.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"

/* An extent of the list is 2 MiB of the table. */
#define EXTENT_ENTRIES	(BIT(21) / sizeof(unsigned long))

/**
 * memcore_machphys_mapping() - XENMEM_machphys_mapping
 * @call: its arguments: ignored, pointer to struct xen_machphys_mapping
 *
 * Return: as Xen.
 */
long memcore_machphys_mapping(struct memcore_call *call)
{
	const struct memcore_frametable *ft = &call->caller->machine->frames;
	struct xen_machphys_mapping mapping = {
		.v_start = (unsigned long)ft->m2p_guest,
		.v_end = (unsigned long)(ft->m2p_guest +
					 memcore_frametable_end(ft)),
		.max_mfn = memcore_frametable_end(ft) - 1,
	};

	return memcore_copy_to_guest(call->caller, call->arg[1], &mapping,
				     sizeof(mapping));
}

/**
 * memcore_machphys_mfn_list() - XENMEM_machphys_mfn_list
 * @call: its arguments: ignored, pointer to struct xen_machphys_mfn_list
 *
 * Return: as Xen.
 */
long memcore_machphys_mfn_list(struct memcore_call *call)
{
	const struct memcore_frametable *ft = &call->caller->machine->frames;
	const xen_pfn_t mfn = memcore_own_mfn(ft).nr;
	struct xen_machphys_mfn_list list;
	unsigned long to;
	unsigned int i, nr;

	if (memcore_copy_from_guest(call->caller, &list, call->arg[1],
				    sizeof(list)))
		return -EFAULT;
	to = (unsigned long)list.extent_start.p;
	nr = min_t(unsigned long, list.max_extents,
		   DIV_ROUND_UP(memcore_frametable_end(ft), EXTENT_ENTRIES));
	for (i = 0; i < nr; i++)
		if (memcore_copy_to_guest(call->caller, to + i * sizeof(mfn),
					  &mfn, sizeof(mfn)))
			return -EFAULT;
	list.nr_extents = nr;
	return memcore_copy_back_to_guest(call->caller, call->arg[1], &list,
					  sizeof(list));
}
