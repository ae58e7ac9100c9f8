/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page-table changes of a PV guest in batches: requests made between
 * memfront_mmu_begin() and memfront_mmu_end() wait in a queue of the CPU and
 * reach the hypervisor together, neighbours of a kind in one call. A request
 * made outside is carried out at once.
 *
 * Every request returns
 *
 * * 0: queued; or, outside a batch, done;
 * * -EINVAL: its arguments are no request; nothing is queued;
 * * -EOPNOTSUPP: the guest is translated: it has no tables that Xen checks;
 * * -EBUSY: not in task context, where an interrupted queue might be found half
 *   written; or from a result callback;
 * * outside a batch also what the hypervisor answers.
 */
#ifndef _MEMFRONT_MMU_H
#define _MEMFRONT_MMU_H

#include <linux/bits.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

#include <memfront/frame.h>

/* Entries of page tables, as the processor reads them. */
#define MF_PTE_PRESENT		BIT_ULL(0)
#define MF_PTE_RW		BIT_ULL(1)
#define MF_PTE_USER		BIT_ULL(2)
#define MF_PTE_ACCESSED		BIT_ULL(5)
#define MF_PTE_DIRTY		BIT_ULL(6)
#define MF_PTE_NX		BIT_ULL(63)
#define MF_PTE_FRAME		GENMASK_ULL(51, 12)

/* A page of data, and a table that a table of the level above names. */
#define MF_PTE_PAGE_RO		(MF_PTE_PRESENT | MF_PTE_ACCESSED | \
				 MF_PTE_DIRTY | MF_PTE_NX)
#define MF_PTE_PAGE_RW		(MF_PTE_PAGE_RO | MF_PTE_RW)
#define MF_PTE_TABLE		(MF_PTE_PRESENT | MF_PTE_RW | MF_PTE_USER | \
				 MF_PTE_ACCESSED | MF_PTE_DIRTY)

/**
 * mf_pte - an entry of a page table
 * @mfn:	the frame that it names
 * @flags:	MF_PTE_*
 *
 * Return: the entry.
 */
static inline u64 mf_pte(struct mf_mfn mfn, u64 flags)
{
	return (u64)mfn.nr << PAGE_SHIFT | flags;
}

/**
 * mf_pte_mfn - the frame that an entry of a page table names
 * @pte: the entry
 *
 * Return: the machine frame.
 */
static inline struct mf_mfn mf_pte_mfn(u64 pte)
{
	return mf_mfn((pte & MF_PTE_FRAME) >> PAGE_SHIFT);
}

/**
 * struct memfront_mmu_sink - where the results of requests go
 * @done:	called once for each request that was given this sink, in the
 *		order of the requests, when the hypervisor has answered.
 *		@cookie is the request's; @err is 0, what the hypervisor
 *		answered, or -ECANCELED if it never looked at the request, for
 *		one before it in the same call failed. Preemption is off; it
 *		must not make requests.
 * @errors_only: it is not called for requests that have succeeded
 */
struct memfront_mmu_sink {
	void (*done)(struct memfront_mmu_sink *sink, unsigned long cookie,
		     int err);
	bool errors_only;
};

/**
 * struct memfront_mmu_result - what becomes of a request's result
 * @sink:	told of it; NULL if memfront_mmu_end()'s word is enough
 * @cookie:	the caller's name for the request
 *
 * All zeros is "no sink".
 */
struct memfront_mmu_result {
	struct memfront_mmu_sink *sink;
	unsigned long cookie;
};

/**
 * enum memfront_mmu_scope - which CPUs a flush is for
 * @MEMFRONT_MMU_LOCAL: that on which the batch runs
 * @MEMFRONT_MMU_ALL:	all of the guest
 */
enum memfront_mmu_scope {
	MEMFRONT_MMU_LOCAL,
	MEMFRONT_MMU_ALL,
};

/* Keep the accessed and dirty bits that the entry has. */
#define MEMFRONT_MMU_PRESERVE_AD	BIT(0)

int memfront_mmu_begin(void);
int memfront_mmu_end(void);
int memfront_mmu_flush(void);
int memfront_mmu_relax(void);

int memfront_mmu_set_pte(struct mf_maddr entry, u64 pte, unsigned int flags,
			 domid_t owner, struct memfront_mmu_result result);
int memfront_mmu_set_ptes(struct mf_maddr first, const u64 *ptes,
			  unsigned int nr, domid_t owner,
			  struct memfront_mmu_result result);
int memfront_mmu_set_va(unsigned long va, u64 pte,
			struct memfront_mmu_result result);
int memfront_mmu_set_m2p(struct mf_mfn mfn, struct mf_pfn pfn,
			 struct memfront_mmu_result result);
int memfront_mmu_pin(unsigned int level, struct mf_mfn table,
		     struct memfront_mmu_result result);
int memfront_mmu_unpin(struct mf_mfn table, struct memfront_mmu_result result);
int memfront_mmu_clear_page(struct mf_mfn mfn,
			    struct memfront_mmu_result result);
int memfront_mmu_copy_page(struct mf_mfn to, struct mf_mfn from,
			   struct memfront_mmu_result result);
int memfront_mmu_set_root(struct mf_mfn root, bool user,
			  struct memfront_mmu_result result);
int memfront_mmu_set_ldt(unsigned long va, unsigned int nr_entries,
			 struct memfront_mmu_result result);
int memfront_mmu_set_gdt(const struct mf_mfn *frames, unsigned int nr_entries,
			 struct memfront_mmu_result result);
int memfront_mmu_set_descriptor(struct mf_maddr entry, u64 descriptor,
				struct memfront_mmu_result result);

int memfront_mmu_flush_tlb(enum memfront_mmu_scope scope);
int memfront_mmu_flush_tlb_va(unsigned long va, enum memfront_mmu_scope scope);
int memfront_mmu_flush_cache(enum memfront_mmu_scope scope);

#endif /* _MEMFRONT_MMU_H */
