// SPDX-License-Identifier: GPL-2.0
/*
 * Preemption at a chosen check.
 *
 * Xen looks between two steps of a long hypercall whether something else waits,
 * and if so leaves a continuation. Here nothing ever waits: a test says at
 * which check the hypercall is left, so that each resume point can be reached.
 */
#include <linux/compiler.h>
#include <memcore/kunit.h>
#include "preempt.h"

/**
 * memcore_preempt_set() - choose when to preempt, counting from now
 * @preempt: whom
 * @at: at every such check; 0: never
 */
void memcore_preempt_set(struct memcore_preempt *preempt, unsigned int at)
{
	WRITE_ONCE(preempt->at, at);
	atomic_set(&preempt->seen, 0);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_preempt_set);

/**
 * memcore_preempt_check() - is it time to leave a continuation?
 * @preempt: whom
 *
 * Return: true at each chosen check.
 */
bool memcore_preempt_check(struct memcore_preempt *preempt)
{
	unsigned int at = READ_ONCE(preempt->at);

	if (!at || atomic_inc_return(&preempt->seen) < at)
		return false;
	atomic_set(&preempt->seen, 0);
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_preempt_check);
