/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_GRANT_MAP_H
#define MEMCORE_GRANT_MAP_H

#include <linux/types.h>
#include <xen-public/grant_table.h>
#include "entry.h"

struct memcore_audit;
struct memcore_call;
struct memcore_domain;
struct memcore_vcpu;

/* What is left of a mapping's flags when nothing is mapped any more: none. */
#define MC_MAPPED	(GNTMAP_host_map | GNTMAP_device_map)

long memcore_grant_map_refs(struct memcore_call *call, unsigned long list,
			    unsigned int nr);
long memcore_grant_unmap_refs(struct memcore_call *call, unsigned long list,
			      unsigned int nr);
long memcore_grant_unmap_and_replace(struct memcore_call *call,
				     unsigned long list, unsigned int nr);
int memcore_grant_release(struct memcore_vcpu *actor, struct memcore_domain *d);
void memcore_audit_grant_map(struct memcore_audit *a);

bool memcore_mapping_takes_type(unsigned int flags,
				const struct memcore_domain *d,
				const struct memcore_domain *granter);

/**
 * memcore_mapping_pin() - how a mapping counts in an active entry
 * @flags: GNTMAP_*
 *
 * Return: a sum of MC_PIN_*; 0 if nothing is mapped.
 */
static inline u32 memcore_mapping_pin(unsigned int flags)
{
	bool readonly = flags & GNTMAP_readonly;
	u32 pin = 0;

	if (flags & GNTMAP_device_map)
		pin += readonly ? MC_PIN_DEV_READ : MC_PIN_DEV_WRITE;
	if (flags & GNTMAP_host_map)
		pin += readonly ? MC_PIN_HOST_READ : MC_PIN_HOST_WRITE;
	return pin;
}

#endif
