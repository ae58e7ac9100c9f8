/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a guest's address space that the hypervisor keeps. */
#ifndef MEMCORE_PV_LAYOUT_H
#define MEMCORE_PV_LAYOUT_H

#include <linux/types.h>

/* Slots of a root table that are the hypervisor's. */
#define MC_FIRST_XEN_SLOT	256
#define MC_LAST_XEN_SLOT	271

/* Where a 32-bit guest's part ends on a 64-bit hypervisor: 168 MiB below 4 GiB. */
#define MC_COMPAT_XEN_START	0xf5800000UL

/**
 * struct memcore_region - a part of the address space that Xen keeps
 * @start: first byte
 * @last: last byte
 * @purpose: what it is for
 * @guest_reads: the guest may read what is mapped there
 */
struct memcore_region {
	u64 start;
	u64 last;
	const char *purpose;
	bool guest_reads;
};

const struct memcore_region *memcore_layout(unsigned int bits,
					    unsigned int *nr);
const struct memcore_region *memcore_region_at(unsigned int bits, u64 va);
bool memcore_l4_slot_is_guests(unsigned int slot);
bool memcore_addr_is_guests(unsigned long va);
bool memcore_addr_is_canonical(unsigned long va);
bool memcore_compat_addr_is_guests(unsigned long va);

#endif
