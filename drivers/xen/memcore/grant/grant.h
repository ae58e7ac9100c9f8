/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A domain's grant table: what it lets others have of its frames.
 *
 * Event notification of a table's growth is not modelled.
 */
#ifndef MEMCORE_GRANT_H
#define MEMCORE_GRANT_H

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include "../frame.h"

struct memcore_audit;
struct memcore_call;
struct memcore_domain;
struct memcore_frame;
struct memcore_grant_entry;
struct memcore_maptrack;

/* Xen's defaults, which are also the most that a domain can be given. */
#define MC_MAX_GRANT_FRAMES	64U
#define MC_MAX_MAPTRACK_FRAMES	1024U
#define MC_MAX_GRANT_VERSION	2U
/* In a domain's config, where 0 stands for the default. */
#define MC_NO_MAPTRACK		UINT_MAX

/* Entries that a change of the version leaves alone. */
#define MC_GRANT_RESERVED	8U
#define MC_GRANTS_PER_FRAME_V1	(PAGE_SIZE / 8)
#define MC_GRANTS_PER_FRAME_V2	(PAGE_SIZE / 16)
#define MC_STATUS_PER_FRAME	(PAGE_SIZE / sizeof(u16))
/* Shared frames whose status words fill a status frame. */
#define MC_GRANT_FRAMES_PER_STATUS \
	(MC_STATUS_PER_FRAME / MC_GRANTS_PER_FRAME_V2)
/* Active entries are allocated so many at once. */
#define MC_ACTIVE_PER_CHUNK	64U

/**
 * struct memcore_grant_table - the grant table of a domain
 * @d: the domain
 * @lock: to read: entries may be used, each with its own lock. To write: size
 *        and version may change, no entry is locked. Size, version and frames
 *        change only with @d's lock held, too. Taken with interrupts off
 * @version: 1 or 2
 * @max_version: the highest that it may have
 * @max_frames: shared frames that it may have
 * @max_maptrack_frames: frames of maptrack that it may have
 * @nr_frames: shared frames that exist; see memcore_grant_nr_frames()
 * @shared: the shared frames; NULL as long as there are none
 * @status: in version 2, the status frames, memcore_grant_nr_status() of them
 * @active: active entries, in chunks of MC_ACTIVE_PER_CHUNK, 512 entries for
 *          each shared frame, whatever the version
 * @nr_v2_ops: pins that version 1 could not express
 * @maptrack: what @d has mapped of others; maptrack.h
 *
 * On Xen a table has a frame as soon as there is the domain. Here it gets its
 * first one when somebody asks where it is: until then all its entries are
 * zero, and nothing else could be seen.
 */
struct memcore_grant_table {
	struct memcore_domain *d;
	rwlock_t lock; /* inside a vCPU's */
	unsigned int version;
	unsigned int max_version;
	unsigned int max_frames;
	unsigned int max_maptrack_frames;
	unsigned int nr_frames;
	struct memcore_frame **shared;
	struct memcore_frame **status;
	struct memcore_grant_entry **active;
	atomic_t nr_v2_ops;
	struct memcore_maptrack *maptrack;
};

/**
 * memcore_grant_nr_frames() - how many shared frames does a table have?
 * @gt: the table, locked
 *
 * Return: their number as guests see it.
 */
static inline unsigned int
memcore_grant_nr_frames(const struct memcore_grant_table *gt)
{
	return max(gt->nr_frames, 1U);
}

static inline unsigned int memcore_grant_to_status(unsigned int nr_frames)
{
	return DIV_ROUND_UP(nr_frames, MC_GRANT_FRAMES_PER_STATUS);
}

/**
 * memcore_grant_nr_status() - how many status frames does a table have?
 * @gt: the table, locked
 *
 * Return: their number as guests see it; 0 in version 1.
 */
static inline unsigned int
memcore_grant_nr_status(const struct memcore_grant_table *gt)
{
	return gt->version == 2 ?
		memcore_grant_to_status(memcore_grant_nr_frames(gt)) : 0;
}

static inline unsigned int
memcore_grants_per_frame(const struct memcore_grant_table *gt)
{
	return gt->version == 2 ? MC_GRANTS_PER_FRAME_V2 :
				  MC_GRANTS_PER_FRAME_V1;
}

/**
 * memcore_grant_nr_entries() - how many entries does a table have?
 * @gt: the table, locked
 *
 * Return: their number; grant references are below it.
 */
static inline unsigned int
memcore_grant_nr_entries(const struct memcore_grant_table *gt)
{
	return memcore_grant_nr_frames(gt) * memcore_grants_per_frame(gt);
}

/* Of a vCPU's call: interrupts are off. */
static inline void memcore_grant_read_lock(struct memcore_grant_table *gt)
	__acquires(&gt->lock)
{
	read_lock(&gt->lock);
}

static inline void memcore_grant_read_unlock(struct memcore_grant_table *gt)
	__releases(&gt->lock)
{
	read_unlock(&gt->lock);
}

void memcore_grant_init(struct memcore_domain *d);
void memcore_grant_destroy(struct memcore_domain *d);

/* For memory_op. */
int memcore_grant_frame_begin(struct memcore_domain *d, unsigned long idx,
			      struct memcore_frame **frame,
			      unsigned long *flags);
void memcore_grant_frame_end(struct memcore_domain *d,
			     struct memcore_frame *frame, unsigned long flags);
unsigned int memcore_grant_resource_max(const struct memcore_domain *d,
					unsigned int id);
int memcore_grant_resource(struct memcore_domain *d, unsigned int id,
			   unsigned int first, unsigned int nr, u64 *mfns);

#endif
