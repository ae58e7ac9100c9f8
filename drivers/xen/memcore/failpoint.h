/* SPDX-License-Identifier: GPL-2.0 */
/* Makes the Nth memory allocation of the core itself fail, for tests. */
#ifndef MEMCORE_FAILPOINT_H
#define MEMCORE_FAILPOINT_H

#include <linux/atomic.h>

/**
 * struct memcore_failpoint - countdown to one failure
 * @left: allocations until the one that fails; 0 or less: none will
 */
struct memcore_failpoint {
	atomic_t left;
};

static inline bool memcore_failpoint_hit(struct memcore_failpoint *fp)
{
	return atomic_read(&fp->left) > 0 && atomic_dec_and_test(&fp->left);
}

#endif
