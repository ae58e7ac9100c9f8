/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The allocator of pseudo-physical frames inside.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_INTERNAL_H
#define _MEMFRONT_PSEUDOPHYS_INTERNAL_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <memfront/pseudophys.h>

#include "pseudophys-cache.h"

struct hole_lender;
struct section;
struct section_source;

/**
 * struct pseudophys_stats - what has happened since the module was loaded
 * @sections_added:	sections for which address space was found
 * @sections_removed:	those of which it was given back
 * @add_failures:	times there was none
 * @remove_failures:	times it could not go yet
 * @lent:		frames handed out that are holes of the balloon
 * @taken:		frames handed out from sections directly
 * @drains:		times the caches of all CPUs were emptied
 * @bad_frees:		frames given back that nobody had
 * @not_exchanged:	frames below an address that the hypervisor did not get back
 */
struct pseudophys_stats {
	atomic_long_t sections_added;
	atomic_long_t sections_removed;
	atomic_long_t add_failures;
	atomic_long_t remove_failures;
	atomic_long_t lent;
	atomic_long_t taken;
	atomic_long_t drains;
	atomic_long_t bad_frees;
	atomic_long_t not_exchanged;
};

/**
 * struct pseudophys - an allocator
 * @source:	where sections get their address space; NULL: nowhere
 * @lender:	who has holes that are used before that
 * @grow:	held to add and to remove sections
 * @lock:	the buddies of all sections, and the lists; under @grow
 * @sections:	those that frames are taken from, the oldest first
 * @stuck:	those that the source does not take back yet, in nobody's reach
 * @by_number:	those in @sections by pfn >> order
 * @oldest:	the first of @sections, or NULL
 * @has_pages:	all its frames have a struct page
 * @caches:	single frames of sections
 * @reap:	gives back sections that are all free
 * @retry:	does, too, for those in @stuck
 * @stats:	counters
 */
struct pseudophys {
	const struct section_source *source;
	const struct hole_lender *lender;
	struct mutex grow; /* the number of sections */
	spinlock_t lock; /* the buddies and the lists */
	struct list_head sections;
	struct list_head stuck;
	struct xarray by_number;
	struct section __rcu *oldest;
	bool has_pages;
	struct frame_cache __percpu *caches;
	struct delayed_work reap;
	struct delayed_work retry;
	struct pseudophys_stats stats;
};

/**
 * struct pseudophys_census - what an allocator has, counted anew
 * @sound:	all that is counted is what there is
 * @nr_sections: sections
 * @nr_stuck:	others, that are not given back yet
 * @nr_frames:	frames of sections
 * @nr_free:	free ones
 * @nr_out:	those that users have
 * @nr_parked:	those that wait in caches
 */
struct pseudophys_census {
	bool sound;
	unsigned long nr_sections;
	unsigned long nr_stuck;
	unsigned long nr_frames;
	unsigned long nr_free;
	unsigned long nr_out;
	unsigned long nr_parked;
};

extern struct pseudophys memfront_pseudophys;

int pseudophys_init(struct pseudophys *ps, const struct section_source *source,
		    const struct hole_lender *lender);
void pseudophys_exit(struct pseudophys *ps);

int pseudophys_alloc(struct pseudophys *ps, unsigned int order,
		     unsigned int nr, struct mf_pfn *pfns);
int pseudophys_alloc_pages_slowly(struct pseudophys *ps, unsigned int nr,
				  struct page **pages);
unsigned long pseudophys_free(struct pseudophys *ps, unsigned int order,
			      unsigned int nr, const struct mf_pfn *pfns);
unsigned long pseudophys_free_pages_slowly(struct pseudophys *ps,
					   unsigned int nr,
					   struct page **pages);
void pseudophys_drain(struct pseudophys *ps);
void pseudophys_reap_later(struct pseudophys *ps);
void pseudophys_reap(struct pseudophys *ps);
void pseudophys_count(struct pseudophys *ps, struct pseudophys_census *census);

/*
 * Who takes and gives in turn comes by here each time. Work that is pending comes
 * after what was given: it empties the caches, too.
 */
