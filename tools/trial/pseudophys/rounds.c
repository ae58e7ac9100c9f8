// SPDX-License-Identifier: GPL-2.0
/*
 * Takes and gives at random. Each frame has a mark in its struct page while it is
 * out, so that a frame that two have is found; what has RAM has a pattern, which
 * has to be there when it goes back.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <xen/xen.h>

#include <memfront/pseudophys.h>

#include "trial.h"

#define NR_HELD		48
#define MAX_SINGLES	300
#define RAM_ORDER	5

/**
 * struct rounds - the rounds, so far
 * @rnd:	the seeded source
 * @held:	what is out
 * @took:	times something was had
 * @refused:	times there was none
 */
struct rounds {
	struct rnd_state rnd;
	struct slot held[NR_HELD];
	unsigned long took;
	unsigned long refused;
};

static u32 below(struct rounds *r, u32 end)
{
	return prandom_u32_state(&r->rnd) % end;
}

static struct wish random_wish(struct rounds *r)
{
	struct wish wish = { .nr = 1, .node = -1, .width = 64 };

	wish.kind = KIND_FRAMES + below(r, xen_pv_domain() ? 5 : 4);
	switch (wish.kind) {
	case KIND_FRAMES:
	case KIND_PAGES:
		wish.nr = 1 + below(r, below(r, 2) ? 3 : MAX_SINGLES);
		break;
	case KIND_BLOCKS:
		wish.order = below(r, MEMFRONT_PSEUDOPHYS_MAX_ORDER + 1);
		wish.nr = 1 + below(r, 3);
		break;
	default:
		wish.order = below(r, RAM_ORDER + 1);
		wish.align = wish.order + below(r, 3);
		wish.node = below(r, 2) ? 0 : -1;
		wish.width = 30 + below(r, 20);
	}
	return wish;
}

/* The mark is the slot's, and was not there. */
static int mark(struct rounds *r, const struct slot *slot, bool out)
{
	unsigned long old = out ? 0 : 1 + (slot - r->held), i;
	unsigned long new = out ? 1 + (slot - r->held) : 0;
	int err = 0;

	for (i = 0; i < slot_frames(slot); i++) {
		struct page *page = mf_pfn_page(slot_pfn(slot, i));

		if (page_private(page) != old)
			err = -EUCLEAN;
		set_page_private(page, new);
	}
	return err;
}

static bool is_populated(const struct slot *slot)
{
	return slot->wish.kind >= KIND_POPULATED;
}

static int take_one(struct rounds *r, struct slot *slot)
{
	struct wish wish = random_wish(r);
	int err = slot_take(slot, &wish);

	if (err == -ENOMEM) {
		r->refused++;
		return 0;
	}
	if (err)
		return err;
	r->took++;
	err = look_at(slot);
	/* Of a page of RAM the field may have anything in it. */
	if (is_populated(slot))
		fill_slot(slot, slot - r->held);
	else
		err = mark(r, slot, true) ?: err;
	return err;
}

static int give_one(struct rounds *r, struct slot *slot)
{
	int err = is_populated(slot) ? check_slot(slot, slot - r->held) :
				       mark(r, slot, false);

	slot_give(slot);
	return err;
}

static int do_rounds(struct rounds *r, unsigned int nr)
{
	struct slot *slot;
	int err = 0;

	while (nr-- && !err) {
		slot = &r->held[below(r, NR_HELD)];
		err = slot->wish.kind ? give_one(r, slot) : take_one(r, slot);
		cond_resched();
	}
	for (slot = r->held; slot < r->held + NR_HELD; slot++)
		if (slot->wish.kind)
			err = give_one(r, slot) ?: err;
	return err;
}

int command_rounds(const char *args)
{
	struct rounds *r;
	unsigned int nr;
	u64 seed;
	int err;

	if (sscanf(args, "%u %llu", &nr, &seed) != 2)
		return -EINVAL;
	r = kvzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	prandom_seed_state(&r->rnd, seed);
	err = do_rounds(r, nr);
	trial_tell("took %lu refused %lu", r->took, r->refused);
	kvfree(r);
	return err;
}
