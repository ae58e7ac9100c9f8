/* SPDX-License-Identifier: GPL-2.0 */
/* Translations that software CPUs remember, and the clock of their flushes. */
#ifndef MEMCORE_TLB_H
#define MEMCORE_TLB_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include "frame.h"

struct memcore_domain;
struct memcore_frame;
struct memcore_machine;
struct memcore_vcpu;

#define MC_TLB_SETS	64
#define MC_TLB_WAYS	4
/* Few, so that they run out. */
#define MC_TLB_ASIDS	15

/**
 * struct memcore_translation - what is remembered of one page
 * @v: whose it is; NULL: nothing is here
 * @va: the page's address
 * @pte: its frame, and the rights that all levels together give
 * @asid: what @v had when it was remembered
 */
struct memcore_translation {
	struct memcore_vcpu *v;
	unsigned long va;
	u64 pte;
	u32 asid;
};

/**
 * struct memcore_tlb - what one software CPU remembers
 * @lock: covers all fields below, and the ASID of vCPUs that run here; held
 *        for each whole access, as a CPU takes no interrupt inside an
 *        instruction: a flush from elsewhere waits for it; the innermost lock
 * @nr_tlbs: software CPUs of this machine
 * @all: the first of them
 * @id: which this one is
 * @used: of the first: a bit for each that has ever accessed anything (atomic)
 * @stamp: flush clock when this one was flushed last
 * @generation: of the ASIDs given out; changes when all is forgotten
 * @nr_asids: ASIDs in a generation; smaller in tests
 * @next_asid: the next one to give out, from 1
 * @nr_cached: slots of @slot that are used (read without the lock)
 * @busy: an access or a walk is under way (read without the lock)
 * @victim: way that is given up next in a full set
 * @slot: what is remembered
 */
struct memcore_tlb {
	spinlock_t lock; /* leaf */
	unsigned int nr_tlbs;
	struct memcore_tlb *all;
	unsigned int id;
	unsigned long used;
	u32 stamp;
	u64 generation;
	u32 nr_asids;
	u32 next_asid;
	unsigned int nr_cached;
	bool busy;
	unsigned int victim;
	struct memcore_translation slot[MC_TLB_SETS][MC_TLB_WAYS];
};

struct memcore_tlb *memcore_tlbs_create(unsigned int nr);
void memcore_tlbs_destroy(struct memcore_tlb *tlbs, unsigned int nr);
void memcore_tlb_flush_vcpu(struct memcore_vcpu *v);
void memcore_tlb_flush_domain(struct memcore_domain *d);
void memcore_tlb_flush_vcpus(struct memcore_domain *d, u64 mask);
void memcore_tlb_flush_addr(struct memcore_domain *d, u64 mask,
			    unsigned long va);
void memcore_tlb_stamp(struct memcore_machine *machine,
		       struct memcore_frame *frame);
void memcore_tlb_flush_for_type(struct memcore_domain *d,
				const struct memcore_frame *frame);
bool memcore_tlb_lookup(struct memcore_vcpu *v, unsigned long va,
			unsigned int access, u64 *pte);
void memcore_tlb_insert(struct memcore_vcpu *v, unsigned long va, u64 pte);
void memcore_tlb_forget_frame(struct memcore_machine *machine,
			      struct mc_mfn mfn);
void memcore_tlb_lock(struct memcore_tlb *tlb) __acquires(&tlb->lock);
void memcore_tlb_unlock(struct memcore_tlb *tlb) __releases(&tlb->lock);
bool memcore_tlb_find(struct memcore_vcpu *v, unsigned long va,
		      unsigned int access, u64 *pte);
void memcore_tlb_add(struct memcore_vcpu *v, unsigned long va, u64 pte);
void memcore_tlb_drop(struct memcore_tlb *tlb, unsigned long va);
int memcore_tlb_for_each(struct memcore_tlb *tlb,
			 int (*fn)(const struct memcore_translation *t,
				   void *data),
			 void *data);

#endif
