// SPDX-License-Identifier: GPL-2.0
/*
 * Grants mapped by a translated guest: the hypervisor puts the frames behind
 * hollow pages. Of a grant that is mapped read-only it lets nobody write the frame
 * there, whatever the kernel's page tables say.
 */
#include <linux/mm.h>

#include "grant-map.h"

/* They are seen from the beginning: what is behind them comes and goes. */
static int prepare(struct memfront_grant_map *map)
{
	int err = hollow_take(&map->hollow, map->size);

	if (err)
		return err;
	err = hollow_show(&map->hollow, map->flags & MEMFRONT_GRANT_READ_ONLY);
	if (err)
		hollow_give(&map->hollow);
	map->addr = map->hollow.addr;
	return err;
}

static u64 address(const struct memfront_grant_map *map, unsigned int i)
{
	return PFN_PHYS(hollow_pfn(&map->hollow, i).nr);
}

static void expect(struct memfront_grant_map *map)
{
	hollow_expect(&map->hollow, 0, map->nr);
}

static void empty(struct memfront_grant_map *map, unsigned int first,
		  unsigned int nr)
{
	hollow_empty(&map->hollow, first, nr);
}

static bool is_used(const struct memfront_grant_map *map)
{
	return hollow_is_used(&map->hollow, map->nr);
}

static unsigned int hide_bad(struct memfront_grant_map *map, const int *errs)
{
	return hollow_hide_bad(&map->hollow, errs, map->nr);
}

static struct page *page(const struct memfront_grant_map *map, unsigned int i)
{
	return map->hollow.pages[i];
}

/* Of those that still have a frame none goes back. */
static void give(struct memfront_grant_map *map)
{
	hollow_hide(&map->hollow);
	hollow_give(&map->hollow);
}

const struct grant_place_ops grant_hollow_ops = {
	.prepare = prepare,
	.address = address,
	.expect = expect,
	.empty = empty,
	.is_used = is_used,
	.hide_bad = hide_bad,
	.page = page,
	.give = give,
	.lose = give,
};
