// SPDX-License-Identifier: GPL-2.0
/*
 * Domains, and the frames that they have.
 *
 * A frame in use has general references, one of them for the allocation
 * itself. Releasing a page drops that one, once; the frame goes back to the
 * heap, and tot_pages drops, with the last reference.
 *
 * References change by compare-exchange, without a lock. Only the last one is
 * dropped under the lock of the owner, so that a frame with an owner always has
 * one for whoever holds that lock.
 *
 * Not modelled: anything of a domain that is not memory or a vCPU's tables.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "claim.h"
#include "content.h"
#include "grant/maptrack.h"
#include "machine.h"
#include "node-affinity.h"
#include "physmap.h"
#include "pv/type.h"
#include "relinquish.h"
#include "shared.h"
#include "vcpu.h"

#define ORDER_GUEST	9
#define ORDER_HARDWARE	12
#define ORDER_CONTROL	MC_MAX_ORDER

static struct memcore_domain *find(struct memcore_machine *machine, u16 domid)
{
	return xa_load(&machine->by_domid, domid);
}

static void domain_free(struct kref *ref)
{
	struct memcore_domain *d = container_of(ref, struct memcore_domain,
						ref);

	memcore_maptrack_destroy(d->grants.maptrack);
	memcore_vcpus_free(d);
	memcore_p2m_destroy(&d->p2m);
	kfree(d->map);
	kfree(d->vnuma);
	kfree_rcu(d, rcu);
}

/**
 * memcore_domain_put() - drop a reference
 * @d: the domain
 */
void memcore_domain_put(struct memcore_domain *d)
{
	kref_put(&d->ref, domain_free);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_put);

/**
 * memcore_domain_is_gone() - was the last that it had held by others?
 * @d: a domain
 *
 * Frames are dropped where nobody may sleep, so the rest is freed later; but, as
 * on Xen, nobody finds the domain any more.
 */
bool memcore_domain_is_gone(const struct memcore_domain *d)
{
	return READ_ONCE(d->ended) && !READ_ONCE(d->tot_pages) &&
	       !READ_ONCE(d->xen_pages);
}

/**
 * memcore_domain_get() - find a domain, as a hypercall names it
 * @caller: the domain that calls
 * @domid: DOMID_SELF or a number
 *
 * Return: the domain, to be given back with memcore_domain_put(), or NULL.
 */
struct memcore_domain *memcore_domain_get(struct memcore_domain *caller,
					  u16 domid)
{
	struct memcore_domain *d = caller;

	rcu_read_lock();
	if (domid != DOMID_SELF)
		d = find(caller->machine, domid);
	if (d && (memcore_domain_is_gone(d) || !kref_get_unless_zero(&d->ref)))
		d = NULL;
	rcu_read_unlock();
	return d;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_get);

/**
 * memcore_domain_get_remote() - find another domain, by its number only
 * @caller: the domain that calls
 * @domid: any number at all
 * @d: filled in; to be given back with memcore_domain_put()
 *
 * Return: 0; -ESRCH, also for DOMID_SELF; -EPERM for the caller itself.
 */
int memcore_domain_get_remote(struct memcore_domain *caller, u16 domid,
			      struct memcore_domain **d)
{
	if (domid == caller->config.domid)
		return -EPERM;
	*d = domid == DOMID_SELF ? NULL : memcore_domain_get(caller, domid);
	return *d ? 0 : -ESRCH;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_get_remote);

static struct memcore_domain *
domain_new(struct memcore_machine *machine,
	   const struct memcore_domain_config *config)
{
	struct memcore_domain *d;

	if (memcore_failpoint_hit(&machine->failpoint))
		return NULL;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return NULL;
	d->config = *config;
	d->machine = machine;
	kref_init(&d->ref);
	spin_lock_init(&d->lock);
	d->life = atomic_inc_return(&machine->lives);
	d->max_pages = config->max_pages;
	memcore_grant_init(d);
	d->heap.address_bits = config->address_bits;
	memcore_affinity_init(d);
	memcore_p2m_init(&d->p2m, &machine->failpoint);
	return d;
}

/**
 * memcore_domain_new() - make a domain that is in no list
 * @machine: where
 * @config: what it is
 *
 * Return: the domain, to be given back with memcore_domain_put(), or NULL.
 */
