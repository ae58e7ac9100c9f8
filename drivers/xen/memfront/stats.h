/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the frontend has done since it was loaded.
 */
#ifndef _MEMFRONT_STATS_H
#define _MEMFRONT_STATS_H

#include <linux/types.h>

/**
 * struct memfront_stats - counters, never reset while loaded
 * @hypercalls:		calls made through the seam to move memory
 * @released_super:	2 MiB blocks given to the hypervisor as a whole
 * @released_single:	other pages given to the hypervisor
 * @populated_super:	2 MiB blocks got back as a whole
 * @populated_single:	other pages got back
 * @completed:		partial blocks made whole so as to come back in one
 * @scrubbed:		pages cleared by the frontend itself
 * @alloc_failures:	the kernel had no page to give
 * @release_short:	the hypervisor took fewer extents than offered
 * @populate_short:	the hypervisor gave fewer extents than asked for
 * @call_errors:	calls answered with an error or an impossible count
 * @stuck:		pages that neither side can use: see the log
 *
 * Written under the balloon's lock, read without.
 */
struct memfront_stats {
	unsigned long hypercalls;
	unsigned long released_super;
	unsigned long released_single;
	unsigned long populated_super;
	unsigned long populated_single;
	unsigned long completed;
	unsigned long scrubbed;
	unsigned long alloc_failures;
	unsigned long release_short;
	unsigned long populate_short;
	unsigned long call_errors;
	unsigned long stuck;
};

extern struct memfront_stats memfront_stats;

#endif /* _MEMFRONT_STATS_H */
