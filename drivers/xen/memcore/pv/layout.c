// SPDX-License-Identifier: GPL-2.0
/*
 * Which virtual addresses are the hypervisor's, as Xen 4.17 has it.
 *
 * On x86_64 Xen keeps sixteen slots of each root table, 8 TiB from the bottom
 * of the upper half; a guest has all else that is canonical. A 32-bit guest of
 * a 64-bit Xen loses the top of its 4 GiB; where that starts can be moved up
 * for each domain, and here is where it starts if nobody does.
 */
#include <linux/kernel.h>
#include <memcore/kunit.h>
#include "layout.h"

static const struct memcore_region layout_64[] = {
	{ 0xffff800000000000, 0xffff803fffffffff,
	  "machine-to-physical table for guests", true },
	{ 0xffff804000000000, 0xffff807fffffffff,
	  "kept for what guests may read one day", true },
	{ 0xffff808000000000, 0xffff80ffffffffff,
	  "PCI configuration space" },
	{ 0xffff810000000000, 0xffff817fffffffff,
	  "linear map of the guest's page tables" },
	{ 0xffff818000000000, 0xffff81ffffffffff,
	  "linear map of shadow page tables" },
	{ 0xffff820000000000, 0xffff827fffffffff,
	  "per-domain mappings: GDT, LDT, mapped frames" },
	{ 0xffff828000000000, 0xffff82bfffffffff,
	  "machine-to-physical table" },
	{ 0xffff82c000000000, 0xffff82cfffffffff,
	  "vmap, ioremap and fixed mappings" },
	{ 0xffff82d000000000, 0xffff82d03fffffff,
	  "machine-to-physical table of 32-bit guests" },
	{ 0xffff82d040000000, 0xffff82d07fffffff,
	  "Xen's own code and data" },
	{ 0xffff82d080000000, 0xffff82dfffffffff,
	  "unused" },
	{ 0xffff82e000000000, 0xffff82ffffffffff,
	  "frame table" },
	{ 0xffff830000000000, 0xffff87ffffffffff,
	  "direct map of all memory" },
};

static const struct memcore_region layout_32[] = {
	{ MC_COMPAT_XEN_START, 0xffdfffff,
	  "machine-to-physical table for guests", true },
	{ 0xffe00000, 0xffffffff,
	  "unused" },
};

/**
 * memcore_layout() - the parts of an address space that Xen keeps
 * @bits: 64, or 32 for a 32-bit guest on a 64-bit Xen
 * @nr: where to say how many there are
 *
 * Return: the parts, in order and without gaps.
 */
const struct memcore_region *memcore_layout(unsigned int bits,
					    unsigned int *nr)
{
	*nr = bits == 64 ? ARRAY_SIZE(layout_64) : ARRAY_SIZE(layout_32);
	return bits == 64 ? layout_64 : layout_32;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_layout);

/**
 * memcore_region_at() - what does Xen keep an address for?
 * @bits: see memcore_layout()
 * @va: the address
 *
 * Return: the part that it is in, or NULL if Xen does not keep it.
 */
const struct memcore_region *memcore_region_at(unsigned int bits, u64 va)
{
	const struct memcore_region *region;
	unsigned int nr;

	for (region = memcore_layout(bits, &nr); nr--; region++)
		if (va >= region->start && va <= region->last)
			return region;
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_region_at);

/**
 * memcore_l4_slot_is_guests() - may a guest fill this slot of a root table?
 * @slot: below 512
 *
 * Return: false if the slot is Xen's.
 */
bool memcore_l4_slot_is_guests(unsigned int slot)
{
	return slot < MC_FIRST_XEN_SLOT || slot > MC_LAST_XEN_SLOT;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_l4_slot_is_guests);

/**
 * memcore_addr_is_canonical() - is it an address at all, with 48 bits?
 * @va: any number
 *
 * Return: true if bits 47 to 63 are the same.
 */
bool memcore_addr_is_canonical(unsigned long va)
{
	return (long)va >> 47 == (long)va >> 63;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_addr_is_canonical);

/**
 * memcore_addr_is_guests() - may a 64-bit guest have something here?
 * @va: any number
 *
 * Return: false if the address is not canonical, or Xen's.
 */
bool memcore_addr_is_guests(unsigned long va)
{
	return memcore_addr_is_canonical(va) &&
	       memcore_l4_slot_is_guests(va >> 39 & 511);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_addr_is_guests);

/**
 * memcore_compat_addr_is_guests() - may a 32-bit guest have something here?
 * @va: any number
 *
 * Return: false if it is above what the guest has.
 */
bool memcore_compat_addr_is_guests(unsigned long va)
{
	return va < MC_COMPAT_XEN_START;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_compat_addr_is_guests);
