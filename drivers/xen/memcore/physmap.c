// SPDX-License-Identifier: GPL-2.0
/*
 * What a translated domain has at a gfn: frames of its own that move there, frames
 * of the hypervisor's, frames of other domains.
 *
 * An entry for another domain's frame holds a reference to it. Such a reference
 * may be the last one, and is then dropped with the lock of the frame's owner:
 * therefore never before the lock of the domain that had it is given up.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - What was at the gfn before is freed, unless it is a frame of the
 *   hypervisor's, or the frame that comes: that only goes from there. What
 *   cannot be freed, as a foreign frame, makes the call fail with -ENXIO.
 * - A frame is at one gfn: it goes from where it was before, also if it then
 *   turns out that no guest can have the new one, which is -ENOENT. (A Xen on
 *   Intel's processors would say -EINVAL.)
 * - A domain that would replace a mapping by a right is crashed. Here it is
 *   refused.
 * - A foreign frame that is mapped again where it is: nothing happens.
 *
 * Nothing changes if there is no memory. A domain that is dying gets no tables,
 * which is -ENOMEM, too.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <memcore/kunit.h>
#include "content.h"
#include "machine.h"
#include "physmap.h"

/* With a lock held. */
#define GFP_P2M		(GFP_NOWAIT | __GFP_NOWARN)

/* Foreign frames that a dying domain lets go of before others may run. */
#define BATCH		64

/**
 * struct place - a gfn that changes
 * @d: whose
 * @gfn: which
 * @change: what to do, with @d locked
 * @from: where the frame is that comes
 * @comes: the frame that comes
 * @frame: what is there; NULL: nothing
 * @type: and what that is
 * @put: a reference that is to be dropped when the lock is
 */
struct place {
	struct memcore_domain *d;
	struct mc_gfn gfn;
	int (*change)(struct place *p);
	struct mc_gfn from;
	struct memcore_frame *comes;
	struct memcore_frame *frame;
	enum mc_p2m_type type;
	struct memcore_frame *put;
};

static int run(struct place *p)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&p->d->lock, flags);
	err = p->change(p);
	spin_unlock_irqrestore(&p->d->lock, flags);
	if (p->put)
		memcore_frame_put(p->d->machine, p->put);
	return err;
}

static bool is_xen(const struct memcore_frame *frame)
{
	return atomic64_read(&frame->count) & MC_PGC_XEN;
}

static struct mc_mfn mfn_of(const struct place *p,
			    const struct memcore_frame *frame)
{
	return memcore_frame_mfn(&p->d->machine->frames, frame);
}

static void look(struct place *p)
{
	struct mc_mfn mfn = memcore_p2m_lookup(&p->d->p2m, p->gfn, &p->type);

	p->frame = memcore_frame(&p->d->machine->frames, mfn);
}

static void unmap(struct place *p)
{
	p->put = memcore_domain_unmap(p->d, p->gfn);
	p->frame = NULL;
}

static int prepare(struct place *p)
{
	if (p->d->dying)
		return -ENOMEM;
	if (!memcore_p2m_fits(p->gfn, 0))
		return 0;
	return memcore_p2m_prepare(&p->d->p2m, p->gfn, 0, GFP_P2M);
}

/* A frame that goes, but is not freed. */
static int keep_content(struct place *p, struct memcore_frame *frame)
{
	return frame ? memcore_content_keep(p->d->machine, frame) : 0;
}

static int refuse(struct place *p)
{
	memcore_domain_crash(p->d);
	return -EPERM;
}

static int make_room(struct place *p)
{
	if (!p->frame)
		return 0;
	if (!is_xen(p->frame))
		return memcore_domain_remove_page(p->d, p->gfn);
	unmap(p);
	return 0;
}

