// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_map_grant_ref, unmap_grant_ref and unmap_and_replace: a domain uses
 * frames of another's as its own.
 *
 * A mapping is a handle, a pin of the active entry, and references to the frame:
 * a general one for each of host and device, and one of type writable for each
 * that writes. A translated domain's frame is not retyped by others' mappings.
 * The host's are those of the page-table or P2M entry.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Flags, then the granting domain, then a free handle, then the grant.
 * - A domain's own number names it, DOMID_SELF names nobody.
 * - A domain that is dying still has what it granted, as long as the frame is
 *   there.
 * - Who unmaps names what: an address of 0 leaves that half mapped. With neither,
 *   nothing happens, and that is fine. The other half can be unmapped later.
 * - An unmap takes the handle at once. References and pins go after a flush, for
 *   a batch of unmaps together.
 * - The result of a map is written back whole, of an unmap only the status.
 *
 * A domain may overwrite an entry that maps a grant; then the granting domain can
 * end before the handle is given back. Xen crashes the domain that unmaps that
 * handle. Domains do not crash here: it is told GNTST_general_error, and
 * GNTST_bad_handle if there is another domain of that number by now.
 *
 * Not modelled: IOMMU entries, so that a device mapping is references only;
 * frames of memory-mapped I/O.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <memcore/kunit.h>
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../p2m/grant-entry.h"
#include "../pv/grant-entry.h"
#include "../pv/type.h"
#include "../vcpu.h"
#include "entry.h"
#include "grant.h"
#include "map.h"
#include "maptrack.h"

static struct memcore_maptrack *maptrack_of(struct memcore_vcpu *v)
{
	return v->d->grants.maptrack;
}

static bool preempted(struct memcore_call *call)
{
	call->again = memcore_preempt_check(&call->caller->machine->preempt);
	return call->again;
}

/* What is not a number names nobody here. */
static struct memcore_domain *granter_get(struct memcore_vcpu *v, u16 domid)
{
	return domid == DOMID_SELF ? NULL : memcore_domain_get(v->d, domid);
}

/**
 * memcore_mapping_takes_type() - does the host's half have a type reference?
 * @flags: GNTMAP_*
 * @d: who maps
 * @granter: whose frame it is
 *
 * Return: true if it does.
 */
bool memcore_mapping_takes_type(unsigned int flags,
				const struct memcore_domain *d,
				const struct memcore_domain *granter)
{
	return !(flags & GNTMAP_readonly) &&
	       (d == granter || !granter->config.translated);
}

static int host_map(struct memcore_vcpu *v, u64 addr, struct mc_mfn mfn,
		    unsigned int flags)
{
	return v->d->config.translated ?
		memcore_p2m_grant_map(v->d, addr, mfn, flags) :
		memcore_pv_grant_map(v, addr, mfn, flags);
}

static int host_unmap(struct memcore_vcpu *v, u64 addr, struct mc_mfn mfn,
		      u64 new_addr, unsigned int flags)
{
	return v->d->config.translated ?
		memcore_p2m_grant_unmap(v->d, addr, mfn, new_addr, flags) :
		memcore_pv_grant_unmap(v, addr, mfn, new_addr, flags);
}

/**
 * struct map - a mapping in the making
 * @v: the vCPU that acts
 * @granter: the granting domain
 * @op: what is asked for
 * @frame: the frame
 * @refs: general references to it
 * @types: type references
 */
struct map {
	struct memcore_vcpu *v;
	struct memcore_domain *granter;
	struct gnttab_map_grant_ref *op;
	struct memcore_frame *frame;
	unsigned int refs;
	unsigned int types;
};

static struct mc_mfn mfn_of(const struct map *m)
{
	return memcore_frame_mfn(&m->granter->machine->frames, m->frame);
}

static int take_ref(struct map *m)
{
	if (!memcore_frame_get(m->granter, mfn_of(m)))
		return GNTST_general_error;
	m->refs++;
	return GNTST_okay;
}

static int take_type(struct map *m)
{
	if (memcore_type_get(m->v, m->frame, MC_TYPE_WRITABLE, false))
		return GNTST_general_error;
	m->types++;
	return GNTST_okay;
}

static int map_device(struct map *m)
{
	if (!(m->op->flags & GNTMAP_device_map) ||
	    m->op->flags & GNTMAP_readonly)
		return GNTST_okay;
	return take_type(m);
}

