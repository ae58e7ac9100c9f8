// SPDX-License-Identifier: GPL-2.0
/* The list of references: read from pages of the domain that shares. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "trial.h"

/* "REF...". Return: how many there are. */
static unsigned int read_numbers(const char *text, grant_ref_t *refs)
{
	unsigned int nr = 0;
	int len;

	while (nr < MAX_LIST_PAGES &&
	       sscanf(text, " %u%n", &refs[nr], &len) == 1) {
		text += len;
		nr++;
	}
	return nr;
}

static int copy_list(struct list *list, const grant_ref_t *pages,
		     unsigned int nr_pages)
{
	struct memfront_grant_map *map;

	map = memfront_grant_map(list->domid, pages, nr_pages,
				 MEMFRONT_GRANT_READ_ONLY, NULL);
	if (IS_ERR(map))
		return PTR_ERR(map);
	memcpy(list->refs, memfront_grant_addr(map),
	       list->nr * sizeof(*list->refs));
	return memfront_grant_unmap(map);
}

/* "DOMID NR REF...". After 0 follows list_free(). */
int list_read(const char *text, struct list *list)
{
	grant_ref_t pages[MAX_LIST_PAGES];
	unsigned int nr_pages;
	int len, err;

	if (sscanf(text, "%hu %u%n", &list->domid, &list->nr, &len) != 2 ||
	    !list->nr || list->nr > MAX_PAGES)
		return -EINVAL;
	nr_pages = read_numbers(text + len, pages);
	if (nr_pages != DIV_ROUND_UP(list->nr, REFS_PER_PAGE))
		return -EINVAL;
	list->refs = kvcalloc(list->nr, sizeof(*list->refs), GFP_KERNEL);
	if (!list->refs)
		return -ENOMEM;
	err = copy_list(list, pages, nr_pages);
	if (err)
		list_free(list);
	return err;
}

void list_free(struct list *list)
{
	kvfree(list->refs);
}
