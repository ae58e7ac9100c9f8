/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that the guest has got beyond what it was started with.
 */
#ifndef _MEMFRONT_GROWTH_H
#define _MEMFRONT_GROWTH_H

#include <linux/list.h>
#include <linux/mutex.h>

#include "extent.h"
#include "growth-source.h"
#include "ledger.h"

/**
 * struct growth_unit - memory that was added in one go
 * @node:	among the units
 * @first:	its first page
 * @nr:		pages in it
 * @stubborn:	it gave nothing, or could not go, since there was a new target
 * @counted:	while it leaves: its pages are among the kernel's managed ones
 */
struct growth_unit {
	struct list_head node;
	struct mf_pfn first;
	unsigned long nr;
	bool stubborn;
	bool counted;
};

/**
 * struct growth - all of it
 * @source:	where it comes from; NULL: the guest cannot grow
 * @lock:	the balloon's, under which all this is used
 * @ledger:	the balloon's
 * @units:	struct growth_unit, the newest first
 * @pages:	in all of them
 * @leaving:	the unit that is being taken away; else NULL
 */
struct growth {
	const struct growth_source *source;
	struct mutex *lock; /* the balloon's */
	struct ledger *ledger;
	struct list_head units;
	unsigned long pages;
	struct growth_unit *leaving;
};

void growth_init(struct growth *growth, const struct growth_source *source,
		 struct mutex *lock, struct ledger *ledger);
void growth_exit(struct growth *growth);

unsigned long growth_cost(const struct growth *growth);
int growth_add(struct growth *growth, unsigned long boot_pages);
struct extent_result growth_release(struct growth *growth, unsigned int order,
				    unsigned long max_pages, bool scrub);
unsigned long growth_remove(struct growth *growth);
void growth_try_again(struct growth *growth);

bool growth_lets_go(struct growth *growth, struct mf_pfn first,
		    unsigned long nr);
void growth_keeps(struct growth *growth, struct mf_pfn first);

#endif /* _MEMFRONT_GROWTH_H */
