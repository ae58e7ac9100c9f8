// SPDX-License-Identifier: GPL-2.0
/*
 * What the requests of PV hypercalls have in common.
 *
 * A batch is a list that mmu_update or mmuext_op works through. It stops at the
 * first request that fails, and says how many were done. If it is preempted, or
 * if the old table of the vCPU could not be put in one go, it leaves a
 * continuation in Xen's encoding:
 *
 * - the rest of the list, with the highest bit set in its length; or
 * - no list, the highest bit alone as its length, and the answer in place of
 *   the domain, when only the old table is left.
 *
 * A guest that sets this bit itself gets what Xen would give it.
 */
#include <linux/mm.h>
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../vcpu.h"
#include "layout.h"
#include "request.h"
#include "type.h"

/* How a continuation is encoded, as the callers' headers do not say. */
#define PREEMPTED	BIT(31)

enum {
	ARG_LIST,
	ARG_NR,
	ARG_DONE,
	ARG_DOMAIN,
};

/*
 * With page tables of five levels the running kernel has its lists where a
 * guest on Xen, which gives it four, has no addresses.
 */
static bool is_running_kernels(unsigned long addr)
{
	return (long)PAGE_OFFSET < 0 && addr >= PAGE_OFFSET &&
	       !memcore_addr_is_canonical(addr);
}

/**
 * memcore_list_ok() - may a guest's list start here?
 * @caller: the domain that calls
 * @addr: any number at all
 *
 * Xen looks at the start only, and only if the caller is a PV domain; what else
 * is wrong with a list is found where it is read.
 *
 * Return: false if @addr is the hypervisor's or no address at all.
 */
bool memcore_list_ok(const struct memcore_domain *caller, unsigned long addr)
{
	return caller->config.translated ||
	       ((memcore_addr_is_guests(addr) || is_running_kernels(addr)) &&
		!memcore_frametable_overlaps(&caller->machine->frames, addr,
					     1));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_list_ok);

static void batch_resume(struct memcore_batch *b)
{
	struct memcore_call *call = b->call;

	b->nr &= ~PREEMPTED;
	if (call->arg[ARG_DONE] &&
	    memcore_copy_from_guest(call->caller, &b->before,
				    call->arg[ARG_DONE], sizeof(b->before)))
		b->before = 0;
}

/**
 * memcore_batch_start() - begin, or go on with, a list of requests
 * @b: the batch
 * @call: the hypercall
 * @size: of a request
 * @ret: the hypercall's answer, if there is nothing to do
 *
 * Puts the rest of the vCPU's old table first.
 *
 * Return: true if the batch is to be worked through and finished.
 */
bool memcore_batch_start(struct memcore_batch *b, struct memcore_call *call,
			 unsigned int size, long *ret)
{
	*b = (struct memcore_batch){
		.call = call,
		.list = call->arg[ARG_LIST],
		.size = size,
		.nr = call->arg[ARG_NR],
	};
	*ret = memcore_put_old_table(call->vcpu);
	if (*ret) {
		call->again = *ret == -ERESTART;
		return false;
	}
	if (b->nr == PREEMPTED && !b->list) {
		*ret = (int)call->arg[ARG_DOMAIN];
		return false;
	}
	if (b->nr & PREEMPTED)
		batch_resume(b);
	*ret = -EFAULT;
	return memcore_list_ok(call->caller, b->list);
}

/**
 * memcore_batch_read() - read the next request
 * @b: the batch, not at its end
 * @request: where to put it
 *
 * At least one request is done each time the hypercall is entered.
 *
 * Return: 0, -ERESTART if the call is to be left now, or -EFAULT.
 */
int memcore_batch_read(struct memcore_batch *b, void *request)
{
	struct memcore_call *call = b->call;

	if (call->vcpu->old_table ||
	    (b->i && memcore_preempt_check(&call->caller->machine->preempt)))
		return -ERESTART;
	return memcore_copy_from_guest(call->caller, request,
				       b->list + (size_t)b->i * b->size,
				       b->size);
}

static void batch_continue(struct memcore_batch *b)
{
	struct memcore_call *call = b->call;

	call->arg[ARG_LIST] = b->list + (size_t)b->i * b->size;
	call->arg[ARG_NR] = (b->nr - b->i) | PREEMPTED;
	call->again = true;
}

static void batch_continue_with_old_table(struct memcore_call *call, long ret)
{
	call->arg[ARG_LIST] = 0;
	call->arg[ARG_NR] = PREEMPTED;
	call->arg[ARG_DONE] = 0;
	call->arg[ARG_DOMAIN] = (unsigned int)ret;
	call->again = true;
}

/**
 * memcore_batch_finish() - end this entry of the hypercall
 * @b: the batch
 * @ret: 0, -ERESTART to leave a continuation, or the error of request @b->i
 *
 * Says how many requests are done, if the caller asked.
 *
 * Return: the hypercall's answer.
 */
long memcore_batch_finish(struct memcore_batch *b, long ret)
{
	struct memcore_call *call = b->call;
	unsigned long where = call->arg[ARG_DONE];
	unsigned int done = b->before + b->i;

	if (ret == -ERESTART)
		batch_continue(b);
	else if (call->vcpu->old_table)
		batch_continue_with_old_table(call, ret);
	/* As in Xen, nobody is told if this cannot be written. */
	if (where)
		memcore_copy_to_guest(call->caller, where, &done,
				      sizeof(done));
	return ret;
}

static void owner_init(struct memcore_machine *machine,
		       struct memcore_domain *d, u16 domid)
{
	d->config.domid = domid;
	d->machine = machine;
	kref_init(&d->ref);
	spin_lock_init(&d->lock);
}

/**
 * memcore_owners_init() - make the domains that only own
 * @machine: the machine
 */
void memcore_owners_init(struct memcore_machine *machine)
{
	owner_init(machine, &machine->io, DOMID_IO);
	owner_init(machine, &machine->xen, DOMID_XEN);
}

/**
 * memcore_pg_owner_get() - find the owner of pages, as a PV hypercall names it
 * @caller: the domain that calls
 * @domid: DOMID_SELF, but not one's own number; another's number, DOMID_IO or
 *         DOMID_XEN
 *
 * Return: the domain, to be given back with memcore_domain_put(), or NULL.
 */
struct memcore_domain *memcore_pg_owner_get(struct memcore_domain *caller,
					    u16 domid)
{
	struct memcore_domain *d;

	if (domid == caller->config.domid)
		return NULL;
	if (domid != DOMID_IO && domid != DOMID_XEN)
		return memcore_domain_get(caller, domid);
	d = domid == DOMID_IO ? &caller->machine->io : &caller->machine->xen;
	kref_get(&d->ref);
	return d;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_pg_owner_get);

/**
 * memcore_vcpumask_read() - read which vCPUs a guest names
 * @d: the domain that calls
 * @addr: address of a word with a bit for each
 * @mask: where to put it; bits of vCPUs that it has not mean nothing
 *
 * Return: 0 or -EFAULT.
 */
int memcore_vcpumask_read(struct memcore_domain *d, unsigned long addr,
			  u64 *mask)
{
	BUILD_BUG_ON(MC_MAX_VCPUS > BITS_PER_LONG);
	return memcore_copy_from_guest(d, mask, addr, sizeof(*mask));
}
