/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MMUBENCH_PAGES_H
#define MMUBENCH_PAGES_H

#include <linux/types.h>

struct page;

/**
 * struct own_pages - pages that a measurement plays with
 * @nr:		their number
 * @page:	the pages
 */
struct own_pages {
	unsigned int nr;
	struct page **page;
};

int own_pages_take(struct own_pages *own, unsigned int nr);
int own_pages_make_tables(struct own_pages *own);
void own_pages_free(struct own_pages *own);

#endif /* MMUBENCH_PAGES_H */
