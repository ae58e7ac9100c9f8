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
	w = window_take(map->size);
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
	.give = give,
	.lose = lose,
};
