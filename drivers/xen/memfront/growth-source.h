/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where memory comes from that the guest was not started with.
 */
#ifndef _MEMFRONT_GROWTH_SOURCE_H
#define _MEMFRONT_GROWTH_SOURCE_H

#include <linux/types.h>

#include <memfront/frame.h>

struct ledger;

/**
 * struct growth_source - how memory is added to the kernel, and taken away
 * @unit:	how many pages at a time: whole 2 MiB blocks
 * @add:	adds a unit: sets the first page; all of it is online, with no frame
 *		behind it, and is nobody's. @movable: only for what the kernel can
 *		move. Returns 0 or an errno
 * @collect:	enters in the ledger what has been added, or some of it; returns how
 *		many pages, or an errno if there were none for that reason. Under
 *		the balloon's lock
 * @remove:	takes a unit away of which all pages are holes; 0, or an errno if it
 *		cannot go
 *
 * Calls come one at a time, and may sleep; add and remove are outside of the
 * balloon's lock.
 */
struct growth_source {
	unsigned long (*unit)(void);
	int (*add)(bool movable, struct mf_pfn *first);
	long (*collect)(struct ledger *ledger);
	int (*remove)(struct mf_pfn first);
};

extern const struct growth_source growth_source_xen;

#endif /* _MEMFRONT_GROWTH_SOURCE_H */
