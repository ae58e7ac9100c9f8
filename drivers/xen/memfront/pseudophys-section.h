/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A section: a run of pseudo-physical frames without RAM, out of which blocks of
 * a power of two are taken.
 */
#ifndef _MEMFRONT_PSEUDOPHYS_SECTION_H
#define _MEMFRONT_PSEUDOPHYS_SECTION_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include <memfront/frame.h>
#include <memfront/pseudophys.h>

/* log2 of the frames that a section has. */
#define SECTION_MIN_ORDER	MEMFRONT_PSEUDOPHYS_MAX_ORDER
#define SECTION_MAX_ORDER	18

#define SECTION_ORDERS		(MEMFRONT_PSEUDOPHYS_MAX_ORDER + 1)

/**
 * struct section - the frames, and who has them
 * @node:	in a list of the allocator
 * @rcu:	for the memory of the section
 * @order:	log2 of the frames
 * @first:	the first one, naturally aligned; the source's to set
 * @backing:	the source's own
 * @nr_free:	frames in free blocks
 * @nr_blocks:	free blocks of each order
 * @from:	no block of that order before this one is free
 * @free:	a bit for each block of each order; set: it is free, and its buddy
 *		is not, but for the largest
 * @out:	a bit for each frame that a user has; a frame that is neither out nor
 *		free is parked
 *
 * The owner serialises all use but that of section_park() and section_unpark().
 */
struct section {
	struct list_head node;
	struct rcu_head rcu;
	unsigned int order;
	struct mf_pfn first;
	void *backing;
	unsigned long nr_free;
	unsigned long nr_blocks[SECTION_ORDERS];
	unsigned long from[SECTION_ORDERS];
	unsigned long *free[SECTION_ORDERS];
	atomic_long_t *out;
};

/**
 * struct section_census - what a walk over all frames finds
 * @sound:	what is counted is what there is
 * @nr_free:	frames in free blocks
 * @nr_out:	frames that users have
 * @nr_parked:	frames that are neither
 */
struct section_census {
	bool sound;
	unsigned long nr_free;
	unsigned long nr_out;
	unsigned long nr_parked;
};

/** word_mask - the bits of @nr neighbouring frames in the word of the first. */
static __always_inline unsigned long word_mask(unsigned long at, unsigned int nr)
{
	return (~0UL >> (BITS_PER_LONG - nr)) << (at % BITS_PER_LONG);
}

/** section_word - who has the frames around @pfn, a bit for each. */
static inline atomic_long_t *section_word(const struct section *s,
					  struct mf_pfn pfn)
{
	return &s->out[(pfn.nr - s->first.nr) / BITS_PER_LONG];
}

/** word_clear - clear bits of a word; false, and nothing is, if one is not set. */
static __always_inline bool word_clear(atomic_long_t *word, unsigned long mask)
{
	unsigned long old = atomic_long_read(word), rest;

	do {
		rest = old ^ mask;
		if (unlikely(rest & mask))
			return false;
	} while (!atomic_long_try_cmpxchg(word, &old, rest));
	return true;
}

/** section_size - frames of a section. */
static inline unsigned long section_size(const struct section *s)
{
	return 1UL << s->order;
}

struct section *section_new(unsigned int order);
void section_open(struct section *s);
void section_free(struct section *s);

bool section_take(struct section *s, unsigned int order, struct mf_pfn *pfn);
unsigned int section_take_run(struct section *s, unsigned int max,
			      struct mf_pfn *pfn);
unsigned int section_take_parked(struct section *s, unsigned int max,
				 struct mf_pfn *pfn);
void section_give_parked(struct section *s, struct mf_pfn pfn,
			 unsigned long nr);

bool section_park(struct section *s, struct mf_pfn pfn, unsigned long nr);
void section_unpark(struct section *s, struct mf_pfn pfn, unsigned long nr);

unsigned long section_out(const struct section *s);
void section_count(const struct section *s, struct section_census *census);

#endif /* _MEMFRONT_PSEUDOPHYS_SECTION_H */
