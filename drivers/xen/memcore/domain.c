// SPDX-License-Identifier: GPL-2.0
/*
 * Domains, and the frames that they have.
 *
 * A frame in use has general references, one of them for the allocation
 * itself. Releasing a page drops that one, once; the frame goes back to the
 * heap, and tot_pages drops, with the last reference.
 *
 * Not modelled: page types, vCPUs, anything of a domain that is not memory.
 */
#include <linux/rculist.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "machine.h"

#define ORDER_GUEST	9
#define ORDER_HARDWARE	12
#define ORDER_CONTROL	MC_MAX_ORDER

static struct memcore_domain *find(struct memcore_machine *machine, u16 domid)
{
	struct memcore_domain *d;

	list_for_each_entry_rcu(d, &machine->domains, link,
				lockdep_is_held(&machine->domains_lock))
		if (d->config.domid == domid)
			return d;
	return NULL;
}

static void domain_free(struct kref *ref)
{
	struct memcore_domain *d = container_of(ref, struct memcore_domain,
						ref);

	memcore_p2m_destroy(&d->p2m);
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
	if (d && !kref_get_unless_zero(&d->ref))
		d = NULL;
	rcu_read_unlock();
	return d;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_get);

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
	d->max_pages = config->max_pages;
	memcore_p2m_init(&d->p2m, &machine->failpoint);
	return d;
}

static bool domain_add(struct memcore_machine *machine,
		       struct memcore_domain *d)
{
	bool ok;

	mutex_lock(&machine->domains_lock);
	ok = machine->nr_domains < MC_MAX_DOMAINS &&
	     !find(machine, d->config.domid);
	if (ok) {
		machine->nr_domains++;
		list_add_tail_rcu(&d->link, &machine->domains);
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
	d = domain_new(machine, config);
	if (d && !domain_add(machine, d)) {
		memcore_domain_put(d);
		return NULL;
	}
	return d;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_create);

/* Domain locked: the last reference of one of its frames is gone. */
static void frame_free(struct memcore_domain *d, struct memcore_frame *frame)
{
	struct memcore_machine *machine = d->machine;
	struct mc_mfn mfn = memcore_frame_mfn(&machine->frames, frame);

	memcore_m2p_set(&machine->frames, mfn, mc_gfn(MC_INVALID));
	frame->owner = MC_NO_OWNER;
	d->tot_pages--;
	/* A living guest scrubs what it cares about; a dead one cannot. */
	memcore_heap_free(&machine->heap, mfn, 0, d->dying);
}

static void frame_put(struct memcore_domain *d, struct memcore_frame *frame)
{
	if (!--frame->count)
		frame_free(d, frame);
}

static bool frame_get(struct memcore_domain *d, struct memcore_frame *frame)
{
	if (!frame || READ_ONCE(frame->owner) != d->config.domid ||
	    frame->count == U32_MAX)
		return false;
	frame->count++;
	return true;
}

static void frame_put_alloc_ref(struct memcore_domain *d,
				struct memcore_frame *frame)
{
	if (!frame->allocated)
		return;
	frame->allocated = false;
	frame_put(d, frame);
}

/**
 * memcore_frame_get() - take a general reference
 * @d: the domain that must own the frame
 * @mfn: any number at all
 *
 * Return: 0, or -EINVAL if @d does not own such a frame.
 */
int memcore_frame_get(struct memcore_domain *d, struct mc_mfn mfn)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&d->lock, flags);
	ok = frame_get(d, memcore_frame(&d->machine->frames, mfn));
	spin_unlock_irqrestore(&d->lock, flags);
	return ok ? 0 : -EINVAL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_get);

/**
 * memcore_frame_put() - drop what memcore_frame_get() took
 * @d: the owner
 * @mfn: the frame
 */
void memcore_frame_put(struct memcore_domain *d, struct mc_mfn mfn)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	frame_put(d, memcore_frame(&d->machine->frames, mfn));
	spin_unlock_irqrestore(&d->lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_put);

static bool may_have(const struct memcore_domain *d, unsigned long nr)
{
	return !d->dying && d->tot_pages <= d->max_pages &&
	       nr <= d->max_pages - d->tot_pages;
}

static void assign(struct memcore_domain *d, struct mc_mfn mfn,
		   unsigned long nr)
{
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);
	unsigned long i;

	for (i = 0; i < nr; i++) {
		frame[i].count = 1;
		frame[i].allocated = true;
		WRITE_ONCE(frame[i].owner, d->config.domid);
	}
	d->tot_pages += nr;
}

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
	struct mc_mfn mfn;

	lockdep_assert_held(&d->lock);
	if (order > MC_MAX_ORDER || !may_have(d, 1UL << order))
		return mc_mfn(MC_INVALID);
	mfn = memcore_heap_alloc(&d->machine->heap, order);
	if (mc_mfn_ok(mfn))
		assign(d, mfn, 1UL << order);
	return mfn;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_alloc);

