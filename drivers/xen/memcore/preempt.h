/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_PREEMPT_H
#define MEMCORE_PREEMPT_H

#include <linux/atomic.h>

/**
 * struct memcore_preempt - when hypercalls are preempted
 * @at: at every such check; 0: never
 * @seen: checks since the last preemption
 */
struct memcore_preempt {
	unsigned int at;
	atomic_t seen;
};

void memcore_preempt_set(struct memcore_preempt *preempt, unsigned int at);
bool memcore_preempt_check(struct memcore_preempt *preempt);

#endif
