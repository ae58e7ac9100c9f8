// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_transfer: a PV domain gives a frame, with what is in it, to a domain
 * that has said by a grant that it takes one.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Only a frame that nobody uses can be given. It is gone as soon as it is found
 *   to be one, whatever comes next: it goes to the other domain or is free.
 * - The other domain must take it before it is known whether its grant says so; it
 *   has it from then on, even if the grant cannot be filled in.
 * - A domain with a table of version 1 cannot be told of a frame whose number has
 *   more than 32 bits: it gets a copy in another.
 * - A translated domain gives nothing, but may get.
 */
#include <linux/mm.h>
#include <linux/stddef.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../content.h"
#include "../hypercall.h"
#include "../machine.h"
#include "entry.h"
#include "grant.h"
#include "grant-op.h"

/* The receiver's lock is held while its P2M changes. */
#define GFP_P2M		(GFP_NOWAIT | __GFP_NOWARN)

/**
 * struct gift - a frame on its way
 * @from: who gives it
 * @to: who gets it
 * @ref: by this grant
 * @frame: the frame, that nobody owns
 * @version: of @to's table when the grant was found
 */
struct gift {
	struct memcore_domain *from;
	struct memcore_domain *to;
	u32 ref;
	struct memcore_frame *frame;
	unsigned int version;
};

static struct mc_mfn mfn_of(const struct gift *g)
{
	return memcore_frame_mfn(&g->from->machine->frames, g->frame);
}

static struct memcore_frame *find_translated(struct memcore_domain *d, u64 gfn)
{
	enum mc_p2m_type type;
	unsigned long flags;
	struct mc_mfn mfn;

	spin_lock_irqsave(&d->lock, flags);
	mfn = memcore_p2m_lookup(&d->p2m, mc_gfn(gfn), &type);
	spin_unlock_irqrestore(&d->lock, flags);
	/* What it has mapped of others is nothing here. */
	if (mc_mfn_ok(mfn) && type != MC_P2M_RAM)
		return NULL;
	return memcore_frame(&d->machine->frames, mfn);
}

static s16 take(struct gift *g, u64 gfn)
{
	struct memcore_domain *d = g->from;
	int err;

	g->frame = d->config.translated ?
		find_translated(d, gfn) :
		memcore_frame(&d->machine->frames, mc_mfn(gfn));
	if (!g->frame)
		return GNTST_bad_page;
	if (d->config.translated)
		return GNTST_general_error;
	err = memcore_domain_steal(d, g->frame);
	if (err)
		return err == -EINVAL ? GNTST_bad_page : GNTST_general_error;
	memcore_tlb_flush_domain(d);
	return GNTST_okay;
}

/* Which nobody owns. */
static void free_frame(struct memcore_machine *machine,
		       struct memcore_frame *frame)
{
	struct mc_mfn mfn = memcore_frame_mfn(&machine->frames, frame);

	memcore_content_drop(frame);
	memcore_m2p_set(&machine->frames, mfn, mc_gfn(MC_INVALID));
	memcore_heap_free(&machine->heap, mfn, 0, true);
}

static bool is_too_wide(const struct gift *g, struct mc_mfn mfn)
{
	return g->to->grants.version == 1 && !g->to->config.translated &&
	       mfn.nr >> READ_ONCE(g->from->machine->v1_frame_bits);
}

/* A frame of a number that can be told, for the receiver but not its yet. */
static struct memcore_frame *alloc_narrow(struct gift *g)
{
	struct memcore_machine *machine = g->from->machine;
	struct memcore_heap_request req = {
		.address_bits = READ_ONCE(machine->v1_frame_bits) + PAGE_SHIFT,
		.node = MC_NO_NODE,
		.unclaimed = true,
		.user = &g->to->heap,
	};
	unsigned long flags;
	struct mc_mfn mfn;

	spin_lock_irqsave(&g->to->lock, flags);
	mfn = memcore_heap_request(&machine->heap, &req);
	spin_unlock_irqrestore(&g->to->lock, flags);
	return memcore_frame(&machine->frames, mfn);
}

static s16 copy_to_narrow(struct gift *g)
{
	struct memcore_machine *machine = g->from->machine;
	struct memcore_frame *frame = alloc_narrow(g);
	void *content;

	if (!frame)
		return GNTST_address_too_big;
	content = memcore_content_make(machine, frame);
	if (!content) {
		free_frame(machine, frame);
		return GNTST_address_too_big;
	}
	memcpy(content, memcore_content(g->frame), PAGE_SIZE);
	free_frame(machine, g->frame);
	g->frame = frame;
	return GNTST_okay;
}

