/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page tables of a PV kernel on Xen that go when memory is taken away from it.
 */
#ifndef _MEMFRONT_MEMORY_TABLES_H
#define _MEMFRONT_MEMORY_TABLES_H

#include <linux/types.h>

#include <memfront/frame.h>

struct memory_tables;

#if IS_ENABLED(CONFIG_XEN_PV)
struct memory_tables *memory_tables_hold(struct mf_pfn first,
					 unsigned long nr);
void memory_tables_release(struct memory_tables *t);
#else
static inline struct memory_tables *memory_tables_hold(struct mf_pfn first,
						       unsigned long nr)
{
	return NULL;
}

static inline void memory_tables_release(struct memory_tables *t)
{
}
#endif

#endif /* _MEMFRONT_MEMORY_TABLES_H */
