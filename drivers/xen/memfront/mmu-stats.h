/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of the batches of page-table changes.
 */
#ifndef _MEMFRONT_MMU_STATS_H
#define _MEMFRONT_MMU_STATS_H

#include <linux/fs.h>

/**
 * struct mmu_stats - what the batches of a CPU have done
 * @requests:	requests taken
 * @merged:	those that joined the call of the request before
 * @calls:	calls that the others became
 * @hypercalls:	entries into the hypervisor for all of them
 * @full:	times that a queue was carried out because it was full
 * @flushes_asked: flushes asked for
 * @flushes:	flushes carried out
 * @refused:	requests that the hypervisor refused
 * @cancelled:	requests that it did not look at, because of those
 */
struct mmu_stats {
	unsigned long requests;
	unsigned long merged;
	unsigned long calls;
	unsigned long hypercalls;
	unsigned long full;
	unsigned long flushes_asked;
	unsigned long flushes;
	unsigned long refused;
	unsigned long cancelled;
};

void mmu_stats_sum(struct mmu_stats *sum);

extern const struct file_operations mmu_stats_fops;

#endif /* _MEMFRONT_MMU_STATS_H */