/* The frame counts before it is there, so that there is room for it. */
static bool reserve(struct memcore_domain *d)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&d->lock, flags);
	ok = !d->dying && d->tot_pages < d->max_pages;
	if (ok)
		memcore_domain_count_pages(d, 1);
	spin_unlock_irqrestore(&d->lock, flags);
	return ok;
}

static void unreserve(struct memcore_domain *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	memcore_domain_count_pages(d, -1);
	spin_unlock_irqrestore(&d->lock, flags);
}

static bool commit(u32 *word, const void *data)
{
	const struct gift *g = data;

	if (*word != (GTF_accept_transfer | (u32)g->from->config.domid << 16))
		return false;
	*word |= GTF_transfer_committed;
	return true;
}

static bool is_wanted(struct gift *g)
{
	struct memcore_grant_table *gt = &g->to->grants;
	bool ok;

	memcore_grant_read_lock(gt);
	ok = gt->nr_frames && g->ref < memcore_grant_nr_entries(gt) &&
	     memcore_grant_entry_change(gt, g->ref, commit, g);
	g->version = gt->version;
	memcore_grant_read_unlock(gt);
	return ok;
}

static bool assign(struct gift *g)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&g->to->lock, flags);
	ok = !g->to->dying;
	if (ok)
		memcore_domain_assign(g->to, mfn_of(g), 0);
	spin_unlock_irqrestore(&g->to->lock, flags);
	return ok;
}

static int map(struct gift *g)
{
	struct memcore_domain *d = g->to;
	struct mc_gfn gfn = mc_gfn(memcore_grant_entry_gfn(&d->grants, g->ref));
	struct mc_mfn mfn = mfn_of(g);
	unsigned long flags;
	int err;

	spin_lock_irqsave(&d->lock, flags);
	/* Nothing says where its last owner had it. */
	memcore_m2p_set(&d->machine->frames, mfn, mc_gfn(MC_INVALID));
	err = memcore_domain_map(d, gfn, mfn, 0, GFP_P2M);
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}

static s16 tell(struct gift *g)
{
	struct memcore_grant_table *gt = &g->to->grants;
	int err;

	if (gt->version != g->version)
		return GNTST_general_error;
	err = map(g);
	if (!g->to->config.translated)
		memcore_grant_entry_set_gfn(gt, g->ref, mfn_of(g).nr);
	/* Who sees the flag sees the frame. */
	smp_wmb();
	memcore_grant_entry_set_flags(gt, g->ref, GTF_transfer_completed);
	return err ? GNTST_general_error : GNTST_okay;
}

static s16 tell_locked(struct gift *g)
{
	struct memcore_grant_table *gt = &g->to->grants;
	struct memcore_grant_entry *entry;
	s16 status;

	memcore_grant_read_lock(gt);
	status = memcore_grant_entry_acquire(gt, g->ref, &entry);
	if (status == GNTST_okay) {
		status = tell(g);
		memcore_grant_entry_release(entry);
	} else {
		status = GNTST_general_error;
	}
	memcore_grant_read_unlock(gt);
	return status;
}

/* Return: a status; in @g the frame, if it is still nobody's. */
static s16 give(struct gift *g)
{
	s16 status = GNTST_okay;

	if (is_too_wide(g, mfn_of(g)))
		status = copy_to_narrow(g);
	if (status != GNTST_okay)
		return status;
	if (!reserve(g->to))
		return GNTST_general_error;
	if (!is_wanted(g) || !assign(g)) {
		unreserve(g->to);
		return GNTST_general_error;
	}
	status = tell_locked(g);
	g->frame = NULL;
	return status;
}

static s16 find_and_give(struct gift *g, u16 domid)
{
	s16 status;

	g->to = domid == DOMID_SELF ? NULL : memcore_domain_get(g->from, domid);
	if (!g->to)
		return GNTST_bad_domain;
	status = give(g);
	memcore_domain_put(g->to);
	return status;
}

static s16 transfer_one(struct memcore_call *call, void *data)
{
	const struct gnttab_transfer *op = data;
	struct gift g = { .from = call->caller, .ref = op->ref };
	s16 status = take(&g, op->mfn);

	if (status != GNTST_okay)
		return status;
	status = find_and_give(&g, op->domid);
	if (g.frame)
		free_frame(call->caller->machine, g.frame);
	return status;
}

static const struct memcore_grant_list transfers = {
	.size = sizeof(struct gnttab_transfer),
	.status = offsetof(struct gnttab_transfer, status),
	.one = transfer_one,
};

/**
 * memcore_grant_transfer() - GNTTABOP_transfer
 * @call: the hypercall
 * @at: where the first operation is
 * @count: their number
 *
 * Return: as all of grant-op.h.
 */
long memcore_grant_transfer(struct memcore_call *call, unsigned long at,
			    unsigned int count)
{
	return memcore_grant_run_list(call, at, count, &transfers);
}