struct memcore_domain *
memcore_domain_new(struct memcore_machine *machine,
		   const struct memcore_domain_config *config)
{
	struct memcore_domain *d = domain_new(machine, config);

	if (d && (memcore_vcpus_create(d, max(config->nr_vcpus, 1U)) ||
		  memcore_maptrack_init(d))) {
		memcore_domain_put(d);
		return NULL;
	}
	return d;
}

static bool domain_add(struct memcore_machine *machine,
		       struct memcore_domain *d)
{
	bool ok;

	mutex_lock(&machine->domains_lock);
	ok = machine->nr_domains < MC_MAX_DOMAINS &&
	     machine->nr_vcpus + d->nr_vcpus <= MC_MAX_ALL_VCPUS &&
	     !xa_insert(&machine->by_domid, d->config.domid, d, GFP_KERNEL);
	if (ok) {
		machine->nr_domains++;
		machine->nr_vcpus += d->nr_vcpus;
		list_add_tail(&d->link, &machine->domains);
	}
	mutex_unlock(&machine->domains_lock);
	return ok;
}

/**
 * memcore_domain_create() - make a domain without memory
 * @machine: where
 * @config: what it is
 *
 * Return: the domain, which memcore_domain_destroy() ends, or NULL.
 */
struct memcore_domain *
memcore_domain_create(struct memcore_machine *machine,
		      const struct memcore_domain_config *config)
{
	struct memcore_domain *d;

	if (config->domid >= DOMID_FIRST_RESERVED)
		return NULL;
	d = memcore_domain_new(machine, config);
	if (d && !domain_add(machine, d)) {
		memcore_domain_put(d);
		return NULL;
	}
	return d;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_create);

static void released(struct memcore_domain *d, struct mc_gfn gfn)
{
	if (d->config.ops && d->config.ops->released)
		d->config.ops->released(d, gfn);
}

static void content_free(struct memcore_domain *d, struct memcore_frame *frame)
{
	struct page *lent = memcore_content_drop(frame);

	/* A translated domain was told when its gfn became a hole. */
	if (lent && !d->config.translated && !d->dying)
		released(d, mc_gfn(page_to_pfn(lent)));
}

/* A type without references is no more than a memory of what it was. */
static void type_forget(struct memcore_frame *frame)
{
	if (!(atomic64_read(&frame->type) & MC_PGT_COUNT_MASK))
		atomic64_set(&frame->type, 0);
}

/**
 * memcore_frame_free() - give a frame back to the heap
 * @d: who had it, locked; its tot_pages is left to the caller
 * @frame: the frame, to which there is no reference
 * @dirty: scrub it before anybody else gets it
 */
void memcore_frame_free(struct memcore_domain *d, struct memcore_frame *frame,
			bool dirty)
{
	struct memcore_machine *machine = d->machine;
	struct mc_mfn mfn = memcore_frame_mfn(&machine->frames, frame);

	memcore_tlb_forget_frame(machine, mfn);
	content_free(d, frame);
	type_forget(frame);
	memcore_m2p_set(&machine->frames, mfn, mc_gfn(MC_INVALID));
	WRITE_ONCE(frame->owner, MC_NO_OWNER);
	memcore_heap_free(&machine->heap, mfn, 0, dirty);
}

/**
 * memcore_frame_free_locked() - give a frame back, and count that
 * @d: who had it, locked
 * @frame: the frame, to which there is no reference
 */
void memcore_frame_free_locked(struct memcore_domain *d,
			       struct memcore_frame *frame)
{
	bool xen = atomic64_xchg(&frame->count, 0) & MC_PGC_XEN;

	if (xen)
		d->xen_pages--;
	else
		memcore_domain_count_pages(d, -1);
	/*
	 * A living guest scrubs what it cares about; a dead one cannot, and the
	 * hypervisor does not.
	 */
	memcore_frame_free(d, frame, xen || d->dying);
}

/* The last reference goes under the owner's lock: see frame_put_last(). */
static bool frame_put_unless_last(struct memcore_frame *frame)
{
	s64 old = atomic64_read(&frame->count);

	do {
		if ((old & MC_PGC_COUNT_MASK) == 1)
			return false;
	} while (!atomic64_try_cmpxchg(&frame->count, &old, old - 1));
	return true;
}

/* Domain locked: it owns the frame. */
static void frame_put_locked(struct memcore_domain *d,
			     struct memcore_frame *frame)
{
	s64 left = atomic64_dec_return(&frame->count);

