// SPDX-License-Identifier: GPL-2.0
/*
 * The seam on the in-tree core: its exported entry, if that module is loaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include <xen/interface/xen.h>

#include <memcore/memcore.h>

#include "direct-map.h"
#include "grant-table.h"
#include "hypercall.h"
#include "m2p.h"
#include "p2m-tree.h"
#include "pseudophys-source.h"
#include "window.h"

static void read_lists(struct memfront_hypervisor *hv,
		       const struct start_info *info)
{
	hv->p2m = (unsigned long *)info->mfn_list;
	hv->p2m_size = ALIGN(info->nr_pages, P2M_LEAF_ENTRIES);
	hv->p2m_ops = &p2m_tree_ops;
	hv->p2m_tree = p2m_tree_create(hv->p2m, hv->p2m_size);
}

/* A PV-type guest gets its P2M from the start info, as from Xen's builder. */
static void read_start_info(struct memfront_hypervisor *hv)
{
	struct start_info *(*start_info)(void);
	struct start_info *info;

	start_info = symbol_get(memcore_start_info);
	if (!start_info)
		return;
	info = start_info();
	if (info) {
		read_lists(hv, info);
		hv->windows = window_core(info);
		if (hv->p2m_tree && !m2p_find(hv))
			hv->direct_map = direct_map_core(info);
	}
	symbol_put(memcore_start_info);
}

/**
 * memfront_core_attach - put the in-tree core behind the seam
 * @hv:	filled in
 *
 * Holds a reference on xen-memcore.ko until memfront_core_detach().
 *
 * Return: 0, or -ENODEV if the core is not loaded.
 */
int memfront_core_attach(struct memfront_hypervisor *hv)
{
	long (*entry)(unsigned int nr, unsigned long a1, unsigned long a2,
		      unsigned long a3, unsigned long a4, unsigned long a5);

	entry = symbol_get(memcore_hypercall);
	if (!entry) {
		pr_err("this kernel does not run on Xen and xen-memcore is not loaded: no hypervisor to talk to\n");
		return -ENODEV;
	}
	hv->name = "core";
	hv->sections = &section_source_core;
	hv->grant_table = &grant_table_core;
	static_call_update(memfront_hypercall, entry);
	read_start_info(hv);
	return 0;
}

/**
 * memfront_core_publish - let Xen's tools see all of the P2M
 *
 * Context: module load, after mmu_batch_init().
 * Return: 0, also for a guest without a P2M of its own here; -ENOMEM; or what
 * the core answers.
 */
int memfront_core_publish(void)
{
	if (!memfront_hv.p2m_tree || !memfront_hv.direct_map)
		return 0;
	return p2m_tree_map(memfront_hv.p2m_tree, direct_map_core_root());
}

/**
 * memfront_core_unpublish - undo memfront_core_publish()
 *
 * Context: module unload, before mmu_batch_exit().
 */
void memfront_core_unpublish(void)
{
	if (memfront_hv.p2m_tree)
		p2m_tree_unmap(memfront_hv.p2m_tree);
}

/** memfront_core_detach - give the reference on xen-memcore.ko back. */
void memfront_core_detach(void)
{
	p2m_tree_destroy(memfront_hv.p2m_tree);
	symbol_put(memcore_hypercall);
}
