// SPDX-License-Identifier: GPL-2.0
/* The nodes of a machine: which frames are where, and how far from each other. */
#include <linux/errno.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include "numa.h"

static void set_distances(struct memcore_numa *numa)
{
	unsigned int i;

	memset(numa->distance, MC_DISTANCE_REMOTE, sizeof(numa->distance));
	for (i = 0; i < MC_MAX_NODES; i++)
		numa->distance[i][i] = MC_DISTANCE_LOCAL;
}

/**
 * memcore_numa_split() - describe a machine with equal nodes
 * @numa: filled in
 * @nr: number of nodes
 * @frames: frames of the machine; the last node gets what cannot be shared
 *
 * Return: 0, or -EINVAL if there cannot be so many nodes.
 */
int memcore_numa_split(struct memcore_numa *numa, unsigned int nr,
		       unsigned long frames)
{
	unsigned int i;

	if (!nr || nr > MC_MAX_NODES || frames < nr)
		return -EINVAL;
	numa->nr = nr;
	for (i = 0; i < nr; i++)
		numa->frames[i] = frames / nr;
	numa->frames[nr - 1] += frames % nr;
	set_distances(numa);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_numa_split);

/**
 * memcore_numa_check() - is this a machine?
 * @numa: the description
 * @frames: frames of the machine
 *
 * Return: 0, or -EINVAL if the nodes do not have just these frames.
 */
int memcore_numa_check(const struct memcore_numa *numa, unsigned long frames)
{
	unsigned int i;

	if (!numa->nr || numa->nr > MC_MAX_NODES)
		return -EINVAL;
	for (i = 0; i < numa->nr; i++) {
		if (!numa->frames[i] || numa->frames[i] > frames)
			return -EINVAL;
		frames -= numa->frames[i];
	}
	return frames ? -EINVAL : 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_numa_check);