	if (!(left & (MC_PGC_COUNT_MASK | MC_PGC_HELD)))
		memcore_frame_free_locked(d, frame);
}

/**
 * memcore_frame_put_allocation_locked() - drop the reference of the allocation
 * @d: the owner, locked
 * @frame: the frame, which therefore has a reference
 *
 * Once: if it was dropped before, nothing happens.
 */
void memcore_frame_put_allocation_locked(struct memcore_domain *d,
					 struct memcore_frame *frame)
{
	if (atomic64_fetch_andnot(MC_PGC_ALLOCATED, &frame->count) &
	    MC_PGC_ALLOCATED)
		frame_put_locked(d, frame);
}

/* As in Xen one reference is held in reserve, for a partial table's. */
static bool has_reference_left(const struct memcore_machine *machine,
			       s64 count)
{
	return ((count + 2) & machine->count_mask) > 2;
}

static bool frame_get(struct memcore_machine *machine,
		      struct memcore_frame *frame)
{
	s64 old = atomic64_read(&frame->count);

	do {
		if (!has_reference_left(machine, old))
			return false;
	} while (!atomic64_try_cmpxchg(&frame->count, &old, old + 1));
	return true;
}

/**
 * memcore_frame_can_get() - could a general reference be taken?
 * @machine: where
 * @frame: a frame that does not go away meanwhile
 *
 * For who needs none, but must fail where Xen would.
 *
 * Return: false if nobody has the frame, or all references are taken.
 */
bool memcore_frame_can_get(const struct memcore_machine *machine,
			   const struct memcore_frame *frame)
{
	return has_reference_left(machine, atomic64_read(&frame->count));
}

/**
 * memcore_frame_get() - take a general reference
 * @d: the domain that must own the frame
 * @mfn: any number at all
 *
 * Not with a domain's lock held, unless the frame is known to be @d's.
 *
 * Return: the frame, or NULL if @d does not own such a frame or all references
 * are taken.
 */
struct memcore_frame *memcore_frame_get(struct memcore_domain *d,
					struct mc_mfn mfn)
{
	struct memcore_machine *machine = d->machine;
	struct memcore_frame *frame = memcore_frame(&machine->frames, mfn);

	if (!frame || !frame_get(machine, frame))
		return NULL;
	if (READ_ONCE(frame->owner) == d->config.domid)
		return frame;
	memcore_frame_put(machine, frame);
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_get);

/**
 * memcore_frame_get_any() - take a general reference, whoever has the frame
 * @machine: where
 * @frame: the frame
 *
 * Return: false if nobody has it, or all references are taken.
 */
bool memcore_frame_get_any(struct memcore_machine *machine,
			   struct memcore_frame *frame)
{
	return frame_get(machine, frame);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_get_any);

/**
 * memcore_frame_get_more() - take the reference that is held in reserve
 * @frame: a frame with a reference
 *
 * For what must not fail and is done once a frame at a time.
 */
void memcore_frame_get_more(struct memcore_frame *frame)
{
	atomic64_inc(&frame->count);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_get_more);

/**
 * memcore_frame_owner() - whose frame is it?
 * @machine: where
 * @frame: a frame to which the caller has a reference
 *
 * A domain that has a frame does not go away.
 *
 * Return: the domain, valid as long as the reference is held.
 */
struct memcore_domain *memcore_frame_owner(struct memcore_machine *machine,
					   const struct memcore_frame *frame)
{
	struct memcore_domain *d;

	rcu_read_lock();
	d = find(machine, READ_ONCE(frame->owner));
	rcu_read_unlock();
	return d;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_owner);

/*
 * With the lock, so that whoever holds it sees no frame without a reference
 * and with an owner.
 */
static void frame_put_last(struct memcore_machine *machine,
			   struct memcore_frame *frame)
{
	struct memcore_domain *d;
	unsigned long flags;

	/* Without the frame the domain may go: it stays to be unlocked. */
	rcu_read_lock();
	d = find(machine, READ_ONCE(frame->owner));
	spin_lock_irqsave(&d->lock, flags);
	frame_put_locked(d, frame);
	spin_unlock_irqrestore(&d->lock, flags);
	rcu_read_unlock();
}

/**
 * memcore_frame_put() - drop a general reference
 * @machine: where
 * @frame: the frame; free if this was the last one
 *
 * Context: any, without the lock of a domain.
 */
