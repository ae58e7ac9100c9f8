/* SPDX-License-Identifier: GPL-2.0 */
/* What a domain is told of nodes that it has. */
#ifndef MEMCORE_VNUMA_H
#define MEMCORE_VNUMA_H

#include <linux/types.h>
#include "vcpu.h"

struct memcore_call;
struct memcore_domain;
struct xen_domctl_vnuma;

/* What fits into a page each, as in Xen. */
#define MC_MAX_VNODES	32
#define MC_MAX_VRANGES	170

/**
 * struct memcore_vrange - a range of a guest's memory, as it is told
 * @start: its first address
 * @end: the first behind it
 * @flags: 0
 * @vnode: where it is
 */
struct memcore_vrange {
	u64 start;
	u64 end;
	u32 flags;
	u32 vnode;
};

/**
 * struct memcore_vnuma - the virtual nodes of a domain
 * @nr_vnodes: how many
 * @nr_ranges: how many ranges of memory it has
 * @distance: from each to each, @nr_vnodes lines of @nr_vnodes
 * @range: where its memory is
 * @vnode_of_vcpu: where each vCPU is
 * @node_of_vnode: which node of the machine each is on
 */
struct memcore_vnuma {
	unsigned int nr_vnodes;
	unsigned int nr_ranges;
	u32 distance[MC_MAX_VNODES * MC_MAX_VNODES];
	struct memcore_vrange range[MC_MAX_VRANGES];
	u32 vnode_of_vcpu[MC_MAX_VCPUS];
	u32 node_of_vnode[MC_MAX_VNODES];
};

long memcore_vnuma_set(struct memcore_call *call, struct memcore_domain *d,
		       const struct xen_domctl_vnuma *wish);
long memcore_get_vnumainfo(struct memcore_call *call);
int memcore_vnuma_node(struct memcore_domain *d, unsigned int vnode,
		       unsigned int *node);

#endif
