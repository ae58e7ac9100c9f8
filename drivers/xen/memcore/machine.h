/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_MACHINE_H
#define MEMCORE_MACHINE_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <memcore/tools.h>
#include "domain.h"
#include "failpoint.h"
#include "frametable.h"
#include "heap.h"
#include "preempt.h"
#include "tlb.h"

/*
 * All locks of a machine's domains are taken at once by the audit, and the
 * kernel counts no more than some 200 of them.
 */
#define MC_MAX_DOMAINS		64
#define MC_MAX_ALL_VCPUS	128

/*
 * What this version of Xen does although nobody meant it to. If an L2 table is
 * found bad after its first entry, and was the first entry of an L3 table that
 * is not the first of its L4 table, the L2 table is left half validated, with a
 * reference that nobody drops.
 *
 * A table that was interrupted in its first entry has a reference to the table
 * below. That one is lost if the table goes on there and fails, and the table
 * below is not the vCPU's old table: if it failed at its own first entry, which
 * was interrupted, too, or if somebody else has had it meanwhile. So a root that
 * is refused may cost a reference if it is preempted, and none if it is not.
 */
#define MC_QUIRK_LOSES_TABLES	BIT(0)

/* Frame numbers of a grant table of version 1. */
#define MC_V1_FRAME_BITS	32

/**
 * struct memcore_machine - a machine: frames, and domains that have them
 * @frames: its frames
 * @heap: those that are free
 * @numa: its nodes, for good
 * @domains: all domains (@domains_lock)
 * @by_domid: the same by number (RCU to read, @domains_lock to change)
 * @nr_domains: their number (@domains_lock)
 * @nr_vcpus: that of their vCPUs (@domains_lock)
 * @lives: domains that there ever were
 * @toolstack: who acts when a domain ends; in no list (@domains_lock)
 * @domains_lock: serialises creating and destroying domains, and the audit
 * @io: stands for DOMID_IO: owns no frame, and is not among @domains
 * @xen: stands for DOMID_XEN, likewise
 * @tlbs: what its software CPUs remember, one for each vCPU number
 * @flush_clock: see tlb.c
 * @flush_clock_mask: where @flush_clock wraps, so that tests see it wrap
 * @count_mask: general references that a frame can have; smaller in tests
 * @type_mask: type references likewise
 * @v1_frame_bits: MC_V1_FRAME_BITS; smaller in tests
 * @unstable_grants: so many next changes of a grant's flags find that the guest
 *                   was faster (fault injection)
 * @quirks: MC_QUIRK_*; all at first
 * @preempt: when hypercalls are preempted
 * @failpoint: when the core's own allocations fail
 * @refuse_calls: fault injection, see struct memcore_faults
 * @partial_calls: likewise
 * @partial_extents: likewise
 * @stats: what happened, by enum memcore_stat
 *
 * Lock order, outermost first: @domains_lock, a vCPU's lock (the audit holds
 * all of them, under @domains_lock), a grant table's lock, that of an active
 * entry of it, the lock bit of one frame's type, a domain's lock, the heap's
 * lock, a TLB's lock.
 */
struct memcore_machine {
	struct memcore_frametable frames;
	struct memcore_heap heap;
	struct memcore_numa numa;
	struct list_head domains;
	struct xarray by_domid;
	unsigned int nr_domains;
	unsigned int nr_vcpus;
	atomic_t lives;
	struct memcore_domain *toolstack;
	struct mutex domains_lock; /* outermost */
	struct memcore_domain io;
	struct memcore_domain xen;
	struct memcore_tlb *tlbs;
	atomic_t flush_clock;
	u32 flush_clock_mask;
	u64 count_mask;
	u64 type_mask;
	unsigned int v1_frame_bits;
	atomic_t unstable_grants;
	unsigned int quirks;
	struct memcore_preempt preempt;
	struct memcore_failpoint failpoint;
	atomic_t refuse_calls;
	atomic_t partial_calls;
	unsigned int partial_extents;
	atomic64_t stats[MEMCORE_NR_STATS];
};

struct memcore_machine *memcore_machine_create(struct mc_mfn base,
					       unsigned long nr);
struct memcore_machine *
memcore_machine_create_numa(struct mc_mfn base, unsigned long nr,
			    const struct memcore_numa *numa);
void memcore_machine_destroy(struct memcore_machine *machine);

static inline void memcore_stat_add(struct memcore_machine *machine,
				    enum memcore_stat stat, unsigned long n)
{
	atomic64_add(n, &machine->stats[stat]);
}

static inline u64 memcore_stat_read(struct memcore_machine *machine,
				    enum memcore_stat stat)
{
	return atomic64_read(&machine->stats[stat]);
}

#endif
