// SPDX-License-Identifier: GPL-2.0
/* The domain that uses another's pages. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/pgtable.h>

#include "trial.h"

#define SLOTS	8

/* Where a copy starts in its page: not where the grant does, so both sides cut it. */
#define COPY_OFFSET	1000

/**
 * struct slot - a mapping
 * @map:	it, or NULL
 * @nr:		pages
 */
struct slot {
	struct memfront_grant_map *map;
	unsigned int nr;
};

static struct slot slots[SLOTS];

static struct slot *slot_of(unsigned int nr, bool used)
{
	if (nr >= SLOTS || !slots[nr].map == used)
		return NULL;
	return &slots[nr];
}

static void tell_time(const char *what, ktime_t since)
{
	trial_tell("%s %lld", what, ktime_to_ns(ktime_sub(ktime_get(), since)));
}

static int map_list(struct slot *slot, const struct list *list,
		    unsigned int flags)
{
	ktime_t start = ktime_get();
	struct memfront_grant_map *map;

	map = memfront_grant_map(list->domid, list->refs, list->nr, flags,
				 NULL);
	if (IS_ERR(map))
		return PTR_ERR(map);
	tell_time("map_ns", start);
	slot->map = map;
	slot->nr = list->nr;
	return 0;
}

int taker_map(const char *args)
{
	struct slot *slot;
	struct list list;
	unsigned int nr;
	char access[4];
	int len, err;

	if (sscanf(args, "%u %3s %n", &nr, access, &len) != 2)
		return -EINVAL;
	slot = slot_of(nr, false);
	if (!slot)
		return -EINVAL;
	err = list_read(args + len, &list);
	if (err)
		return err;
	err = map_list(slot, &list, strcmp(access, "ro") ?
				    0 : MEMFRONT_GRANT_READ_ONLY);
	list_free(&list);
	return err;
}

static u64 *page_of(const struct slot *slot, unsigned int page)
{
	return memfront_grant_addr(slot->map) + page * PAGE_SIZE;
}

static int slot_and_page(const char *args, u64 **at)
{
	unsigned int nr, page;
	struct slot *slot;

	if (sscanf(args, "%u %u", &nr, &page) != 2)
		return -EINVAL;
	slot = slot_of(nr, true);
	if (!slot || page >= slot->nr)
		return -EINVAL;
	*at = page_of(slot, page);
	return 0;
}

int taker_look(const char *args)
{
	unsigned int level;
	pte_t *pte;
	u64 *at;
	int err = slot_and_page(args, &at);

	if (err)
		return err;
	pte = lookup_address((unsigned long)at, &level);
	if (!pte || !pte_present(*pte))
		trial_tell("none");
	else
		trial_tell(pte_write(*pte) ? "rw" : "ro");
	return 0;
}

static int write_word(u64 *at, u64 word)
{
	pagefault_disable();
	__put_kernel_nofault(at, &word, u64, fault);
	pagefault_enable();
	return 0;
fault:
	pagefault_enable();
	return -EFAULT;
}

/* With what is there, should it be writable after all. */
int taker_poke(const char *args)
{
	u64 *at;
	int err = slot_and_page(args, &at);

	return err ?: write_word(at, READ_ONCE(*at));
}

static int slot_and_seed(const char *args, struct slot **slot, u64 *seed)
{
	unsigned int nr;

	if (sscanf(args, "%u %llu", &nr, seed) != 2)
		return -EINVAL;
	*slot = slot_of(nr, true);
	return *slot ? 0 : -EINVAL;
}

int taker_check(const char *args)
{
	struct slot *slot;
	unsigned int i;
	u64 seed;
	int err = slot_and_seed(args, &slot, &seed);

	for (i = 0; !err && i < slot->nr; i++)
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
		trial_fill_page(page_of(slot, i), seed, i);
	return err;
}

static int unmap_slot(struct slot *slot)
{
	int err = memfront_grant_unmap(slot->map);

	slot->map = NULL;
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
	if (!slot)
		return -EINVAL;
	err = unmap_slot(slot);
	tell_time("unmap_ns", start);
	return err;
}

static int check_first_word(const u64 *page, u64 seed, unsigned int i)
{
	return READ_ONCE(*page) == trial_word(seed, i, 0) ? 0 : -EUCLEAN;
}

