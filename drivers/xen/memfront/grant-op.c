// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_*: a list of requests of a kind, with a status in each; and what the
 * guest's own pages are called in them.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include <memfront/kunit.h>
#include <memfront/p2m.h>

#include "grant-op.h"
#include "hypercall.h"
#include "inject.h"

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
int grant_op(unsigned int cmd, void *ops, unsigned int nr)
{
	long ret;

	if (memfront_should_fail())
		return -ENOMEM;
	ret = memfront_call(__HYPERVISOR_grant_table_op, cmd,
			    (unsigned long)ops, nr, 0, 0);
	return ret > 0 ? -EIO : ret;
}

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
 * grant_gfn - what the hypervisor calls the frame behind a page of the guest's own
 * @page:	the page
 * @gfn:	set
 *
 * Return: 0, or -EFAULT if no frame of this domain is behind it.
 */
int grant_gfn(struct page *page, xen_pfn_t *gfn)
{
	struct mf_p2m_entry entry;

	*gfn = mf_page_pfn(page).nr;
	if (memfront_hv.translated)
		return 0;
	entry = memfront_p2m_lookup(mf_page_pfn(page));
	if (mf_p2m_state(entry) != MF_P2M_RAM)
		return -EFAULT;
	*gfn = mf_p2m_mfn(entry).nr;
	return 0;
}
