// SPDX-License-Identifier: GPL-2.0
/*
 * The M2P, as the hypervisor shows it to PV guests: read-only, sparse where the
 * machine has no memory, and no better than what the owner of each frame has
 * put in.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#ifdef CONFIG_XEN_PV
#include <xen/page.h>
#include <xen/xen.h>
#endif

#include "hypercall.h"
#include "m2p.h"
#include "p2m.h"

/* Set in the marks that Xen has for "no pfn" and for "shared". */
#define M2P_NO_PFN	BIT(BITS_PER_LONG - 1)

/**
 * m2p_find - let the in-tree core tell where its M2P is
 * @hv: gets it
 *
 * On Xen the kernel has asked already.
 *
 * Return: 0 or what the core answers.
 */
int m2p_find(struct memfront_hypervisor *hv)
{
	struct xen_machphys_mapping map = {};
	long ret;

	ret = memfront_call(__HYPERVISOR_memory_op, XENMEM_machphys_mapping,
			    (unsigned long)&map, 0, 0, 0);
	if (ret)
		return ret;
	hv->m2p = (const unsigned long *)map.v_start;
	hv->m2p_size = map.max_mfn + 1;
	return 0;
}

/* Xen maps the parts of the table that there is memory for. */
static int read_table(const unsigned long *slot, unsigned long *word)
{
#ifdef CONFIG_XEN_PV
	if (xen_pv_domain())
		return xen_safe_read_ulong(slot, word);
#endif
	*word = READ_ONCE(*slot);
	return 0;
}

/**
 * memfront_m2p_lookup - which pfn its owner gives a machine frame
 * @mfn: any number
 * @pfn: gets what the table has; hardly ever right for another domain's frame
 *
 * The word of whoever owns the frame, or once did. memfront_mfn_to_pfn()
 * believes it only if the P2M says the same.
 *
 * Context: any, lock-free.
 * Return: 0; -ERANGE beyond the table; -ENOENT if the table has no pfn for it or
 * is not mapped there; -EOPNOTSUPP for a translated guest.
 */
int memfront_m2p_lookup(struct mf_mfn mfn, struct mf_pfn *pfn)
{
	unsigned long word;

	if (memfront_hv.translated)
		return -EOPNOTSUPP;
	if (mfn.nr >= memfront_hv.m2p_size)
		return -ERANGE;
	if (read_table(memfront_hv.m2p + mfn.nr, &word) || word & M2P_NO_PFN)
		return -ENOENT;
	*pfn = mf_pfn(word);
	return 0;
}
EXPORT_SYMBOL_GPL(memfront_m2p_lookup);

/**
 * memfront_mfn_to_pfn - which page of this guest a machine frame is behind
 * @mfn: any number
 * @pfn: gets the page
 *
 * Context: any, lock-free.
 * Return: 0; -EXDEV if the P2M does not confirm what the M2P says: the frame is
 * another domain's, or the M2P lies; and as memfront_m2p_lookup().
 */
int memfront_mfn_to_pfn(struct mf_mfn mfn, struct mf_pfn *pfn)
{
	struct mf_pfn found;
	int err = memfront_m2p_lookup(mfn, &found);

	if (err)
		return err;
	if (memfront_p2m_lookup(found).raw != mfn.nr)
		return -EXDEV;
	*pfn = found;
	return 0;
}
EXPORT_SYMBOL_GPL(memfront_mfn_to_pfn);
