/* SPDX-License-Identifier: GPL-2.0 */
/* Plain stores to page tables. */
#ifndef MEMCORE_PV_WRITABLE_PT_H
#define MEMCORE_PV_WRITABLE_PT_H

#include <linux/types.h>

struct memcore_vcpu;

int memcore_writable_pt_store(struct memcore_vcpu *v, unsigned long va,
			      const void *buf, size_t len);

#endif
