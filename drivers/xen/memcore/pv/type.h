/* SPDX-License-Identifier: GPL-2.0 */
/* What a frame may be used for: types, their counts, and who checks content. */
#ifndef MEMCORE_PV_TYPE_H
#define MEMCORE_PV_TYPE_H

#include <linux/bits.h>
#include "../frametable.h"

struct memcore_vcpu;

/**
 * enum mc_type - what a frame is used as, in Xen's numbers
 * @MC_TYPE_NONE: nothing in particular
 * @MC_TYPE_L1: lowest page table
 * @MC_TYPE_L2: page table of L1 tables
 * @MC_TYPE_L3: page table of L2 tables
 * @MC_TYPE_L4: root page table
 * @MC_TYPE_SEG: part of a descriptor table
 * @MC_TYPE_SHARED: shared between domains, read-only
 * @MC_TYPE_WRITABLE: has writable mappings
 */
enum mc_type {
	MC_TYPE_NONE,
	MC_TYPE_L1,
	MC_TYPE_L2,
	MC_TYPE_L3,
	MC_TYPE_L4,
	MC_TYPE_SEG,
	MC_TYPE_SHARED,
	MC_TYPE_WRITABLE,
};

/*
 * A frame's type word. With a type count of 1 and neither MC_PGT_VALIDATED nor
 * MC_PGT_PARTIAL the frame is being (de)validated, and only who does so may
 * change the word.
 */
#define MC_PGT_TYPE_SHIFT	61
#define MC_PGT_TYPE_MASK	GENMASK_ULL(63, 61)
#define MC_PGT_LOCKED		BIT_ULL(60)
#define MC_PGT_PINNED		BIT_ULL(59)
#define MC_PGT_VALIDATED	BIT_ULL(58)
/* Holds the type reference of an interrupted (de)validation, and one general. */
#define MC_PGT_PARTIAL		BIT_ULL(56)
#define MC_PGT_COUNT_MASK	GENMASK_ULL(54, 0)

/* Flags of memcore_type_put() and of struct memcore_frame's @partial. */
#define MC_PTF_PARTIAL_SET	BIT(0) /* the entry itself is partial */
#define MC_PTF_PREEMPTIBLE	BIT(1)
#define MC_PTF_DEFER		BIT(2) /* leave it to the vCPU's old_table */
#define MC_PTF_RETAIN_REF	BIT(3) /* keep the general one on -ERESTART */

static inline enum mc_type memcore_type_of(u64 word)
{
	return word >> MC_PGT_TYPE_SHIFT;
}

int memcore_type_get(struct memcore_vcpu *v, struct memcore_frame *frame,
		     enum mc_type type, bool preemptible);
int memcore_type_put(struct memcore_vcpu *v, struct memcore_frame *frame,
		     unsigned int flags, struct memcore_frame *table);
int memcore_devalidate(struct memcore_vcpu *v, struct memcore_frame *frame,
		       u64 word);
bool memcore_page_lock(struct memcore_frame *frame);
void memcore_page_unlock(struct memcore_frame *frame);

struct memcore_frame *
memcore_frame_and_type_get(struct memcore_vcpu *v, struct memcore_domain *d,
			   struct mc_mfn mfn, enum mc_type type);
void memcore_frame_and_type_put(struct memcore_vcpu *v,
				struct memcore_frame *frame);
int memcore_frame_and_type_put_preemptible(struct memcore_vcpu *v,
					   struct memcore_frame *frame);
int memcore_put_old_table(struct memcore_vcpu *v);

#endif
