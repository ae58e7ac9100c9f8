/* SPDX-License-Identifier: GPL-2.0 */
/* A ledger of holes as naive as can be: one flag for each page, all counted. */
#ifndef REF_LEDGER_H
#define REF_LEDGER_H

#include <linux/types.h>
#include <memfront/frame.h>

#define REF_BLOCKS	12
#define REF_PAGES	(REF_BLOCKS * MEMFRONT_SUPER_PAGES)

/**
 * struct ref_ledger - the holes among REF_PAGES pages from pfn 0 on
 * @hole: true for a page without a frame
 * @lent: true for one that is lent
 */
struct ref_ledger {
	bool hole[REF_PAGES];
	bool lent[REF_PAGES];
};

bool ref_all(const struct ref_ledger *ref, unsigned long pfn,
	     unsigned int order, bool hole);
void ref_set(struct ref_ledger *ref, unsigned long pfn, unsigned int order,
	     bool hole);
unsigned long ref_holes(const struct ref_ledger *ref);
unsigned long ref_whole(const struct ref_ledger *ref);
bool ref_idle(const struct ref_ledger *ref, unsigned long pfn,
	      unsigned int order);
void ref_lend(struct ref_ledger *ref, unsigned long pfn, unsigned int order,
	      bool lent);
unsigned long ref_lent(const struct ref_ledger *ref);
unsigned int ref_runs(const struct ref_ledger *ref, unsigned long block);

#endif
