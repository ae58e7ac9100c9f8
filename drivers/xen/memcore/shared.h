/* SPDX-License-Identifier: GPL-2.0 */
/* Frames of the hypervisor's that a domain may map. */
#ifndef MEMCORE_SHARED_H
#define MEMCORE_SHARED_H

#include <linux/types.h>

struct memcore_domain;
struct memcore_frame;

int memcore_shared_alloc(struct memcore_domain *d, bool writable,
			 struct memcore_frame **frame);
bool memcore_shared_withdraw(struct memcore_frame *frame);
void memcore_shared_restore(struct memcore_frame *frame);
void memcore_shared_free(struct memcore_domain *d,
			 struct memcore_frame *frame);

#endif
