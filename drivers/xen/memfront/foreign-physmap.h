/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a translated guest has pseudo-physical frames without RAM, to put other
 * domains' frames behind.
 */
#ifndef _MEMFRONT_FOREIGN_PHYSMAP_H
#define _MEMFRONT_FOREIGN_PHYSMAP_H

struct page;

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

#endif /* _MEMFRONT_FOREIGN_PHYSMAP_H */
