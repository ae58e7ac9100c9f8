// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/mm.h>
#include <memcore/memcore.h>
#include <memfront/mmu.h>
#include <xen/interface/memory.h>

#include "memfront_granter.h"

long granter_call(struct granter *g, unsigned int nr, unsigned long a1,
		  unsigned long a2, unsigned long a3, unsigned long a4)
{
	return memcore_tool_call_as(g->peer.domid, nr, a1, a2, a3, a4, 0);
}

static unsigned long address(const struct granter *g, unsigned long pfn)
{
	return g->peer.translated ? PFN_PHYS(pfn) :
				    MEMCORE_DIRECT_MAP + PFN_PHYS(pfn);
}

static int store(struct granter *g, unsigned long at, u64 val, size_t len)
{
	return memcore_tool_access_as(g->peer.domid, at, &val, len,
				      MEMCORE_ACCESS_WRITE);
}

static int load(struct granter *g, unsigned long at, void *val, size_t len)
{
	return memcore_tool_access_as(g->peer.domid, at, val, len, 0);
}

/* A PV domain sees the table where it had a page, which it does not use. */
static int see_table_pv(struct granter *g)
{
	xen_pfn_t frame;
	struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 1 };
	long ret;

	set_xen_guest_handle(op.frame_list, &frame);
	ret = granter_call(g, __HYPERVISOR_grant_table_op, GNTTABOP_setup_table,
			   (unsigned long)&op, 1, 0);
	if (ret || op.status)
		return -EIO;
	return granter_call(g, __HYPERVISOR_update_va_mapping, g->table,
			    mf_pte(mf_mfn(frame), MF_PTE_PAGE_RW), UVMF_INVLPG,
			    0);
}

static int see_table_translated(struct granter *g)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_grant_table,
		.gpfn = g->table >> PAGE_SHIFT,
	};

	return granter_call(g, __HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			    (unsigned long)&arg, 0, 0);
}

int granter_make(struct granter *g, bool translated, unsigned int pages)
{
	int err = memcore_tool_peer_make(translated, pages + 1, &g->peer);

	if (!err) {
		g->pages = pages;
		g->table = address(g, pages);
		err = translated ? see_table_translated(g) : see_table_pv(g);
	}
	if (err)
		granter_end(g);
	return err;
}

/* -EBUSY: others have something of it mapped; to be ended again when not. */
int granter_end(struct granter *g)
{
	struct memcore_peer rest = g->peer;
	int err = memcore_tool_peer_end(&g->peer);

	rest.p2m = NULL;
	if (err)
		g->peer = rest;
	return err;
}

int granter_write(struct granter *g, unsigned int page, u64 word)
{
	return store(g, address(g, page), word, sizeof(word));
}

u64 granter_read(struct granter *g, unsigned int page)
{
	u64 word = ~0ULL;

	load(g, address(g, page), &word, sizeof(word));
	return word;
}

/* All of a page. */
int granter_fill(struct granter *g, unsigned int page, const u64 *words)
{
	unsigned long at = address(g, page);
	unsigned int i;
	int err = 0;

	for (i = 0; i < PAGE_SIZE / sizeof(*words) && !err; i++)
		err = store(g, at + i * sizeof(*words), words[i],
			    sizeof(*words));
	return err;
}

int granter_load(struct granter *g, unsigned int page, void *to)
{
	return load(g, address(g, page), to, PAGE_SIZE);
}

static unsigned long entry(const struct granter *g, grant_ref_t ref)
{
	return g->table + ref * sizeof(struct grant_entry_v1);
}

/* As a guest does it: what it is first, then that it is valid. */
int granter_offer(struct granter *g, grant_ref_t ref, unsigned int page,
		  u16 flags, u16 domid)
{
	unsigned long gfn = g->peer.p2m[page];

	return store(g, entry(g, ref) + 4, gfn, 4) ?:
	       store(g, entry(g, ref) + 2, domid, 2) ?:
	       store(g, entry(g, ref), GTF_permit_access | flags, 2);
}

/* Who has it mapped goes on having it. */
int granter_withdraw(struct granter *g, grant_ref_t ref)
{
	return store(g, entry(g, ref), GTF_invalid, 2);
}

/* GTF_reading and GTF_writing. */
u16 granter_uses(struct granter *g, grant_ref_t ref)
{
	u16 flags = ~0;

	load(g, entry(g, ref), &flags, sizeof(flags));
	return flags & (GTF_reading | GTF_writing);
}

/* A PV domain maps where it has a page, a translated one where it has none. */
static unsigned long slot_address(const struct granter *g, unsigned int slot)
{
	return address(g, g->peer.translated ? g->peer.nr_pfns + slot : slot);
}

/* A page that is there may still be in its TLB. */
static void clear_slot(struct granter *g, unsigned int slot)
{
	if (!g->peer.translated)
		granter_call(g, __HYPERVISOR_update_va_mapping,
			     slot_address(g, slot), 0, UVMF_INVLPG, 0);
}

/* Return: GNTST_*. */
s16 granter_map(struct granter *g, unsigned int slot, grant_ref_t ref,
		bool read_only, grant_handle_t *handle)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = slot_address(g, slot),
		.flags = GNTMAP_host_map | (read_only ? GNTMAP_readonly : 0),
		.ref = ref,
		.dom = OWN_DOMID,
		.status = GNTST_no_device_space,
	};

	clear_slot(g, slot);
	granter_call(g, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
		     (unsigned long)&op, 1, 0);
	*handle = op.handle;
	return op.status;
}

s16 granter_unmap(struct granter *g, unsigned int slot, grant_handle_t handle)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = slot_address(g, slot),
		.handle = handle,
		.status = GNTST_no_device_space,
	};

	granter_call(g, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref,
		     (unsigned long)&op, 1, 0);
	return op.status;
}

u64 granter_mapped_read(struct granter *g, unsigned int slot)
{
	u64 word = ~0ULL;

	load(g, slot_address(g, slot), &word, sizeof(word));
	return word;
}

int granter_mapped_write(struct granter *g, unsigned int slot, u64 word)
{
	return store(g, slot_address(g, slot), word, sizeof(word));
}
