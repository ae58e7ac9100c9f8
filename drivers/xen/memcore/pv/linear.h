/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_PV_LINEAR_H
#define MEMCORE_PV_LINEAR_H

#include <linux/types.h>

struct memcore_domain;
struct memcore_frame;
struct memcore_vcpu;

bool memcore_linear_get(struct memcore_vcpu *v, struct memcore_frame *table,
			u64 pte, struct memcore_domain *d);
void memcore_linear_put(struct memcore_frame *table,
			struct memcore_frame *used);

#endif
