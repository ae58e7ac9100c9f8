// SPDX-License-Identifier: GPL-2.0
/*
 * The floor below which the guest is never pushed, and what it can spare now.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include <memfront/kunit.h>

#include "limits.h"

#define MIB_PAGES(mib)	((unsigned long)(mib) << (20 - PAGE_SHIFT))

/*
 * The kernel's own tables grow with the memory that the guest could have, so
 * what it needs to live on does too. The figures are those that hv_balloon in
 * Linux 6.1 settles on for the same purpose.
 */
static const struct {
	unsigned int total_mib;
	unsigned int floor_mib;
} floors[] = {
	{ 0, 0 },	{ 16, 16 },	{ 32, 24 },	{ 128, 72 },
	{ 512, 168 },	{ 2048, 360 },	{ 8192, 744 },	{ 32768, 1512 },
};

/* Above the table the floor grows by 1/64 of the memory. */
#define FLOOR_SLOPE	64

static unsigned long interpolate(unsigned int i, unsigned long total_pages)
{
	unsigned long total = MIB_PAGES(floors[i].total_mib);
	unsigned long floor = MIB_PAGES(floors[i].floor_mib);
	unsigned long run, rise;

	if (i + 1 == ARRAY_SIZE(floors))
		return floor + (total_pages - total) / FLOOR_SLOPE;

	run = MIB_PAGES(floors[i + 1].total_mib) - total;
	rise = MIB_PAGES(floors[i + 1].floor_mib) - floor;
	return floor + mult_frac(total_pages - total, rise, run);
}

/**
 * limits_floor - the least memory for a guest of a given size
 * @total_pages: all the memory that the guest could have, in pages
 *
 * Return: pages; continuous and never falling in @total_pages.
 */
unsigned long limits_floor(unsigned long total_pages)
{
	unsigned int i = ARRAY_SIZE(floors) - 1;

	while (total_pages < MIB_PAGES(floors[i].total_mib))
		i--;
	return interpolate(i, total_pages);
}
EXPORT_SYMBOL_FOR_KUNIT(limits_floor);

/**
 * limits_available - pages that could be taken without swapping, by the
 * kernel's own estimate
 *
 * Return: pages, 0 if there are none.
 */
unsigned long limits_available(void)
{
	return max(si_mem_available(), 0L);
}
EXPORT_SYMBOL_FOR_KUNIT(limits_available);
