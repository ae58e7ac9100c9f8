/* SPDX-License-Identifier: GPL-2.0 */
/* Direct-paging hypercalls, and a small address space, for the suites. */
#ifndef MEMCORE_PV_H
#define MEMCORE_PV_H

#include <kunit/test.h>
#include <linux/types.h>
#include <xen-public/xen.h>
#include "content.h"
#include "memcore_fixture.h"
#include "pv/pte.h"
#include "pv/type.h"
#include "vcpu.h"

#define PV_TABLE	(MC_PTE_PRESENT | MC_PTE_RW | MC_PTE_USER | \
			 MC_PTE_ACCESSED | MC_PTE_DIRTY)
#define PV_READ		(MC_PTE_PRESENT | MC_PTE_USER | MC_PTE_ACCESSED | \
			 MC_PTE_GLOBAL)
#define PV_WRITE	(PV_READ | MC_PTE_RW | MC_PTE_DIRTY)

/* The highest bit of a list's length: a continuation. */
#define PV_PREEMPTED	0x80000000U

#define PV_PAGES	8
/* Each address has a slot of its own at each level. */
#define PV_BASE		(3UL << 39 | 4UL << 30 | 5UL << 21)
#define PV_L4_SLOT	3
#define PV_L3_SLOT	4
#define PV_L2_SLOT	5

/**
 * struct pv_space - page tables that map some pages
 * @d: whose
 * @l4: frame number of the root
 * @l3: the only table below it
 * @l2: and below that
 * @l1: and the lowest
 * @page: pages that are mapped writable from PV_BASE on
 * @spare: pages that are not mapped
 */
struct pv_space {
	struct memcore_domain *d;
	unsigned long l4;
	unsigned long l3;
	unsigned long l2;
	unsigned long l1;
	unsigned long page[PV_PAGES];
	unsigned long spare[PV_PAGES];
};

static inline u64 pv_ptr(unsigned long mfn, unsigned int slot)
{
	return (u64)mfn << PAGE_SHIFT | slot * sizeof(u64);
}

static inline u64 pv_pte(unsigned long mfn, u64 flags)
{
	return mc_pte(mc_mfn(mfn), flags);
}

static inline unsigned long pv_va(unsigned int page)
{
	return PV_BASE + page * PAGE_SIZE;
}

struct memcore_frame *pv_frame(struct memcore_domain *d, unsigned long mfn);
u64 pv_read(struct memcore_domain *d, unsigned long mfn, unsigned int slot);
enum mc_type pv_type(struct memcore_domain *d, unsigned long mfn);
unsigned long pv_type_count(struct memcore_domain *d, unsigned long mfn);
unsigned long pv_count(struct memcore_domain *d, unsigned long mfn);

long pv_updates(struct memcore_domain *d, const struct mmu_update *list,
		unsigned int nr, unsigned int *done, unsigned int domains);
long pv_update(struct memcore_domain *d, u64 ptr, u64 val);
long pv_update_va(struct memcore_domain *d, unsigned long va, u64 val,
		  unsigned long flags);
long pv_exts(struct memcore_domain *d, const struct mmuext_op *list,
	     unsigned int nr, unsigned int *done, unsigned int domain);
long pv_ext(struct memcore_domain *d, unsigned int cmd, unsigned long arg);

void pv_space_make(struct kunit *test, struct pv_space *s,
		   struct memcore_domain *d);
void pv_space_load(struct kunit *test, struct pv_space *s);
bool pv_remembers(struct memcore_vcpu *v, unsigned long va);
void pv_remember(struct memcore_domain *d, unsigned long va,
		 unsigned long mfn);
void *pv_last_bytes(struct kunit *test, size_t len);

#endif
