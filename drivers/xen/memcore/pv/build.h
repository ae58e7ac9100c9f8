/* SPDX-License-Identifier: GPL-2.0 */
/* Starts a PV domain with page tables, as a domain builder does. */
#ifndef MEMCORE_PV_BUILD_H
#define MEMCORE_PV_BUILD_H

#include <linux/types.h>
#include "../frame.h"

struct memcore_domain;

/**
 * struct memcore_build - what a PV domain's first page tables map
 * @d: the domain, whose frames are in place
 * @p2m: frame of each pfn, MC_INVALID for a hole
 * @nr_pfns: its length
 * @take_table: gives the pfn of a page to make a table of; false: no more
 * @data: for @take_table
 * @nr_tables: tables made so far
 */
struct memcore_build {
	struct memcore_domain *d;
	const unsigned long *p2m;
	unsigned long nr_pfns;
	bool (*take_table)(struct memcore_build *b, struct mc_gfn *pfn);
	void *data;
	unsigned long nr_tables;
};

int memcore_pv_build(struct memcore_build *b, struct mc_gfn *root);

#endif
