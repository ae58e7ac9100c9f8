/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages on their way between the kernel's allocator and the balloon.
 */
#ifndef _MEMFRONT_PAGES_H
#define _MEMFRONT_PAGES_H

#include <linux/mm_types.h>

#include <memfront/frame.h>

struct page *pages_take(unsigned int order, bool scrub);
int pages_take_run(struct mf_pfn first, unsigned long nr, bool scrub);
void pages_give(struct page *page, unsigned int order);
void pages_mark(struct page *page, unsigned int order);
void pages_adopt(struct page *page);
void pages_disown(struct page *page);

#endif /* _MEMFRONT_PAGES_H */
