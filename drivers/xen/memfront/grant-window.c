// SPDX-License-Identifier: GPL-2.0
/*
 * Grants mapped by a PV guest: the hypervisor writes the entries of a window.
 *
 * When a grant is unmapped, Xen makes its entry zero and flushes all TLBs that may
 * know it, once for each 32; so a window that all grants have left can go back as
 * it is.
 */
#include <linux/err.h>
#include <linux/errno.h>

#include "grant-map.h"
#include "hypercall.h"
#include "window.h"

static int window_prepare(struct memfront_grant_map *map)
{
	struct window *w;

	if (!memfront_hv.windows)
		return -EOPNOTSUPP;
	w = window_take(map->nr);
	if (IS_ERR(w))
		return PTR_ERR(w);
	map->window = w;
	map->addr = (void *)w->va;
	return 0;
}

static u64 window_address(const struct memfront_grant_map *map, unsigned int i)
{
	return window_entry(map->window, i).addr;
}

static int window_expect(struct memfront_grant_map *map, unsigned int i)
{
	return 0;
}

static void window_settle(struct memfront_grant_map *map, unsigned int i,
			  bool there)
{
}

static void window_empty(struct memfront_grant_map *map, unsigned int i)
{
}

/* Entries are visible as soon as they are there. */
static int window_show(struct memfront_grant_map *map, const int *errs)
{
	return 0;
}

static void window_hide(struct memfront_grant_map *map)
{
}

static void give(struct memfront_grant_map *map)
{
	window_give(map->window);
}

/* Its entries may not be touched but by an unmap, and lead to other domains. */
static void lose(struct memfront_grant_map *map)
{
}

const struct grant_place_ops grant_window_ops = {
	.flags = GNTMAP_contains_pte,
	.prepare = window_prepare,
	.address = window_address,
	.expect = window_expect,
	.settle = window_settle,
	.empty = window_empty,
	.show = window_show,
	.hide = window_hide,
	.give = give,
	.lose = lose,
};
