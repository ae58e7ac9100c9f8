// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to map a granted page, and to unmap it. The guest grants 512 of
 * its pages to itself and maps them where the direct map has 512 others, in calls
 * of so many. That is what a call costs at least: whose the pages are makes no
 * difference to the hypervisor.
 */
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include <xen-public/grant_table.h>
#include <xen-public/xen.h>

#include "hypervisor.h"
#include "measure.h"
#include "pages.h"
#include "refs.h"

#define ROUNDS		16
#define NR_GRANTS	512

/**
 * struct grants - pages that are granted and mapped
 * @pages:	what is granted
 * @places:	where it is mapped
 * @refs:	the grant references
 * @map:	a round's requests
 * @unmap:	likewise
 * @batch:	requests in a call
 * @ns_map:	time of all rounds
 * @ns_unmap:	likewise
 */
struct grants {
	struct own_pages pages;
	struct own_pages places;
	struct refs refs;
	struct gnttab_map_grant_ref *map;
	struct gnttab_unmap_grant_ref *unmap;
	unsigned int batch;
	u64 ns_map;
	u64 ns_unmap;
};

static bool call(unsigned int cmd, void *requests, size_t size,
		 unsigned int batch)
{
	unsigned int at;
	long ret = 0;

	for (at = 0; at < NR_GRANTS; at += batch)
		ret |= hv.call(__HYPERVISOR_grant_table_op, cmd,
			       (unsigned long)requests + at * size, batch, 0,
			       0);
	return !ret;
}

/* Interrupts would be measured too; on Xen they also preempt a call. */
static bool time_map(struct grants *g)
{
	bool ok;
	u64 start;

	local_irq_disable();
	start = ktime_get_ns();
	ok = call(GNTTABOP_map_grant_ref, g->map, sizeof(*g->map), g->batch);
	g->ns_map += ktime_get_ns() - start;
	local_irq_enable();
	return ok;
}

static bool time_unmap(struct grants *g)
{
	bool ok;
	u64 start;

	local_irq_disable();
	start = ktime_get_ns();
	ok = call(GNTTABOP_unmap_grant_ref, g->unmap, sizeof(*g->unmap),
		  g->batch);
	g->ns_unmap += ktime_get_ns() - start;
	local_irq_enable();
	return ok;
}

static bool mapped(struct grants *g)
{
	bool ok = true;
	unsigned int i;

	for (i = 0; i < NR_GRANTS; i++) {
		ok &= g->map[i].status == GNTST_okay;
		g->unmap[i] = (struct gnttab_unmap_grant_ref){
			.host_addr = g->map[i].host_addr,
			.handle = g->map[i].handle,
		};
	}
	return ok;
}

static bool unmapped(const struct grants *g)
{
	unsigned int i;

	for (i = 0; i < NR_GRANTS; i++)
		if (g->unmap[i].status != GNTST_okay)
			return false;
	return true;
}

static bool run_round(struct grants *g)
{
	bool ok = time_map(g);

	/* What is mapped in part is unmapped in part. */
	ok &= mapped(g);
	ok &= time_unmap(g);
	return ok && unmapped(g);
}

static void fill(struct grants *g)
{
	unsigned int i;

	for (i = 0; i < NR_GRANTS; i++)
		g->map[i] = (struct gnttab_map_grant_ref){
			.host_addr = hv_va(g->places.page[i]),
			.flags = GNTMAP_host_map,
			.ref = refs_at(&g->refs, i),
			.dom = refs_domid(),
		};
}

static int run_rounds(struct grants *g)
{
	unsigned int i;

	if (!g->batch || NR_GRANTS % g->batch)
		return -EINVAL;
	fill(g);
	/* The first round finds other mappings in the places. */
	if (!run_round(g))
		return -EIO;
	g->ns_map = 0;
	g->ns_unmap = 0;
	for (i = 0; i < ROUNDS; i++)
		if (!run_round(g))
			return -EIO;
	return 0;
}

static int take(struct grants *g)
{
	g->map = kvcalloc(NR_GRANTS, sizeof(*g->map), GFP_KERNEL);
	g->unmap = kvcalloc(NR_GRANTS, sizeof(*g->unmap), GFP_KERNEL);
	if (!g->map || !g->unmap)
		return -ENOMEM;
	return own_pages_take(&g->pages, NR_GRANTS) ?:
	       own_pages_take(&g->places, NR_GRANTS) ?:
	       refs_take(&g->refs, &g->pages);
}

static u64 per_entry(u64 ns)
{
	return DIV_ROUND_CLOSEST_ULL(ns, ROUNDS * NR_GRANTS);
}

int measure_grants(unsigned int batch, char *result, size_t len)
{
	struct grants g = { .batch = batch };
	int ret = take(&g) ?: run_rounds(&g);

	snprintf(result, len, "map %llu unmap %llu\n", per_entry(g.ns_map),
		 per_entry(g.ns_unmap));
	if (refs_free(&g.refs))
		ret = -EIO;
	own_pages_free(&g.places);
	own_pages_free(&g.pages);
	kvfree(g.map);
	kvfree(g.unmap);
	return ret;
}
