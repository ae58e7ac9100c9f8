// SPDX-License-Identifier: GPL-2.0
/* What it costs to map 64 MiB of another domain, and to unmap it. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include <memfront/foreign.h>

#include "measure.h"

#define NR_FRAMES	16384

/**
 * struct mapping - what is mapped
 * @gfns:	its frames
 * @errs:	what became of each
 */
struct mapping {
	struct mf_gfn gfns[NR_FRAMES];
	int errs[NR_FRAMES];
};

static bool all_there(const struct mapping *m)
{
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i++)
		if (m->errs[i])
			return false;
	return true;
}

static int map_and_unmap(struct mapping *m, domid_t domid, char *result,
			 size_t len)
{
	struct memfront_foreign *map;
	u64 start, mapped, unmap;
	int ret;

	start = ktime_get_ns();
	map = memfront_foreign_map(domid, m->gfns, NR_FRAMES,
				   MEMFRONT_FOREIGN_READ_ONLY, m->errs);
	mapped = ktime_get_ns() - start;
	if (IS_ERR(map))
		return PTR_ERR(map);
	ret = all_there(m) ? 0 : -EIO;
	start = ktime_get_ns();
	ret = memfront_foreign_unmap(map) ?: ret;
	unmap = ktime_get_ns() - start;
	snprintf(result, len, "map %llu unmap %llu\n", mapped, unmap);
	return ret;
}

int measure_foreign(const struct arguments *args, char *result, size_t len)
{
	struct mapping *m = kvzalloc(sizeof(*m), GFP_KERNEL);
	unsigned int i;
	int ret;

	if (!m)
		return -ENOMEM;
	for (i = 0; i < NR_FRAMES; i++)
		m->gfns[i] = mf_gfn(args->first + i);
	ret = map_and_unmap(m, args->nr, result, len);
	kvfree(m);
	return ret;
}
