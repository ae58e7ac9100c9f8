/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's direct map in a PV guest, changed in batches.
 */
#ifndef _MEMFRONT_DIRECT_MAP_H
#define _MEMFRONT_DIRECT_MAP_H

#include <linux/errno.h>
#include <linux/types.h>

#include <memfront/frame.h>

#if IS_ENABLED(CONFIG_XEN_PV)
int direct_map_init(unsigned int max_entries);
void direct_map_exit(void);
bool direct_map_queue_out(struct mf_pfn pfn);
bool direct_map_queue_in(struct mf_pfn pfn, struct mf_mfn mfn);
unsigned int direct_map_commit(void);
#else
/* Only a PV guest on Xen has memfront_hv.direct_map set. */
static inline int direct_map_init(unsigned int max_entries)
{
	return -ENODEV;
}

static inline void direct_map_exit(void) { }

static inline bool direct_map_queue_out(struct mf_pfn pfn)
{
	return false;
}

static inline bool direct_map_queue_in(struct mf_pfn pfn, struct mf_mfn mfn)
{
	return false;
}

static inline unsigned int direct_map_commit(void)
{
	return 0;
}
#endif

#endif /* _MEMFRONT_DIRECT_MAP_H */
