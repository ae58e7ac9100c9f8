/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where sections get their address space.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_SOURCE_H
#define _MEMFRONT_PSEUDOPHYS_SOURCE_H

#include <linux/types.h>

struct section;

/**
 * struct section_source - unused address space
 * @order:	log2 of the frames in a section
 * @has_pages:	its frames have a struct page
 * @add:	finds address space for a section, with nothing behind it: sets
 *		@first and @backing; 0 or an errno
 * @remove:	gives it back, nobody having a frame of it; 0, or an errno if it
 *		cannot go yet: then it is asked again later
 *
 * Calls come one at a time, and may sleep.
 */
struct section_source {
	unsigned int order;
	bool has_pages;
	int (*add)(struct section *s);
	int (*remove)(struct section *s);
};

extern const struct section_source section_source_core;
#if IS_ENABLED(CONFIG_XEN) && IS_ENABLED(CONFIG_ZONE_DEVICE)
extern const struct section_source section_source_xen;
#endif

#endif /* _MEMFRONT_PSEUDOPHYS_SOURCE_H */
