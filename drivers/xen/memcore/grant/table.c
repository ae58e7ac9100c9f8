// SPDX-License-Identifier: GPL-2.0
/*
 * Grant tables: their frames, their size, and their version.
 *
 * A table grows, and never shrinks. What it grows by is allocated first, where
 * nobody looks yet; then the counts change, under the domain's lock, too, so
 * that the audit sees a table before or after.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - A change of the version clears all entries but the first 8. From 2 to 1 it
 *   is refused if one of these cannot be expressed (-ERANGE), and if a status
 *   frame is in use by anything else (-EBUSY); a translated domain loses its
 *   mappings of the status frames.
 * - Frames are told to a translated domain as the gfns where it has them; what it
 *   has nowhere is ~0.
 * - A translated domain whose status frames others still map when it goes back
 *   to version 1 is crashed. Here it is told -EBUSY, with nothing changed.
 */
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/grant_table.h>
#include <xen-public/memory.h>
#include "../content.h"
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../pv/request.h"
#include "../shared.h"
#include "entry.h"
#include "grant.h"
#include "grant-op.h"

#define CHUNKS_PER_FRAME	(MC_GRANTS_PER_FRAME_V1 / MC_ACTIVE_PER_CHUNK)
#define GFP_TABLE		(GFP_ATOMIC | __GFP_NOWARN)

/**
 * memcore_grant_init() - make the grant table of a new domain
 * @d: the domain, with its config
 */
void memcore_grant_init(struct memcore_domain *d)
{
	const struct memcore_domain_config *config = &d->config;
	struct memcore_grant_table *gt = &d->grants;

	rwlock_init(&gt->lock);
	gt->d = d;
	gt->version = 1;
	gt->max_version = config->max_grant_version ?: MC_MAX_GRANT_VERSION;
	gt->max_frames = config->max_grant_frames ?: MC_MAX_GRANT_FRAMES;
	gt->max_maptrack_frames =
		config->max_maptrack_frames ?: MC_MAX_MAPTRACK_FRAMES;
	if (config->max_maptrack_frames == MC_NO_MAPTRACK)
		gt->max_maptrack_frames = 0;
}

static void *table_alloc(struct memcore_grant_table *gt, size_t nr, size_t size)
{
	if (memcore_failpoint_hit(&gt->d->machine->failpoint))
		return NULL;
	return kcalloc(nr, size, GFP_TABLE);
}

static int alloc_arrays(struct memcore_grant_table *gt)
{
	unsigned int max = gt->max_frames;

	if (!gt->shared)
		gt->shared = table_alloc(gt, max, sizeof(*gt->shared));
	if (!gt->status)
		gt->status = table_alloc(gt, memcore_grant_to_status(max),
					 sizeof(*gt->status));
	if (!gt->active)
		gt->active = table_alloc(gt, max * CHUNKS_PER_FRAME,
					 sizeof(*gt->active));
	return gt->shared && gt->status && gt->active ? 0 : -ENOMEM;
}

static void free_arrays(struct memcore_grant_table *gt)
{
	kfree(gt->shared);
	kfree(gt->status);
	kfree(gt->active);
	gt->shared = NULL;
	gt->status = NULL;
	gt->active = NULL;
}

static struct memcore_grant_entry *chunk_alloc(struct memcore_grant_table *gt)
{
	struct memcore_grant_entry *chunk;
	unsigned int i;

	chunk = table_alloc(gt, MC_ACTIVE_PER_CHUNK, sizeof(*chunk));
	for (i = 0; chunk && i < MC_ACTIVE_PER_CHUNK; i++)
		spin_lock_init(&chunk[i].lock);
	return chunk;
}

static int alloc_active(struct memcore_grant_table *gt, unsigned int from,
			unsigned int to)
{
	unsigned int i;

	for (i = from * CHUNKS_PER_FRAME; i < to * CHUNKS_PER_FRAME; i++) {
		gt->active[i] = chunk_alloc(gt);
		if (!gt->active[i])
			return -ENOMEM;
	}
	return 0;
}

static void free_active(struct memcore_grant_table *gt, unsigned int from,
			unsigned int to)
{
	unsigned int i;

	for (i = from * CHUNKS_PER_FRAME; i < to * CHUNKS_PER_FRAME; i++) {
		kfree(gt->active[i]);
		gt->active[i] = NULL;
	}
}

