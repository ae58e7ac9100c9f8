// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_*: what their words mean, and what a guest's frames are called in them.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include <memfront/kunit.h>
#include <memfront/p2m.h>

#include "grant-op.h"

/**
 * grant_errno - a status as an errno
 * @status: GNTST_*, GRANT_NOT_DONE, or whatever the hypervisor has written
 *
 * GNTST_general_error is what Xen says of most that is wrong with a grant: that
 * it is not there, is not this domain's, cannot be written.
 *
 * Return: 0 for GNTST_okay, else an errno.
 */
int grant_errno(s16 status)
{
	static const int errnos[] = {
		[-GNTST_okay] = 0,
		[-GNTST_general_error] = -EACCES,
		[-GNTST_bad_domain] = -ESRCH,
		[-GNTST_bad_gntref] = -EINVAL,
		[-GNTST_bad_handle] = -EBADF,
		[-GNTST_bad_virt_addr] = -EFAULT,
		[-GNTST_bad_dev_addr] = -EFAULT,
		[-GNTST_no_device_space] = -ENOSPC,
		[-GNTST_permission_denied] = -EPERM,
		[-GNTST_bad_page] = -ENXIO,
		[-GNTST_bad_copy_arg] = -EINVAL,
		[-GNTST_address_too_big] = -ERANGE,
		[-GNTST_eagain] = -EAGAIN,
		[-GNTST_no_space] = -ENOSPC,
	};

	if (status > 0 || -status >= (int)ARRAY_SIZE(errnos))
		return -EIO;
	return errnos[-status];
}
EXPORT_SYMBOL_FOR_KUNIT(grant_errno);

/**
 * grant_gfn_unlisted - grant_gfn() of a PV guest's frame that its list has not as RAM
 * @pfn: the frame
 *
 * Return: as grant_gfn().
 */
xen_pfn_t grant_gfn_unlisted(struct mf_pfn pfn)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(pfn);

	return mf_p2m_state(entry) == MF_P2M_RAM ? entry.raw : GRANT_NO_GFN;
}
