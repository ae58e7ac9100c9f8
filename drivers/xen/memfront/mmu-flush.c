// SPDX-License-Identifier: GPL-2.0
/*
 * A flush may do more than was asked for, never less: two of them become one
 * that reaches as far as both.
 */
#include <linux/kernel.h>

#include <memfront/kunit.h>

#include "mmu-flush.h"

static void join_tlb(struct mmu_flush *flush, const struct mmu_flush *more)
{
	if (flush->tlb == MMU_FLUSH_NONE) {
		flush->tlb = more->tlb;
		flush->tlb_scope = more->tlb_scope;
		flush->va = more->va;
		return;
	}
	if (flush->va != more->va)
		flush->tlb = MMU_FLUSH_EVERYTHING;
	flush->tlb = max(flush->tlb, more->tlb);
	flush->tlb_scope = max(flush->tlb_scope, more->tlb_scope);
}

/**
 * mmu_flush_join - make a flush do for one more
 * @flush:	what is to be flushed so far
 * @more:	what else is
 */
void mmu_flush_join(struct mmu_flush *flush, const struct mmu_flush *more)
{
	if (more->tlb != MMU_FLUSH_NONE)
		join_tlb(flush, more);
	flush->cache = max(flush->cache, more->cache);
	flush->cache_scope = max(flush->cache_scope, more->cache_scope);
}
EXPORT_SYMBOL_FOR_KUNIT(mmu_flush_join);

static unsigned int tlb_cmd(const struct mmu_flush *flush)
{
	bool all = flush->tlb_scope == MEMFRONT_MMU_ALL;

	if (flush->tlb == MMU_FLUSH_ONE)
		return all ? MMUEXT_INVLPG_ALL : MMUEXT_INVLPG_LOCAL;
	return all ? MMUEXT_TLB_FLUSH_ALL : MMUEXT_TLB_FLUSH_LOCAL;
}

/**
 * mmu_flush_ops - a flush as the hypervisor takes it
 * @flush:	what is to be flushed
 * @ops:	room for MMU_FLUSH_OPS operations
 *
 * Translations come first: an ordinary guest may be refused the cache.
 *
 * Return: operations written.
 */
unsigned int mmu_flush_ops(const struct mmu_flush *flush, struct mmuext_op *ops)
{
	unsigned int nr = 0;

	if (flush->tlb != MMU_FLUSH_NONE)
		ops[nr++] = (struct mmuext_op){
			.cmd = tlb_cmd(flush),
			.arg1.linear_addr = flush->va,
		};
	if (flush->cache != MMU_FLUSH_NONE)
		ops[nr++] = (struct mmuext_op){
			.cmd = flush->cache_scope == MEMFRONT_MMU_ALL ?
				       MMUEXT_FLUSH_CACHE_GLOBAL :
				       MMUEXT_FLUSH_CACHE,
		};
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(mmu_flush_ops);

/**
 * mmu_flush_ride - let an update_va_mapping do the flush of translations
 * @flush:	what is to be flushed; less what the update will do
 * @va:		the address that it changes
 *
 * Xen flushes only if the update succeeds.
 *
 * Return: UVMF_* flags for the update; UVMF_NONE if it cannot do it.
 */
unsigned long mmu_flush_ride(struct mmu_flush *flush, unsigned long va)
{
	unsigned long flags;

	if (flush->tlb == MMU_FLUSH_NONE ||
	    (flush->tlb == MMU_FLUSH_ONE && flush->va != va))
		return UVMF_NONE;

	flags = flush->tlb == MMU_FLUSH_ONE ? UVMF_INVLPG : UVMF_TLB_FLUSH;
	flags |= flush->tlb_scope == MEMFRONT_MMU_ALL ? UVMF_ALL : UVMF_LOCAL;
	flush->tlb = MMU_FLUSH_NONE;
	return flags;
}
EXPORT_SYMBOL_FOR_KUNIT(mmu_flush_ride);
