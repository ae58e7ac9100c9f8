/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of another domain in this kernel's address space, for a domain that is
 * privileged over it.
 */
#ifndef _MEMFRONT_FOREIGN_H
#define _MEMFRONT_FOREIGN_H

#include <linux/bits.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

#include <memfront/frame.h>

struct memfront_foreign;

#define MEMFRONT_FOREIGN_READ_ONLY	BIT(0)

struct memfront_foreign *memfront_foreign_map(domid_t domid,
					      const struct mf_gfn *gfns,
					      unsigned int nr,
					      unsigned int flags, int *errs);
void *memfront_foreign_addr(const struct memfront_foreign *map);
int memfront_foreign_unmap(struct memfront_foreign *map);

#endif /* _MEMFRONT_FOREIGN_H */