void memcore_frame_put(struct memcore_machine *machine,
		       struct memcore_frame *frame)
{
	if (!frame_put_unless_last(frame))
		frame_put_last(machine, frame);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_put);

/**
 * memcore_frame_put_allocation() - drop the reference of the allocation, once
 * @d: the owner
 * @frame: the frame, to which the caller has another reference
 */
void memcore_frame_put_allocation(struct memcore_domain *d,
				  struct memcore_frame *frame)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	memcore_frame_put_allocation_locked(d, frame);
	spin_unlock_irqrestore(&d->lock, flags);
}

/* Domain locked. The frame's page, if it was lent, is the kernel's alone again. */
static int take_content(struct memcore_domain *d, struct memcore_frame *frame)
{
	unsigned long lent = memcore_content_is_lent(frame) ?
			     READ_ONCE(frame->content) : 0;
	int err = memcore_content_keep(d->machine, frame);

	if (!err && lent)
		released(d, mc_gfn(page_to_pfn(virt_to_page(lent))));
	return err;
}

static int steal_locked(struct memcore_domain *d, struct memcore_frame *frame)
{
	const s64 unused = MC_PGC_ALLOCATED | 1;
	s64 count = unused;
	int err;

	if (READ_ONCE(frame->owner) != d->config.domid ||
	    !atomic64_try_cmpxchg(&frame->count, &count, 0))
		return -EINVAL;
	err = take_content(d, frame);
	if (err) {
		atomic64_set_release(&frame->count, unused);
		return err;
	}
	atomic64_set(&frame->type, 0);
	WRITE_ONCE(frame->owner, MC_NO_OWNER);
	memcore_domain_count_pages(d, -1);
	return 0;
}

/**
 * memcore_domain_steal() - take a frame from a PV domain, with what is in it
 * @d: the domain, not locked
 * @frame: any frame
 *
 * The M2P still says where it was.
 *
 * Return: 0, with the frame nobody's but not free; -EINVAL if it is not the
 * domain's, is the hypervisor's, or is in use; -ENOMEM.
 */
int memcore_domain_steal(struct memcore_domain *d, struct memcore_frame *frame)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&d->lock, flags);
	err = steal_locked(d, frame);
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_steal);

/**
 * memcore_domain_may_have() - may a domain have more frames?
 * @d: the domain, locked
 * @nr: how many more
 *
 * Return: 0; -EINVAL if it is dying, -EPERM if it has too many already, -E2BIG if
 * it would have.
 */
int memcore_domain_may_have(const struct memcore_domain *d, unsigned long nr)
{
	if (d->dying)
		return -EINVAL;
	if (d->tot_pages > d->max_pages)
		return -EPERM;
	return nr > d->max_pages - d->tot_pages ? -E2BIG : 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_may_have);

/**
 * memcore_domain_count_pages() - a domain has more frames, or fewer
 * @d: the domain, locked
 * @nr: how many more; below 0, fewer
 *
 * To be called before frames go to the heap, that a claim gets them back.
 */
void memcore_domain_count_pages(struct memcore_domain *d, long nr)
{
	d->tot_pages += nr;
	memcore_claim_used(d, nr);
}

/**
 * memcore_domain_assign() - let a domain have frames that nobody has
 * @d: the domain, locked; its tot_pages is left to the caller
 * @mfn: the first frame
 * @order: 2^@order of them
 */
void memcore_domain_assign(struct memcore_domain *d, struct mc_mfn mfn,
			   unsigned int order)
{
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		atomic64_set(&frame[i].type, 0);
		WRITE_ONCE(frame[i].owner, d->config.domid);
		/* Whoever finds a reference finds the owner. */
		atomic64_set_release(&frame[i].count, MC_PGC_ALLOCATED | 1);
	}
}

/**
 * memcore_domain_alloc_at() - give a domain frames of a certain kind, at no gfn
 * @d: the domain, locked
 * @req: what is wanted; whose it will be is filled in
 *
 * Return: the first frame, or MC_INVALID if the machine has none or the domain
 * may not have them.
 */
struct mc_mfn memcore_domain_alloc_at(struct memcore_domain *d,
				      struct memcore_heap_request *req)
{
	unsigned int order = req->order;
	struct mc_mfn mfn;

