/* SPDX-License-Identifier: GPL-2.0 */
/* Grants that are used for a copy: of pages, of parts of them, at second hand. */
#ifndef MEMCORE_GRANT_LEASE_H
#define MEMCORE_GRANT_LEASE_H

#include <linux/types.h>

struct memcore_domain;
struct memcore_frame;

/* A grant that a domain got may be granted on, once. */
#define MC_LEASE_HOPS	2

/* The grant changed under way: to be tried again. */
#define MC_LEASE_AGAIN	1

/**
 * struct memcore_grant_lease - a grant in use for a copy
 * @frame: the frame, with a general reference
 * @start: first byte that may be used
 * @length: and how many, which may be more than the frame has
 * @readonly: it is not written
 * @nr_hops: grants that are pinned for it
 * @hop: these, the frame's first; the domain of the last is the caller's to keep,
 *       that of another has a reference
 */
struct memcore_grant_lease {
	struct memcore_frame *frame;
	u16 start;
	u16 length;
	bool readonly;
	unsigned int nr_hops;
	struct {
		struct memcore_domain *d;
		u32 ref;
	} hop[MC_LEASE_HOPS];
};

int memcore_grant_lease(struct memcore_domain *d, u32 ref, u16 domid,
			bool readonly, struct memcore_grant_lease *lease);
void memcore_grant_unlease(struct memcore_grant_lease *lease);

#endif