static int alloc_frames(struct memcore_grant_table *gt,
			struct memcore_frame **frames, unsigned int from,
			unsigned int to)
{
	int err = 0;

	for (; !err && from < to; from++) {
		err = memcore_shared_alloc(gt->d, true, &frames[from]);
		if (err)
			frames[from] = NULL;
	}
	return err;
}

static void free_frames(struct memcore_grant_table *gt,
			struct memcore_frame **frames, unsigned int from,
			unsigned int to)
{
	for (; from < to; from++) {
		if (frames[from])
			memcore_shared_free(gt->d, frames[from]);
		frames[from] = NULL;
	}
}

/* Status frames that exist, or would if there were @nr_frames shared ones. */
static unsigned int status_of(const struct memcore_grant_table *gt,
			      unsigned int nr_frames)
{
	return gt->version == 2 ? memcore_grant_to_status(nr_frames) : 0;
}

/* What is said of a table's size changes with the domain's lock held. */
static void set_size(struct memcore_grant_table *gt, unsigned int nr_frames,
		     unsigned int version)
{
	spin_lock(&gt->d->lock);
	gt->nr_frames = nr_frames;
	gt->version = version;
	spin_unlock(&gt->d->lock);
}

static int prepare_growth(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int from = gt->nr_frames;

	return alloc_active(gt, from, nr) ?:
	       alloc_frames(gt, gt->shared, from, nr) ?:
	       alloc_frames(gt, gt->status, status_of(gt, from),
			    status_of(gt, nr));
}

static void undo_growth(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int from = gt->nr_frames;

	free_frames(gt, gt->status, status_of(gt, from), status_of(gt, nr));
	free_frames(gt, gt->shared, from, nr);
	free_active(gt, from, nr);
}

/* Table locked to write. Return: 0, also if it is large enough; or an error. */
static int grow(struct memcore_grant_table *gt, unsigned int nr)
{
	int err;

	if (nr <= gt->nr_frames)
		return 0;
	err = alloc_arrays(gt);
	if (err)
		return err;
	err = prepare_growth(gt, nr);
	if (err)
		undo_growth(gt, nr);
	else
		set_size(gt, nr, gt->version);
	return err;
}

/**
 * memcore_grant_destroy() - give back what a domain's grant table is made of
 * @d: the domain, dying, of whose memory nothing is left
 *
 * A frame that something else has a reference to goes with that.
 *
 * Context: process.
 */
void memcore_grant_destroy(struct memcore_domain *d)
{
	struct memcore_grant_table *gt = &d->grants;
	unsigned long flags;
	unsigned int nr;

	write_lock_irqsave(&gt->lock, flags);
	nr = gt->nr_frames;
	set_size(gt, 0, gt->version);
	if (nr)
		undo_growth(gt, nr);
	free_arrays(gt);
	write_unlock_irqrestore(&gt->lock, flags);
}

/* Where the domain has a frame of its table, as it is told. */
static u64 gfn_of(struct memcore_grant_table *gt,
		  const struct memcore_frame *frame)
{
	struct memcore_frametable *ft = &gt->d->machine->frames;
	struct mc_mfn mfn = memcore_frame_mfn(ft, frame);

	return gt->d->config.translated ? memcore_m2p_get(ft, mfn).nr : mfn.nr;
}

static s16 tell_frames(struct memcore_call *call,
		       struct memcore_grant_table *gt,
		       struct memcore_frame **frames, unsigned int nr,
		       unsigned long to)
{
	s16 status = GNTST_okay;
	unsigned int i;
	u64 gfn;

	for (i = 0; i < nr; i++, to += sizeof(gfn)) {
		gfn = gfn_of(gt, frames[i]);
		if (memcore_copy_to_guest(call->caller, to, &gfn, sizeof(gfn)))
			status = GNTST_bad_virt_addr;
	}
	return status;
}

/* Return: the domain, to be put, or NULL with *@status filled in. */
static struct memcore_domain *target(struct memcore_call *call, u16 domid,
				     s16 *status)
{
	struct memcore_domain *d = memcore_domain_get(call->caller, domid);

	*status = GNTST_bad_domain;
	if (!d)
		return NULL;
	*status = GNTST_okay;
	if (memcore_domain_may_target(call->caller, d))
		return d;
	memcore_domain_put(d);
	*status = GNTST_permission_denied;
	return NULL;
}

