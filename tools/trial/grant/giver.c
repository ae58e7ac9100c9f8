// SPDX-License-Identifier: GPL-2.0
/* The domain that shares its pages. */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "trial.h"

#define SLOTS	8

/**
 * struct slot - pages that are shared
 * @pages:	they, or NULL
 * @list:	the pages with their references
 * @list_pages:	those
 * @nr_list:	how many
 */
struct slot {
	struct memfront_share *pages;
	struct memfront_share *list;
	struct page *list_pages[MAX_LIST_PAGES];
	unsigned int nr_list;
};

static struct slot slots[SLOTS];
static struct page *pages[MAX_PAGES];
static unsigned int nr_pages;

static struct slot *slot_of(unsigned int nr, bool used)
{
	if (nr >= SLOTS || !slots[nr].pages == used)
		return NULL;
	return &slots[nr];
}

int giver_make(const char *args)
{
	unsigned int nr;

	if (kstrtouint(args, 0, &nr) || nr > MAX_PAGES || nr_pages)
		return -EINVAL;
	while (nr_pages < nr) {
		pages[nr_pages] = alloc_page(GFP_KERNEL);
		if (!pages[nr_pages])
			return -ENOMEM;
		nr_pages++;
	}
	return 0;
}

/* To be read only, for nobody but this domain writes them. */
static struct memfront_share *share_list(struct slot *slot, domid_t domid)
{
	return memfront_grant_share(domid, slot->list_pages, slot->nr_list,
				    MEMFRONT_GRANT_READ_ONLY);
}

static void free_list_pages(struct slot *slot)
{
	while (slot->nr_list)
		__free_page(slot->list_pages[--slot->nr_list]);
}

static int make_list(struct slot *slot, const grant_ref_t *refs,
		     unsigned int nr)
{
	unsigned int done, some;
	struct page *page;

	for (done = 0; done < nr; done += some) {
		some = min_t(unsigned int, nr - done, REFS_PER_PAGE);
		page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!page)
			return -ENOMEM;
		memcpy(page_address(page), refs + done, some * sizeof(*refs));
		slot->list_pages[slot->nr_list++] = page;
	}
	return 0;
}

static int tell_list(struct slot *slot, domid_t domid, unsigned int nr)
{
	struct memfront_share *list;
	const grant_ref_t *refs;
	unsigned int i;
	int err = make_list(slot, memfront_grant_refs(slot->pages), nr);

	if (err)
		return err;
	list = share_list(slot, domid);
	if (IS_ERR(list))
		return PTR_ERR(list);
	slot->list = list;
	refs = memfront_grant_refs(list);
	trial_tell("%u", nr);
	for (i = 0; i < slot->nr_list; i++)
		trial_tell(" %u", refs[i]);
	return 0;
}

/* Return: what became of the pages; of the list, which nobody has, all goes. */
static int revoke(struct slot *slot)
{
	int err = memfront_grant_revoke(slot->pages);

	if (err == -EBUSY)
		return err;
	slot->pages = NULL;
	if (slot->list)
		err = memfront_grant_revoke(slot->list) ?: err;
	slot->list = NULL;
	free_list_pages(slot);
	return err;
}

static int do_share(struct slot *slot, domid_t domid, unsigned int nr,
		    unsigned int flags)
{
	struct memfront_share *share;
	int err;

	share = memfront_grant_share(domid, pages, nr, flags);
	if (IS_ERR(share))
		return PTR_ERR(share);
	slot->pages = share;
	err = tell_list(slot, domid, nr);
	if (err)
		revoke(slot);
	return err;
}

int giver_share(const char *args)
{
	unsigned int nr, domid, nr_slot;
	struct slot *slot;
	char access[4];

	if (sscanf(args, "%u %u %3s %u", &nr_slot, &domid, access, &nr) != 4)
		return -EINVAL;
	slot = slot_of(nr_slot, false);
	if (!slot || nr > nr_pages)
		return -EINVAL;
	return do_share(slot, domid, nr,
			strcmp(access, "ro") ? 0 : MEMFRONT_GRANT_READ_ONLY);
}

int giver_revoke(const char *args)
{
	struct slot *slot;
	unsigned int nr;

	if (kstrtouint(args, 0, &nr))
		return -EINVAL;
	slot = slot_of(nr, true);
	if (!slot)
		return -EINVAL;
	trial_tell("revoked %d", -revoke(slot));
	return 0;
}

int giver_fill(const char *args)
{
	unsigned int i;
	u64 seed;

	if (kstrtou64(args, 0, &seed))
		return -EINVAL;
	for (i = 0; i < nr_pages; i++)
		trial_fill_page(page_address(pages[i]), seed, i);
	return 0;
}

int giver_check(const char *args)
{
	unsigned int i, nr;
	int err = 0;
	u64 seed;

	if (sscanf(args, "%u %llu", &nr, &seed) != 2 || nr > nr_pages)
		return -EINVAL;
	for (i = 0; i < nr && !err; i++)
		err = trial_check_page(page_address(pages[i]), seed, i);
	return err;
}

int giver_held(const char *args)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_pages; i++)
		nr += page_count(pages[i]) != 1;
	trial_tell("held %u", nr);
	return 0;
}

void giver_exit(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (slots[i].pages)
			revoke(&slots[i]);
	while (nr_pages)
		__free_page(pages[--nr_pages]);
}
