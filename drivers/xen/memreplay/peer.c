// SPDX-License-Identifier: GPL-2.0
/*
 * On the core: the other of two domains. Nothing runs in it, so this module
 * does all that its kernel would do.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <memcore/memcore.h>
#include <memcore/tools.h>

#include "backend.h"
#include "peer.h"
#include "value.h"

static char *peer_type = "pv";
module_param_named(peer, peer_type, charp, 0600);
MODULE_PARM_DESC(peer, "on the core, what the other of two domains is: pv or translated");

/* Pages of the domain; a script has less, and some for what it does not see. */
#define NR_PAGES	320
/* The kernel has none, but on Xen the toolstack has these. */
#define FIRST_REF	8

static int (*peer_make)(bool translated, unsigned long nr_pages,
			struct memcore_peer *peer);
static int (*peer_end)(struct memcore_peer *peer);
static long (*call_as)(u16 domid, unsigned int nr, unsigned long a1,
		       unsigned long a2, unsigned long a3, unsigned long a4,
		       unsigned long a5);
static int (*access_as)(u16 domid, unsigned long addr, void *buf, size_t len,
			unsigned int access);

/* One script runs at a time. */
static struct memcore_peer peer;
static unsigned long next_pfn;

static long peer_call(unsigned int nr, unsigned long a1, unsigned long a2,
		      unsigned long a3, unsigned long a4, unsigned long a5)
{
	return call_as(peer.domid, nr, a1, a2, a3, a4, a5);
}

static unsigned long pv_va(unsigned long pfn)
{
	return MEMCORE_DIRECT_MAP + PFN_PHYS(pfn);
}

static unsigned long physical(unsigned long pfn)
{
	return PFN_PHYS(pfn);
}

static bool peer_load(unsigned long va, void *to, size_t size)
{
	return !access_as(peer.domid, va, to, size, 0);
}

static bool peer_store(unsigned long va, const void *from, size_t size)
{
	u64 value = 0;

	memcpy(&value, from, size);
	return !access_as(peer.domid, va, &value, size, MEMCORE_ACCESS_WRITE);
}

static void peer_footing(struct replay_footing *footing)
{
	memset(footing, 0, sizeof(*footing));
	footing->root = peer.root;
	footing->stack_segment = 0x18;
}

static bool take_pfn(unsigned long *pfn)
{
	if (next_pfn == REPLAY_HOLE_MFN)
		next_pfn++;
	if (next_pfn == peer.nr_pages)
		return false;
	*pfn = next_pfn++;
	return true;
}

/**
 * replay_peer_make() - make the other domain
 * @backend: filled in: how it is reached
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int replay_peer_make(struct replay_backend *backend)
{
	bool translated = sysfs_streq(peer_type, "translated");
	int ret = peer_make(translated, NR_PAGES, &peer);

	if (ret) {
		pr_err("the other domain cannot be made (%d)\n", ret);
		replay_peer_end();
		return ret;
	}
	/* As numbers of frames, 0 and that of the hole stand for none. */
	next_pfn = 1;
	*backend = replay_backend;
	backend->hypercall = peer_call;
	backend->direct_va = translated ? physical : pv_va;
	backend->load = peer_load;
	backend->store = peer_store;
	backend->footing = peer_footing;
	backend->p2m = peer.p2m;
	backend->p2m_size = peer.nr_pfns;
	backend->own_domid = peer.domid;
	backend->control = false;
	backend->translated = translated;
	backend->take_pfn = take_pfn;
	return 0;
}

/**
 * replay_peer_end() - end it
 *
 * Context: may sleep.
 */
void replay_peer_end(void)
{
	if (peer_end(&peer))
		pr_err("the other domain does not go\n");
}

/**
 * replay_peer_refs() - grant references of a domain on the core
 * @refs: filled in
 * @nr: how many
 *
 * Return: 0.
 */
int replay_peer_refs(u32 *refs, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		refs[i] = FIRST_REF + i;
	return 0;
}

/**
 * replay_peer_give_refs() - give them back
 * @refs: which
 * @nr: how many
 */
void replay_peer_give_refs(const u32 *refs, u32 nr)
{
}

/**
 * replay_peer_detach() - let go of the core's tools
 */
void replay_peer_detach(void)
{
	if (access_as)
		symbol_put(memcore_tool_access_as);
	if (call_as)
		symbol_put(memcore_tool_call_as);
	if (peer_end)
		symbol_put(memcore_tool_peer_end);
	if (peer_make)
		symbol_put(memcore_tool_peer_make);
	access_as = NULL;
	call_as = NULL;
	peer_end = NULL;
	peer_make = NULL;
}

/**
 * replay_peer_attach() - reach the core's tools
 *
 * Return: false if there are none.
 */
bool replay_peer_attach(void)
{
	peer_make = symbol_get(memcore_tool_peer_make);
	peer_end = symbol_get(memcore_tool_peer_end);
	call_as = symbol_get(memcore_tool_call_as);
	access_as = symbol_get(memcore_tool_access_as);
	return peer_make && peer_end && call_as && access_as;
}
