/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hollow pages: pseudo-physical frames of a translated guest without RAM, to put
 * other domains' frames behind.
 */
#ifndef _MEMFRONT_HOLLOW_H
#define _MEMFRONT_HOLLOW_H

#include <linux/types.h>

#include <memfront/frame.h>

/**
 * struct physmap_ops - a source of such frames
 * @take:	gets @nr pages that have no frame behind them; 0 or an errno
 * @give:	takes them back; again none has a frame behind it
 * @hide:	makes the page at an address of vmap() not present; nobody has
 *		touched it
 */
struct physmap_ops {
	int (*take)(unsigned int nr, struct page **pages);
	void (*give)(unsigned int nr, struct page **pages);
	void (*hide)(void *addr);
};

#if IS_ENABLED(CONFIG_XEN)
extern const struct physmap_ops physmap_ops_xen;
#endif

/**
 * struct hollow - hollow pages that are mapped together
 * @nr:		how many
 * @pages:	the pages
 * @there:	for each: is a frame behind it, or about to be?
 * @addr:	where they are mapped; NULL: nowhere
 */
struct hollow {
	unsigned int nr;
	struct page **pages;
	unsigned long *there;
	void *addr;
};

int hollow_take(struct hollow *h, unsigned int nr);
unsigned int hollow_give(struct hollow *h);
void hollow_expect(struct hollow *h, unsigned int first, unsigned int nr);
void hollow_empty(struct hollow *h, unsigned int first, unsigned int nr);
bool hollow_is_used(const struct hollow *h, unsigned int nr);
int hollow_show(struct hollow *h, bool read_only);
unsigned int hollow_hide_bad(struct hollow *h, const int *errs,
			     unsigned int nr);
void hollow_hide(struct hollow *h);

/**
 * hollow_pfn - the pseudo-physical frame of a page
 * @h:	the pages
 * @i:	which
 */
static inline struct mf_pfn hollow_pfn(const struct hollow *h, unsigned int i)
{
	return mf_page_pfn(h->pages[i]);
}

#endif /* _MEMFRONT_HOLLOW_H */