	lockdep_assert_held(&d->lock);
	if (order > MC_MAX_ORDER || memcore_domain_may_have(d, 1UL << order))
		return mc_mfn(MC_INVALID);
	req->user = &d->heap;
	mfn = memcore_heap_request(&d->machine->heap, req);
	if (!mc_mfn_ok(mfn))
		return mfn;
	memcore_domain_assign(d, mfn, order);
	memcore_domain_count_pages(d, 1L << order);
	return mfn;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_alloc_at);

/**
 * memcore_domain_alloc() - give a domain more frames, at no gfn yet
 * @d: the domain, locked
 * @order: 2^@order of them
 *
 * Return: the first frame, or MC_INVALID if the machine has none or the domain
 * may not have them.
 */
struct mc_mfn memcore_domain_alloc(struct memcore_domain *d,
				   unsigned int order)
{
	struct memcore_heap_request req = {
		.order = order,
		.node = MC_NO_NODE,
	};

	return memcore_domain_alloc_at(d, &req);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_alloc);

static void filled(struct memcore_domain *d, struct mc_gfn gfn,
		   struct memcore_frame *frame, unsigned long nr)
{
	if (!d->config.ops || !d->config.ops->filled)
		return;
	for (; nr--; gfn = mc_gfn_add(gfn, 1))
		d->config.ops->filled(d, gfn, frame++);
}

/* Xen lets nobody replace what is mapped by a right to another's frame. */
static int check_room(struct memcore_domain *d, struct mc_gfn gfn,
		      unsigned long nr)
{
	if (!memcore_p2m_has_special(&d->p2m, gfn, nr))
		return 0;
	memcore_domain_crash(d);
	return -EPERM;
}

/*
 * What was at these gfns stays the domain's, but is nowhere any more. A page of the
 * running kernel is for the frame that comes.
 */
static void forget_old(struct memcore_domain *d, struct mc_gfn gfn,
		       unsigned long nr)
{
	struct memcore_frametable *ft = &d->machine->frames;
	struct memcore_frame *frame;
	struct mc_mfn old;

	for (; nr--; gfn = mc_gfn_add(gfn, 1)) {
		old = memcore_p2m_get(&d->p2m, gfn, NULL);
		frame = memcore_frame(ft, old);
		if (!frame)
			continue;
		memcore_m2p_set(ft, old, mc_gfn(MC_INVALID));
		memcore_content_return(frame);
		released(d, gfn);
	}
}

/**
 * memcore_domain_map() - put frames of a domain at gfns
 * @d: the domain, locked
 * @gfn: the first gfn
 * @mfn: the first frame, at no gfn so far
 * @order: 2^@order of them
 * @gfp: how memory may be allocated
 *
 * For a PV domain only the M2P changes, and any gfn will do.
 *
 * Return: 0, or an error with nothing changed.
 */
int memcore_domain_map(struct memcore_domain *d, struct mc_gfn gfn,
		       struct mc_mfn mfn, unsigned int order, gfp_t gfp)
{
	unsigned long nr = 1UL << order, i;
	int err;

	lockdep_assert_held(&d->lock);
	if (d->config.translated) {
		err = check_room(d, gfn, nr) ?:
		      memcore_p2m_prepare(&d->p2m, gfn, order, gfp);
		if (err)
			return err;
		forget_old(d, gfn, nr);
		memcore_p2m_set(&d->p2m, gfn, mfn, order);
	}
	for (i = 0; i < nr; i++)
		memcore_m2p_set(&d->machine->frames, mc_mfn_add(mfn, i),
				mc_gfn_add(gfn, i));
	filled(d, gfn, memcore_frame(&d->machine->frames, mfn), nr);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_map);

/* Domain locked: whoever owns the frame then is who does. */
static struct memcore_frame *frame_get_own(struct memcore_domain *d,
					   struct memcore_frame *frame)
{
	if (READ_ONCE(frame->owner) != d->config.domid ||
	    !frame_get(d->machine, frame))
		return NULL;
	return frame;
}

/**
 * memcore_domain_unmap() - make a hole of a gfn
 * @d: a translated domain, locked
 * @gfn: where something is
 *
 * The frame stays whose it is. Its content does only if memcore_content_keep()
 * was called.
 *
 * Return: the frame if the entry has held a reference to it that is now the
 * caller's, to be dropped without the lock; or NULL.
 */
