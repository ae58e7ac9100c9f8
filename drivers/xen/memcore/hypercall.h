/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_HYPERCALL_H
#define MEMCORE_HYPERCALL_H

#include <linux/types.h>

struct memcore_domain;

/**
 * struct memcore_call - one hypercall under way
 * @caller: the domain that calls
 * @arg: its arguments; a continuation rewrites them
 * @continued: this is not the first time it is entered
 * @again: the call was preempted and is to be entered again with @arg
 * @max_extents: extents that this call may do, with all its continuations
 *               (fault injection; UINT_MAX: any number)
 */
struct memcore_call {
	struct memcore_domain *caller;
	unsigned long arg[5];
	bool continued;
	bool again;
	unsigned int max_extents;
};

long memcore_call(struct memcore_domain *caller, unsigned int nr,
		  unsigned long a1, unsigned long a2, unsigned long a3,
		  unsigned long a4, unsigned long a5);
long memcore_do_hvm_op(struct memcore_call *call);
long memcore_do_memory_op(struct memcore_call *call);
long memcore_do_xen_version(struct memcore_call *call);

#endif
