// SPDX-License-Identifier: GPL-2.0
/*
 * Real Xen behind a translated guest: PVH or HVM.
 *
 * Such a guest numbers its frames itself, and has no tables that Xen looks into.
 * Where it has no frame, what is read has all bits set and what is written
 * vanishes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/irqflags.h>
#include <linux/printk.h>

#include <xen/xen.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "backend.h"
#include "value.h"

/* The kernel looks for room for its shared info from the first page up. */
#define NR_SEARCHED	4096
#define NOWHERE		(~0UL)

static bool is_all_ones(unsigned long pfn)
{
	u64 word;

	return replay_xen_load(replay_xen_direct_va(pfn), &word, 8) && !~word;
}

static long move_shared_info(unsigned long pfn)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = pfn,
	};

	return replay_xen_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			       (unsigned long)&arg, 0, 0, 0);
}

static unsigned long first_new_hole(const unsigned long *old)
{
	unsigned long pfn;

	for_each_clear_bit(pfn, old, NR_SEARCHED)
		if (is_all_ones(pfn))
			return pfn;
	return NOWHERE;
}

/*
 * The kernel tells nobody where it has its shared info. But that can only be in
 * one place: where it goes from when it is moved, there is a hole.
 */
static unsigned long find_shared_info(void)
{
	static DECLARE_BITMAP(old, NR_SEARCHED);
	unsigned long pfn, flags;

	local_irq_save(flags);
	for (pfn = 0; pfn < NR_SEARCHED; pfn++)
		__assign_bit(pfn, old, is_all_ones(pfn));
	pfn = NOWHERE;
	if (!move_shared_info(REPLAY_HOLE_GFN)) {
		pfn = first_new_hole(old);
		move_shared_info(pfn == NOWHERE ? REPLAY_HOLE_GFN : pfn);
	}
	local_irq_restore(flags);
	return pfn;
}

static unsigned long xen_shared_info(void)
{
	static unsigned long pfn = NOWHERE;

	if (pfn == NOWHERE)
		pfn = find_shared_info();
	if (pfn == NOWHERE)
		pr_err("the kernel's shared info cannot be found\n");
	return pfn;
}

static void no_footing(struct replay_footing *footing)
{
	*footing = (struct replay_footing) {};
}

/**
 * replay_xen_attach_translated() - put Xen behind a guest that is not PV
 * @backend: filled in
 *
 * Return: 0.
 */
int replay_xen_attach_translated(struct replay_backend *backend)
{
	*backend = (struct replay_backend) {
		.name = "xen",
		.hypercall = replay_xen_call,
		.direct_va = replay_xen_direct_va,
		.load = replay_xen_load,
		.store = replay_xen_store,
		.footing = no_footing,
		.detach = replay_xen_detach,
		.control = xen_initial_domain(),
		.translated = true,
		.shared_info = xen_shared_info,
	};
	return 0;
}
