/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flushes that a batch was asked for, joined into the fewest that do for all.
 */
#ifndef _MEMFRONT_MMU_FLUSH_H
#define _MEMFRONT_MMU_FLUSH_H

#include <linux/types.h>

#include <xen/interface/xen.h>

#include <memfront/mmu.h>

/* One for translations, one for caches. */
#define MMU_FLUSH_OPS	2

/**
 * enum mmu_flush_extent - how much must go
 * @MMU_FLUSH_NONE:	nothing
 * @MMU_FLUSH_ONE:	one address, or the cache
 * @MMU_FLUSH_EVERYTHING: all translations
 */
enum mmu_flush_extent {
	MMU_FLUSH_NONE,
	MMU_FLUSH_ONE,
	MMU_FLUSH_EVERYTHING,
};

/**
 * struct mmu_flush - what is to be flushed
 * @tlb:	how much of the translations
 * @tlb_scope:	on which CPUs
 * @va:		the address, if it is one
 * @cache:	MMU_FLUSH_ONE to write back and empty the caches
 * @cache_scope: on which CPUs
 *
 * All zeros is nothing.
 */
struct mmu_flush {
	enum mmu_flush_extent tlb;
	enum memfront_mmu_scope tlb_scope;
	unsigned long va;
	enum mmu_flush_extent cache;
	enum memfront_mmu_scope cache_scope;
};

void mmu_flush_join(struct mmu_flush *flush, const struct mmu_flush *more);
unsigned int mmu_flush_ops(const struct mmu_flush *flush, struct mmuext_op *ops);
unsigned long mmu_flush_ride(struct mmu_flush *flush, unsigned long va);

#endif /* _MEMFRONT_MMU_FLUSH_H */
