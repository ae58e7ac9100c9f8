/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Moving extents between the kernel, the ledger and the hypervisor.
 */
#ifndef _MEMFRONT_EXTENT_H
#define _MEMFRONT_EXTENT_H

#include <linux/types.h>

#include "ledger.h"

/**
 * struct extent_result - what one step has moved, and why no more
 * @pages:		pages moved
 * @kernel_short:	the kernel ran out (of pages, or of memory to work)
 * @hypervisor_short:	the hypervisor did fewer extents than it was asked
 */
struct extent_result {
	unsigned long pages;
	bool kernel_short;
	bool hypervisor_short;
};

int extent_init(void);
void extent_exit(void);

struct extent_result extent_release(struct ledger *ledger, unsigned int order,
				    unsigned long max_pages, bool scrub);
struct extent_result extent_release_from(struct ledger *ledger,
					 struct mf_pfn first, unsigned long nr,
					 unsigned int order,
					 unsigned long max_pages, bool scrub);
struct extent_result extent_populate(struct ledger *ledger, unsigned int order,
				     unsigned long max_pages);
unsigned int extent_complete(struct ledger *ledger, unsigned long max_holes,
			     bool scrub);

#endif /* _MEMFRONT_EXTENT_H */
