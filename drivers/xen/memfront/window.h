/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows: ranges of a PV guest's kernel address space whose page-table entries
 * are at hand by their machine addresses, to map frames into.
 */
#ifndef _MEMFRONT_WINDOW_H
#define _MEMFRONT_WINDOW_H

#include <linux/list.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

#include <memfront/frame.h>

struct start_info;

/* Entries of an L1 table, and how many are written at once. */
#define WINDOW_TABLE_SHIFT	9
#define WINDOW_TABLE_ENTRIES	BIT(WINDOW_TABLE_SHIFT)

/* The largest: 1 GiB. */
#define WINDOW_MAX_PAGES	BIT(18)

/**
 * struct window - a range of the address space
 * @node:	in the pool, while it is idle or lost
 * @va:		its first address
 * @nr:		its pages
 * @first_slot:	slot of its first entry in the first of its L1 tables
 * @tables:	machine address of each of its L1 tables
 * @ptes:	entries to be written next
 * @errs:	what became of them
 * @pages:	what it is made of, for its maker: a page to begin with; or the
 *		pages of its tables
 * @slot:	where it is, for its maker
 *
 * An idle window has no entry but zeros. The arrays of entries are the window's
 * so that an unmap needs no memory.
 */
struct window {
	struct list_head node;
	unsigned long va;
	unsigned int nr;
	unsigned int first_slot;
	struct mf_maddr *tables;
	u64 *ptes;
	int *errs;
	struct page **pages;
	unsigned int slot;
};

/**
 * struct window_ops - whose address space it is
 * @make:	makes the range of @nr pages: sets va, first_slot and tables[],
 *		which has room for all; 0 or an errno with nothing left
 * @free:	takes it apart; its entries are zeros; false if it could not
 * @exit:	all windows are gone; may be NULL
 */
struct window_ops {
	int (*make)(struct window *w);
	bool (*free)(struct window *w);
	void (*exit)(void);
};

#if IS_ENABLED(CONFIG_XEN_PV)
extern const struct window_ops window_ops_xen;
#endif

const struct window_ops *window_core(const struct start_info *info);

/**
 * struct window_stats - what has become of the windows
 * @made:	made
 * @reused:	taken from the pool instead
 * @idle:	in the pool now
 * @idle_pages:	their size
 * @lost:	those that could not be emptied or taken apart
 */
struct window_stats {
	unsigned long made;
	unsigned long reused;
	unsigned long idle;
	unsigned long idle_pages;
	unsigned long lost;
};

struct window *window_take(unsigned int nr);
void window_give(struct window *w);
void window_lose(struct window *w);
void windows_drop_idle(void);
void windows_recover(void);
void windows_exit(void);
void window_read_stats(struct window_stats *stats);

struct mf_maddr window_entry(const struct window *w, unsigned int page);
int window_write(struct window *w, unsigned int first, unsigned int nr,
		 domid_t owner);
int window_clear(struct window *w, unsigned int nr);

static inline unsigned int window_tables(const struct window *w)
{
	return DIV_ROUND_UP(w->first_slot + w->nr, WINDOW_TABLE_ENTRIES);
}

#endif /* _MEMFRONT_WINDOW_H */