struct memcore_frame *memcore_domain_unmap(struct memcore_domain *d,
					   struct mc_gfn gfn)
{
	enum mc_p2m_type type;
	struct mc_mfn mfn = memcore_p2m_lookup(&d->p2m, gfn, &type);
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);

	lockdep_assert_held(&d->lock);
	/* What is mapped has a leaf already, so this needs no memory. */
	memcore_p2m_set(&d->p2m, gfn, mc_mfn(MC_INVALID), 0);
	if (type != MC_P2M_RAM)
		return type == MC_P2M_FOREIGN ? frame : NULL;
	memcore_m2p_set(&d->machine->frames, mfn, mc_gfn(MC_INVALID));
	memcore_content_return(frame);
	released(d, gfn);
	return NULL;
}

/* Does anybody have it but its allocation, and the caller? */
static bool is_held(const struct memcore_frame *frame)
{
	s64 count = atomic64_read(&frame->count);

	return (count & MC_PGC_COUNT_MASK) > 1 + !!(count & MC_PGC_ALLOCATED);
}

/* No entry of a frame of its own holds a reference. Others go on seeing it. */
static int unmap_own(struct memcore_domain *d, struct mc_gfn gfn,
		     struct memcore_frame *frame)
{
	int err = is_held(frame) ? memcore_content_keep(d->machine, frame) : 0;

	if (!err)
		memcore_domain_unmap(d, gfn);
	return err;
}

static int remove_frame(struct memcore_domain *d, struct mc_gfn gfn,
			struct mc_mfn mfn)
{
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);
	int err = 0;

	if (!frame)
		return -EINVAL;
	if (!frame_get_own(d, frame))
		return -ENXIO;
	if (d->config.translated)
		err = unmap_own(d, gfn, frame);
	if (!err)
		memcore_frame_put_allocation_locked(d, frame);
	frame_put_locked(d, frame);
	return err;
}

/**
 * memcore_domain_remove_page() - take one page from a domain
 * @d: the domain, locked
 * @gfn: its gfn; of a PV domain, its mfn
 *
 * Return: 0, also if the frame lives on because something else has a
 * reference; -ENOENT for a hole, -EINVAL for a frame the machine does not
 * have, -ENXIO for one that is not the domain's or has all its references;
 * -ENOMEM if its content could not be kept for who has a reference.
 */
int memcore_domain_remove_page(struct memcore_domain *d, struct mc_gfn gfn)
{
	struct mc_mfn mfn = mc_mfn(gfn.nr);

	lockdep_assert_held(&d->lock);
	if (d->config.translated)
		mfn = memcore_p2m_get(&d->p2m, gfn, NULL);
	if (d->config.translated && !mc_mfn_ok(mfn))
		return -ENOENT;
	return remove_frame(d, gfn, mfn);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_remove_page);

static void set_dying(struct memcore_domain *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	d->dying = true;
	spin_unlock_irqrestore(&d->lock, flags);
}

static void set_ended(struct memcore_domain *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	WRITE_ONCE(d->ended, true);
	spin_unlock_irqrestore(&d->lock, flags);
}

/* Dying: nobody makes one any more. */
static void drop_shared_info(struct memcore_domain *d)
{
	struct memcore_frame *frame = xchg(&d->shared_info, NULL);

	if (frame)
		memcore_shared_free(d, frame);
}

/* Return: true if nothing of its memory is left. */
static bool forget_p2m(struct memcore_domain *d)
{
	unsigned long flags;
	bool gone;

	spin_lock_irqsave(&d->lock, flags);
	memcore_p2m_destroy(&d->p2m);
	gone = !d->tot_pages;
	spin_unlock_irqrestore(&d->lock, flags);
	return gone;
}

/*
 * As long as others have frames of its they may have them by its grants. Return:
 * true if no frame is left.
 */
static bool forget_grants(struct memcore_domain *d)
{
	unsigned long flags;
	bool gone;

	memcore_grant_destroy(d);
	spin_lock_irqsave(&d->lock, flags);
	gone = !d->tot_pages && !d->xen_pages;
	spin_unlock_irqrestore(&d->lock, flags);
	return gone;
}

/* Domains locked. Return: true if no frame is left. */
static bool kill(struct memcore_domain *d)
{
	struct memcore_relinquish r = { .d = d };

	set_dying(d);
	memcore_claim(d, 0);
	while (memcore_relinquish_step(&r) == -ERESTART)
		memcore_stat_add(d->machine, MEMCORE_STAT_CONTINUATIONS, 1);
	memcore_physmap_drop_foreign(d);
	drop_shared_info(d);
	return forget_p2m(d) && forget_grants(d);
}