static s16 setup_locked(struct memcore_call *call,
			struct memcore_grant_table *gt, unsigned int nr,
			unsigned long to)
{
	if (nr > gt->max_frames || grow(gt, nr))
		return GNTST_general_error;
	return tell_frames(call, gt, gt->shared, nr, to);
}

static s16 setup_table(struct memcore_call *call,
		       const struct gnttab_setup_table *op)
{
	struct memcore_domain *d;
	s16 status;

	d = target(call, op->dom, &status);
	if (!d)
		return status;
	write_lock(&d->grants.lock);
	status = setup_locked(call, &d->grants, op->nr_frames,
			      (unsigned long)op->frame_list.p);
	write_unlock(&d->grants.lock);
	memcore_domain_put(d);
	return status;
}

/**
 * memcore_grant_setup_table() - GNTTABOP_setup_table
 * @call: the hypercall
 * @at: address of the operation
 * @count: number of operations
 *
 * Return: as Xen.
 */
long memcore_grant_setup_table(struct memcore_call *call, unsigned long at,
			       unsigned int count)
{
	struct gnttab_setup_table op;

	if (count != 1)
		return -EINVAL;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)) ||
	    !memcore_list_ok(call->caller, (unsigned long)op.frame_list.p))
		return -EFAULT;
	op.status = setup_table(call, &op);
	at += offsetof(struct gnttab_setup_table, status);
	return memcore_copy_back_to_guest(call->caller, at, &op.status,
					  sizeof(op.status));
}

/**
 * memcore_grant_query_size() - GNTTABOP_query_size
 * @call: the hypercall
 * @at: address of the operation
 * @count: number of operations
 *
 * Return: as Xen.
 */
long memcore_grant_query_size(struct memcore_call *call, unsigned long at,
			      unsigned int count)
{
	struct gnttab_query_size op;
	struct memcore_domain *d;

	if (count != 1)
		return -EINVAL;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	d = target(call, op.dom, &op.status);
	if (d) {
		memcore_grant_read_lock(&d->grants);
		op.nr_frames = memcore_grant_nr_frames(&d->grants);
		op.max_nr_frames = d->grants.max_frames;
		memcore_grant_read_unlock(&d->grants);
		memcore_domain_put(d);
	}
	return memcore_copy_back_to_guest(call->caller, at, &op, sizeof(op));
}

static s16 status_locked(struct memcore_call *call,
			 struct memcore_grant_table *gt, unsigned int nr,
			 unsigned long to)
{
	if (nr > memcore_grant_nr_status(gt) || (nr && grow(gt, 1)))
		return GNTST_general_error;
	return tell_frames(call, gt, gt->status, nr, to);
}

static s16 status_frames(struct memcore_call *call,
			 const struct gnttab_get_status_frames *op)
{
	struct memcore_domain *d;
	s16 status;

	d = target(call, op->dom, &status);
	if (!d)
		return status;
	/* To write, for the frames may have to be made. */
	write_lock(&d->grants.lock);
	status = status_locked(call, &d->grants, op->nr_frames,
			       (unsigned long)op->frame_list.p);
	write_unlock(&d->grants.lock);
	memcore_domain_put(d);
	return status;
}

/**
 * memcore_grant_get_status_frames() - GNTTABOP_get_status_frames
 * @call: the hypercall
 * @at: address of the operation
 * @count: number of operations
 *
 * Return: as Xen.
 */
long memcore_grant_get_status_frames(struct memcore_call *call,
				     unsigned long at, unsigned int count)
{
	struct gnttab_get_status_frames op;

	if (count != 1)
		return -EINVAL;
	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)) ||
	    !memcore_list_ok(call->caller, (unsigned long)op.frame_list.p))
		return -EFAULT;
	op.status = status_frames(call, &op);
	at += offsetof(struct gnttab_get_status_frames, status);
	return memcore_copy_back_to_guest(call->caller, at, &op.status,
					  sizeof(op.status));
}

/**
 * memcore_grant_get_version() - GNTTABOP_get_version
 * @call: the hypercall
 * @at: address of the operation
 *
 * Return: as Xen.
 */
