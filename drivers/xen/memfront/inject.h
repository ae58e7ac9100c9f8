/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failure points for tests, on the kernel's fault injection. A kernel without
 * it, such as a distribution's, has no trace of them.
 */
#ifndef _MEMFRONT_INJECT_H
#define _MEMFRONT_INJECT_H

#include <linux/types.h>

#ifdef CONFIG_FAULT_INJECTION
#include <linux/fault-inject.h>

extern struct fault_attr memfront_fault;

static inline bool memfront_should_fail(void)
{
	return should_fail(&memfront_fault, 1);
}
#else
static inline bool memfront_should_fail(void)
{
	return false;
}
#endif

#endif /* _MEMFRONT_INJECT_H */
