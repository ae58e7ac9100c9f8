/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long to wait before a target is tried again.
 */
#ifndef _MEMFRONT_BACKOFF_H
#define _MEMFRONT_BACKOFF_H

/* max_retry_count: never give up */
#define RETRY_FOR_EVER		0

/* A cap above a day would be as good as giving up in silence. */
#define MAX_DELAY_LIMIT		86400

/**
 * struct backoff - the settings of the stock driver, with their meaning there
 * @schedule_delay:	seconds until the next try
 * @max_schedule_delay:	cap on that
 * @retry_count:	which try is next, 1 for the first
 * @max_retry_count:	tries before giving up, or RETRY_FOR_EVER
 */
struct backoff {
	unsigned long schedule_delay;
	unsigned long max_schedule_delay;
	unsigned long retry_count;
	unsigned long max_retry_count;
};

void backoff_reset(struct backoff *backoff);
unsigned long backoff_next(struct backoff *backoff);

#endif /* _MEMFRONT_BACKOFF_H */