/* A frame of its own: nothing but the P2M and the M2P changes. */
static int place(struct place *p)
{
	struct memcore_domain *d = p->d;
	struct mc_mfn mfn = mfn_of(p, p->comes);
	struct mc_gfn old = memcore_m2p_get(&d->machine->frames, mfn);
	int err;

	look(p);
	if (p->frame == p->comes && !is_xen(p->frame))
		return p->type == MC_P2M_RAM ? 0 : refuse(p);
	err = prepare(p) ?: keep_content(p, p->comes) ?: make_room(p);
	if (err)
		return err;
	if (mc_gfn_ok(old) && old.nr != p->gfn.nr)
		memcore_domain_unmap(d, old);
	if (!memcore_p2m_fits(p->gfn, 0))
		return -ENOENT;
	return memcore_domain_map(d, p->gfn, mfn, 0, GFP_P2M);
}

/**
 * memcore_physmap_place() - put a frame of the hypervisor's at a gfn
 * @d: a translated domain, not locked
 * @frame: the frame, shared with the domain, until that dies
 * @gfn: where; any number but MC_INVALID
 *
 * Return: 0, -ENXIO, -ENOENT, -EPERM or -ENOMEM: see above.
 */
int memcore_physmap_place(struct memcore_domain *d,
			  struct memcore_frame *frame, struct mc_gfn gfn)
{
	struct place p = {
		.d = d,
		.gfn = gfn,
		.comes = frame,
		.change = place,
	};

	return run(&p);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physmap_place);

/* Domain locked: what it owns stays its own. */
static struct memcore_frame *own_frame(struct memcore_domain *d,
				       struct mc_gfn gfn)
{
	struct mc_mfn mfn = memcore_p2m_get(&d->p2m, gfn, NULL);
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);

	if (!frame || READ_ONCE(frame->owner) != d->config.domid ||
	    !memcore_frame_can_get(d->machine, frame))
		return NULL;
	return frame;
}

static int move(struct place *p)
{
	struct mc_gfn old;

	p->comes = own_frame(p->d, p->from);
	if (!p->comes)
		return -EINVAL;
	/* Its own frame by a grant of its own is elsewhere, too. */
	old = memcore_m2p_get(&p->d->machine->frames, mfn_of(p, p->comes));
	return old.nr == p->from.nr ? place(p) : -EXDEV;
}

/**
 * memcore_physmap_move() - let the frame of one gfn be at another
 * @d: a translated domain, not locked
 * @from: any number at all
 * @to: any number but MC_INVALID
 *
 * Return: 0; -EINVAL if the domain has no frame of its own there, or all its
 * references are taken; -EXDEV; or as memcore_physmap_place().
 */
int memcore_physmap_move(struct memcore_domain *d, struct mc_gfn from,
			 struct mc_gfn to)
{
	struct place p = {
		.d = d,
		.gfn = to,
		.from = from,
		.change = move,
	};

	return run(&p);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physmap_move);

static void map_foreign(struct place *p)
{
	if (p->frame)
		memcore_domain_unmap(p->d, p->gfn);
	memcore_p2m_set_page(&p->d->p2m, p->gfn, mfn_of(p, p->comes),
			     MC_P2M_FOREIGN);
}

/* What is there and the domain's own stays so, but is nowhere any more. */
static int set_foreign(struct place *p)
{
	int err;

	look(p);
	if (p->type == MC_P2M_FOREIGN && p->frame == p->comes)
		return 0;
	if (p->type != MC_P2M_RAM)
		return refuse(p);
	err = prepare(p) ?: keep_content(p, p->frame);
	if (err)
		return err;
	if (!memcore_p2m_fits(p->gfn, 0))
		return -ENOENT;
	if (!memcore_frame_get_any(p->d->machine, p->comes))
		return -EBUSY;
	map_foreign(p);
	return 0;
}

/* That the frame is there already does not help: a foreign one is not freed. */
static int add_foreign(struct place *p)
{
	int err = prepare(p);

	look(p);
	return err ?: make_room(p) ?: set_foreign(p);
}

/**
 * memcore_physmap_add_foreign() - put another domain's frame at a gfn
 * @d: a translated domain, not locked
 * @frame: the frame, to which the caller has a reference
 * @gfn: where; any number but MC_INVALID
 *
 * What was there before is freed.
 *
 * Return: 0; -EBUSY if all references of the frame are taken; or as
 * memcore_physmap_place().
 */
