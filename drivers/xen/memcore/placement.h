/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_PLACEMENT_H
#define MEMCORE_PLACEMENT_H

#include <linux/types.h>

struct memcore_domain;
struct memcore_heap_request;

bool memcore_place_exchange(const struct memcore_domain *caller,
			    unsigned int mem_flags,
			    struct memcore_heap_request *req);
bool memcore_place_reservation(const struct memcore_domain *caller,
			       struct memcore_domain *d,
			       unsigned int mem_flags,
			       struct memcore_heap_request *req);

#endif
