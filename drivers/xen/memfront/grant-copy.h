/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copies through grants inside: what is known of those that were made.
 */
#ifndef _MEMFRONT_GRANT_COPY_H
#define _MEMFRONT_GRANT_COPY_H

#include <linux/atomic.h>
#include <linux/seq_file.h>

/* Requests that go with a hypercall: 512 KiB in whole pages. */
#define GRANT_COPY_BATCH	128

/**
 * struct grant_copy_stats - what was copied since the module was loaded
 * @copies:	copies asked for
 * @failures:	those of which not all was copied
 * @parts:	parts of them, each within a page on both sides
 * @retries:	rounds for parts whose frame was paged out
 */
struct grant_copy_stats {
	atomic_long_t copies;
	atomic_long_t failures;
	atomic_long_t parts;
	atomic_long_t retries;
};

extern struct grant_copy_stats grant_copy_stats;

void grant_copies_exit(void);
void grant_copies_show(struct seq_file *m);

#endif /* _MEMFRONT_GRANT_COPY_H */
