// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/mm.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include <xen-public/domctl.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>

#include "memfront_neighbour.h"

static long domctl(struct xen_domctl *op)
{
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	return memcore_hypercall(__HYPERVISOR_domctl, (unsigned long)op, 0, 0,
				 0, 0);
}

static long create(u16 domid)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_createdomain,
		.domain = domid,
		.u.createdomain = {
			.max_vcpus = 1,
			.max_grant_frames = -1,
			.max_maptrack_frames = -1,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
		},
	};

	return domctl(&op);
}

static long set_max_mem(u16 domid, unsigned int nr)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_max_mem,
		.domain = domid,
		.u.max_mem.max_memkb = (u64)nr * (PAGE_SIZE / 1024),
	};

	return domctl(&op);
}

static long populate(u16 domid, unsigned int nr, unsigned long *mfns)
{
	struct xen_memory_reservation r = {
		.nr_extents = nr,
		.domid = domid,
	};
	unsigned int i;

	for (i = 0; i < nr; i++)
		mfns[i] = i;
	set_xen_guest_handle(r.extent_start, mfns);
	return memcore_hypercall(__HYPERVISOR_memory_op,
				 XENMEM_populate_physmap, (unsigned long)&r, 0,
				 0, 0);
}

/* A PV domain with so many frames; -EPERM if the kernel is not dom0. */
int neighbour_make(u16 domid, unsigned int nr, unsigned long *mfns)
{
	long err = create(domid);

	if (err)
		return err;
	err = set_max_mem(domid, nr);
	if (!err && populate(domid, nr, mfns) != nr)
		err = -ENOMEM;
	if (err)
		neighbour_end(domid);
	return err;
}

int neighbour_end(u16 domid)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_destroydomain,
		.domain = domid,
	};

	return domctl(&op);
}

/* Dead ones whose frames are held do, too. */
bool neighbour_exists(u16 domid)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_getdomaininfo,
		.domain = domid,
	};

	return !domctl(&op) && op.domain == domid;
}

/* The domain itself writes a word of one of its frames. */
int neighbour_write(u16 domid, unsigned long mfn, unsigned int word, u64 val)
{
	struct mmu_update update = {
		.ptr = (mfn << PAGE_SHIFT) + word * sizeof(u64),
		.val = val,
	};

	return memcore_tool_call_as(domid, __HYPERVISOR_mmu_update,
				    (unsigned long)&update, 1, 0, DOMID_SELF,
				    0);
}

/* The domain itself gives one of its frames back. */
int neighbour_release(u16 domid, unsigned long mfn)
{
	struct xen_memory_reservation r = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, &mfn);
	return memcore_tool_call_as(domid, __HYPERVISOR_memory_op,
				    XENMEM_decrease_reservation,
				    (unsigned long)&r, 0, 0, 0) == 1 ?
	       0 : -EIO;
}
