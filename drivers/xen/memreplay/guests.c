// SPDX-License-Identifier: GPL-2.0
/*
 * Other domains, for scripts of a control domain: PV domains that never run and
 * have some frames for others to name.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen-public/domctl.h>
#include <xen-public/memory.h>

#include "guests.h"
#include "run.h"

static long do_domctl(struct xen_domctl *op, unsigned int cmd, u16 domid)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = domid;
	return replay_hypercall(__HYPERVISOR_domctl, (unsigned long)op, 0, 0,
				0);
}

static long create(struct xen_domctl *op, u16 *domid)
{
	long ret;

	op->u.createdomain = (struct xen_domctl_createdomain) {
		.max_vcpus = 1,
		.max_evtchn_port = 1023,
		.max_grant_frames = 4,
		.max_maptrack_frames = 4,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
	};
	ret = do_domctl(op, XEN_DOMCTL_createdomain, 0);
	if (!ret)
		*domid = op->domain;
	return ret;
}

static long set_limits(struct xen_domctl *op, u16 domid, u32 nr)
{
	long ret;

	memset(&op->u, 0, sizeof(op->u));
	op->u.max_mem.max_memkb = 4 * nr;
	ret = do_domctl(op, XEN_DOMCTL_max_mem, domid);
	if (ret)
		return ret;
	memset(&op->u, 0, sizeof(op->u));
	op->u.max_vcpus.max = 1;
	return do_domctl(op, XEN_DOMCTL_max_vcpus, domid);
}

/* A frame that another domain gave back unscrubbed still holds what it held. */
static long clear(u16 domid, u64 mfn)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_CLEAR_PAGE,
		.arg1.mfn = mfn,
	};

	return replay_hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1,
				0, domid);
}

/* One frame for each name, all zeros, at pages 0 and up. */
static long fill(struct replay_run *run, u16 domid, u32 first, u32 nr)
{
	struct xen_memory_reservation reservation = {
		.nr_extents = 1,
		.domid = domid,
	};
	xen_pfn_t extent;
	long ret;
	u32 i;

	set_xen_guest_handle(reservation.extent_start, &extent);
	for (i = 0; i < nr; i++) {
		extent = i;
		if (replay_hypercall(__HYPERVISOR_memory_op,
				     XENMEM_populate_physmap,
				     (unsigned long)&reservation, 0, 0) != 1)
			return -ENOMEM;
		ret = clear(domid, extent);
		if (ret)
			return ret;
		run->frames[first + i].mfn = extent;
		run->frames[first + i].lost = false;
	}
	return 0;
}

static long make(struct replay_run *run, struct xen_domctl *op, u32 i)
{
	const struct replay_guest_name *guest = &run->script->guests[i];

	return create(op, &run->guests[i]) ?:
	       set_limits(op, run->guests[i], guest->nr) ?:
	       fill(run, run->guests[i], guest->first, guest->nr);
}

/**
 * replay_guests_make() - make the domains that the script wants
 * @run: the run; end the domains also if this fails
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, whatever the reason; the log tells it.
 */
int replay_guests_make(struct replay_run *run)
{
	struct xen_domctl *op;
	long ret = 0;
	u32 i;

	memset(run->guests, 0xff, sizeof(run->guests));
	if (!run->script->nr_guests)
		return 0;
	op = kzalloc(sizeof(*op), GFP_KERNEL);
	if (!op)
		return -ENOMEM;
	for (i = 0; i < run->script->nr_guests && !ret; i++)
		ret = make(run, op, i);
	kfree(op);
	if (ret)
		pr_err("another domain cannot be made (%ld)\n", ret);
	return ret ? -ENOMEM : 0;
}

static void forget_frames(struct replay_run *run, u32 i)
{
	const struct replay_guest_name *guest = &run->script->guests[i];
	u32 frame;

	for (frame = guest->first; frame < guest->first + guest->nr; frame++)
		run->frames[frame].lost = true;
}

/* Xen comes back in between when there is much to do. */
static long destroy(struct replay_run *run, u32 i)
{
	static struct xen_domctl op;
	long ret;

	do {
		memset(&op, 0, sizeof(op));
		ret = do_domctl(&op, XEN_DOMCTL_destroydomain, run->guests[i]);
	} while (ret == -ERESTART || ret == -EAGAIN);
	if (!ret)
		forget_frames(run, i);
	return ret;
}

/**
 * replay_guest_destroy() - destroy
 * @run: the run
 * @st: the statement
 *
 * Return: what the hypervisor answers in the end.
 */
long replay_guest_destroy(struct replay_run *run,
			  const struct replay_statement *st)
{
	return destroy(run, replay_item(run->script, st, 0)->at.frame);
}

/**
 * replay_guests_end() - destroy what is left
 * @run: the run; nothing of it may hold frames of other domains any more
 *
 * Context: may sleep.
 */
void replay_guests_end(struct replay_run *run)
{
	u32 i;

	for (i = 0; i < run->script->nr_guests; i++)
		if (run->guests[i] < DOMID_FIRST_RESERVED)
			destroy(run, i);
}