static void filled(struct memcore_domain *d, struct mc_gfn gfn,
		   unsigned long nr)
{
	if (!d->config.ops || !d->config.ops->filled)
		return;
	for (; nr--; gfn = mc_gfn_add(gfn, 1))
		d->config.ops->filled(d, gfn);
}

static void released(struct memcore_domain *d, struct mc_gfn gfn)
{
	if (d->config.ops && d->config.ops->released)
		d->config.ops->released(d, gfn);
}

/* What was at these gfns stays the domain's, but is nowhere any more. */
static void forget_old(struct memcore_domain *d, struct mc_gfn gfn,
		       unsigned long nr)
{
	struct mc_mfn old;

	for (; nr--; gfn = mc_gfn_add(gfn, 1)) {
		old = memcore_p2m_get(&d->p2m, gfn, NULL);
		memcore_m2p_set(&d->machine->frames, old, mc_gfn(MC_INVALID));
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
		err = memcore_p2m_prepare(&d->p2m, gfn, order, gfp);
		if (err)
			return err;
		forget_old(d, gfn, nr);
		memcore_p2m_set(&d->p2m, gfn, mfn, order);
	}
	for (i = 0; i < nr; i++)
		memcore_m2p_set(&d->machine->frames, mc_mfn_add(mfn, i),
				mc_gfn_add(gfn, i));
	filled(d, gfn, nr);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_map);

static int remove_translated(struct memcore_domain *d, struct mc_gfn gfn)
{
	struct mc_mfn mfn = memcore_p2m_get(&d->p2m, gfn, NULL);
	struct memcore_frame *frame;

	if (!mc_mfn_ok(mfn))
		return -ENOENT;
	frame = memcore_frame(&d->machine->frames, mfn);
	if (!frame)
		return -EINVAL;
	if (frame->owner != d->config.domid)
		return -ENXIO;
	/* What is mapped has a leaf already, so this needs no memory. */
	memcore_p2m_set(&d->p2m, gfn, mc_mfn(MC_INVALID), 0);
	memcore_m2p_set(&d->machine->frames, mfn, mc_gfn(MC_INVALID));
	released(d, gfn);
	frame_put_alloc_ref(d, frame);
	return 0;
}

static int remove_pv(struct memcore_domain *d, struct mc_mfn mfn)
{
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);
	struct mc_gfn gfn;

	if (!frame)
		return -EINVAL;
	if (READ_ONCE(frame->owner) != d->config.domid)
		return -ENXIO;
	gfn = memcore_m2p_get(&d->machine->frames, mfn);
	if (frame->allocated && mc_gfn_ok(gfn))
		released(d, gfn);
	frame_put_alloc_ref(d, frame);
	return 0;
}

/**
 * memcore_domain_remove_page() - take one page from a domain
 * @d: the domain, locked
 * @gfn: its gfn; of a PV domain, its mfn
 *
 * Return: 0, also if the frame lives on because something else has a
 * reference; -ENOENT for a hole, -EINVAL for a frame the machine does not
 * have, -ENXIO for one that is not the domain's.
 */
int memcore_domain_remove_page(struct memcore_domain *d, struct mc_gfn gfn)
{
	lockdep_assert_held(&d->lock);
	if (d->config.translated)
		return remove_translated(d, gfn);
	return remove_pv(d, mc_mfn(gfn.nr));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_domain_remove_page);

/* Domain locked and dying: nothing of it is anywhere any more. */
static void relinquish(struct memcore_domain *d)
{
	struct memcore_frametable *ft = &d->machine->frames;
	struct memcore_frame *frame;

	for (frame = ft->frames; frame < ft->frames + ft->nr; frame++) {
		if (READ_ONCE(frame->owner) != d->config.domid)
			continue;
		memcore_m2p_set(ft, memcore_frame_mfn(ft, frame),
				mc_gfn(MC_INVALID));
		frame_put_alloc_ref(d, frame);
	}
	memcore_p2m_destroy(&d->p2m);
}

/* Return: true if no frame is left. */
static bool kill(struct memcore_domain *d)
{
	unsigned long flags;
	bool gone;

	spin_lock_irqsave(&d->lock, flags);
	d->dying = true;
	relinquish(d);
	gone = !d->tot_pages;
	spin_unlock_irqrestore(&d->lock, flags);
	return gone;
}

/**
 * memcore_domain_destroy() - end a domain
 * @d: the domain; not to be used afterwards unless -EBUSY was returned
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
	if (gone) {
		list_del_rcu(&d->link);
		machine->nr_domains--;
	}
	mutex_unlock(&machine->domains_lock);
	if (!gone)
		return -EBUSY;
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