static __always_inline void pseudophys_reap_soon(struct pseudophys *ps)
{
	if (!delayed_work_pending(&ps->reap))
		pseudophys_reap_later(ps);
}

/* The odd ones first: nothing is left to find out when the many are done. */
static __always_inline void pages_from(struct page **to, struct page *page,
				       unsigned int nr)
{
	for (; nr % 8; nr--)
		*to++ = page++;
	for (; nr; nr -= 8, to += 8, page += 8) {
		to[0] = page;
		to[1] = page + 1;
		to[2] = page + 2;
		to[3] = page + 3;
		to[4] = page + 4;
		to[5] = page + 5;
		to[6] = page + 6;
		to[7] = page + 7;
	}
}

static __always_inline bool are_from(struct page **pages,
				     const struct page *page)
{
	return pages[0] == page && pages[1] == page + 1 &&
	       pages[2] == page + 2 && pages[3] == page + 3 &&
	       pages[4] == page + 4 && pages[5] == page + 5 &&
	       pages[6] == page + 6 && pages[7] == page + 7;
}

/* How many of @nr pages follow each other, from the first on. */
static __always_inline unsigned int pages_in_row(struct page **pages,
						 unsigned int nr)
{
	const struct page *page = *pages;
	unsigned int left = nr;

	for (; left >= 8 && are_from(pages, page); left -= 8, pages += 8)
		page += 8;
	for (; left && *pages == page; left--, pages++)
		page++;
	return nr - left;
}

static __always_inline bool pages_are_row(struct page **pages, unsigned int nr)
{
	const struct page *page = *pages;

	for (; nr % 8; nr--)
		if (*pages++ != page++)
			return false;
	for (; nr; nr -= 8, pages += 8, page += 8)
		if (!are_from(pages, page))
			return false;
	return true;
}

/* What the cache has, or nothing. */
static __always_inline bool pseudophys_alloc_several(struct pseudophys *ps,
						     unsigned int nr,
						     struct page **pages)
{
	struct page *page;

	if (nr >= CACHE_FRAMES || !caches_take_pages(ps->caches, nr, &page))
		return false;
	pages_from(pages, page, nr);
	return true;
}

/* What the cache has room for; pseudophys_reap_soon() is still to be called. */
static __always_inline bool pseudophys_free_several(struct pseudophys *ps,
						    unsigned int nr,
						    struct page **pages)
{
	return nr - 1 < CACHE_FRAMES - 1 && pages_are_row(pages, nr) &&
	       caches_give_pages(ps->caches, pages[0], nr);
}

/**
 * pseudophys_alloc_pages - hand out single frames that have no RAM, as pages
 * @ps:		the allocator
 * @nr:		how many
 * @pages:	gets them
 *
 * Context: may sleep.
 * Return: as pseudophys_alloc().
 */
static inline int pseudophys_alloc_pages(struct pseudophys *ps,
					 unsigned int nr, struct page **pages)
{
	if (nr == 1 ? caches_take_page(ps->caches, pages) :
		      pseudophys_alloc_several(ps, nr, pages))
		return 0;
	return pseudophys_alloc_pages_slowly(ps, nr, pages);
}

/**
 * pseudophys_free_pages - take single frames back, as pages
 * @ps:		the allocator
 * @nr:		how many
 * @pages:	the pages; nothing is behind them
 *
 * Context: may sleep.
 * Return: as pseudophys_free().
 */
static inline unsigned long pseudophys_free_pages(struct pseudophys *ps,
						  unsigned int nr,
						  struct page **pages)
{
	if (nr == 1 ? !caches_give_page(ps->caches, pages[0]) :
		      !pseudophys_free_several(ps, nr, pages))
		return pseudophys_free_pages_slowly(ps, nr, pages);
	pseudophys_reap_soon(ps);
	return nr;
}

void pseudophys_users_show(struct seq_file *m);
int pseudophys_show(struct seq_file *m, void *unused);
extern const struct file_operations pseudophys_fops;

#endif /* _MEMFRONT_PSEUDOPHYS_INTERNAL_H */
