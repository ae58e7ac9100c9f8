// SPDX-License-Identifier: GPL-2.0
/* What is behind the frames. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include <memfront/m2p.h>
#include <memfront/p2m.h>

#include "trial.h"

#define WORDS	(PAGE_SIZE / sizeof(u64))
#define SEED	77

int command_reservation(const char *args)
{
	domid_t domid = DOMID_SELF;
	long nr = HYPERVISOR_memory_op(XENMEM_current_reservation, &domid);

	trial_tell("%ld", nr);
	return nr < 0 ? nr : 0;
}

static bool has_ram(const struct slot *slot)
{
	return slot->wish.kind >= KIND_POPULATED;
}

static u64 word(u64 seed, unsigned long page, unsigned int i)
{
	return seed * 0x9e3779b97f4a7c15ULL + ((u64)page << 32) + i;
}

void fill_slot(const struct slot *slot, u64 seed)
{
	unsigned long page;
	unsigned int i;
	u64 *words;

	for (page = 0; page < slot_frames(slot); page++) {
		words = page_address(mf_pfn_page(slot_pfn(slot, page)));
		for (i = 0; i < WORDS; i++)
			WRITE_ONCE(words[i], word(seed, page, i));
	}
}

int check_slot(const struct slot *slot, u64 seed)
{
	unsigned long page;
	unsigned int i;
	u64 *words;

	for (page = 0; page < slot_frames(slot); page++) {
		words = page_address(mf_pfn_page(slot_pfn(slot, page)));
		for (i = 0; i < WORDS; i++)
			if (READ_ONCE(words[i]) != word(seed, page, i))
				return -EUCLEAN;
	}
	return 0;
}

static bool is_aligned(const struct slot *slot)
{
	unsigned int order = slot->wish.kind == KIND_POPULATED ?
				     slot->wish.align : slot->wish.order;
	unsigned long i;

	for (i = 0; i < slot_frames(slot); i += 1UL << slot->wish.order)
		if (!IS_ALIGNED(slot_pfn(slot, i).nr, 1UL << order))
			return false;
	return true;
}

/* The page is as one that nobody has, and has nothing behind it. */
static bool is_bare(struct mf_pfn pfn)
{
	return page_count(mf_pfn_page(pfn)) == 1 &&
	       mf_p2m_state(memfront_p2m_lookup(pfn)) == MF_P2M_HOLE;
}

static bool all_bare(const struct slot *slot)
{
	unsigned long i;

	for (i = 0; i < slot_frames(slot); i++) {
		if (!is_bare(slot_pfn(slot, i)))
			return false;
		cond_resched();
	}
	return true;
}

static bool is_at(struct mf_pfn pfn, struct mf_mfn mfn)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(pfn);
	struct mf_pfn back;

	return mf_p2m_state(entry) == MF_P2M_RAM &&
	       mf_p2m_mfn(entry).nr == mfn.nr &&
	       !memfront_m2p_lookup(mfn, &back) && back.nr == pfn.nr;
}

static bool is_contiguous(const struct slot *slot)
{
	unsigned long i, nr = slot_frames(slot);

	for (i = 0; i < nr; i++)
		if (!is_at(slot_pfn(slot, i), mf_mfn(slot->mfn.nr + i)))
			return false;
	return slot->wish.width >= BITS_PER_LONG ||
	       !((slot->mfn.nr + nr - 1) >> (slot->wish.width - PAGE_SHIFT));
}

static bool is_of_node(const struct slot *slot)
{
	return slot->wish.kind != KIND_POPULATED || slot->wish.node < 0 ||
	       page_to_nid(mf_pfn_page(slot_pfn(slot, 0))) == slot->wish.node;
}

/* Return: 0 or -EUCLEAN. */
int look_at(const struct slot *slot)
{
	if (!is_aligned(slot) || !is_of_node(slot))
		return -EUCLEAN;
	if (!has_ram(slot))
		return all_bare(slot) ? 0 : -EUCLEAN;
	if (slot->wish.kind == KIND_CONTIGUOUS && !is_contiguous(slot))
		return -EUCLEAN;
	fill_slot(slot, SEED);
	return check_slot(slot, SEED);
}
