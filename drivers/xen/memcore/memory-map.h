/* SPDX-License-Identifier: GPL-2.0 */
/* What is where in a domain's address space. */
#ifndef MEMCORE_MEMORY_MAP_H
#define MEMCORE_MEMORY_MAP_H

#include <linux/types.h>

struct memcore_domain;

/* Of firmware, which the interface has this from. */
#define MC_MAP_RAM	1
#define MC_MAP_RESERVED	2

/**
 * struct memcore_map_entry - a range of addresses, as a guest sees it
 * @addr: where it starts
 * @size: its length
 * @type: MC_MAP_*, or what else the domain or its maker said
 */
struct memcore_map_entry {
	u64 addr;
	u64 size;
	u32 type;
} __packed;

/**
 * struct memcore_map - what a domain is told of its memory
 * @nr: number of entries
 * @entry: they
 */
struct memcore_map {
	unsigned int nr;
	struct memcore_map_entry entry[];
};

struct memcore_map *memcore_map_new(struct memcore_domain *d, unsigned int nr,
				    gfp_t gfp);
void memcore_map_install(struct memcore_domain *d, struct memcore_map *map);

#endif