int memcore_physmap_add_foreign(struct memcore_domain *d,
				struct memcore_frame *frame,
				struct mc_gfn gfn)
{
	struct place p = {
		.d = d,
		.gfn = gfn,
		.comes = frame,
		.change = add_foreign,
	};

	return run(&p);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physmap_add_foreign);

/**
 * memcore_physmap_set_foreign() - the same; what was there stays the domain's
 * @d: a translated domain, not locked
 * @frame: the frame, to which the caller has a reference
 * @gfn: where; any number at all
 *
 * Return: as memcore_physmap_add_foreign(), but for -ENXIO.
 */
int memcore_physmap_set_foreign(struct memcore_domain *d,
				struct memcore_frame *frame,
				struct mc_gfn gfn)
{
	struct place p = {
		.d = d,
		.gfn = gfn,
		.comes = frame,
		.change = set_foreign,
	};

	return run(&p);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physmap_set_foreign);

/**
 * memcore_may_have_foreign() - may a domain's P2M name other domains' frames?
 * @d: the domain, translated
 *
 * Return: true if Xen trusts it with this.
 */
bool memcore_may_have_foreign(const struct memcore_domain *d)
{
	return d->config.hardware;
}

/* Could Xen hold the frame while it takes it away? */
static bool can_hold(const struct place *p)
{
	return p->frame &&
	       (p->type == MC_P2M_FOREIGN ||
		READ_ONCE(p->frame->owner) == p->d->config.domid) &&
	       memcore_frame_can_get(p->d->machine, p->frame);
}

static int remove_held(struct place *p)
{
	int err = 0;

	look(p);
	if (!can_hold(p))
		return -ENOENT;
	if (p->type == MC_P2M_RAM)
		err = keep_content(p, p->frame);
	if (!err)
		unmap(p);
	return err;
}

/**
 * memcore_physmap_remove() - make a hole, whatever was there
 * @d: a translated domain, not locked
 * @gfn: any number at all
 *
 * A frame of the domain's own stays its own.
 *
 * Return: 0; -ENOENT if there is nothing, a frame by a grant, or one all of
 * whose references are taken; -ENOMEM.
 */
int memcore_physmap_remove(struct memcore_domain *d, struct mc_gfn gfn)
{
	struct place p = { .d = d, .gfn = gfn, .change = remove_held };

	return run(&p);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physmap_remove);

/* A dying domain needs no reference to drop one. */
static int drop(struct place *p)
{
	look(p);
	if (p->type == MC_P2M_FOREIGN)
		unmap(p);
	return 0;
}

/**
 * struct foreign_batch - foreign frames that a dying domain lets go of
 * @gfn: where they are
 * @nr: how many
 */
struct foreign_batch {
	struct mc_gfn gfn[BATCH];
	unsigned int nr;
};

static int note_foreign(struct mc_gfn gfn, struct mc_mfn mfn,
			enum mc_p2m_type type, void *data)
{
	struct foreign_batch *batch = data;

	if (type == MC_P2M_FOREIGN)
		batch->gfn[batch->nr++] = gfn;
	return batch->nr == BATCH;
}

static bool find_foreign(struct memcore_domain *d, struct mc_gfn first,
			 struct foreign_batch *batch)
{
	unsigned long flags;

	batch->nr = 0;
	spin_lock_irqsave(&d->lock, flags);
	memcore_p2m_for_each_from(&d->p2m, first, note_foreign, batch);
	spin_unlock_irqrestore(&d->lock, flags);
	return batch->nr;
}

static void drop_batch(struct memcore_domain *d,
		       const struct foreign_batch *batch)
{
	struct place p = { .d = d, .change = drop };
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		p.gfn = batch->gfn[i];
		p.put = NULL;
		run(&p);
	}
}

/**
 * memcore_physmap_drop_foreign() - let go of all other domains' frames
 * @d: the domain, dying
 *
 * Context: process.
 */
void memcore_physmap_drop_foreign(struct memcore_domain *d)
{
	struct foreign_batch batch;
	struct mc_gfn first = mc_gfn(0);

	if (!d->p2m.had_special)
		return;
	while (find_foreign(d, first, &batch)) {
		drop_batch(d, &batch);
		first = batch.gfn[batch.nr - 1];
		cond_resched();
	}
}