long memcore_grant_get_version(struct memcore_call *call, unsigned long at)
{
	struct gnttab_get_version op;
	struct memcore_domain *d;
	s16 status;

	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	d = target(call, op.dom, &status);
	if (!d)
		return status == GNTST_bad_domain ? -ESRCH : -EPERM;
	op.version = READ_ONCE(d->grants.version);
	memcore_domain_put(d);
	at += offsetof(struct gnttab_get_version, version);
	return memcore_copy_back_to_guest(call->caller, at, &op.version,
					  sizeof(op.version));
}

/**
 * struct reserved - what a change of the version leaves alone
 * @entry: as they are in version 1
 */
struct reserved {
	struct grant_entry_v1 entry[MC_GRANT_RESERVED];
};

static void *first_shared(struct memcore_grant_table *gt)
{
	return (void *)memcore_content(gt->shared[0]);
}

static u16 *first_status(struct memcore_grant_table *gt)
{
	return (void *)memcore_content(gt->status[0]);
}

static bool in_use(struct memcore_grant_table *gt)
{
	unsigned int ref, end = memcore_grant_nr_entries(gt);

	if (!gt->nr_frames)
		return false;
	for (ref = MC_GRANT_RESERVED; ref < end; ref++)
		if (memcore_grant_entry(gt, ref)->pin)
			return true;
	return false;
}

/* All entries go but those that are reserved. */
static void clear_entries(struct memcore_grant_table *gt)
{
	unsigned int i;

	for (i = 0; i < gt->nr_frames; i++)
		memset((void *)memcore_content(gt->shared[i]), 0, PAGE_SIZE);
}

static void put_v2(struct memcore_grant_table *gt, const struct reserved *kept)
{
	const struct grant_entry_v1 *from = kept->entry;
	union grant_entry_v2 *to = first_shared(gt);
	u16 *status = first_status(gt);
	unsigned int i;

	for (i = 0; i < MC_GRANT_RESERVED; i++) {
		status[i] = from[i].flags & (GTF_reading | GTF_writing);
		to[i].hdr.flags = from[i].flags & ~(GTF_reading | GTF_writing);
		to[i].hdr.domid = from[i].domid;
		to[i].full_page.frame = from[i].frame;
	}
}

static int set_version_2(struct memcore_grant_table *gt)
{
	unsigned int nr_status = memcore_grant_to_status(gt->nr_frames);
	struct reserved kept;
	int err;

	if (!gt->nr_frames) {
		set_size(gt, 0, 2);
		return 0;
	}
	err = alloc_frames(gt, gt->status, 0, nr_status);
	if (err) {
		free_frames(gt, gt->status, 0, nr_status);
		return -ENOMEM;
	}
	memcpy(&kept, first_shared(gt), sizeof(kept));
	clear_entries(gt);
	put_v2(gt, &kept);
	set_size(gt, gt->nr_frames, 2);
	return 0;
}

/* Of an entry's flags as they were read, which the guest may change. */
static bool has_v1_form(u16 flags, u64 frame)
{
	switch (flags & GTF_type_mask) {
	case GTF_permit_access:
		return !(frame >> 32);
	case GTF_transitive:
		return false;
	default:
		return true;
	}
}

static int check_v1_form(struct memcore_grant_table *gt)
{
	const union grant_entry_v2 *from = first_shared(gt);
	unsigned int i;

	for (i = 0; i < MC_GRANT_RESERVED; i++)
		if (!has_v1_form(READ_ONCE(from[i].hdr.flags),
				 READ_ONCE(from[i].full_page.frame)))
			return -ERANGE;
	return 0;
}

static void read_v2(struct memcore_grant_table *gt, struct reserved *kept)
{
	struct grant_entry_v1 *to = kept->entry;
	const union grant_entry_v2 *from = first_shared(gt);
	const u16 *status = first_status(gt);
	unsigned int i;
	u16 flags;

	memset(kept, 0, sizeof(*kept));
	for (i = 0; i < MC_GRANT_RESERVED; i++) {
		flags = READ_ONCE(from[i].hdr.flags);
		if ((flags & GTF_type_mask) != GTF_permit_access)
			continue;
		to[i].flags = flags | status[i];
		to[i].domid = from[i].hdr.domid;
		to[i].frame = from[i].full_page.frame;
	}
}