/* The pin has brought one reference, which the device has if there is one. */
static int map_host(struct map *m)
{
	unsigned int flags = m->op->flags;
	int rc = GNTST_okay;

	if (!(flags & GNTMAP_host_map))
		return GNTST_okay;
	if (flags & GNTMAP_device_map)
		rc = take_ref(m);
	if (rc == GNTST_okay &&
	    memcore_mapping_takes_type(flags, m->v->d, m->granter))
		rc = take_type(m);
	if (rc != GNTST_okay)
		return rc;
	return host_map(m->v, m->op->host_addr, mfn_of(m), flags);
}

static void drop_refs(struct map *m)
{
	while (m->types--)
		memcore_type_put(m->v, m->frame, 0, NULL);
	while (m->refs--)
		memcore_frame_put(m->granter->machine, m->frame);
}

static int map_pinned(struct map *m)
{
	int rc = map_device(m);

	if (rc == GNTST_okay)
		rc = map_host(m);
	if (rc != GNTST_okay)
		drop_refs(m);
	return rc;
}

static int map_with_pin(struct map *m)
{
	u32 pin = memcore_mapping_pin(m->op->flags);
	int rc;

	rc = memcore_grant_pin(m->granter, m->op->ref, m->v->d->config.domid,
			       pin, &m->frame);
	if (rc != GNTST_okay)
		return rc;
	m->refs = 1;
	rc = map_pinned(m);
	if (rc != GNTST_okay)
		memcore_grant_unpin(m->granter, m->op->ref, pin);
	return rc;
}

static void note_mapping(struct map *m, u32 handle)
{
	struct memcore_mapping *mapping = memcore_mapping(maptrack_of(m->v),
							  handle);

	mapping->domid = m->op->dom;
	mapping->life = m->granter->life;
	WRITE_ONCE(mapping->ref, m->op->ref);
	/* Another vCPU that sees the flags sees the rest. */
	smp_store_release(&mapping->flags, (u16)m->op->flags);
	m->op->dev_bus_addr = (u64)mfn_of(m).nr << PAGE_SHIFT;
	m->op->handle = handle;
}

static int map_with_handle(struct map *m)
{
	u32 handle = memcore_maptrack_get(maptrack_of(m->v), m->v->id);
	int rc;

	if (handle == MC_NO_HANDLE)
		return GNTST_no_space;
	rc = map_with_pin(m);
	if (rc == GNTST_okay)
		note_mapping(m, handle);
	else
		memcore_maptrack_put(maptrack_of(m->v), handle);
	return rc;
}

static int map_one(struct memcore_vcpu *v, struct gnttab_map_grant_ref *op)
{
	const unsigned int pv_only = GNTMAP_device_map | GNTMAP_contains_pte |
				     GNTMAP_application_map;
	struct map m = { .v = v, .op = op };
	int rc;

	if (!(op->flags & MC_MAPPED))
		return GNTST_bad_gntref;
	if (v->d->config.translated && op->flags & pv_only)
		return GNTST_general_error;
	m.granter = granter_get(v, op->dom);
	if (!m.granter)
		return GNTST_bad_domain;
	rc = map_with_handle(&m);
	memcore_domain_put(m.granter);
	return rc;
}

/**
 * memcore_grant_map_refs() - GNTTABOP_map_grant_ref
 * @call: the hypercall
 * @list: where its list starts
 * @nr: length of the list
 *
 * Return: 0 if all is done, the number that are and @call->again if it was
 * preempted, or -EFAULT.
 */
