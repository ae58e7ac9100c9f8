// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_multicall: a list of hypercalls made one after the other.
 *
 * Each entry is read when its turn comes and gets its result; what a call
 * answers does not stop the list. A preempted call's rewritten arguments are
 * left in its entry, and the list is continued from there.
 *
 * Only a PV domain's iret ends the list, and its answer is the list's. The core
 * has none, so that answer is -ENOSYS.
 */
#include <linux/stddef.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "pv/request.h"
#include "vcpu.h"

/* Return: true if the call was preempted. */
static bool run_sub_call(struct memcore_call *call,
			 struct multicall_entry *entry)
{
	struct memcore_call sub = {
		.caller = call->caller,
		.vcpu = call->vcpu,
		.continued = call->in_sub_call,
		.max_extents = call->max_extents,
	};

	if (!sub.continued)
		sub.max_extents = UINT_MAX;
	memcpy(sub.arg, entry->args, sizeof(sub.arg));
	entry->result = memcore_dispatch(&sub, entry->op);
	call->in_sub_call = sub.again;
	call->max_extents = sub.max_extents;
	if (!sub.again)
		return false;
	memcpy(entry->args, sub.arg, sizeof(sub.arg));
	/* What a continuation answers, as long as it is one. */
	entry->result = entry->op;
	return true;
}

static int write_result(struct memcore_call *call, unsigned long at,
			const struct multicall_entry *entry)
{
	at += offsetof(struct multicall_entry, result);
	return memcore_copy_back_to_guest(call->caller, at, &entry->result,
					  sizeof(entry->result));
}

static bool ends_list(const struct memcore_call *call, unsigned long op)
{
	return op == __HYPERVISOR_iret && !call->caller->config.translated;
}

/* Return: 0 to go on, -ERESTART to come back to this entry, or the answer. */
static long run_entry(struct memcore_call *call, unsigned long at)
{
	struct multicall_entry entry;

	if (memcore_copy_from_guest(call->caller, &entry, at, sizeof(entry)))
		return -EFAULT;
	if (run_sub_call(call, &entry))
		return memcore_copy_to_guest(call->caller, at, &entry,
					     sizeof(entry)) ?: -ERESTART;
	if (write_result(call, at, &entry) && !ends_list(call, entry.op))
		return -EFAULT;
	return ends_list(call, entry.op) ? (int)entry.result : 0;
}

static long run_list(struct memcore_call *call)
{
	unsigned long at = call->arg[0];
	unsigned int nr = call->arg[1], i;
	long ret = 0;

	if (!memcore_list_ok(call->caller, at))
		return -EFAULT;
	for (i = 0; i < nr; i++, at += sizeof(struct multicall_entry)) {
		if (i && memcore_preempt_check(&call->caller->machine->preempt))
			ret = -ERESTART;
		else
			ret = run_entry(call, at);
		if (ret)
			break;
	}
	if (ret == -ERESTART) {
		call->arg[0] = at;
		call->arg[1] = nr - i;
		call->again = true;
	}
	return ret;
}

/**
 * memcore_do_multicall() - the hypercall
 * @call: its arguments: list, length
 *
 * Return: as Xen: 0, whatever the calls answered; -EINVAL inside another;
 * -EFAULT where the list cannot be read or written.
 */
long memcore_do_multicall(struct memcore_call *call)
{
	struct memcore_vcpu *v = call->vcpu;
	long ret;

	if (v->in_multicall)
		return -EINVAL;
	v->in_multicall = true;
	ret = run_list(call);
	v->in_multicall = false;
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_multicall);