/* Return: 0 with nobody able to get one of them any more, or -EBUSY. */
static int withdraw_status(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr && memcore_shared_withdraw(gt->status[i]); i++)
		;
	if (i == nr)
		return 0;
	while (i--)
		memcore_shared_restore(gt->status[i]);
	if (gt->d->config.translated)
		memcore_domain_crash(gt->d);
	return -EBUSY;
}

/* Domain locked. */
static void unmap_frame(struct memcore_domain *d, struct memcore_frame *frame)
{
	struct memcore_frametable *ft = &d->machine->frames;
	struct mc_mfn mfn = memcore_frame_mfn(ft, frame);
	struct mc_gfn gfn = memcore_m2p_get(ft, mfn);

	/* Its own RAM, as far as the P2M goes: that holds no reference. */
	if (d->config.translated && mc_gfn_ok(gfn))
		memcore_domain_unmap(d, gfn);
}

static void unmap_status(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int i;

	spin_lock(&gt->d->lock);
	for (i = 0; i < nr; i++)
		unmap_frame(gt->d, gt->status[i]);
	spin_unlock(&gt->d->lock);
}

static int set_version_1(struct memcore_grant_table *gt)
{
	unsigned int nr_status = status_of(gt, gt->nr_frames);
	struct reserved kept;
	int err;

	if (atomic_read(&gt->nr_v2_ops))
		return -EAGAIN;
	if (!gt->nr_frames) {
		set_size(gt, 0, 1);
		return 0;
	}
	err = check_v1_form(gt);
	if (err)
		return err;
	read_v2(gt, &kept);
	err = withdraw_status(gt, nr_status);
	if (err)
		return err;
	unmap_status(gt, nr_status);
	clear_entries(gt);
	memcpy(first_shared(gt), &kept, sizeof(kept));
	set_size(gt, gt->nr_frames, 1);
	free_frames(gt, gt->status, 0, nr_status);
	return 0;
}

static int change_version(struct memcore_grant_table *gt, u32 version)
{
	if (in_use(gt))
		return -EBUSY;
	return version == 2 ? set_version_2(gt) : set_version_1(gt);
}

static int set_version(struct memcore_grant_table *gt, u32 version)
{
	int err = 0;

	if (version != 1 && version != 2)
		return -EINVAL;
	if (version > gt->max_version)
		return -XEN_ENOSYS;
	write_lock(&gt->lock);
	if (gt->version != version)
		err = change_version(gt, version);
	write_unlock(&gt->lock);
	return err;
}

/**
 * memcore_grant_set_version() - GNTTABOP_set_version
 * @call: the hypercall
 * @at: address of the operation
 *
 * Return: as Xen.
 */
long memcore_grant_set_version(struct memcore_call *call, unsigned long at)
{
	struct memcore_grant_table *gt = &call->caller->grants;
	struct gnttab_set_version op;
	int err;

	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	err = set_version(gt, op.version);
	op.version = READ_ONCE(gt->version);
	return memcore_copy_back_to_guest(call->caller, at, &op, sizeof(op)) ?:
	       err;
}

/* Table locked to write. Return: 0, or -EINVAL if it cannot have the frame. */
static int get_shared(struct memcore_grant_table *gt, u32 idx,
		      struct memcore_frame **frame)
{
	if (idx >= gt->max_frames || grow(gt, idx + 1))
		return -EINVAL;
	*frame = gt->shared[idx];
	return 0;
}

static int get_status(struct memcore_grant_table *gt, u32 idx,
		      struct memcore_frame **frame)
{
	unsigned long nr = (idx + 1UL) * MC_GRANT_FRAMES_PER_STATUS;

	/* As many shared frames as fill the status frames. */
	if (idx >= memcore_grant_nr_status(gt) && nr > gt->max_frames)
		return -EINVAL;
	if (grow(gt, idx < memcore_grant_nr_status(gt) ? 1 : nr))
		return -EINVAL;
	*frame = gt->status[idx];
	return 0;
}

