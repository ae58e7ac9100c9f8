/* SPDX-License-Identifier: GPL-2.0 */
/* What the requests of PV hypercalls have in common: lists, owners, vCPUs. */
#ifndef MEMCORE_PV_REQUEST_H
#define MEMCORE_PV_REQUEST_H

#include <linux/types.h>

struct memcore_call;
struct memcore_domain;
struct memcore_machine;

/**
 * struct memcore_batch - a list of requests on its way through a hypercall
 * @call: the hypercall; its arguments are list, length, where to say how many
 *        are done, and a domain
 * @list: address of the list
 * @size: of a request, in bytes
 * @nr: length of the list, without what earlier continuations did
 * @i: requests done
 * @before: requests that earlier continuations did
 */
struct memcore_batch {
	struct memcore_call *call;
	unsigned long list;
	unsigned int size;
	unsigned int nr;
	unsigned int i;
	unsigned int before;
};

bool memcore_batch_start(struct memcore_batch *b, struct memcore_call *call,
			 unsigned int size, long *ret);
int memcore_batch_read(struct memcore_batch *b, void *request);
long memcore_batch_finish(struct memcore_batch *b, long ret);

bool memcore_list_ok(const struct memcore_domain *caller, unsigned long addr);
void memcore_owners_init(struct memcore_machine *machine);
struct memcore_domain *memcore_pg_owner_get(struct memcore_domain *caller,
					    u16 domid);
int memcore_vcpumask_read(struct memcore_domain *d, unsigned long addr,
			  u64 *mask);

#endif
