// SPDX-License-Identifier: GPL-2.0
/*
 * Takes its memory from a dying domain, in the order that Xen does.
 *
 * First it lets go of what others have granted it, then the vCPUs of their
 * tables. Then all frames are gone through
 * three times: pins and allocations are dropped, and what is still a valid
 * table of the highest level, nobody's any more, is devalidated by force, with
 * references or without. Only tables that name each other in a circle, or that
 * were left half validated, come to that.
 *
 * A frame that something outside the domain has a reference to stays, and so do
 * those of the hypervisor's, which whoever has shared them gives up.
 */
#include <linux/sched.h>
#include "grant/map.h"
#include "machine.h"
#include "pv/type.h"
#include "relinquish.h"
#include "vcpu.h"

/* Frames that are looked at before others may run. */
#define BATCH	4096

static const enum mc_type pass_type[] = {
	MC_TYPE_L4, MC_TYPE_L3, MC_TYPE_L2,
};

static int unpin(struct memcore_vcpu *actor, struct memcore_frame *frame)
{
	int err;

	if (!(atomic64_fetch_andnot(MC_PGT_PINNED, &frame->type) &
	      MC_PGT_PINNED))
		return 0;
	err = memcore_frame_and_type_put_preemptible(actor, frame);
	if (!err)
		return 0;
	if (err == -EINTR)
		atomic64_or(MC_PGT_PINNED, &frame->type);
	else
		/* The table is partial now, and has a reference for that. */
		memcore_frame_put(actor->d->machine, frame);
	return -ERESTART;
}

/* Return: true if @frame is to be devalidated by the caller, @word was it. */
static bool take_over(struct memcore_frame *frame, enum mc_type type,
		      s64 *word)
{
	const u64 valid = MC_PGT_VALIDATED | MC_PGT_PARTIAL;

	*word = atomic64_read(&frame->type);
	do {
		if (memcore_type_of(*word) != type || !(*word & valid))
			return false;
	} while (!atomic64_try_cmpxchg(&frame->type, word, *word & ~valid));
	return true;
}

/*
 * Interrupted: a partial table needs a type reference, which it has if it was
 * one before, and a general one.
 */
static void leave_partial(struct memcore_frame *frame, u64 word)
{
	if (!(word & MC_PGT_PARTIAL)) {
		memcore_frame_get_more(frame);
		atomic64_inc(&frame->type);
	}
	atomic64_or(MC_PGT_PARTIAL, &frame->type);
}

static int force(struct memcore_vcpu *actor, struct memcore_frame *frame,
		 enum mc_type type)
{
	s64 word;
	int err;

	if (!take_over(frame, type, &word))
		return 0;
	err = memcore_devalidate(actor, frame, word);
	if (err == -EINTR)
		atomic64_or(MC_PGT_VALIDATED, &frame->type);
	else if (err == -ERESTART)
		leave_partial(frame, word);
	else if (word & MC_PGT_PARTIAL)
		atomic64_dec(&frame->type);
	if (!err && word & MC_PGT_PARTIAL)
		memcore_frame_put(actor->d->machine, frame);
	return err ? -ERESTART : 0;
}

/* What a living domain's frame never gets back, this one does. */
static void drop_lost(struct memcore_machine *machine,
		      struct memcore_frame *frame)
{
	for (; frame->lost; frame->lost--)
		memcore_frame_put(machine, frame);
}

static int relinquish_held(struct memcore_relinquish *r,
			   struct memcore_vcpu *actor,
			   struct memcore_frame *frame)
{
	struct memcore_frametable *ft = &r->d->machine->frames;
	int err = unpin(actor, frame);

	if (err)
		return err;
	if (!r->pass)
		memcore_m2p_set(ft, memcore_frame_mfn(ft, frame),
				mc_gfn(MC_INVALID));
	memcore_frame_put_allocation(r->d, frame);
	drop_lost(r->d->machine, frame);
	return force(actor, frame, pass_type[r->pass]);
}

/* What is the hypervisor's stays, but is nowhere any more. */
static int skip_shared(struct memcore_frametable *ft,
		       struct memcore_frame *frame)
{
	memcore_m2p_set(ft, memcore_frame_mfn(ft, frame), mc_gfn(MC_INVALID));
	return 0;
}

/* Return: 1 if it was the domain's, 0 if not, or an error. */
static int relinquish_frame(struct memcore_relinquish *r,
			    struct memcore_vcpu *actor)
{
	struct memcore_frametable *ft = &r->d->machine->frames;
	struct memcore_frame *frame = &ft->frames[r->next];
	int err;

	if (READ_ONCE(frame->owner) != r->d->config.domid)
		return 0;
	if (atomic64_read(&frame->count) & MC_PGC_XEN)
		return skip_shared(ft, frame);
	if (!memcore_frame_get(r->d, memcore_frame_mfn(ft, frame)))
		return 0;
	err = relinquish_held(r, actor, frame);
	memcore_frame_put(r->d->machine, frame);
	return err ?: 1;
}

static int pass_step(struct memcore_relinquish *r, struct memcore_vcpu *actor)
{
	struct memcore_machine *machine = r->d->machine;
	unsigned long end = min(r->next + BATCH, machine->frames.nr);
	int err;

	while (r->next < end) {
		err = relinquish_frame(r, actor);
		if (err < 0)
			return err;
		r->next++;
		if (err && memcore_preempt_check(&machine->preempt))
			return -ERESTART;
	}
	return 0;
}

static int step_locked(struct memcore_relinquish *r, struct memcore_vcpu *actor)
{
	int err = 0;

	if (!r->vcpus_done)
		err = memcore_grant_release(actor, r->d) ?:
		      memcore_vcpus_release(actor, r->d);
	if (err)
		return err;
	r->vcpus_done = true;
	return pass_step(r, actor);
}

/* Return: false if all is done. */
static bool next_pass(struct memcore_relinquish *r)
{
	if (r->next < r->d->machine->frames.nr)
		return true;
	r->next = 0;
	return ++r->pass < ARRAY_SIZE(pass_type);
}

/**
 * memcore_relinquish_step() - take a dying domain's memory, or a part of it
 * @r: who, and how far it has come
 *
 * Context: process, with the machine's domains_lock held.
 *
 * Return: 0 if it has nothing more that can be taken, -ERESTART if this was
 * preempted and is to be called again.
 */
int memcore_relinquish_step(struct memcore_relinquish *r)
{
	struct memcore_vcpu *actor = r->d->machine->toolstack->vcpus;
	int err;

	lockdep_assert_held(&r->d->machine->domains_lock);
	do {
		spin_lock_irq(&actor->lock);
		err = step_locked(r, actor);
		spin_unlock_irq(&actor->lock);
		if (err)
			return err;
		cond_resched();
	} while (next_pass(r));
	return 0;
}