/* As on Xen the higher half of an index means nothing. */
static int get_by_index(struct memcore_grant_table *gt, u32 idx,
			struct memcore_frame **frame)
{
	if (gt->version == 2 && idx & XENMAPIDX_grant_table_status)
		return get_status(gt, idx & ~XENMAPIDX_grant_table_status,
				  frame);
	return get_shared(gt, idx, frame);
}

/**
 * memcore_grant_frame_begin() - find a frame of a grant table, to map it
 * @d: whose table
 * @idx: as XENMEM_add_to_physmap names it, with XENMAPIDX_grant_table_status
 * @frame: where to put the frame
 * @flags: for memcore_grant_frame_end()
 *
 * The table grows if it has to. On success it stays locked, with interrupts
 * off, and the frame has a general reference, until
 * memcore_grant_frame_end(): nobody takes the frame away meanwhile.
 *
 * Context: no lock of a domain is held; it may be taken until the end.
 * Return: 0; -EINVAL if there is no such frame; -EBUSY if it has no references
 * left.
 */
int memcore_grant_frame_begin(struct memcore_domain *d, unsigned long idx,
			      struct memcore_frame **frame,
			      unsigned long *flags)
{
	int err;

	write_lock_irqsave(&d->grants.lock, *flags);
	err = get_by_index(&d->grants, idx, frame);
	if (!err && !memcore_frame_get_any(d->machine, *frame))
		err = -EBUSY;
	if (err)
		write_unlock_irqrestore(&d->grants.lock, *flags);
	else
		/* Sparse cannot tell the answers apart. */
		__release(&d->grants.lock);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_frame_begin);

/**
 * memcore_grant_frame_end() - the frame is mapped, or will not be
 * @d: as in memcore_grant_frame_begin()
 * @frame: what that found
 * @flags: likewise
 */
void memcore_grant_frame_end(struct memcore_domain *d,
			     struct memcore_frame *frame, unsigned long flags)
{
	memcore_frame_put(d->machine, frame);
	__acquire(&d->grants.lock);
	write_unlock_irqrestore(&d->grants.lock, flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_frame_end);

/**
 * memcore_grant_resource_max() - how many frames may a resource have?
 * @d: whose
 * @id: XENMEM_resource_grant_table_id_*, or any number at all
 *
 * Return: their number, 0 if there is no such resource.
 */
unsigned int memcore_grant_resource_max(const struct memcore_domain *d,
					unsigned int id)
{
	switch (id) {
	case XENMEM_resource_grant_table_id_shared:
		return d->grants.max_frames;
	case XENMEM_resource_grant_table_id_status:
		return memcore_grant_to_status(d->grants.max_frames);
	default:
		return 0;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_resource_max);

static int resource_locked(struct memcore_grant_table *gt, unsigned int id,
			   unsigned int first, unsigned int nr, u64 *mfns)
{
	struct memcore_frametable *ft = &gt->d->machine->frames;
	bool status = id == XENMEM_resource_grant_table_id_status;
	struct memcore_frame **frames, *last;
	unsigned int i;
	int err;

	if (status ? gt->version != 2 :
		     id != XENMEM_resource_grant_table_id_shared)
		return -EINVAL;
	err = status ? get_status(gt, first + nr - 1, &last) :
		       get_shared(gt, first + nr - 1, &last);
	if (err)
		return err;
	frames = status ? gt->status : gt->shared;
	for (i = 0; i < nr; i++)
		mfns[i] = memcore_frame_mfn(ft, frames[first + i]).nr;
	return nr;
}

/**
 * memcore_grant_resource() - find frames of a grant table as a resource
 * @d: whose table
 * @id: XENMEM_resource_grant_table_id_*, or any number at all
 * @first: index of the first frame
 * @nr: their number; @first + @nr fits
 * @mfns: where to put their numbers
 *
 * The table grows if it has to. No references are taken.
 *
 * Context: no lock of a domain is held.
 * Return: @nr, or -EINVAL.
 */
int memcore_grant_resource(struct memcore_domain *d, unsigned int id,
			   unsigned int first, unsigned int nr, u64 *mfns)
{
	unsigned long flags;
	int ret;

	if (!nr)
		return -EINVAL;
	write_lock_irqsave(&d->grants.lock, flags);
	ret = resource_locked(&d->grants, id, first, nr, mfns);
	write_unlock_irqrestore(&d->grants.lock, flags);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_resource);
