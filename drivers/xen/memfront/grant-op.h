/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hypercall for grants, and what its words mean.
 */
#ifndef _MEMFRONT_GRANT_OP_H
#define _MEMFRONT_GRANT_OP_H

#include <linux/types.h>

#include <xen/interface/xen.h>

struct page;

/* Not a GNTST_*: the hypervisor has not come to it. */
#define GRANT_NOT_DONE	((s16)1)

int grant_op(unsigned int cmd, void *ops, unsigned int nr);
int grant_errno(s16 status);
int grant_gfn(struct page *page, xen_pfn_t *gfn);

#endif /* _MEMFRONT_GRANT_OP_H */
