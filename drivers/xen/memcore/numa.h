/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_NUMA_H
#define MEMCORE_NUMA_H

#include <linux/types.h>

/* What a machine may have, and what Xen, as it is built for x86, can name. */
#define MC_MAX_NODES		8
#define MC_XEN_NODES		64

/* No node in particular; the value of Xen's ABI. */
#define MC_NO_NODE		0xffU

#define MC_DISTANCE_LOCAL	10
#define MC_DISTANCE_REMOTE	20

/**
 * struct memcore_numa - the nodes of a machine
 * @nr: their number, 1 to MC_MAX_NODES
 * @frames: frames of each, at least 1; they follow each other
 * @distance: from node to node, as firmware tells it: 10 is near
 */
struct memcore_numa {
	unsigned int nr;
	unsigned long frames[MC_MAX_NODES];
	u8 distance[MC_MAX_NODES][MC_MAX_NODES];
};

int memcore_numa_split(struct memcore_numa *numa, unsigned int nr,
		       unsigned long frames);
int memcore_numa_check(const struct memcore_numa *numa, unsigned long frames);

#endif
