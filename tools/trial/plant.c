// SPDX-License-Identifier: GPL-2.0
/*
 * Lies in P2M and M2P, about pages that nobody else uses, so that nothing but a
 * check comes to know of them. "pfns" names those that a check must name.
 */
#include <linux/errno.h>

#include <memfront/m2p.h>
#include <memfront/mmu.h>
#include <memfront/p2m.h>

#include "pages.h"
#include "rounds.h"
#include "say.h"

static const struct memfront_mmu_result no_result;

enum lie {
	LIE_P2M,
	LIE_SWAPPED,
	LIE_M2P,
	NR_LIES,
};

/**
 * struct planted - what is wrong now
 * @pfn:	two pages
 * @mfn:	what is truly behind them
 * @any:	whether anything is
 */
static struct planted {
	struct mf_pfn pfn[2];
	struct mf_mfn mfn[2];
	bool any;
} planted;

static void choose(struct page *one, struct page *other)
{
	planted.pfn[0] = mf_page_pfn(one);
	planted.pfn[1] = mf_page_pfn(other);
	planted.mfn[0] = page_mfn(one);
	planted.mfn[1] = page_mfn(other);
	planted.any = true;
}

static int lie(enum lie kind)
{
	switch (kind) {
	case LIE_P2M:
		return memfront_p2m_set(planted.pfn[0], planted.mfn[1]);
	case LIE_SWAPPED:
		return memfront_p2m_set(planted.pfn[0], planted.mfn[1]) ?:
		       memfront_p2m_set(planted.pfn[1], planted.mfn[0]);
	case LIE_M2P:
		return memfront_mmu_set_m2p(planted.mfn[0], planted.pfn[1],
					    no_result);
	default:
		return -EINVAL;
	}
}

/**
 * command_plant() - plant a lie
 * @kind:	which
 * @unused:	not used
 */
int command_plant(unsigned int kind, unsigned int unused)
{
	int ret;

	if (planted.any)
		return -EBUSY;
	choose(data.page[kind], data.page[NR_DATA - 1 - kind]);
	ret = lie(kind);
	if (ret) {
		planted.any = false;
		return ret;
	}
	if (kind == LIE_SWAPPED)
		say("pfns %#lx %#lx\n", planted.pfn[0].nr, planted.pfn[1].nr);
	else
		say("pfns %#lx\n", planted.pfn[0].nr);
	return 0;
}

static int tell_truth(unsigned int i)
{
	return memfront_p2m_set(planted.pfn[i], planted.mfn[i]) ?:
	       memfront_mmu_set_m2p(planted.mfn[i], planted.pfn[i], no_result);
}

/**
 * command_right() - put right what was planted
 * @unused:	not used
 * @unused2:	not used
 */
int command_right(unsigned int unused, unsigned int unused2)
{
	int ret;

	if (!planted.any)
		return -EINVAL;
	ret = tell_truth(0) ?: tell_truth(1);
	planted.any = !!ret;
	return ret;
}
