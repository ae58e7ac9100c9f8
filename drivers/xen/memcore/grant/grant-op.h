/* SPDX-License-Identifier: GPL-2.0 */
/* The operations of __HYPERVISOR_grant_table_op. */
#ifndef MEMCORE_GRANT_OP_H
#define MEMCORE_GRANT_OP_H

#include <linux/types.h>
#include "../hypercall.h"
#include "../machine.h"

/**
 * struct memcore_grant_list - a list of operations that get a status each
 * @size: of an operation, in bytes
 * @status: where in it the status is
 * @one: does one; returns its status
 */
struct memcore_grant_list {
	size_t size;
	size_t status;
	s16 (*one)(struct memcore_call *call, void *op);
};

/* Is a list to be left before its next operation? */
static inline bool memcore_grant_preempt(const struct memcore_call *call)
{
	return memcore_preempt_check(&call->caller->machine->preempt);
}

long memcore_grant_run_list(struct memcore_call *call, unsigned long at,
			    unsigned int count,
			    const struct memcore_grant_list *list);

/*
 * Each returns an error or 0; or sets the call's @again and returns how many
 * operations are done, if the rest is to be done in a continuation.
 */
long memcore_grant_setup_table(struct memcore_call *call, unsigned long at,
			       unsigned int count);
long memcore_grant_query_size(struct memcore_call *call, unsigned long at,
			      unsigned int count);
long memcore_grant_get_status_frames(struct memcore_call *call,
				     unsigned long at, unsigned int count);
long memcore_grant_get_version(struct memcore_call *call, unsigned long at);
long memcore_grant_set_version(struct memcore_call *call, unsigned long at);
long memcore_grant_transfer(struct memcore_call *call, unsigned long at,
			    unsigned int count);
long memcore_grant_copy(struct memcore_call *call, unsigned long at,
			unsigned int count);
long memcore_grant_swap(struct memcore_call *call, unsigned long at,
			unsigned int count);
long memcore_grant_cache_flush(struct memcore_call *call, unsigned long at,
			       unsigned int count, u32 *ref);

#endif
