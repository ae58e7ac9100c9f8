// SPDX-License-Identifier: GPL-2.0
/*
 * The direct map of a kernel that the in-tree core made a PV guest: tables in
 * the kernel's own pages, which no CPU uses. They are walked as a guest walks
 * its tables, from the root that the start info names, frame by frame through
 * the M2P.
 */
#include <linux/bits.h>
#include <linux/mm.h>

#include <memcore/memcore.h>
#include <memfront/kunit.h>
#include <xen/interface/xen.h>

#include "direct-map.h"
#include "m2p.h"

#define ENTRY_PRESENT	BIT_ULL(0)
#define ENTRY_RW	BIT_ULL(1)
#define ENTRY_ACCESSED	BIT_ULL(5)
#define ENTRY_DIRTY	BIT_ULL(6)
#define ENTRY_NX	BIT_ULL(63)
#define ENTRY_FRAME	GENMASK_ULL(51, 12)

#define LEVELS		4
#define LEVEL_SHIFT	9

/* Page of the root table. */
static struct mf_pfn root;

static bool page_of_entry(u64 entry, struct mf_pfn *pfn)
{
	struct mf_mfn mfn = mf_mfn((entry & ENTRY_FRAME) >> PAGE_SHIFT);

	return entry & ENTRY_PRESENT && !memfront_mfn_to_pfn(mfn, pfn) &&
	       pfn_valid(pfn->nr);
}

static unsigned int slot_at(unsigned long va, unsigned int level)
{
	return va >> (PAGE_SHIFT + (level - 1) * LEVEL_SHIFT) &
	       (BIT(LEVEL_SHIFT) - 1);
}

static bool core_find(struct mf_pfn pfn, u64 *entry)
{
	unsigned long va = MEMCORE_DIRECT_MAP + PFN_PHYS(pfn.nr);
	struct mf_pfn table = root;
	unsigned int level;
	const u64 *slots;
	u64 found = 0;

	for (level = LEVELS; level > 1; level--) {
		slots = __va(PFN_PHYS(table.nr));
		found = READ_ONCE(slots[slot_at(va, level)]);
		if (!page_of_entry(found, &table))
			return false;
	}
	*entry = (found & ENTRY_FRAME) + slot_at(va, level) * sizeof(*entry);
	return true;
}

static u64 core_entry(struct mf_mfn mfn)
{
	return (u64)mfn.nr << PAGE_SHIFT | ENTRY_PRESENT | ENTRY_RW |
	       ENTRY_ACCESSED | ENTRY_DIRTY | ENTRY_NX;
}

static const struct direct_map_ops core_ops = {
	.find = core_find,
	.entry = core_entry,
};

/**
 * direct_map_core - find the direct map of a kernel that is the core's guest
 * @info: what it was started with
 *
 * Return: how to change it.
 */
const struct direct_map_ops *direct_map_core(const struct start_info *info)
{
	root = mf_pfn((info->pt_base - MEMCORE_DIRECT_MAP) >> PAGE_SHIFT);
	return &core_ops;
}

/** direct_map_core_root - the page of that guest's root table. */
struct mf_pfn direct_map_core_root(void)
{
	return root;
}
EXPORT_SYMBOL_FOR_KUNIT(direct_map_core_root);
