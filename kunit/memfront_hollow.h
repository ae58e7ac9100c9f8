/* SPDX-License-Identifier: GPL-2.0 */
/* A source of hollow pages on the core: pages that have given their frame back. */
#ifndef MEMFRONT_HOLLOW_H
#define MEMFRONT_HOLLOW_H

#include <linux/mm_types.h>

#include "hollow.h"

#define HOLLOW_SOURCE_PAGES	600U

/**
 * struct hollow_source - what was got from it
 * @taken: pages that are out
 * @hidden: pages made not present
 * @pages: the first that were taken last
 */
struct hollow_source {
	unsigned int taken;
	unsigned int hidden;
	struct page *pages[HOLLOW_SOURCE_PAGES];
};

extern struct hollow_source hollow_source;
extern const struct physmap_ops hollow_source_ops;

void hollow_source_give(unsigned int nr, struct page **pages);

#endif
