/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's direct map in a PV guest, changed in batches.
 */
#ifndef _MEMFRONT_DIRECT_MAP_H
#define _MEMFRONT_DIRECT_MAP_H

#include <linux/types.h>

#include <memfront/frame.h>

struct start_info;

/**
 * struct direct_map_ops - whose page tables the direct map is made of
 * @find:	gives the machine address of a page's leaf entry; false if there
 *		is no 4 KiB entry
 * @entry:	the entry that maps a frame as the kernel's memory is
 */
struct direct_map_ops {
	bool (*find)(struct mf_pfn pfn, u64 *entry);
	u64 (*entry)(struct mf_mfn mfn);
};

#if IS_ENABLED(CONFIG_XEN_PV)
extern const struct direct_map_ops direct_map_xen;
#endif

const struct direct_map_ops *direct_map_core(const struct start_info *info);
struct mf_pfn direct_map_core_root(void);

int direct_map_init(unsigned int max_entries);
void direct_map_exit(void);
bool direct_map_queue_out(struct mf_pfn pfn);
bool direct_map_queue_in(struct mf_pfn pfn, struct mf_mfn mfn);
unsigned int direct_map_commit(void);

#endif /* _MEMFRONT_DIRECT_MAP_H */
