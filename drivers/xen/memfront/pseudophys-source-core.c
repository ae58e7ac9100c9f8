// SPDX-License-Identifier: GPL-2.0
/*
 * Address space on the in-tree core: the pfns beyond all RAM, behind which the
 * core has nothing, lowest first. They have no struct page, for the kernel under
 * the core knows nothing of them.
 *
 * A PV guest's P2M is extended to cover them, and shrinks again when the last go.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include <memfront/p2m.h>

#include "hypercall.h"
#include "pseudophys-section.h"
#include "pseudophys-source.h"
#include "reservation.h"

/* 8 MiB, so that a small guest has several. */
#define ORDER		11
/* What may be had in all: 2 GiB of addresses. */
#define NR_SECTIONS	256

/* Entries looked at together. */
#define STEP		32

/*
 * @used:	sections that are out
 * @first:	pfn of the first, once one was out
 * @covered:	what the P2M covered before
 */
static struct {
	DECLARE_BITMAP(used, NR_SECTIONS);
	unsigned long first;
	unsigned long covered;
} space;

static unsigned long pfn_of(unsigned int i)
{
	return space.first + ((unsigned long)i << ORDER);
}

static bool all_holes(struct mf_pfn first, unsigned long nr)
{
	struct mf_p2m_entry entries[STEP];
	unsigned long i;
	unsigned int j;

	for (i = 0; i < nr; i += STEP) {
		memfront_p2m_lookup_range(mf_pfn(first.nr + i), entries, STEP);
		for (j = 0; j < STEP; j++)
			if (mf_p2m_state(entries[j]) != MF_P2M_HOLE)
				return false;
		cond_resched();
	}
	return true;
}

/* Only for want of memory may it stay larger: that does no harm. */
static void shrink_p2m(void)
{
	unsigned long last = find_last_bit(space.used, NR_SECTIONS);

	if (!memfront_hv.translated)
		memfront_p2m_shrink(last < NR_SECTIONS ? pfn_of(last + 1) :
							 space.covered);
}

static int cover(struct mf_pfn first)
{
	int err;

	if (memfront_hv.translated)
		return 0;
	err = memfront_p2m_extend(first.nr + (1UL << ORDER));
	return err ?: memfront_p2m_reserve(first, 1UL << ORDER);
}

/* The first pfn that is beyond all that the guest has. */
static long find_end(void)
{
	return memfront_hv.translated ? reservation_end() :
					(long)memfront_p2m_size();
}

static int find_space(void)
{
	long end;

	/* What was there once counts for a translated guest's for ever. */
	if (!bitmap_empty(space.used, NR_SECTIONS) ||
	    (space.first && memfront_hv.translated))
		return 0;
	end = find_end();
	if (end < 0)
		return end;
	space.covered = end;
	space.first = ALIGN(end, 1UL << ORDER);
	return 0;
}

static int core_add(struct section *s)
{
	int err = find_space();
	unsigned int i;

	if (err)
		return err;
	i = find_first_zero_bit(space.used, NR_SECTIONS);
	if (i == NR_SECTIONS)
		return -ENOSPC;
	s->first = mf_pfn(pfn_of(i));
	err = cover(s->first);
	if (!err && !all_holes(s->first, section_size(s)))
		err = -EBUSY;
	if (err)
		shrink_p2m();
	else
		__set_bit(i, space.used);
	return err;
}

static int core_remove(struct section *s)
{
	if (!all_holes(s->first, section_size(s)))
		return -EBUSY;
	__clear_bit((s->first.nr - space.first) >> ORDER, space.used);
	shrink_p2m();
	return 0;
}

const struct section_source section_source_core = {
	.order = ORDER,
	.add = core_add,
	.remove = core_remove,
};
