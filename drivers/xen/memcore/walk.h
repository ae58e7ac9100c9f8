/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_WALK_H
#define MEMCORE_WALK_H

#include <linux/types.h>

struct memcore_fault;
struct memcore_vcpu;

bool memcore_walk(struct memcore_vcpu *v, unsigned long va, unsigned int access,
		  u64 *pte, struct memcore_fault *fault);
const void *memcore_walk_xen(struct memcore_vcpu *v, unsigned long va,
			     unsigned int access, struct memcore_fault *fault);

#endif
