// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign mappings of a PV guest: entries of a window that name the other
 * domain's frames. One mmu_update carries up to 512 of them.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <memfront/mmu.h>

#include "answers.h"
#include "foreign-map.h"
#include "hypercall.h"
#include "window.h"

static int window_prepare(struct memfront_foreign *map)
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

/* No entry can name it, so it would become another frame's. */
static bool fits_an_entry(struct mf_gfn gfn)
{
	return gfn.nr <= MF_PTE_FRAME >> PAGE_SHIFT;
}

static u64 entry_for(const struct memfront_foreign *map, struct mf_gfn gfn)
{
	return mf_pte(mf_mfn(gfn.nr), map->flags & MEMFRONT_FOREIGN_READ_ONLY ?
				      MF_PTE_PAGE_RO : MF_PTE_PAGE_RW);
}

/* Frames from @first on that can be asked for together. */
static unsigned int fill_run(struct memfront_foreign *map,
			     const struct mf_gfn *gfns, const int *errs,
			     unsigned int first)
{
	unsigned int nr = min_t(unsigned int, map->nr - first,
				WINDOW_TABLE_ENTRIES);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (errs[first + i] != ANSWER_WANTED ||
		    !fits_an_entry(gfns[first + i]))
			break;
		map->window->ptes[i] = entry_for(map, gfns[first + i]);
	}
	return i;
}

static int enter_run(struct memfront_foreign *map, int *errs, unsigned int first,
		     unsigned int nr)
{
	int err = window_write(map->window, first, nr, map->domid);

	if (!err)
		memcpy(errs + first, map->window->errs, nr * sizeof(*errs));
	return err;
}

static int window_enter(struct memfront_foreign *map, const struct mf_gfn *gfns,
			int *errs)
{
	unsigned int i = 0, nr;
	int err = 0;

	while (i < map->nr && !err) {
		nr = fill_run(map, gfns, errs, i);
		if (nr)
			err = enter_run(map, errs, i, nr);
		else if (errs[i] == ANSWER_WANTED)
			errs[i] = -EINVAL;
		i += nr ?: 1;
	}
	return err;
}

/* Entries are visible as soon as they are there. */
static int window_show(struct memfront_foreign *map, const int *errs)
{
	return 0;
}

/* All entries, for after a failure some may be there that nobody knows of. */
static int window_remove(struct memfront_foreign *map)
{
	int err = window_clear(map->window, map->nr);

	if (err)
		window_lose(map->window);
	else
		window_give(map->window);
	return err;
}

const struct foreign_ops foreign_window_ops = {
	.prepare = window_prepare,
	.enter = window_enter,
	.show = window_show,
	.remove = window_remove,
};
