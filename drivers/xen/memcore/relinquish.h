/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_RELINQUISH_H
#define MEMCORE_RELINQUISH_H

#include <linux/types.h>

struct memcore_domain;

/**
 * struct memcore_relinquish - how far a dying domain has come
 * @d: the domain
 * @vcpus_done: it has let go of grants, and its vCPUs of their tables
 * @pass: which time all frames are gone through, counted from 0
 * @next: index of the frame that is next
 */
struct memcore_relinquish {
	struct memcore_domain *d;
	bool vcpus_done;
	unsigned int pass;
	unsigned long next;
};

int memcore_relinquish_step(struct memcore_relinquish *r);

#endif