/**
 * memcore_domain_destroy() - end a domain
 * @d: the domain; not to be used afterwards unless -EBUSY was returned
 *
 * Its vCPUs must not be in the core any more. Each time that this is preempted
 * counts as a continuation.
 *
 * Return: 0, or -EBUSY if something still has references to frames of it:
 * then the domain is dying, has only these frames, and this is to be called
 * again.
 */
int memcore_domain_destroy(struct memcore_domain *d)
{
	struct memcore_machine *machine = d->machine;
	bool gone;

	mutex_lock(&machine->domains_lock);
	gone = kill(d);
	/* Who found it before may still want to claim for it: no more from here on. */
	set_ended(d);
	if (gone) {
		memcore_claim(d, 0);
		xa_erase(&machine->by_domid, d->config.domid);
		list_del(&d->link);
		machine->nr_domains--;
		machine->nr_vcpus -= d->nr_vcpus;
	}
	mutex_unlock(&machine->domains_lock);
	if (!gone)
		return -EBUSY;
	/* Not when the last user puts it, who may not sleep. */
	memcore_maptrack_destroy(d->grants.maptrack);
	d->grants.maptrack = NULL;
	memcore_domain_put(d);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_destroy);

/**
 * memcore_domain_set_max_pages() - say how many frames a domain may have
 * @d: the domain
 * @max_pages: may be less than it has: then it gets no more until it has less
 */
void memcore_domain_set_max_pages(struct memcore_domain *d,
				  unsigned int max_pages)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	d->max_pages = max_pages;
	spin_unlock_irqrestore(&d->lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_set_max_pages);

/**
 * memcore_domain_max_order() - the largest extent that a domain may name
 * @d: the domain that calls
 *
 * Return: an order.
 */
unsigned int memcore_domain_max_order(const struct memcore_domain *d)
{
	if (d->config.control)
		return ORDER_CONTROL;
	return d->config.hardware ? ORDER_HARDWARE : ORDER_GUEST;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_max_order);

/**
 * memcore_domain_may_target() - may a domain change another's memory?
 * @caller: who calls
 * @d: whom it names
 *
 * Return: true if it may.
 */
bool memcore_domain_may_target(const struct memcore_domain *caller,
			       const struct memcore_domain *d)
{
	return caller == d || caller->config.control;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_may_target);

/**
 * memcore_domain_maximum_gpfn() - the highest gfn of a domain
 * @d: the domain
 *
 * Return: for a translated domain the highest ever mapped, for a PV domain the
 * last of its P2M.
 */
unsigned long memcore_domain_maximum_gpfn(struct memcore_domain *d)
{
	if (d->config.translated)
		return READ_ONCE(d->p2m.max_mapped);
	return max(d->config.nr_pfns, 1UL) - 1;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_maximum_gpfn);

/**
 * memcore_domain_crash() - note that Xen would crash a domain
 * @d: the domain
 *
 * Here it lives on. What it wanted is refused with nothing changed.
 */
void memcore_domain_crash(struct memcore_domain *d)
{
	WRITE_ONCE(d->crashed, true);
	memcore_stat_add(d->machine, MEMCORE_STAT_CRASHES, 1);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_crash);

/**
 * memcore_domain_shared_info() - the frame of a domain's shared info
 * @d: the domain, not locked
 * @frame: filled in
 *
 * On Xen it is there as soon as there is the domain. Here it is made when
 * somebody asks where it is.
 *
 * Context: any.
 * Return: 0; -ENOMEM; or -EINVAL if the domain is dying and never had it.
 */
int memcore_domain_shared_info(struct memcore_domain *d,
			       struct memcore_frame **frame)
{
	struct memcore_frame *fresh;
	unsigned long flags;
	int err;

	*frame = READ_ONCE(d->shared_info);
	if (*frame)
		return 0;
	err = memcore_shared_alloc(d, true, &fresh);
	if (err)
		return err;
	spin_lock_irqsave(&d->lock, flags);
	if (!d->shared_info && !d->dying)
		d->shared_info = fresh;
	*frame = d->shared_info;
	spin_unlock_irqrestore(&d->lock, flags);
	/* Another CPU was faster, or the domain is dying. */
	if (*frame != fresh)
		memcore_shared_free(d, fresh);
	return *frame ? 0 : -EINVAL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_shared_info);
