/* SPDX-License-Identifier: GPL-2.0 */
/* What a domain has mapped of other domains' grants: handles, and which are free. */
#ifndef MEMCORE_MAPTRACK_H
#define MEMCORE_MAPTRACK_H

#include <linux/cache.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include "../failpoint.h"
#include "../frame.h"

struct memcore_domain;

#define MC_NO_HANDLE		UINT_MAX
#define MC_MAPPINGS_PER_FRAME	(PAGE_SIZE / sizeof(struct memcore_mapping))
/* Unmaps between two flushes of the TLBs. */
#define MC_UNMAP_BATCH		32

/**
 * struct memcore_mapping - what a handle stands for
 * @ref: grant reference; of a free handle: the next free one, or MC_NO_HANDLE
 * @flags: GNTMAP_* as mapped, less what is unmapped already; 0: not in use
 * @domid: the granting domain
 * @vcpu: whose list the handle goes back to
 * @life: the granting domain's @life: another may have its number by now
 */
struct memcore_mapping {
	u32 ref;
	u16 flags;
	u16 domid;
	u32 vcpu;
	u32 life;
};

/**
 * struct memcore_unmapped - an unmap whose references wait for the flush
 * @granter: the granting domain, with a reference
 * @mfn: the frame
 * @ref: grant reference
 * @done: what was unmapped: GNTMAP_host_map and GNTMAP_device_map, with
 *        GNTMAP_readonly if it was
 */
struct memcore_unmapped {
	struct memcore_domain *granter;
	struct mc_mfn mfn;
	u32 ref;
	u16 done;
};

/**
 * struct memcore_maptrack_vcpu - what a vCPU has of a maptrack
 * @lock: covers @head, @tail and the links between
 * @head: the handle that is given out next, or MC_NO_HANDLE
 * @tail: the one that came back last; always left in the list, or MC_NO_HANDLE
 *        if the list never had one
 * @unmapped: for a batch (of the vCPU's call)
 */
struct memcore_maptrack_vcpu {
	spinlock_t lock; /* inside the maptrack's */
	u32 head;
	u32 tail;
	struct memcore_unmapped unmapped[MC_UNMAP_BATCH];
} ____cacheline_aligned_in_smp;

/**
 * struct memcore_maptrack - the handles of a domain
 * @lock: covers growth; interrupts are off
 * @limit: handles below it exist (read without the lock)
 * @max_frames: most that @frames can hold
 * @frames: mappings by handle, MC_MAPPINGS_PER_FRAME each
 * @failpoint: where tests make memory allocations fail
 * @nr_vcpus: length of @vcpu
 * @vcpu: one for each of the domain's
 *
 * A mapping is covered by the lock of the active entry that it maps. Only the
 * domain's own vCPUs come here, and whoever ends the domain.
 */
struct memcore_maptrack {
	spinlock_t lock; /* inside a vCPU's */
	u32 limit;
	unsigned int max_frames;
	struct memcore_mapping **frames;
	struct memcore_failpoint *failpoint;
	unsigned int nr_vcpus;
	struct memcore_maptrack_vcpu vcpu[];
};

struct memcore_maptrack *
memcore_maptrack_create(struct memcore_failpoint *failpoint,
			unsigned int max_frames, unsigned int nr_vcpus);
int memcore_maptrack_init(struct memcore_domain *d);
void memcore_maptrack_destroy(struct memcore_maptrack *mt);
u32 memcore_maptrack_get(struct memcore_maptrack *mt, unsigned int vcpu);
void memcore_maptrack_put(struct memcore_maptrack *mt, u32 handle);
struct memcore_mapping *memcore_mapping(struct memcore_maptrack *mt,
					u32 handle);
void memcore_maptrack_trim(struct memcore_maptrack *mt, u32 limit);

#endif
