// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of the P2M, written in place: the kernel exports the list and the
 * means to make a leaf of it private, but not its own setter.
 */
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>

#ifdef CONFIG_XEN_PV
#include <xen/page.h>
#include <xen/xen.h>
#endif

#include <memfront/kunit.h>

#include "hypercall.h"
#include "inject.h"
#include "p2m.h"

#define P2M_INVALID	(~0UL)
/* Set in entries for foreign frames and for identity-mapped ones. */
#define P2M_SPECIAL	(BIT(BITS_PER_LONG - 1) | BIT(BITS_PER_LONG - 2))

/**
 * p2m_reserve - make sure that the entries of a 2 MiB block can be written
 * @pfn: any pfn of the block
 *
 * Regions without memory share read-only leaves; a leaf holds 512 entries,
 * those of one 2 MiB block.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -ERANGE if the list does not reach that far.
 */
int p2m_reserve(struct mf_pfn pfn)
{
	if (pfn.nr >= memfront_hv.p2m_size)
		return -ERANGE;
	if (memfront_should_fail())
		return -ENOMEM;
#ifdef CONFIG_XEN_PV
	if (xen_pv_domain())
		return xen_alloc_p2m_entry(pfn.nr);
#endif
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_reserve);

/**
 * p2m_lookup - the machine frame behind a page of RAM
 * @pfn:	the page
 * @mfn:	set if there is one
 *
 * Return: true if the entry is an ordinary frame of this domain; false for
 * holes, foreign and identity frames.
 */
bool p2m_lookup(struct mf_pfn pfn, struct mf_mfn *mfn)
{
	unsigned long entry;

	if (pfn.nr >= memfront_hv.p2m_size)
		return false;
	entry = READ_ONCE(memfront_hv.p2m[pfn.nr]);
	if (entry & P2M_SPECIAL)
		return false;
	mfn->nr = entry;
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_lookup);

/**
 * p2m_set - enter the frame that now backs @pfn
 * @pfn:	a page of RAM after p2m_reserve()
 * @mfn:	its frame
 */
void p2m_set(struct mf_pfn pfn, struct mf_mfn mfn)
{
	WRITE_ONCE(memfront_hv.p2m[pfn.nr], mfn.nr);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_set);

/**
 * p2m_clear - enter that no frame backs @pfn
 * @pfn: a page of RAM that had one
 */
void p2m_clear(struct mf_pfn pfn)
{
	WRITE_ONCE(memfront_hv.p2m[pfn.nr], P2M_INVALID);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_clear);
