// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_mmu_update and __HYPERVISOR_update_va_mapping: a PV domain
 * changes entries of its page tables, and of the M2P.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - An entry is written as one wishes if its frame is not in use as a table.
 * - After a change above the lowest level the TLBs are flushed before the call
 *   returns, whatever else became of it: a guest may see its tables through
 *   themselves, and the next call of a multicall too (XSA-286).
 * - update_va_mapping does not flush if it failed; if the vCPUs to flush cannot
 *   be read, it answers -EFAULT although the entry was changed.
 * - If the domain of the page tables is not known, done is not told; if the
 *   owner of the pages is not, it is.
 */
#include <linux/mm.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../vcpu.h"
#include "pte.h"
#include "request.h"

#define CMD_MASK	(sizeof(u64) - 1)

/**
 * struct updates - a list of updates on its way through a hypercall
 * @batch: the list
 * @pt_owner: the domain whose tables change
 * @pg_owner: the domain whose pages are named
 * @permitted: the caller may do so
 * @flush: an entry above the lowest level has changed
 */
struct updates {
	struct memcore_batch batch;
	struct memcore_domain *pt_owner;
	struct memcore_domain *pg_owner;
	bool permitted;
	bool flush;
};

static unsigned int slot_of(u64 ptr)
{
	return offset_in_page(ptr) / sizeof(u64);
}

static int write_plain(struct updates *u, struct memcore_frame *frame,
		       const struct mmu_update *req)
{
	return memcore_content_write(u->pt_owner->machine, frame,
				     slot_of(req->ptr), req->val);
}

/* The frame is in use as nothing that must not be written, for this long. */
static int write_unlocked(struct updates *u, struct memcore_frame *frame,
			  const struct mmu_update *req)
{
	struct memcore_vcpu *v = u->batch.call->vcpu;
	int err;

	if (memcore_type_get(v, frame, MC_TYPE_WRITABLE, false))
		return -EINVAL;
	err = write_plain(u, frame, req);
	memcore_type_put(v, frame, 0, NULL);
	return err;
}

static int update_table(struct updates *u, struct memcore_frame *table,
			const struct mmu_update *req)
{
	return memcore_entry_update(u->batch.call->vcpu, table,
				    slot_of(req->ptr), req->val,
				    req->ptr & CMD_MASK, u->pt_owner,
				    u->pg_owner);
}

/* Another domain's pages are mapped by the lowest level only. */
static int update_upper(struct updates *u, struct memcore_frame *table,
			const struct mmu_update *req)
{
	int err;

	if (u->pg_owner != u->pt_owner)
		return -EINVAL;
	err = update_table(u, table, req);
	if (!err)
		u->flush = true;
	return err == -EINTR ? -ERESTART : err;
}

static int update_locked(struct updates *u, struct memcore_frame *frame,
			 const struct mmu_update *req)
{
	switch (memcore_type_of(atomic64_read(&frame->type))) {
	case MC_TYPE_L1:
		return update_table(u, frame, req);
	case MC_TYPE_L2:
	case MC_TYPE_L3:
	case MC_TYPE_L4:
		return update_upper(u, frame, req);
	case MC_TYPE_WRITABLE:
		return write_plain(u, frame, req);
	default:
		return -EINVAL;
	}
}

static int update_entry(struct updates *u, const struct mmu_update *req)
{
	struct memcore_frame *frame;
	int err;

	if (u->pt_owner->config.translated)
		return -EOPNOTSUPP;
	if (!u->permitted)
		return -EPERM;
	frame = memcore_frame_get(u->pt_owner, mc_mfn(req->ptr >> PAGE_SHIFT));
	if (!frame)
		return -EINVAL;
	if (memcore_page_lock(frame)) {
		err = update_locked(u, frame, req);
		memcore_page_unlock(frame);
	} else {
		err = write_unlocked(u, frame, req);
	}
	memcore_frame_put(u->pt_owner->machine, frame);
	return err;
}

static int update_m2p(struct updates *u, const struct mmu_update *req)
{
	struct memcore_machine *machine = u->pg_owner->machine;
	struct mc_mfn mfn = mc_mfn(req->ptr >> PAGE_SHIFT);
	struct memcore_frame *frame;

	if (u->pt_owner != u->batch.call->caller)
		return -EPERM;
	if (u->pg_owner->config.translated)
		return -EINVAL;
	if (!u->permitted)
		return -EPERM;
	frame = memcore_frame_get(u->pg_owner, mfn);
	if (!frame)
		return -EINVAL;
	memcore_m2p_set(&machine->frames, mfn, mc_gfn(req->val));
	memcore_frame_put(machine, frame);
	return 0;
}

static int update_one(struct updates *u, const struct mmu_update *req)
{
	switch (req->ptr & CMD_MASK) {
	case MMU_NORMAL_PT_UPDATE:
	case MMU_PT_UPDATE_PRESERVE_AD:
	case MMU_PT_UPDATE_NO_TRANSLATE:
		return update_entry(u, req);
	case MMU_MACHPHYS_UPDATE:
		return update_m2p(u, req);
	default:
		return -XEN_ENOSYS;
	}
}

static int run(struct updates *u)
{
	struct mmu_update req;
	int err = 0;

	while (u->batch.i < u->batch.nr) {
		err = memcore_batch_read(&u->batch, &req);
		if (!err)
			err = update_one(u, &req);
		if (err)
			break;
		u->batch.i++;
	}
	return err;
}

