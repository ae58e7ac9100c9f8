// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to map granted pages and to unmap them again, so many at a time, and
 * to copy from them: through xen-memfront; by the kernel's functions, with pages
 * that it has got before; and by the bare hypercalls, filled in before.
 *
 * A PV guest grants the pages to itself: whose they are makes no difference to the
 * hypervisor.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include <memfront/grant.h>

#include "grantor.h"
#include "measure.h"

#define NR_PAGES	GRANTOR_REFS
#define ROUNDS		4U
#define HITS		20000U

/**
 * struct grants - what is granted, and where the kernel and bare calls map it
 * @pages:	own pages, to be granted and to be copied to
 * @places:	pages without RAM
 * @grantor:	who grants
 * @batch:	how many at a time
 * @map:	requests
 * @unmap:	likewise
 * @copy:	likewise
 * @ours:	what xen-memfront is to copy
 */
struct grants {
	struct page *pages[NR_PAGES];
	struct page *places[NR_PAGES];
	struct grantor grantor;
	unsigned int batch;
	struct gnttab_map_grant_ref map[NR_PAGES];
	struct gnttab_unmap_grant_ref unmap[NR_PAGES];
	struct gnttab_copy copy[NR_PAGES];
	struct memfront_grant_copy ours[NR_PAGES];
};

static unsigned long kaddr(struct page *page)
{
	return (unsigned long)pfn_to_kaddr(page_to_pfn(page));
}

static void fill_map(struct grants *g, unsigned int i)
{
	gnttab_set_map_op(&g->map[i], kaddr(g->places[i]), GNTMAP_host_map,
			  g->grantor.refs[i], g->grantor.domid);
}

static void fill_unmap(struct grants *g, unsigned int i)
{
	gnttab_set_unmap_op(&g->unmap[i], kaddr(g->places[i]), GNTMAP_host_map,
			    g->map[i].handle);
}

static void fill_copy(struct grants *g, unsigned int i)
{
	struct gnttab_copy *copy = &g->copy[i];

	copy->source.u.ref = g->grantor.refs[i];
	copy->source.domid = g->grantor.domid;
	copy->source.offset = 0;
	copy->dest.u.gmfn = xen_page_to_gfn(g->pages[i]);
	copy->dest.domid = DOMID_SELF;
	copy->dest.offset = 0;
	copy->len = PAGE_SIZE;
	copy->flags = GNTCOPY_source_gref;
}

static void fill_ours(struct grants *g, unsigned int i)
{
	struct memfront_grant_copy *copy = &g->ours[i];

	copy->domid = g->grantor.domid;
	copy->refs = &g->grantor.refs[i];
	copy->offset = 0;
	copy->local = page_address(g->pages[i]);
	copy->len = PAGE_SIZE;
	copy->to_grant = false;
}

static int map_ours(struct grants *g, unsigned int at)
{
	struct memfront_grant_map *map;

	map = memfront_grant_map(g->grantor.domid, g->grantor.refs + at, g->batch, 0, NULL);
	return IS_ERR(map) ? PTR_ERR(map) : memfront_grant_unmap(map);
}

static int map_kernels(struct grants *g, unsigned int at)
{
	unsigned int i;
	int err;

	for (i = at; i < at + g->batch; i++)
		fill_map(g, i);
	err = gnttab_map_refs(g->map + at, NULL, g->places + at, g->batch);
	for (i = at; i < at + g->batch; i++) {
		err = err ?: g->map[i].status;
		fill_unmap(g, i);
	}
	return err ?: gnttab_unmap_refs(g->unmap + at, NULL, g->places + at,
					g->batch);
}

static int map_by_hand(struct grants *g, unsigned int at)
{
	unsigned int i;
	int err;

	err = HYPERVISOR_grant_table_op(GNTTABOP_map_grant_ref, g->map + at,
					g->batch);
	for (i = at; i < at + g->batch; i++) {
		err = err ?: g->map[i].status;
		g->unmap[i].handle = g->map[i].handle;
	}
	return err ?: HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref,
						g->unmap + at, g->batch);
}

static int copy_ours(struct grants *g, unsigned int at)
{
	unsigned int i;

	for (i = at; i < at + g->batch; i++)
		fill_ours(g, i);
	return memfront_grant_copy(g->ours + at, g->batch);
}

static int copy_kernels(struct grants *g, unsigned int at)
{
	unsigned int i;
	int err = 0;

	for (i = at; i < at + g->batch; i++)
		fill_copy(g, i);
	gnttab_batch_copy(g->copy + at, g->batch);
	for (i = at; i < at + g->batch; i++)
		err = err ?: g->copy[i].status;
	return err;
}

