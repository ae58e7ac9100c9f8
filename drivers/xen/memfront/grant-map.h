/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings of grants inside: the places that they are put into, and what is known
 * of those that exist.
 */
#ifndef _MEMFRONT_GRANT_MAP_H
#define _MEMFRONT_GRANT_MAP_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <memfront/grant.h>

#include "hollow.h"

struct grant_place_ops;
struct page;
struct window;

/* Requests that go with a hypercall: a page of them. */
#define GRANT_BATCH	(PAGE_SIZE / sizeof(struct gnttab_map_grant_ref))

/* Pages that a turn of trying again to unmap what is kept has, about. */
#define GRANT_KEPT_PAGES	4096U

/* No handle: the hypervisor's count up from 0, and are fewer. */
#define GRANT_NO_HANDLE	(~0U)

/**
 * struct grant_waiter - who waits for a mapping to go
 * @done:	told when it has gone, or has not; NULL: nobody
 * @data:	for @done
 */
struct grant_waiter {
	void (*done)(void *data, int err);
	void *data;
};

/**
 * struct memfront_grant_map - a mapping
 * @node:	in the list of all, or of those that are to go and cannot
 * @place:	how its place is got and given back
 * @domid:	whose grants
 * @nr:		how many were asked for
 * @size:	how many it has room for
 * @below:	while it waits for the next: the one that has waited longer
 * @turn:	and since when
 * @spoilt:	some of its addresses show nothing any more
 * @mapped:	how many are there
 * @flags:	MEMFRONT_GRANT_*
 * @since:	when it was made, in jiffies
 * @refused:	once the hypervisor has kept some of it: what it said
 * @waiter:	who is told
 * @addr:	of the first page
 * @at:		for each where the hypervisor is to put it
 * @errs:	for each what became of it, if nobody else wants to know
 * @handles:	for each what the hypervisor calls it, or GRANT_NO_HANDLE
 * @window:	PV: where they are
 * @hollow:	translated: what they are behind
 * @maps:	requests of the next hypercall, at most GRANT_BATCH
 * @unmaps:	the same
 *
 * All in one piece, so that an unmap needs no memory.
 */
struct memfront_grant_map {
	struct list_head node;
	const struct grant_place_ops *place;
	domid_t domid;
	bool spoilt;
	unsigned int nr;
	unsigned int size;
	struct memfront_grant_map *below;
	unsigned int turn;
	unsigned int mapped;
	unsigned int flags;
	u64 since;
	int refused;
	struct grant_waiter waiter;
	void *addr;
	u64 *at;
	int *errs;
	grant_handle_t *handles;
	union {
		struct window *window;
		struct hollow hollow;
	};
	union {
		DECLARE_FLEX_ARRAY(struct gnttab_map_grant_ref, maps);
		DECLARE_FLEX_ARRAY(struct gnttab_unmap_grant_ref, unmaps);
	};
};

/**
 * struct grant_place_ops - what grants are mapped into
 * @flags:	GNTMAP_* that go with its addresses
 * @prepare:	get a place for @size grants; 0 or an errno with nothing left
 * @address:	of grant i, as the hypercall takes it
 * @expect:	all are to be mapped; this and the next three may be NULL
 * @empty:	some were unmapped, or could not be mapped
 * @is_used:	has somebody references to pages?
 * @hide_bad:	let there be nothing to see where there is an error; how many those
 *		were
 * @page:	what stands for grant i, for others to have references to; NULL:
 *		nothing does
 * @give:	give the place back, with nothing in it
 * @lose:	give back what can be: some of the grants are there for ever
 */
struct grant_place_ops {
	unsigned int flags;
	int (*prepare)(struct memfront_grant_map *map);
	u64 (*address)(const struct memfront_grant_map *map, unsigned int i);
	void (*expect)(struct memfront_grant_map *map);
	void (*empty)(struct memfront_grant_map *map, unsigned int first,
		      unsigned int nr);
	bool (*is_used)(const struct memfront_grant_map *map);
	unsigned int (*hide_bad)(struct memfront_grant_map *map,
				 const int *errs);
	struct page *(*page)(const struct memfront_grant_map *map,
			     unsigned int i);
	void (*give)(struct memfront_grant_map *map);
	void (*lose)(struct memfront_grant_map *map);
};

extern const struct grant_place_ops grant_window_ops;
extern const struct grant_place_ops grant_hollow_ops;

/**
 * struct grant_map_stats - what was mapped since the module was loaded
 * @maps:	calls that made a mapping
 * @map_failures: calls that made none
 * @unmaps:	mappings taken away
 * @unmap_failures: those of which the hypervisor kept something
 * @deferred:	those that waited for users of their pages
 * @looks:	times that such, of either kind, were tried again
 * @refs:	grants mapped
 * @ref_failures: grants that could not be in the end
 * @retries:	rounds for grants whose frame was paged out
 */
struct grant_map_stats {
	atomic_long_t maps;
	atomic_long_t map_failures;
	atomic_long_t unmaps;
	atomic_long_t unmap_failures;
	atomic_long_t deferred;
	atomic_long_t looks;
	atomic_long_t refs;
	atomic_long_t ref_failures;
	atomic_long_t retries;
};

extern struct grant_map_stats grant_map_stats;

extern unsigned long grant_kept_first_delay;

bool grant_map_is_used(const struct memfront_grant_map *map);
int grant_map_empty(struct memfront_grant_map *map);
void grant_map_free(struct memfront_grant_map *map);
void grant_map_unmake(struct memfront_grant_map *map);
void grant_map_show_one(struct seq_file *m, const char *name,
			const struct memfront_grant_map *map);
void grant_maps_exit(void);
void grant_maps_show(struct seq_file *m);

unsigned int grant_idle_size(unsigned int nr);
struct memfront_grant_map *grant_idle_take(unsigned int size,
					   unsigned int flags);
bool grant_idle_give(struct memfront_grant_map *map);
void grant_idle_turn(void);
void grant_idle_drop(void);
unsigned int grant_idle_pages(void);

void grant_map_wait(struct memfront_grant_map *map);
void grant_map_keep(struct memfront_grant_map *map, int err);
void grant_kept_look(void);
unsigned int grant_maps_recover(void);
void grant_kept_exit(void);
void grant_kept_show(struct seq_file *m);

#endif /* _MEMFRONT_GRANT_MAP_H */
