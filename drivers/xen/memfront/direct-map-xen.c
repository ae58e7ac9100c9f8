// SPDX-License-Identifier: GPL-2.0
/*
 * The direct map of a PV guest on Xen: the kernel's own, as its CPUs use it.
 */
#include <linux/mm.h>

#include <xen/interface/xen.h>
#include <xen/page.h>
#include <asm/pgtable.h>

#include "direct-map.h"

static bool xen_find(struct mf_pfn pfn, u64 *entry)
{
	unsigned long va = (unsigned long)__va(PFN_PHYS(pfn.nr));
	unsigned int level;
	pte_t *pte = lookup_address(va, &level);

	if (!pte || level != PG_LEVEL_4K)
		return false;
	*entry = arbitrary_virt_to_machine(pte).maddr;
	return true;
}

static u64 xen_entry(struct mf_mfn mfn)
{
	return pte_val_ma(mfn_pte(mfn.nr, PAGE_KERNEL));
}

const struct direct_map_ops direct_map_xen = {
	.find = xen_find,
	.entry = xen_entry,
};
