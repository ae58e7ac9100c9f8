/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose P2M it is that <memfront/p2m.h> speaks of.
 */
#ifndef _MEMFRONT_P2M_INTERNAL_H
#define _MEMFRONT_P2M_INTERNAL_H

#include <linux/mm_types.h>
#include <linux/types.h>

#include <memfront/frame.h>
#include <memfront/p2m.h>

#include "hypercall.h"

/* A leaf holds the entries of as many pfns: a page of them. */
#define P2M_LEAF_ENTRIES	(PAGE_SIZE / sizeof(unsigned long))

/**
 * struct p2m_ops - a P2M that the guest keeps itself
 * @size:	entries that it covers
 * @end:	where the last entries are that may not be holes
 * @resolve:	the entry of a pfn that the list has as a hole, or beyond the
 *		list
 * @write:	write an entry that is covered; -ENOENT if its leaf is shared
 * @reserve:	make the leaf of a covered pfn private; may sleep
 * @identity:	make a run of entries within a leaf identity; may sleep
 * @extend:	as memfront_p2m_extend()
 * @shrink:	as memfront_p2m_shrink()
 */
struct p2m_ops {
	unsigned long (*size)(void);
	unsigned long (*end)(void);
	struct mf_p2m_entry (*resolve)(struct mf_pfn pfn);
	int (*write)(struct mf_pfn pfn, struct mf_p2m_entry entry);
	int (*reserve)(struct mf_pfn pfn);
	int (*identity)(struct mf_pfn first, unsigned long nr);
	int (*extend)(unsigned long nr_pfns);
	int (*shrink)(unsigned long nr_pfns);
};

#if IS_ENABLED(CONFIG_XEN_PV)
extern const struct p2m_ops p2m_xen_ops;
#endif

/** p2m_entry - an entry as a list has it. */
static inline struct mf_p2m_entry p2m_entry(unsigned long raw)
{
	return (struct mf_p2m_entry){ .raw = raw };
}

/** p2m_leaf_first - the first pfn of the leaf that has @pfn's entry. */
static inline struct mf_pfn p2m_leaf_first(struct mf_pfn pfn)
{
	return mf_pfn(pfn.nr & ~(P2M_LEAF_ENTRIES - 1));
}

/** p2m_in_leaf - how many of @nr pfns from @pfn on are in the same leaf. */
static inline unsigned long p2m_in_leaf(struct mf_pfn pfn, unsigned long nr)
{
	unsigned long left = P2M_LEAF_ENTRIES -
			     (pfn.nr & (P2M_LEAF_ENTRIES - 1));

	return nr < left ? nr : left;
}

/**
 * p2m_read_list - the entry of a pfn in the list that a PV guest keeps
 * @pfn: any number
 *
 * Return: MF_P2M_INVALID beyond the list, and for a translated guest.
 */
static __always_inline struct mf_p2m_entry p2m_read_list(struct mf_pfn pfn)
{
	if (likely(pfn.nr < memfront_hv.p2m_size))
		return p2m_entry(READ_ONCE(memfront_hv.p2m[pfn.nr]));
	return p2m_entry(MF_P2M_INVALID);
}

struct mf_p2m_entry p2m_ask(struct mf_pfn pfn);
void p2m_ask_array(const struct mf_pfn *pfns, struct mf_p2m_entry *entries,
		   unsigned long nr);
void p2m_ask_range(struct mf_pfn first, struct mf_p2m_entry *entries,
		   unsigned long nr);
int p2m_mark_foreign(struct mf_pfn pfn);
void p2m_unmark_foreign(struct mf_pfn pfn);

extern const char p2m_foreign_mark;

/**
 * p2m_mark_page - p2m_mark_foreign() of a page, which has the frame's number
 * @page: a page of this translated guest, whose private word nobody uses
 */
static inline void p2m_mark_page(struct page *page)
{
	WRITE_ONCE(page->private, (unsigned long)&p2m_foreign_mark);
}

/**
 * p2m_unmark_page - undo that
 * @page: the page
 */
static inline void p2m_unmark_page(struct page *page)
{
	WRITE_ONCE(page->private, 0);
}

#endif /* _MEMFRONT_P2M_INTERNAL_H */
