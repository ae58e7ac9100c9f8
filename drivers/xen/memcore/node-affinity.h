/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_NODE_AFFINITY_H
#define MEMCORE_NODE_AFFINITY_H

struct memcore_domain;
struct xenctl_bitmap;

void memcore_affinity_init(struct memcore_domain *d);
void memcore_affinity_vcpus(struct memcore_domain *d);
int memcore_affinity_set(struct memcore_domain *caller,
			 struct memcore_domain *d,
			 const struct xenctl_bitmap *map);
int memcore_affinity_get(struct memcore_domain *caller,
			 const struct memcore_domain *d,
			 const struct xenctl_bitmap *map);

#endif
