// SPDX-License-Identifier: GPL-2.0
/* The domain that maps another's frames. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/pgtable.h>

#include <memfront/foreign.h>

#include "trial.h"

#define SLOTS		8
#define MAX_LISTED	256
#define MAX_RANGE	65536

/**
 * struct slot - a mapping
 * @map:	it, or NULL
 * @nr:		frames asked for
 * @errs:	what became of each
 */
struct slot {
	struct memfront_foreign *map;
	unsigned int nr;
	int *errs;
};

static struct slot slots[SLOTS];

static struct slot *slot_of(unsigned int nr, bool used)
{
	if (nr >= SLOTS || !slots[nr].map == used)
		return ERR_PTR(-EINVAL);
	return &slots[nr];
}

static unsigned int count_mapped(const struct slot *slot)
{
	unsigned int i, nr = 0;

	for (i = 0; i < slot->nr; i++)
		nr += !slot->errs[i];
	return nr;
}

static int do_map(struct slot *slot, domid_t domid, const struct mf_gfn *gfns,
		  unsigned int flags, bool all)
{
	struct memfront_foreign *map;

	slot->errs = kvcalloc(slot->nr, sizeof(*slot->errs), GFP_KERNEL);
	if (!slot->errs)
		return -ENOMEM;
	map = memfront_foreign_map(domid, gfns, slot->nr, flags,
				   all ? NULL : slot->errs);
	if (!IS_ERR(map)) {
		slot->map = map;
		return 0;
	}
	kvfree(slot->errs);
	return PTR_ERR(map);
}

static unsigned int read_frames(const char *text, struct mf_gfn *gfns)
{
	unsigned int nr = 0;
	int len;

	while (nr < MAX_LISTED &&
	       sscanf(text, "%lx%n", &gfns[nr].nr, &len) == 1) {
		text = skip_spaces(text + len);
		nr++;
	}
	return nr;
}

static void tell_errs(const struct slot *slot)
{
	unsigned int i;

	trial_tell("mapped %u errs", count_mapped(slot));
	for (i = 0; i < slot->nr; i++)
		trial_tell(" %d", slot->errs[i]);
}

static int map_listed(struct slot *slot, unsigned int domid, const char *access,
		      const char *want, const char *frames)
{
	unsigned int flags = strcmp(access, "ro") ? 0 :
						    MEMFRONT_FOREIGN_READ_ONLY;
	struct mf_gfn *gfns;
	int err;

	gfns = kvcalloc(MAX_LISTED, sizeof(*gfns), GFP_KERNEL);
	if (!gfns)
		return -ENOMEM;
	slot->nr = read_frames(frames, gfns);
	err = do_map(slot, domid, gfns, flags, !strcmp(want, "all"));
	kvfree(gfns);
	if (!err)
		tell_errs(slot);
	return err;
}

int taker_map(const char *args)
{
	unsigned int nr, domid;
	char access[4], want[8];
	struct slot *slot;
	int len;

	if (sscanf(args, "%u %u %3s %7s%n", &nr, &domid, access, want,
		   &len) != 4)
		return -EINVAL;
	slot = slot_of(nr, false);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	return map_listed(slot, domid, access, want, skip_spaces(args + len));
}

static int map_range(struct slot *slot, unsigned int domid, unsigned long first)
{
	struct mf_gfn *gfns = kvcalloc(slot->nr, sizeof(*gfns), GFP_KERNEL);
	unsigned int i;
	ktime_t start;
	int err;

	if (!gfns)
		return -ENOMEM;
	for (i = 0; i < slot->nr; i++)
		gfns[i] = mf_gfn(first + i);
	start = ktime_get();
	err = do_map(slot, domid, gfns, 0, false);
	if (!err)
		trial_tell("mapped %u map_ns %lld", count_mapped(slot),
			   ktime_to_ns(ktime_sub(ktime_get(), start)));
	kvfree(gfns);
	return err;
}

int taker_range(const char *args)
{
	unsigned int nr, domid, frames;
	unsigned long first;
	struct slot *slot;

	if (sscanf(args, "%u %u %lx %u", &nr, &domid, &first, &frames) != 4 ||
	    frames > MAX_RANGE)
		return -EINVAL;
	slot = slot_of(nr, false);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	slot->nr = frames;
	return map_range(slot, domid, first);
}

static u64 *page_of(const struct slot *slot, unsigned int page)
{
	return memfront_foreign_addr(slot->map) + page * PAGE_SIZE;
}

/* What the processor would find, and whether it can read there. */
int taker_look(const char *args)
{
	unsigned int nr, page, level;
	struct slot *slot;
	bool reads;
	pte_t *pte;
	u64 word;

	if (sscanf(args, "%u %u", &nr, &page) != 2)
		return -EINVAL;
	slot = slot_of(nr, true);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	if (page >= slot->nr)
		return -EINVAL;
	pte = lookup_address((unsigned long)page_of(slot, page), &level);
	reads = !copy_from_kernel_nofault(&word, page_of(slot, page),
					  sizeof(word));
	if (!pte || !pte_present(*pte))
		trial_tell(reads ? "none, but can be read" : "none");
	else
		trial_tell("%s%s", pte_write(*pte) ? "rw" : "ro",
			   reads ? "" : ", but cannot be read");
	return 0;
}

static int slot_and_seed(const char *args, struct slot **slot, u64 *seed)
{
	unsigned int nr;

	if (sscanf(args, "%u %llu", &nr, seed) != 2)
		return -EINVAL;
	*slot = slot_of(nr, true);
	return PTR_ERR_OR_ZERO(*slot);
}

int taker_check(const char *args)
{
	struct slot *slot;
	unsigned int i;
	u64 seed;
	int err = slot_and_seed(args, &slot, &seed);

	for (i = 0; !err && i < slot->nr; i++)
		if (!slot->errs[i])
			err = trial_check_page(page_of(slot, i), seed, i);
	return err;
}

int taker_fill(const char *args)
{
	struct slot *slot;
	unsigned int i;
	u64 seed;
	int err = slot_and_seed(args, &slot, &seed);

	for (i = 0; !err && i < slot->nr; i++)
		if (!slot->errs[i])
			trial_fill_page(page_of(slot, i), seed, i);
	return err;
}

static int unmap_slot(struct slot *slot)
{
	int err = memfront_foreign_unmap(slot->map);

	slot->map = NULL;
	kvfree(slot->errs);
	return err;
}

int taker_unmap(const char *args)
{
	ktime_t start = ktime_get();
	struct slot *slot;
	unsigned int nr;
	int err;

	if (kstrtouint(args, 0, &nr))
		return -EINVAL;
	slot = slot_of(nr, true);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	err = unmap_slot(slot);
	trial_tell("unmap_ns %lld", ktime_to_ns(ktime_sub(ktime_get(), start)));
	return err;
}

void taker_exit(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (slots[i].map)
			unmap_slot(&slots[i]);
}
