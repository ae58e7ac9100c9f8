// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages of the running kernel are RAM.
 *
 * On x86 the resource tree says so. UML has no System RAM in its tree: there it
 * is what its nodes span, except what has no struct page, and what is reserved:
 * between the kernel's image and its heap there may be nothing at all.
 */
#include <linux/bitmap.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/pfn.h>
#include "ram.h"

static unsigned long end_of_nodes(void)
{
	unsigned long end = 0;
	int node;

	for_each_online_node(node)
		end = max(end, pgdat_end_pfn(NODE_DATA(node)));
	return end;
}

/**
 * struct ram_walk - a walk through the resource tree
 * @map: RAM found so far
 * @nr: pages that @map can hold
 */
struct ram_walk {
	unsigned long *map;
	unsigned long nr;
};

static int note_resource(struct resource *res, void *data)
{
	struct ram_walk *walk = data;
	unsigned long start = PFN_UP(res->start);
	unsigned long end = min_t(u64, PFN_DOWN(res->end + 1), walk->nr);

	if (start < end)
		bitmap_set(walk->map, start, end - start);
	return 0;
}

static void note_nodes(struct ram_walk *walk)
{
	int node;

	for_each_online_node(node)
		bitmap_set(walk->map, NODE_DATA(node)->node_start_pfn,
			   NODE_DATA(node)->node_spanned_pages);
}

static void drop_reserved(struct ram_walk *walk)
{
	unsigned long pfn;

	for_each_set_bit(pfn, walk->map, walk->nr)
		if (pfn_valid(pfn) && PageReserved(pfn_to_page(pfn)))
			clear_bit(pfn, walk->map);
}

static void drop_without_page(struct ram_walk *walk)
{
	unsigned long pfn;

	for_each_set_bit(pfn, walk->map, walk->nr)
		if (!pfn_valid(pfn))
			clear_bit(pfn, walk->map);
}

/**
 * memcore_ram_map() - find the RAM of the running kernel
 * @nr_pfns: where to say how long the answer is
 *
 * Return: a bit for each pfn, set if that is RAM, to be freed with
 * bitmap_free(); or NULL.
 */
unsigned long *memcore_ram_map(unsigned long *nr_pfns)
{
	struct ram_walk walk = { .nr = end_of_nodes() };

	walk.map = bitmap_zalloc(walk.nr, GFP_KERNEL);
	if (!walk.map)
		return NULL;
	walk_iomem_res_desc(IORES_DESC_NONE,
			    IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1,
			    &walk, note_resource);
	if (bitmap_empty(walk.map, walk.nr)) {
		note_nodes(&walk);
		drop_reserved(&walk);
	}
	drop_without_page(&walk);
	*nr_pfns = walk.nr;
	return walk.map;
}
