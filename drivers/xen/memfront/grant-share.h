/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared pages inside: what is known of those that are, and of those that are to
 * be so no more.
 */
#ifndef _MEMFRONT_GRANT_SHARE_H
#define _MEMFRONT_GRANT_SHARE_H

#include <linux/atomic.h>
#include <linux/seq_file.h>

/* Pages that may wait for other domains to let go of them: 64 MiB. */
#define GRANT_QUEUE_PAGES	16384U

/* Of those so many are looked at in a turn. */
#define GRANT_QUEUE_LOOKS	128U

/**
 * struct grant_share_stats - what was shared since the module was loaded
 * @shares:	calls that shared
 * @share_failures: calls that did not
 * @revokes:	shares revoked
 * @deferred:	pages that were still mapped then
 * @refused:	revokes for which the queue had no room
 * @looks:	times that a page of the queue was looked at
 * @abandoned:	pages left to others when the module went
 */
struct grant_share_stats {
	atomic_long_t shares;
	atomic_long_t share_failures;
	atomic_long_t revokes;
	atomic_long_t deferred;
	atomic_long_t refused;
	atomic_long_t looks;
	atomic_long_t abandoned;
};

extern struct grant_share_stats grant_share_stats;

unsigned int grant_shares_look(void);
void grant_shares_exit(void);
void grant_shares_show(struct seq_file *m);

#endif /* _MEMFRONT_GRANT_SHARE_H */