long memcore_grant_map_refs(struct memcore_call *call, unsigned long list,
			    unsigned int nr)
{
	struct gnttab_map_grant_ref op;
	unsigned int i;

	for (i = 0; i < nr; i++, list += sizeof(op)) {
		if (i && preempted(call))
			return i;
		if (memcore_copy_from_guest(call->caller, &op, list,
					    sizeof(op)))
			return -EFAULT;
		op.status = map_one(call->vcpu, &op);
		if (memcore_copy_back_to_guest(call->caller, list, &op,
					       sizeof(op)))
			return -EFAULT;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_map_refs);

/**
 * struct unmap - an unmap on its way
 * @v: the vCPU that acts
 * @mapping: what is unmapped
 * @handle: its handle
 * @host_addr: where the host's half is; 0: not meant
 * @dev_bus_addr: and the device's
 * @new_addr: what is moved to @host_addr; 0: nothing
 * @last: nothing is mapped by the handle any more; of those who unmap its halves at
 *        the same time one finds this (XSA-218)
 * @out: what waits for the flush
 */
struct unmap {
	struct memcore_vcpu *v;
	struct memcore_mapping *mapping;
	u32 handle;
	u64 host_addr;
	u64 dev_bus_addr;
	u64 new_addr;
	bool last;
	struct memcore_unmapped *out;
};

/* The entry's lock keeps out whoever unmaps the same. */
static int unmap_halves(struct unmap *u, struct mc_mfn mfn, u16 flags)
{
	bool host = u->host_addr && flags & GNTMAP_host_map;
	bool device = u->dev_bus_addr && flags & GNTMAP_device_map;
	u16 done = 0;
	int rc;

	if (device && u->dev_bus_addr != (u64)mfn.nr << PAGE_SHIFT)
		return GNTST_bad_dev_addr;
	if (host) {
		rc = host_unmap(u->v, u->host_addr, mfn, u->new_addr, flags);
		if (rc != GNTST_okay)
			return rc;
		done |= GNTMAP_host_map;
	}
	if (device)
		done |= GNTMAP_device_map;
	flags &= ~done;
	u->last = !(flags & MC_MAPPED);
	u->out->mfn = mfn;
	u->out->done = done ? done | (flags & GNTMAP_readonly) : 0;
	WRITE_ONCE(u->mapping->flags, u->last ? 0 : flags);
	return GNTST_okay;
}

/* Entry locked. Somebody may have unmapped it just now, and mapped another. */
static int unmap_acquired(struct unmap *u, struct memcore_domain *granter,
			  const struct memcore_grant_entry *entry)
{
	struct memcore_mapping *mapping = u->mapping;
	u16 flags = READ_ONCE(mapping->flags);

	if (!flags || mapping->life != granter->life ||
	    READ_ONCE(mapping->ref) != u->out->ref)
		return GNTST_bad_handle;
	return unmap_halves(u, entry->mfn, flags);
}

static int unmap_granted(struct unmap *u, struct memcore_domain *granter)
{
	struct memcore_grant_table *gt = &granter->grants;
	struct memcore_grant_entry *entry;
	int rc = GNTST_bad_handle;

	memcore_grant_read_lock(gt);
	if (memcore_grant_entry_acquire(gt, u->out->ref, &entry) ==
	    GNTST_okay) {
		rc = unmap_acquired(u, granter, entry);
		memcore_grant_entry_release(entry);
	}
	memcore_grant_read_unlock(gt);
	return rc;
}

/* Only with @done is anything left to be completed. */
static int unmap_mapping(struct unmap *u)
{
	struct memcore_domain *granter;
	int rc;

	u->out->ref = READ_ONCE(u->mapping->ref);
	granter = memcore_domain_get(u->v->d, u->mapping->domid);
	if (!granter)
		return GNTST_general_error;
	rc = unmap_granted(u, granter);
	if (u->out->done)
		u->out->granter = granter;
	else
		memcore_domain_put(granter);
	return rc;
}

static int unmap_one(struct memcore_vcpu *v,
		     const struct gnttab_unmap_grant_ref *op, bool replace,
		     struct memcore_unmapped *out)
{
	struct memcore_maptrack *mt = maptrack_of(v);
	struct unmap u = {
		.v = v,
		.mapping = memcore_mapping(mt, op->handle),
		.handle = op->handle,
		.host_addr = op->host_addr,
		.dev_bus_addr = replace ? 0 : op->dev_bus_addr,
		.new_addr = replace ? op->dev_bus_addr : 0,
		.out = out,
	};
	int rc;

	/* Whoever sees the flags sees what note_mapping() has written before. */
	if (!u.mapping || !smp_load_acquire(&u.mapping->flags))
		return GNTST_bad_handle;
	rc = unmap_mapping(&u);
	if (u.last)
		memcore_maptrack_put(mt, op->handle);
	return rc;
}

static void put_half(struct memcore_vcpu *v, struct memcore_frame *frame,
		     bool type)
{
	if (type)
		memcore_type_put(v, frame, 0, NULL);
	memcore_frame_put(v->d->machine, frame);
}

/* The pin outlives the references: who finds a frame pinned has it (XSA-236). */
static void finish_acquired(struct memcore_vcpu *v,
			    const struct memcore_unmapped *out,
			    struct memcore_grant_entry *entry)
{
	struct memcore_domain *granter = out->granter;
	struct memcore_frame *frame;

	frame = memcore_frame(&granter->machine->frames, out->mfn);
	if (out->done & GNTMAP_device_map)
		put_half(v, frame, !(out->done & GNTMAP_readonly));
	if (out->done & GNTMAP_host_map)
		put_half(v, frame, memcore_mapping_takes_type(out->done, v->d,
							      granter));
	memcore_grant_entry_unpin(&granter->grants, out->ref, entry,
				  memcore_mapping_pin(out->done));
}

static void finish(struct memcore_vcpu *v, const struct memcore_unmapped *out)
{
	struct memcore_grant_table *gt = &out->granter->grants;
	struct memcore_grant_entry *entry;

	memcore_grant_read_lock(gt);
	if (memcore_grant_entry_acquire(gt, out->ref, &entry) == GNTST_okay) {
		finish_acquired(v, out, entry);
		memcore_grant_entry_release(entry);
	}
	memcore_grant_read_unlock(gt);
	memcore_domain_put(out->granter);
}

static void finish_all(struct memcore_vcpu *v, struct memcore_unmapped *out,
		       unsigned int nr)
{
	unsigned int i;

	if (!v->d->config.translated)
		memcore_tlb_flush_domain(v->d);
	for (i = 0; i < nr; i++)
		if (out[i].done)
			finish(v, &out[i]);
}

/* Both structures have the same form. Return: 0, -EFAULT, and @out's is done. */
static int unmap_at(struct memcore_call *call, unsigned long at, bool replace,
		    struct memcore_unmapped *out)
{
	struct gnttab_unmap_grant_ref op;

	static_assert(offsetof(struct gnttab_unmap_and_replace, new_addr) ==
		      offsetof(struct gnttab_unmap_grant_ref, dev_bus_addr));
	static_assert(offsetof(struct gnttab_unmap_and_replace, status) ==
		      offsetof(struct gnttab_unmap_grant_ref, status));
	static_assert(sizeof(struct gnttab_unmap_and_replace) == sizeof(op));
	out->done = 0;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	op.status = unmap_one(call->vcpu, &op, replace, out);
	at += offsetof(struct gnttab_unmap_grant_ref, status);
	return memcore_copy_back_to_guest(call->caller, at, &op.status,
					  sizeof(op.status));
}

/* @nr of them between two flushes. */
static int unmap_batch(struct memcore_call *call, unsigned long list,
		       unsigned int nr, bool replace)
{
	struct memcore_vcpu *v = call->vcpu;
	struct memcore_unmapped *out = maptrack_of(v)->vcpu[v->id].unmapped;
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++) {
		err = unmap_at(call, list, replace, &out[i]);
		list += sizeof(struct gnttab_unmap_grant_ref);
	}
	finish_all(v, out, i);
	return err;
}

