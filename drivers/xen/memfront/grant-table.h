/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's grant table: entries that say who may use which of its pages.
 */
#ifndef _MEMFRONT_GRANT_TABLE_H
#define _MEMFRONT_GRANT_TABLE_H

#include <linux/types.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

struct page;

/**
 * struct grant_table_ops - whose table it is
 * @take:	get @nr entries that nobody uses; 0, or an errno with nothing taken:
 *		-ENOSPC if there are not so many
 * @put:	give back entries that grant nothing
 * @grant:	let a domain use a frame; 0 or an errno
 * @end:	end that and give the entry back; 0, or an errno: -EBUSY if the
 *		domain has the frame mapped
 * @abandon:	end that some time, without this module; the reference to the page
 *		goes with it
 *
 * All may sleep.
 */
struct grant_table_ops {
	int (*take)(grant_ref_t *refs, unsigned int nr);
	void (*put)(const grant_ref_t *refs, unsigned int nr);
	int (*grant)(grant_ref_t ref, domid_t domid, xen_pfn_t gfn,
		     bool read_only);
	int (*end)(grant_ref_t ref);
	void (*abandon)(grant_ref_t ref, struct page *page);
};

extern const struct grant_table_ops grant_table_core;

#if IS_ENABLED(CONFIG_XEN)
extern const struct grant_table_ops grant_table_xen;
bool grant_table_xen_works(bool translated);
#endif

#endif /* _MEMFRONT_GRANT_TABLE_H */
