// SPDX-License-Identifier: GPL-2.0
/* What is taken and given back. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <memfront/pseudophys.h>

#include "trial.h"

#define SLOTS		16
#define MAX_BLOCKS	65536

static struct memfront_pseudophys_user user = { .name = "trial" };
static struct slot slots[SLOTS];

void slots_init(void)
{
	memfront_pseudophys_register(&user);
}

/* Return: frames that are not back, by the allocator's account. */
long slots_exit(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (slots[i].wish.kind)
			slot_give(&slots[i]);
	return memfront_pseudophys_unregister(&user);
}

unsigned long slot_frames(const struct slot *slot)
{
	return (unsigned long)slot->wish.nr << slot->wish.order;
}

struct mf_pfn slot_pfn(const struct slot *slot, unsigned long i)
{
	unsigned long block = i >> slot->wish.order;

	if (slot->pages)
		return mf_page_pfn(slot->pages[i]);
	return mf_pfn(slot->pfns[block].nr +
		      (i & ((1UL << slot->wish.order) - 1)));
}

static int take_blocks(struct slot *slot)
{
	unsigned int order = slot->wish.order, i;
	int err = 0;

	for (i = 0; i < slot->wish.nr && !err; i++)
		err = memfront_pseudophys_alloc(&user, order, &slot->pfns[i]);
	if (!err)
		return 0;
	for (i--; i > 0; i--)
		memfront_pseudophys_free(&user, slot->pfns[i - 1], order);
	return err;
}

static int take(struct slot *slot)
{
	const struct wish *wish = &slot->wish;

	switch (wish->kind) {
	case KIND_FRAMES:
		return memfront_pseudophys_alloc_frames(&user, wish->nr,
							slot->pfns);
	case KIND_PAGES:
		return memfront_pseudophys_alloc_pages(&user, wish->nr,
						       slot->pages);
	case KIND_BLOCKS:
		return take_blocks(slot);
	case KIND_POPULATED:
		return memfront_pseudophys_alloc_populated(&user, wish->order,
							   wish->align,
							   wish->node,
							   slot->pfns);
	case KIND_CONTIGUOUS:
		return memfront_pseudophys_alloc_contiguous(&user, wish->order,
							    wish->width,
							    slot->pfns,
							    &slot->mfn);
	default:
		return -EINVAL;
	}
}

static void free_lists(struct slot *slot)
{
	kvfree(slot->pfns);
	kvfree(slot->pages);
	*slot = (struct slot){};
}

static int alloc_lists(struct slot *slot)
{
	if (slot->wish.kind == KIND_PAGES)
		slot->pages = kvcalloc(slot->wish.nr, sizeof(*slot->pages),
				       GFP_KERNEL);
	else
		slot->pfns = kvcalloc(slot->wish.nr, sizeof(*slot->pfns),
				      GFP_KERNEL);
	return slot->pages || slot->pfns ? 0 : -ENOMEM;
}

int slot_take(struct slot *slot, const struct wish *wish)
{
	int err;

	if (slot->wish.kind || !wish->nr || wish->nr > MAX_BLOCKS)
		return -EINVAL;
	slot->wish = *wish;
	err = alloc_lists(slot) ?: take(slot);
	if (err)
		free_lists(slot);
	return err;
}

static void give_blocks(const struct slot *slot)
{
	unsigned int i;

	for (i = 0; i < slot->wish.nr; i++)
		memfront_pseudophys_free(&user, slot->pfns[i],
					 slot->wish.order);
}

void slot_give(struct slot *slot)
{
	const struct wish *wish = &slot->wish;

	switch (wish->kind) {
	case KIND_FRAMES:
		memfront_pseudophys_free_frames(&user, wish->nr, slot->pfns);
		break;
	case KIND_PAGES:
		memfront_pseudophys_free_pages(&user, wish->nr, slot->pages);
		break;
	case KIND_BLOCKS:
		give_blocks(slot);
		break;
	case KIND_POPULATED:
		memfront_pseudophys_free_populated(&user, slot->pfns[0],
						   wish->order);
		break;
	case KIND_CONTIGUOUS:
		memfront_pseudophys_free_contiguous(&user, slot->pfns[0],
						    wish->order);
		break;
	default:
		break;
	}
	free_lists(slot);
}

static int take_and_look(unsigned int nr, const struct wish *wish)
{
	int err;

	if (nr >= SLOTS)
		return -EINVAL;
	err = slot_take(&slots[nr], wish);
	if (err)
		return err;
	trial_tell("pfn %lx mfn %lx", slot_pfn(&slots[nr], 0).nr,
		   slots[nr].mfn.nr);
	return look_at(&slots[nr]);
}

int command_frames(const char *args)
{
	struct wish wish = { .kind = KIND_FRAMES };
	unsigned int nr;

	if (sscanf(args, "%u %u", &nr, &wish.nr) != 2)
		return -EINVAL;
	return take_and_look(nr, &wish);
}

int command_pages(const char *args)
{
	struct wish wish = { .kind = KIND_PAGES };
	unsigned int nr;

	if (sscanf(args, "%u %u", &nr, &wish.nr) != 2)
		return -EINVAL;
	return take_and_look(nr, &wish);
}

int command_blocks(const char *args)
{
	struct wish wish = { .kind = KIND_BLOCKS };
	unsigned int nr;

	if (sscanf(args, "%u %u %u", &nr, &wish.nr, &wish.order) != 3)
		return -EINVAL;
	return take_and_look(nr, &wish);
}

int command_populated(const char *args)
{
	struct wish wish = { .kind = KIND_POPULATED, .nr = 1 };
	unsigned int nr;

	if (sscanf(args, "%u %u %u %d", &nr, &wish.order, &wish.align,
		   &wish.node) != 4)
		return -EINVAL;
	return take_and_look(nr, &wish);
}

int command_contiguous(const char *args)
{
	struct wish wish = { .kind = KIND_CONTIGUOUS, .nr = 1 };
	unsigned int nr;

	if (sscanf(args, "%u %u %u", &nr, &wish.order, &wish.width) != 3)
		return -EINVAL;
	return take_and_look(nr, &wish);
}

int command_free(const char *args)
{
	unsigned int nr;

	if (kstrtouint(args, 0, &nr) || nr >= SLOTS || !slots[nr].wish.kind)
		return -EINVAL;
	slot_give(&slots[nr]);
	return 0;
}
