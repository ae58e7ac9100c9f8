// SPDX-License-Identifier: GPL-2.0
/*
 * Holes of the balloon are lent and taken back. The ledger goes on counting
 * them, so that neither the target nor the figures know a difference; only
 * growth finds fewer to fill, and goes on when they are back.
 *
 * The page of a hole that is lent is as one that the kernel's own balloon lends:
 * with a reference, and not offline, so that whoever borrows it can map it.
 */
#include <linux/mutex.h>

#include <memfront/kunit.h>

#include "balloon.h"
#include "holes.h"
#include "pages.h"

static void disown_run(struct mf_pfn pfn, unsigned int order)
{
	struct page *page = mf_pfn_page(pfn);
	unsigned int i;

	for (i = 0; i < 1U << order; i++)
		pages_disown(page + i);
}

static void adopt_run(struct mf_pfn pfn, unsigned int order)
{
	struct page *page = mf_pfn_page(pfn);
	unsigned int i;

	for (i = 0; i < 1U << order; i++)
		pages_adopt(page + i);
}

/* So that a guest without holes never waits for a step. */
static bool any(void)
{
	const struct ledger *ledger = &memfront_balloon.ledger;

	return READ_ONCE(ledger->nr_holes) != READ_ONCE(ledger->nr_lent);
}

static unsigned int lend(struct mf_pfn *pfns, unsigned int nr,
			 unsigned int order, bool whole)
{
	struct balloon *balloon = &memfront_balloon;
	unsigned int got, i;

	mutex_lock(&balloon->lock);
	got = ledger_lend(&balloon->ledger, pfns, nr, order, whole);
	for (i = 0; i < got; i++)
		disown_run(pfns[i], order);
	mutex_unlock(&balloon->lock);
	return got;
}

static bool take_one_back(struct ledger *ledger, struct mf_pfn pfn,
			  unsigned int order)
{
	if (!ledger_take_back(ledger, pfn, order))
		return false;
	adopt_run(pfn, order);
	return true;
}

static unsigned int take_back(const struct mf_pfn *pfns, unsigned int nr,
			      unsigned int order)
{
	struct balloon *balloon = &memfront_balloon;
	unsigned int good = 0, i;
	bool awaited;

	mutex_lock(&balloon->lock);
	for (i = 0; i < nr; i++)
		good += take_one_back(&balloon->ledger, pfns[i], order);
	awaited = good && balloon->reason == REASON_HOLES_LENT;
	mutex_unlock(&balloon->lock);
	if (awaited)
		balloon_kick(balloon);
	return good;
}

const struct hole_lender balloon_holes = {
	.any = any,
	.lend = lend,
	.take_back = take_back,
};
EXPORT_SYMBOL_FOR_KUNIT(balloon_holes);