static int map_check_unmap(const struct list *list, u64 seed)
{
	struct slot slot = { .nr = list->nr };
	unsigned int i;
	int err = 0, ret;

	slot.map = memfront_grant_map(list->domid, list->refs, list->nr, 0,
				      NULL);
	if (IS_ERR(slot.map))
		return PTR_ERR(slot.map);
	for (i = 0; i < slot.nr && !err; i++)
		err = check_first_word(page_of(&slot, i), seed, i);
	ret = unmap_slot(&slot);
	return err ?: ret;
}

int taker_rounds(const char *args)
{
	unsigned int rounds;
	struct list list;
	ktime_t start;
	int len, err;
	u64 seed;

	if (sscanf(args, "%u %llu %n", &rounds, &seed, &len) != 2)
		return -EINVAL;
	err = list_read(args + len, &list);
	if (err)
		return err;
	start = ktime_get();
	while (rounds-- && !err)
		err = map_check_unmap(&list, seed);
	tell_time("rounds_ns", start);
	list_free(&list);
	return err;
}

static void fill_pages(void *at, unsigned int nr, u64 seed)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		trial_fill_page(at + i * PAGE_SIZE, seed, i);
}

static int check_pages(void *at, unsigned int nr, u64 seed)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = trial_check_page(at + i * PAGE_SIZE, seed, i);
	return err;
}

static int copy_list(const struct list *list, u64 seed, bool out)
{
	void *memory = vzalloc(COPY_OFFSET + list->nr * PAGE_SIZE);
	struct memfront_grant_copy copy = {
		.domid = list->domid,
		.refs = list->refs,
		.local = memory + COPY_OFFSET,
		.len = list->nr * PAGE_SIZE,
		.to_grant = out,
	};
	int err;

	if (!memory)
		return -ENOMEM;
	if (out)
		fill_pages(copy.local, list->nr, seed);
	err = memfront_grant_copy(&copy, 1);
	if (!err && !out)
		err = check_pages(copy.local, list->nr, seed);
	vfree(memory);
	return err;
}

int taker_copy(const char *args)
{
	struct list list;
	char way[4];
	int len, err;
	u64 seed;

	if (sscanf(args, "%3s %llu %n", way, &seed, &len) != 2)
		return -EINVAL;
	err = list_read(args + len, &list);
	if (err)
		return err;
	err = copy_list(&list, seed, !strcmp(way, "out"));
	list_free(&list);
	return err;
}

static int use_cached(struct memfront_grant_cache *cache,
		      const struct list *list, unsigned int i, u64 seed)
{
	struct memfront_cached_grant *grant;
	int err;

	grant = memfront_grant_cache_get(cache, list->domid, list->refs[i]);
	if (IS_ERR(grant))
		return PTR_ERR(grant);
	err = check_first_word(memfront_grant_cache_addr(grant), seed, i);
	memfront_grant_cache_put(cache, grant);
	return err;
}

static int use_cache(struct memfront_grant_cache *cache,
		     const struct list *list, unsigned int rounds, u64 seed)
{
	unsigned int i;
	int err = 0;

	while (rounds-- && !err)
		for (i = 0; i < list->nr && !err; i++)
			err = use_cached(cache, list, i, seed);
	return err ?: memfront_grant_cache_forget_domain(cache, list->domid);
}

static int with_cache(unsigned int max, const struct list *list,
		      unsigned int rounds, u64 seed)
{
	struct memfront_grant_cache *cache;
	int err;

	cache = memfront_grant_cache_create(max, 0);
	if (IS_ERR(cache))
		return PTR_ERR(cache);
	err = use_cache(cache, list, rounds, seed);
	memfront_grant_cache_destroy(cache);
	return err;
}

int taker_cache(const char *args)
{
	unsigned int max, rounds;
	struct list list;
	ktime_t start;
	int len, err;
	u64 seed;

	if (sscanf(args, "%u %u %llu %n", &max, &rounds, &seed, &len) != 3)
		return -EINVAL;
	err = list_read(args + len, &list);
	if (err)
		return err;
	start = ktime_get();
	err = with_cache(max, &list, rounds, seed);
	tell_time("cache_ns", start);
	list_free(&list);
	return err;
}

void taker_exit(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (slots[i].map)
			unmap_slot(&slots[i]);
}
