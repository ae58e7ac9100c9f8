/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page tables of a PV kernel on Xen that go with a section.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_TABLES_H
#define _MEMFRONT_PSEUDOPHYS_TABLES_H

#include <linux/types.h>

#include <memfront/frame.h>

struct section_tables;

#if IS_ENABLED(CONFIG_XEN_PV)
struct section_tables *section_tables_hold(struct mf_pfn first,
					   unsigned long nr);
void section_tables_release(struct section_tables *t);
#else
static inline struct section_tables *section_tables_hold(struct mf_pfn first,
							 unsigned long nr)
{
	return NULL;
}

static inline void section_tables_release(struct section_tables *t)
{
}
#endif

#endif /* _MEMFRONT_PSEUDOPHYS_TABLES_H */
