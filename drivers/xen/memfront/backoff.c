// SPDX-License-Identifier: GPL-2.0
/*
 * Doubling delays up to a cap, for ever unless told otherwise.
 */
#include <linux/minmax.h>

#include <memfront/kunit.h>

#include "backoff.h"

/**
 * backoff_reset - something moved: the next failure is the first again
 * @backoff: the state
 */
void backoff_reset(struct backoff *backoff)
{
	backoff->schedule_delay = 1;
	backoff->retry_count = 1;
}
EXPORT_SYMBOL_FOR_KUNIT(backoff_reset);

/**
 * backoff_next - a try failed: how long until the next?
 * @backoff: the state; its limits may hold any value, they come from sysfs
 *
 * Return: seconds, at least 1; 0 to give up.
 */
unsigned long backoff_next(struct backoff *backoff)
{
	unsigned long cap = clamp_t(unsigned long, backoff->max_schedule_delay,
				    1, MAX_DELAY_LIMIT);
	unsigned long delay = clamp_t(unsigned long, backoff->schedule_delay, 1,
				      cap);

	if (backoff->max_retry_count != RETRY_FOR_EVER &&
	    backoff->retry_count >= backoff->max_retry_count) {
		backoff_reset(backoff);
		return 0;
	}
	backoff->retry_count++;
	backoff->schedule_delay = min(delay * 2, cap);
	return delay;
}
EXPORT_SYMBOL_FOR_KUNIT(backoff_next);