/* As Xen without XSM: of DOMID_IO anything may be named. */
static bool permitted(const struct updates *u)
{
	const struct memcore_domain *caller = u->batch.call->caller;

	return (u->pg_owner == &caller->machine->io ||
		memcore_domain_may_target(caller, u->pg_owner)) &&
	       memcore_domain_may_target(caller, u->pt_owner);
}

static int update_as(struct updates *u, u16 domid)
{
	int err;

	u->pg_owner = memcore_pg_owner_get(u->batch.call->caller, domid);
	if (!u->pg_owner)
		return -ESRCH;
	u->permitted = permitted(u);
	err = run(u);
	memcore_domain_put(u->pg_owner);
	if (u->flush)
		memcore_tlb_flush_domain(u->pt_owner);
	return err;
}

/* @which: 0, or the number of a domain, the caller's too, plus 1 */
static struct memcore_domain *pt_owner_get(struct memcore_domain *caller,
					   u16 which)
{
	if (which > DOMID_FIRST_RESERVED)
		return NULL;
	return memcore_domain_get(caller, which ? which - 1 : DOMID_SELF);
}

/**
 * memcore_do_mmu_update() - the hypercall
 * @call: its arguments: list, length, where to say how many are done, owner of
 *        the pages, with that of the page tables in the high half
 *
 * Return: as Xen; and -ENOMEM if a frame that was never written needs memory.
 */
long memcore_do_mmu_update(struct memcore_call *call)
{
	u32 domains = call->arg[3];
	struct updates u = { };
	long ret;

	if (!memcore_batch_start(&u.batch, call, sizeof(struct mmu_update),
				 &ret))
		return ret;
	u.pt_owner = pt_owner_get(call->caller, domains >> 16);
	if (!u.pt_owner)
		return -ESRCH;
	ret = memcore_batch_finish(&u.batch, update_as(&u, domains));
	memcore_domain_put(u.pt_owner);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_mmu_update);

static int update_l1(struct memcore_vcpu *v, struct memcore_frame *table,
		     unsigned long va, u64 val, struct memcore_domain *pg_owner)
{
	unsigned int slot = va >> PAGE_SHIFT & (MC_TABLE_ENTRIES - 1);
	int err = -EINVAL;

	if (!memcore_page_lock(table))
		return -EINVAL;
	/* What was found may be a table of any level, or none. */
	if (memcore_type_of(atomic64_read(&table->type)) == MC_TYPE_L1)
		err = memcore_entry_update(v, table, slot, val,
					   MMU_NORMAL_PT_UPDATE, v->d,
					   pg_owner);
	memcore_page_unlock(table);
	return err;
}

static int update_va(struct memcore_vcpu *v, unsigned long va, u64 val,
		     struct memcore_domain *pg_owner)
{
	struct memcore_frame *table;
	int err;

	if (!memcore_domain_may_target(v->d, pg_owner))
		return -EPERM;
	table = memcore_vcpu_l1_table(v, va);
	if (!table)
		return -EINVAL;
	err = update_l1(v, table, va, val, pg_owner);
	memcore_frame_put(v->d->machine, table);
	return err;
}

/* Which vCPUs are to be flushed. */
static int flush_mask(struct memcore_vcpu *v, unsigned long flags, u64 *mask)
{
	unsigned long which = flags & ~UVMF_FLUSHTYPE_MASK;

	switch (which) {
	case UVMF_LOCAL:
		*mask = BIT_ULL(v->id);
		return 0;
	case UVMF_ALL:
		*mask = ~0ULL;
		return 0;
	default:
		return memcore_vcpumask_read(v->d, which, mask);
	}
}

static int flush(struct memcore_vcpu *v, unsigned long va, unsigned long flags)
{
	unsigned int type = flags & UVMF_FLUSHTYPE_MASK;
	u64 mask;
	int err;

	if (type != UVMF_TLB_FLUSH && type != UVMF_INVLPG)
		return 0;
	err = flush_mask(v, flags, &mask);
	if (err)
		return err;
	if (type == UVMF_INVLPG)
		memcore_tlb_flush_addr(v->d, mask, va);
	else
		memcore_tlb_flush_vcpus(v->d, mask);
	return 0;
}

static long update_va_and_flush(struct memcore_call *call,
				struct memcore_domain *pg_owner)
{
	struct memcore_vcpu *v = call->vcpu;
	unsigned long va = call->arg[0];

	return update_va(v, va, call->arg[1], pg_owner) ?:
	       flush(v, va, call->arg[2]);
}

/**
 * memcore_do_update_va_mapping() - the hypercall
 * @call: its arguments: address, entry, flags
 *
 * Return: as Xen.
 */
long memcore_do_update_va_mapping(struct memcore_call *call)
{
	return update_va_and_flush(call, call->caller);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_update_va_mapping);

/**
 * memcore_do_update_va_mapping_otherdomain() - the hypercall
 * @call: its arguments: address, entry, flags, owner of the page
 *
 * Return: as Xen.
 */
long memcore_do_update_va_mapping_otherdomain(struct memcore_call *call)
{
	struct memcore_domain *pg_owner;
	long ret;

	pg_owner = memcore_pg_owner_get(call->caller, call->arg[3]);
	if (!pg_owner)
		return -ESRCH;
	ret = update_va_and_flush(call, pg_owner);
	memcore_domain_put(pg_owner);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_update_va_mapping_otherdomain);
