// SPDX-License-Identifier: GPL-2.0
#include "ref_ledger.h"

bool ref_all(const struct ref_ledger *ref, unsigned long pfn,
	     unsigned int order, bool hole)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++)
		if (ref->hole[i] != hole)
			return false;
	return true;
}

void ref_set(struct ref_ledger *ref, unsigned long pfn, unsigned int order,
	     bool hole)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++)
		ref->hole[i] = hole;
}

unsigned long ref_holes(const struct ref_ledger *ref)
{
	unsigned long nr = 0;
	unsigned long i;

	for (i = 0; i < REF_PAGES; i++)
		nr += ref->hole[i];
	return nr;
}

unsigned long ref_whole(const struct ref_ledger *ref)
{
	unsigned long nr = 0;
	unsigned long i;

	for (i = 0; i < REF_PAGES; i += MEMFRONT_SUPER_PAGES)
		nr += ref_idle(ref, i, MEMFRONT_SUPER_ORDER);
	return nr;
}

/* Holes, and none of them lent. */
bool ref_idle(const struct ref_ledger *ref, unsigned long pfn,
	      unsigned int order)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++)
		if (!ref->hole[i] || ref->lent[i])
			return false;
	return true;
}

void ref_lend(struct ref_ledger *ref, unsigned long pfn, unsigned int order,
	      bool lent)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++)
		ref->lent[i] = lent;
}

unsigned long ref_lent(const struct ref_ledger *ref)
{
	unsigned long nr = 0;
	unsigned long i;

	for (i = 0; i < REF_PAGES; i++)
		nr += ref->lent[i];
	return nr;
}

unsigned int ref_runs(const struct ref_ledger *ref, unsigned long block)
{
	unsigned long base = block * MEMFRONT_SUPER_PAGES;
	bool before = true;
	unsigned int runs = 0;
	unsigned long i;

	for (i = base; i < base + MEMFRONT_SUPER_PAGES; i++) {
		runs += before && !ref->hole[i];
		before = ref->hole[i];
	}
	return runs;
}