static long unmap(struct memcore_call *call, unsigned long list,
		  unsigned int nr, bool replace)
{
	const size_t size = sizeof(struct gnttab_unmap_grant_ref);
	unsigned int done = 0, part;

	while (done < nr) {
		part = min_t(unsigned int, nr - done, MC_UNMAP_BATCH);
		if (unmap_batch(call, list + done * size, part, replace))
			return -EFAULT;
		done += part;
		if (done < nr && preempted(call))
			return done;
	}
	return 0;
}

/**
 * memcore_grant_unmap_refs() - GNTTABOP_unmap_grant_ref
 * @call: the hypercall
 * @list: where its list starts
 * @nr: length of the list
 *
 * Return: 0 if all is done, the number that are and @call->again if it was
 * preempted, or -EFAULT.
 */
long memcore_grant_unmap_refs(struct memcore_call *call, unsigned long list,
			      unsigned int nr)
{
	return unmap(call, list, nr, false);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_unmap_refs);

/**
 * memcore_grant_unmap_and_replace() - GNTTABOP_unmap_and_replace
 * @call: the hypercall
 * @list: where its list starts
 * @nr: length of the list
 *
 * Return: 0 if all is done, the number that are and @call->again if it was
 * preempted, or -EFAULT.
 */
long memcore_grant_unmap_and_replace(struct memcore_call *call,
				     unsigned long list, unsigned int nr)
{
	return unmap(call, list, nr, true);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_unmap_and_replace);
