// SPDX-License-Identifier: GPL-2.0
/*
 * Grant tables: their frames and their size.
 *
 * A table grows, and never shrinks. What it grows by is allocated first, where
 * nobody looks yet; then the counts change, under the domain's lock, too, so
 * that the audit sees a table before or after.
 */
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <xen-public/memory.h>
#include "../machine.h"
#include "../shared.h"
#include "entry.h"
#include "grant.h"
#include "table.h"

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

/**
 * memcore_grant_alloc_frames() - share more frames with a table's domain
 * @gt: the table, locked to write
 * @frames: where to put them
 * @from: index of the first
 * @to: behind the last
 *
 * Return: 0, or an error; those that were shared are to be freed then, too.
 */
int memcore_grant_alloc_frames(struct memcore_grant_table *gt,
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

/**
 * memcore_grant_free_frames() - share frames no longer
 * @gt: the table, locked to write
 * @frames: where they are; NULL where there is none
 * @from: index of the first
 * @to: behind the last
 */
void memcore_grant_free_frames(struct memcore_grant_table *gt,
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

/**
 * memcore_grant_set_size() - a table has other frames from now on
 * @gt: the table, locked to write
 * @nr_frames: shared frames
 * @version: which says whether there are status frames
 *
 * With the domain's lock, so that the audit sees what is.
 */
void memcore_grant_set_size(struct memcore_grant_table *gt,
			    unsigned int nr_frames, unsigned int version)
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
	       memcore_grant_alloc_frames(gt, gt->shared, from, nr) ?:
	       memcore_grant_alloc_frames(gt, gt->status, status_of(gt, from),
					  status_of(gt, nr));
}

static void undo_growth(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int from = gt->nr_frames;

	memcore_grant_free_frames(gt, gt->status, status_of(gt, from),
				  status_of(gt, nr));
	memcore_grant_free_frames(gt, gt->shared, from, nr);
	free_active(gt, from, nr);
}

/**
 * memcore_grant_grow() - let a table have more frames
 * @gt: the table, locked to write
 * @nr: how many shared ones at least, up to @gt's maximum
 *
 * Return: 0, also if it is large enough; or an error with nothing changed.
 */
int memcore_grant_grow(struct memcore_grant_table *gt, unsigned int nr)
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
		memcore_grant_set_size(gt, nr, gt->version);
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
	memcore_grant_set_size(gt, 0, gt->version);
	if (nr)
		undo_growth(gt, nr);
	free_arrays(gt);
	write_unlock_irqrestore(&gt->lock, flags);
}

/* Table locked to write. Return: 0, or -EINVAL if it cannot have the frame. */
static int get_shared(struct memcore_grant_table *gt, u32 idx,
		      struct memcore_frame **frame)
{
	if (idx >= gt->max_frames || memcore_grant_grow(gt, idx + 1))
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
	if (memcore_grant_grow(gt, idx < memcore_grant_nr_status(gt) ? 1 : nr))
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