static int copy_by_hand(struct grants *g, unsigned int at)
{
	return HYPERVISOR_grant_table_op(GNTTABOP_copy, g->copy + at,
					 g->batch);
}

static int run(struct grants *g, int (*step)(struct grants *g, unsigned int at),
	       u64 *ns)
{
	unsigned int round, at;
	u64 start = 0;
	int ret;

	/* The first round finds everything as others have left it. */
	for (round = 0; round <= ROUNDS; round++) {
		if (round == 1)
			start = ktime_get_ns();
		for (at = 0; at < NR_PAGES; at += g->batch) {
			ret = step(g, at);
			if (ret)
				return ret;
		}
	}
	*ns = DIV_ROUND_CLOSEST_ULL(ktime_get_ns() - start, ROUNDS * NR_PAGES);
	return 0;
}

/* Filled in anew for each way, for each leaves its own answers. */
static void fill_all(struct grants *g)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		fill_map(g, i);
		fill_unmap(g, i);
		fill_copy(g, i);
	}
}

static int run_maps(struct grants *g, char *result, size_t len)
{
	u64 ours, stock, limit;
	int ret = run(g, map_ours, &ours) ?: run(g, map_kernels, &stock);

	fill_all(g);
	ret = ret ?: run(g, map_by_hand, &limit);
	if (!ret)
		snprintf(result, len, "ours %llu stock %llu limit %llu\n",
			 ours, stock, limit);
	return ret;
}

static int run_copies(struct grants *g, char *result, size_t len)
{
	u64 ours, stock, limit;
	int ret = run(g, copy_ours, &ours) ?: run(g, copy_kernels, &stock);

	fill_all(g);
	ret = ret ?: run(g, copy_by_hand, &limit);
	if (!ret)
		snprintf(result, len, "ours %llu stock %llu limit %llu\n",
			 ours, stock, limit);
	return ret;
}

/* A grant that is mapped already, had and put. */
static int hit(struct memfront_grant_cache *cache, domid_t domid,
	       grant_ref_t ref)
{
	struct memfront_cached_grant *c;

	c = memfront_grant_cache_get(cache, domid, ref);
	if (IS_ERR(c))
		return PTR_ERR(c);
	memfront_grant_cache_put(cache, c);
	return 0;
}

static int run_hits(struct grants *g, char *result, size_t len)
{
	struct memfront_grant_cache *cache;
	unsigned int i;
	int ret = 0;
	u64 start;

	cache = memfront_grant_cache_create(64, 0);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	for (i = 0; i < 64 && !ret; i++)
		ret = hit(cache, g->grantor.domid, g->grantor.refs[i]);
	start = ktime_get_ns();
	for (i = 0; i < HITS && !ret; i++)
		ret = hit(cache, g->grantor.domid,
			  g->grantor.refs[i % 64]);
	snprintf(result, len, "hit %llu\n",
		 DIV_ROUND_CLOSEST_ULL(ktime_get_ns() - start, HITS));
	memfront_grant_cache_destroy(cache);
	return ret;
}

static int take_pages(struct grants *g)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		g->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!g->pages[i])
			return -ENOMEM;
	}
	return gnttab_alloc_pages(NR_PAGES, g->places);
}

static void give_pages(struct grants *g)
{
	unsigned int i;

	if (g->places[0])
		gnttab_free_pages(NR_PAGES, g->places);
	for (i = 0; i < NR_PAGES; i++)
		if (g->pages[i])
			__free_page(g->pages[i]);
}

static int with_grants(const struct arguments *args, char *result, size_t len,
		       int (*measure)(struct grants *g, char *result,
				      size_t len))
{
	unsigned long batch = args->nr;
	struct grants *g;
	int ret;

	if (!batch || NR_PAGES % batch)
		return -EINVAL;
	g = kvzalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return -ENOMEM;
	g->batch = batch;
	ret = take_pages(g) ?: grantor_take(&g->grantor, args->first, g->pages);
	if (!ret) {
		ret = measure(g, result, len);
		ret = grantor_give(&g->grantor) ?: ret;
	}
	give_pages(g);
	kvfree(g);
	return ret;
}

int measure_gmap(const struct arguments *args, char *result, size_t len)
{
	return with_grants(args, result, len, run_maps);
}

int measure_gcopy(const struct arguments *args, char *result, size_t len)
{
	return with_grants(args, result, len, run_copies);
}

int measure_ghit(const struct arguments *args, char *result, size_t len)
{
	return with_grants(args, result, len, run_hits);
}
