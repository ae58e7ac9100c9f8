// SPDX-License-Identifier: GPL-2.0
/* What threads do that map what they have granted. */
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen-public/grant_table.h>

#include "hypervisor.h"
#include "refs.h"
#include "threads.h"

/**
 * struct grant_requests - a round's requests
 * @map:	one for each entry of the worker's table
 * @unmap:	likewise
 */
struct grant_requests {
	struct gnttab_map_grant_ref map[TABLE_ENTRIES];
	struct gnttab_unmap_grant_ref unmap[TABLE_ENTRIES];
};

static bool call(const struct worker *w, unsigned int cmd, void *requests)
{
	return !hv.call_as(w->domid, __HYPERVISOR_grant_table_op, cmd,
			   (unsigned long)requests, BATCH, 0, 0);
}

static bool map_and_unmap(const struct worker *w, unsigned int at)
{
	struct grant_requests *r = w->requests;
	bool ok = call(w, GNTTABOP_map_grant_ref, &r->map[at]);
	unsigned int i;

	for (i = at; i < at + BATCH; i++) {
		ok &= r->map[i].status == GNTST_okay;
		r->unmap[i].handle = r->map[i].handle;
	}
	ok &= call(w, GNTTABOP_unmap_grant_ref, &r->unmap[at]);
	for (i = at; i < at + BATCH; i++)
		ok &= r->unmap[i].status == GNTST_okay;
	return ok;
}

static void run(struct worker *w)
{
	unsigned int i;

	w->ok = true;
	for (i = 0; i < ROUNDS * TABLE_ENTRIES && w->ok; i += BATCH)
		w->ok = map_and_unmap(w, i % TABLE_ENTRIES);
}

static int start(struct worker *w)
{
	u64 table = (u64)w->frames[0] << PAGE_SHIFT;
	struct grant_requests *r;
	unsigned int i;

	r = kvzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	w->requests = r;
	for (i = 0; i < TABLE_ENTRIES; i++) {
		r->map[i].host_addr = table + i * sizeof(u64);
		r->map[i].flags = GNTMAP_host_map | GNTMAP_contains_pte;
		r->map[i].ref = refs_of_domain(i);
		r->map[i].dom = w->domid;
		r->unmap[i].host_addr = r->map[i].host_addr;
	}
	return refs_grant_domain(w->domid, w->frames + 1, TABLE_ENTRIES);
}

const struct work grant_work = {
	.start = start,
	.run = run,
};
