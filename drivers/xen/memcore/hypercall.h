/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_HYPERCALL_H
#define MEMCORE_HYPERCALL_H

#include <linux/types.h>

struct memcore_domain;
struct memcore_vcpu;

/**
 * struct memcore_call - one hypercall under way
 * @caller: the domain that calls
 * @vcpu: its virtual CPU, locked; NULL in calls that need none
 * @arg: its arguments; a continuation rewrites them
 * @continued: this is not the first time it is entered
 * @again: the call was preempted and is to be entered again with @arg
 * @in_sub_call: of a multicall: it was preempted inside the call that is next
 * @max_extents: extents that this call may do, with all its continuations
 *               (fault injection; UINT_MAX: any number); of a multicall, that
 *               its preempted call may still do
 */
struct memcore_call {
	struct memcore_domain *caller;
	struct memcore_vcpu *vcpu;
	unsigned long arg[5];
	bool continued;
	bool again;
	bool in_sub_call;
	unsigned int max_extents;
};

long memcore_call(struct memcore_domain *caller, unsigned int nr,
		  unsigned long a1, unsigned long a2, unsigned long a3,
		  unsigned long a4, unsigned long a5);
long memcore_dispatch(struct memcore_call *call, unsigned long nr);
long memcore_do_domctl(struct memcore_call *call);
long memcore_do_grant_table_op(struct memcore_call *call);
long memcore_do_hvm_op(struct memcore_call *call);
long memcore_do_memory_op(struct memcore_call *call);
long memcore_do_mmu_update(struct memcore_call *call);
long memcore_do_mmuext_op(struct memcore_call *call);
long memcore_do_multicall(struct memcore_call *call);
long memcore_do_set_segment_base(struct memcore_call *call);
long memcore_do_stack_switch(struct memcore_call *call);
long memcore_do_sysctl(struct memcore_call *call);
long memcore_do_update_va_mapping(struct memcore_call *call);
long memcore_do_update_va_mapping_otherdomain(struct memcore_call *call);
long memcore_do_vm_assist(struct memcore_call *call);
long memcore_do_xen_version(struct memcore_call *call);

#endif
