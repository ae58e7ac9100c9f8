// SPDX-License-Identifier: GPL-2.0
/*
 * The entry of the core: a hypercall number and five arguments.
 *
 * A preempted hypercall leaves its arguments so that the same call, made again,
 * goes on where it stopped, in the encoding of Xen's ABI. Xen lets the guest's
 * CPU execute the call again; here the entry does.
 *
 * Most calls are made by a virtual CPU, which is locked, with interrupts off,
 * until the last continuation has answered: as on Xen it is in the hypervisor
 * once at a time, and whoever waits for what it holds does not wait for long.
 */
#include <linux/limits.h>
#include <linux/smp.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/xen.h>
#include "hypercall.h"
#include "machine.h"
#include "pv/descriptor.h"
#include "vcpu.h"

/* What Xen's table has for PV domains only. */
static long dispatch_pv(struct memcore_call *call, unsigned long nr)
{
	switch (nr) {
	case __HYPERVISOR_mmu_update:
		return memcore_do_mmu_update(call);
	case __HYPERVISOR_set_gdt:
		return memcore_do_set_gdt(call);
	case __HYPERVISOR_stack_switch:
		return memcore_do_stack_switch(call);
	case __HYPERVISOR_update_descriptor:
		return memcore_do_update_descriptor(call);
	case __HYPERVISOR_update_va_mapping:
		return memcore_do_update_va_mapping(call);
	case __HYPERVISOR_update_va_mapping_otherdomain:
		return memcore_do_update_va_mapping_otherdomain(call);
	case __HYPERVISOR_set_segment_base:
		return memcore_do_set_segment_base(call);
	default:
		return -XEN_ENOSYS;
	}
}

/**
 * memcore_dispatch() - let the right function do a hypercall
 * @call: its arguments
 * @nr: its number
 *
 * Return: what Xen would return, if @call->again is not set.
 */
long memcore_dispatch(struct memcore_call *call, unsigned long nr)
{
	switch (nr) {
	case __HYPERVISOR_memory_op:
		return memcore_do_memory_op(call);
	case __HYPERVISOR_multicall:
		return memcore_do_multicall(call);
	case __HYPERVISOR_xen_version:
		return memcore_do_xen_version(call);
	case __HYPERVISOR_vm_assist:
		return memcore_do_vm_assist(call);
	case __HYPERVISOR_mmuext_op:
		return memcore_do_mmuext_op(call);
	case __HYPERVISOR_hvm_op:
		return memcore_do_hvm_op(call);
	case __HYPERVISOR_grant_table_op:
		return memcore_do_grant_table_op(call);
	case __HYPERVISOR_domctl:
		return memcore_do_domctl(call);
	case __HYPERVISOR_sysctl:
		return memcore_do_sysctl(call);
	default:
		return call->caller->config.translated ?
			-XEN_ENOSYS : dispatch_pv(call, nr);
	}
}

static bool needs_vcpu(unsigned int nr)
{
	switch (nr) {
	case __HYPERVISOR_memory_op:
	case __HYPERVISOR_xen_version:
	case __HYPERVISOR_hvm_op:
	case __HYPERVISOR_domctl:
	case __HYPERVISOR_sysctl:
		return false;
	default:
		return true;
	}
}

static long run(struct memcore_call *call, unsigned int nr)
{
	long ret = memcore_dispatch(call, nr);

	while (call->again) {
		call->again = false;
		call->continued = true;
		memcore_stat_add(call->caller->machine,
				 MEMCORE_STAT_CONTINUATIONS, 1);
		ret = memcore_dispatch(call, nr);
	}
	return ret;
}

static long run_on(struct memcore_vcpu *v, struct memcore_call *call,
		   unsigned int nr)
{
	unsigned long flags;
	long ret;

	call->vcpu = v;
	spin_lock_irqsave(&v->lock, flags);
	ret = run(call, nr);
	spin_unlock_irqrestore(&v->lock, flags);
	return ret;
}

/**
 * memcore_vcpu_call() - make a hypercall as some virtual CPU
 * @v: the vCPU, not locked
 * @nr: hypercall number
 * @a1: first argument
 * @a2: second argument
 * @a3: third argument
 * @a4: fourth argument
 * @a5: fifth argument
 *
 * Return: what Xen would return.
 */
long memcore_vcpu_call(struct memcore_vcpu *v, unsigned int nr,
		       unsigned long a1, unsigned long a2, unsigned long a3,
		       unsigned long a4, unsigned long a5)
{
	struct memcore_call call = {
		.caller = v->d,
		.arg = { a1, a2, a3, a4, a5 },
		.max_extents = UINT_MAX,
	};

	memcore_stat_add(v->d->machine, MEMCORE_STAT_HYPERCALLS, 1);
	return needs_vcpu(nr) ? run_on(v, &call, nr) : run(&call, nr);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpu_call);

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
 * The vCPU that makes it is that of the running CPU.
 *
 * Return: what Xen would return.
 */
long memcore_call(struct memcore_domain *caller, unsigned int nr,
		  unsigned long a1, unsigned long a2, unsigned long a3,
		  unsigned long a4, unsigned long a5)
{
	unsigned int id = raw_smp_processor_id() % caller->nr_vcpus;

	return memcore_vcpu_call(&caller->vcpus[id], nr, a1, a2, a3, a4, a5);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_call);
