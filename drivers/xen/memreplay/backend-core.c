// SPDX-License-Identifier: GPL-2.0
/*
 * The in-tree core behind: hypercalls, and a CPU in software that walks the
 * page tables which the core made for the running kernel, if it made any.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <xen/interface/xen.h>

#include <memcore/memcore.h>

#include "backend.h"
#include "peer.h"

static long (*core_hypercall)(unsigned int nr, unsigned long a1,
			      unsigned long a2, unsigned long a3,
			      unsigned long a4, unsigned long a5);
static struct start_info *(*core_start_info)(void);
static int (*core_access)(unsigned long va, void *buf, size_t len,
			  unsigned int access, unsigned int *error);
static unsigned long (*core_root)(bool user);

static unsigned long direct_va(unsigned long pfn)
{
	return MEMCORE_DIRECT_MAP + PFN_PHYS(pfn);
}

static bool core_load(unsigned long va, void *to, size_t size)
{
	unsigned int error;

	return !core_access(va, to, size, 0, &error);
}

static bool core_store(unsigned long va, const void *from, size_t size)
{
	unsigned int error;
	u64 value = 0;

	memcpy(&value, from, size);
	return !core_access(va, &value, size, MEMCORE_ACCESS_WRITE, &error);
}

/* Nothing else of what the core keeps is of use to the running kernel. */
static void core_footing(struct replay_footing *footing)
{
	memset(footing, 0, sizeof(*footing));
	if (replay_backend.translated)
		return;
	footing->root = core_root(false);
	footing->user_root = core_root(true);
	footing->stack_segment = 0x18;
}

static void core_detach(void)
{
	replay_peer_detach();
	if (core_root)
		symbol_put(memcore_root);
	if (core_access)
		symbol_put(memcore_access);
	if (core_start_info)
		symbol_put(memcore_start_info);
	if (core_hypercall)
		symbol_put(memcore_hypercall);
	core_root = NULL;
	core_access = NULL;
	core_start_info = NULL;
	core_hypercall = NULL;
}

static bool get_symbols(void)
{
	core_hypercall = symbol_get(memcore_hypercall);
	core_start_info = symbol_get(memcore_start_info);
	core_access = symbol_get(memcore_access);
	core_root = symbol_get(memcore_root);
	return core_hypercall && core_start_info && core_access && core_root &&
	       replay_peer_attach();
}

/**
 * replay_core_attach() - put the core behind
 * @backend: filled in
 *
 * Holds references on xen-memcore.ko until the backend is detached.
 *
 * Return: 0, or -ENODEV if the core is not loaded.
 */
int replay_core_attach(struct replay_backend *backend)
{
	struct start_info *info;

	if (!get_symbols()) {
		pr_err("neither a guest of Xen, nor one of xen-memcore\n");
		core_detach();
		return -ENODEV;
	}
	info = core_start_info();
	*backend = (struct replay_backend) {
		.name = "core",
		.hypercall = core_hypercall,
		.direct_va = direct_va,
		.load = core_load,
		.store = core_store,
		.footing = core_footing,
		.detach = core_detach,
		.sleeps = true,
		.translated = !info,
		.make_peer = replay_peer_make,
		.end_peer = replay_peer_end,
		.take_refs = replay_peer_refs,
		.give_refs = replay_peer_give_refs,
	};
	if (!info)
		return 0;
	backend->p2m = (unsigned long *)info->mfn_list;
	backend->p2m_size = info->nr_pages;
	backend->control = info->flags & SIF_PRIVILEGED;
	return 0;
}
