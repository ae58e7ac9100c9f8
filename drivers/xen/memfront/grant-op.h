/* SPDX-License-Identifier: GPL-2.0 */
/*
 * GNTTABOP_*: a list of requests of a kind, with a status in each; and what the
 * guest's own pages are called in them.
 */
#ifndef _MEMFRONT_GRANT_OP_H
#define _MEMFRONT_GRANT_OP_H

#include <linux/errno.h>
#include <linux/types.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include <memfront/frame.h>
#include <memfront/p2m.h>

#include "hypercall.h"
#include "inject.h"
#include "p2m.h"

/* Not a GNTST_*: the hypervisor has not come to it. */
#define GRANT_NOT_DONE	((s16)1)

/* The name of no frame. */
#define GRANT_NO_GFN	MF_P2M_INVALID

int grant_errno(s16 status);

/**
 * grant_op - have a list of requests carried out
 * @cmd:	GNTTABOP_*
 * @ops:	the list; each status is GRANT_NOT_DONE
 * @nr:		how many
 *
 * Return: 0, with the hypervisor's word in each status; or an errno if the call
 * was not carried out to its end: requests whose status is GRANT_NOT_DONE still
 * have not been.
 */
static inline int grant_op(unsigned int cmd, void *ops, unsigned int nr)
{
	long ret;

	if (memfront_should_fail())
		return -ENOMEM;
	ret = memfront_call(__HYPERVISOR_grant_table_op, cmd,
			    (unsigned long)ops, nr, 0, 0);
	return ret > 0 ? -EIO : ret;
}

xen_pfn_t grant_gfn_unlisted(struct mf_pfn pfn);

/**
 * grant_gfn - what the hypervisor calls a frame of the guest's own
 * @pfn: the frame
 *
 * Return: GRANT_NO_GFN if no frame of this domain is behind it.
 */
static __always_inline xen_pfn_t grant_gfn(struct mf_pfn pfn)
{
	struct mf_p2m_entry entry = p2m_read_list(pfn);

	if (likely(!(entry.raw & MF_P2M_SPECIAL)))
		return entry.raw;
	return memfront_hv.translated ? pfn.nr : grant_gfn_unlisted(pfn);
}

#endif /* _MEMFRONT_GRANT_OP_H */
