/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_PHYSICAL_H
#define MEMCORE_PHYSICAL_H

#include <linux/types.h>

struct memcore_domain;

int memcore_physical_access(struct memcore_domain *d, u64 addr, void *buf,
			    size_t len, unsigned int access);
int memcore_physical_exchange(struct memcore_domain *d, u64 addr, u32 *old,
			      u32 new);

#endif
