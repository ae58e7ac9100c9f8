// SPDX-License-Identifier: GPL-2.0
/*
 * The entry of the core: a hypercall number and five arguments.
 *
 * A preempted hypercall leaves its arguments so that the same call, made again,
 * goes on where it stopped, in the encoding of Xen's ABI. Xen lets the guest's
 * CPU execute the call again; here the entry does.
 */
#include <linux/limits.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/xen.h>
#include "hypercall.h"
#include "machine.h"

static long dispatch(struct memcore_call *call, unsigned int nr)
{
	switch (nr) {
	case __HYPERVISOR_memory_op:
		return memcore_do_memory_op(call);
	case __HYPERVISOR_xen_version:
		return memcore_do_xen_version(call);
	case __HYPERVISOR_hvm_op:
		return memcore_do_hvm_op(call);
	default:
		return -XEN_ENOSYS;
	}
}

/**
 * memcore_call() - make a hypercall as some domain
 * @caller: the domain
 * @nr: hypercall number
 * @a1: first argument
 * @a2: second argument
 * @a3: third argument
 * @a4: fourth argument
 * @a5: fifth argument
 *
 * Return: what Xen would return.
 */
long memcore_call(struct memcore_domain *caller, unsigned int nr,
		  unsigned long a1, unsigned long a2, unsigned long a3,
		  unsigned long a4, unsigned long a5)
{
	struct memcore_call call = {
		.caller = caller,
		.arg = { a1, a2, a3, a4, a5 },
		.max_extents = UINT_MAX,
	};
	long ret;

	memcore_stat_add(caller->machine, MEMCORE_STAT_HYPERCALLS, 1);
	ret = dispatch(&call, nr);
	while (call.again) {
		call.again = false;
		call.continued = true;
		memcore_stat_add(caller->machine, MEMCORE_STAT_CONTINUATIONS,
				 1);
		ret = dispatch(&call, nr);
	}
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_call);
