/* SPDX-License-Identifier: GPL-2.0 */
/* Page-table entries of 64-bit PV guests, and what each level may hold. */
#ifndef MEMCORE_PV_PTE_H
#define MEMCORE_PV_PTE_H

#include <linux/bits.h>
#include <linux/types.h>
#include "../frame.h"
#include "type.h"

struct memcore_domain;

#define MC_PTE_PRESENT		BIT_ULL(0)
#define MC_PTE_RW		BIT_ULL(1)
#define MC_PTE_USER		BIT_ULL(2)
#define MC_PTE_PWT		BIT_ULL(3)
#define MC_PTE_PCD		BIT_ULL(4)
#define MC_PTE_ACCESSED		BIT_ULL(5)
#define MC_PTE_DIRTY		BIT_ULL(6)
#define MC_PTE_PAT		BIT_ULL(7) /* of an L1 entry */
#define MC_PTE_PSE		BIT_ULL(7) /* of any other */
#define MC_PTE_GLOBAL		BIT_ULL(8)
#define MC_PTE_AVAIL		GENMASK_ULL(11, 9)
#define MC_PTE_AVAIL_HIGH	GENMASK_ULL(62, 52)
/* Xen marks the guest kernel's own pages with it, as all run in ring 3. */
#define MC_PTE_GUEST_KERNEL	BIT_ULL(52)
#define MC_PTE_NX		BIT_ULL(63)
#define MC_PTE_MFN_MASK		GENMASK_ULL(51, 12)
#define MC_PTE_CACHE		(MC_PTE_PWT | MC_PTE_PCD | MC_PTE_PAT)

#define MC_TABLE_ENTRIES	512
#define MC_TABLE_SHIFT		9

static inline struct mc_mfn mc_pte_mfn(u64 pte)
{
	return mc_mfn((pte & MC_PTE_MFN_MASK) >> 12);
}

static inline u64 mc_pte(struct mc_mfn mfn, u64 flags)
{
	return (u64)mfn.nr << 12 | flags;
}

/**
 * memcore_own_entry() - what the hypervisor has in its slots of a root table
 * @ft: of this machine
 *
 * Return: an entry; it names a frame that no guest can have.
 */
static inline u64 memcore_own_entry(const struct memcore_frametable *ft)
{
	return mc_pte(memcore_own_mfn(ft), MC_PTE_PRESENT | MC_PTE_RW |
					   MC_PTE_ACCESSED | MC_PTE_DIRTY);
}

int memcore_table_promote(struct memcore_vcpu *v, struct memcore_frame *frame,
			  enum mc_type type);
int memcore_table_demote(struct memcore_vcpu *v, struct memcore_frame *frame,
			 enum mc_type type);
int memcore_entry_update(struct memcore_vcpu *v, struct memcore_frame *table,
			 unsigned int slot, u64 val, unsigned int cmd,
			 struct memcore_domain *pt_owner,
			 struct memcore_domain *pg_owner);
int memcore_l1_entry_get(struct memcore_vcpu *v, u64 pte,
			 struct memcore_domain *pt_owner,
			 struct memcore_domain *pg_owner);
void memcore_l1_entry_put(struct memcore_vcpu *v, u64 pte,
			  struct memcore_domain *pt_owner);
u64 memcore_l1_entry_adjust(u64 pte);

#endif
