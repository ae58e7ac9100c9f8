// SPDX-License-Identifier: GPL-2.0
/*
 * The buddies of a section: a bitmap for each order, and the number of bits that
 * are set in it. The block that is taken is the lowest of the smallest that do,
 * so that what is in use stays together and large blocks stay whole.
 *
 * Beside the bitmaps is a byte for each frame, which says what begins there. By
 * that a frame that is given back twice, or never was taken, is refused; and all
 * counts can be found again by a walk.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <memfront/kunit.h>

#include "inject.h"
#include "pseudophys-section.h"

/* A single frame that waits in a cache. */
#define PARKED		0xff
/* Nothing begins here: in a free block, or in the middle of one that is taken. */
#define NOTHING		0

static u8 taken(unsigned int order)
{
	return 1 + order;
}

static unsigned long blocks_of(const struct section *s, unsigned int order)
{
	return 1UL << (s->order - order);
}

/* The longs of the bitmaps of all orders. */
static size_t longs_of(const struct section *s)
{
	unsigned int order;
	size_t longs = 0;

	for (order = 0; order < SECTION_ORDERS; order++)
		longs += BITS_TO_LONGS(blocks_of(s, order));
	return longs;
}

static void lay_out(struct section *s, unsigned long *words)
{
	unsigned int order;

	for (order = 0; order < SECTION_ORDERS; order++) {
		s->free[order] = words;
		s->from[order] = blocks_of(s, order);
		words += BITS_TO_LONGS(blocks_of(s, order));
	}
	s->state = (u8 *)words;
}

/**
 * section_new - the memory of a section that has no frames yet
 * @order: log2 of the frames it will have, SECTION_MIN_ORDER to SECTION_MAX_ORDER
 *
 * Context: may sleep.
 * Return: the section, or NULL.
 */
struct section *section_new(unsigned int order)
{
	struct section head = { .order = order };
	size_t map = longs_of(&head) * sizeof(long);
	struct section *s;

	if (memfront_should_fail())
		return NULL;
	s = kvzalloc(sizeof(*s) + map + section_size(&head), GFP_KERNEL);
	if (!s)
		return NULL;
	INIT_LIST_HEAD(&s->node);
	s->order = order;
	lay_out(s, (unsigned long *)(s + 1));
	return s;
}
EXPORT_SYMBOL_FOR_KUNIT(section_new);

/**
 * section_free - free the memory of a section
 * @s: out of reach for all that come now
 */
void section_free(struct section *s)
{
	kvfree_rcu(s, rcu);
}
EXPORT_SYMBOL_FOR_KUNIT(section_free);

static void set_free(struct section *s, unsigned int order, unsigned long block)
{
	__set_bit(block, s->free[order]);
	s->from[order] = min(s->from[order], block);
	s->nr_blocks[order]++;
}

static void clear_free(struct section *s, unsigned int order,
		       unsigned long block)
{
	__clear_bit(block, s->free[order]);
	s->nr_blocks[order]--;
}

/**
 * section_open - all frames are free
 * @s: from section_new(), its first frame set
 */
void section_open(struct section *s)
{
	unsigned int order = SECTION_ORDERS - 1;
	unsigned long block;

	for (block = 0; block < blocks_of(s, order); block++)
		set_free(s, order, block);
	s->nr_free = section_size(s);
}
EXPORT_SYMBOL_FOR_KUNIT(section_open);

/* There is one. */
static unsigned long lowest_free(struct section *s, unsigned int order)
{
	unsigned long block = find_next_bit(s->free[order], blocks_of(s, order),
					    s->from[order]);

	s->from[order] = block;
	return block;
}

/* Cut a block out, halving a larger one if need be. */
static bool carve(struct section *s, unsigned int order, unsigned long *at)
{
	unsigned int have = order;
	unsigned long block;

	while (have < SECTION_ORDERS && !s->nr_blocks[have])
		have++;
	if (have >= SECTION_ORDERS)
		return false;
	block = lowest_free(s, have);
	clear_free(s, have, block);
	while (have > order) {
		block *= 2;
		set_free(s, --have, block + 1);
	}
	s->nr_free -= 1UL << order;
	*at = block << order;
	return true;
}

/* Put a block back, joined with its buddy as often as that is free. */
static void join(struct section *s, unsigned int order, unsigned long at)
{
	unsigned long block = at >> order;

	s->nr_free += 1UL << order;
	while (order < SECTION_ORDERS - 1 &&
	       test_bit(block ^ 1, s->free[order])) {
		clear_free(s, order, block ^ 1);
		block /= 2;
		order++;
	}
	set_free(s, order, block);
}

static struct mf_pfn pfn_at(const struct section *s, unsigned long at)
{
	return mf_pfn(s->first.nr + at);
}

static unsigned long at_of(const struct section *s, struct mf_pfn pfn)
{
	return pfn.nr - s->first.nr;
}

/**
 * section_take - take a block out
 * @s:		the section
 * @order:	log2 of its frames; any number
 * @pfn:	set to the first, naturally aligned
 *
 * Return: false if there is no such block.
 */
bool section_take(struct section *s, unsigned int order, struct mf_pfn *pfn)
{
	unsigned long at;

	if (!carve(s, order, &at))
		return false;
	WRITE_ONCE(s->state[at], taken(order));
	atomic_long_add(1L << order, &s->nr_out);
	*pfn = pfn_at(s, at);
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(section_take);

/**
 * section_give - put a block back
 * @s:		the section
 * @pfn:	first frame, in the section
 * @order:	log2 of the frames; any number
 *
 * Return: false, and nothing is changed, if no such block is out.
 */
bool section_give(struct section *s, struct mf_pfn pfn, unsigned int order)
{
	unsigned long at = at_of(s, pfn);

	if (order >= SECTION_ORDERS ||
	    cmpxchg(&s->state[at], taken(order), NOTHING) != taken(order))
		return false;
	join(s, order, at);
	atomic_long_sub(1L << order, &s->nr_out);
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(section_give);

/**
 * section_take_parked - take a frame out for a cache
 * @s:		the section
 * @pfn:	set to it
 *
 * Return: false if there is none.
 */
bool section_take_parked(struct section *s, struct mf_pfn *pfn)
{
	unsigned long at;

	if (!carve(s, 0, &at))
		return false;
	WRITE_ONCE(s->state[at], PARKED);
	*pfn = pfn_at(s, at);
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(section_take_parked);

/**
 * section_give_parked - put a frame back that was parked
 * @s:		the section
 * @pfn:	a frame of it that no cache has any more
 */
void section_give_parked(struct section *s, struct mf_pfn pfn)
{
	unsigned long at = at_of(s, pfn);

	WRITE_ONCE(s->state[at], NOTHING);
	join(s, 0, at);
}
EXPORT_SYMBOL_FOR_KUNIT(section_give_parked);

/**
 * section_park - a frame goes from its user to a cache
 * @s:		the section
 * @pfn:	in the section
 *
 * It counts as the user's until section_leave().
 *
 * Context: any; needs no lock of the owner's.
 * Return: false, and nothing is changed, if no single frame there is out.
 */
bool section_park(struct section *s, struct mf_pfn pfn)
{
	return cmpxchg(&s->state[at_of(s, pfn)], taken(0), PARKED) == taken(0);
}
EXPORT_SYMBOL_FOR_KUNIT(section_park);

/**
 * section_unpark - a frame goes from a cache to a user
 * @s:		the section
 * @pfn:	a parked frame of it that no cache has any more
 *
 * Context: any; needs no lock of the owner's.
 */
void section_unpark(struct section *s, struct mf_pfn pfn)
{
	WRITE_ONCE(s->state[at_of(s, pfn)], taken(0));
	atomic_long_inc(&s->nr_out);
}
EXPORT_SYMBOL_FOR_KUNIT(section_unpark);

/**
 * section_leave - a parked frame is where others can find it
 * @s: its section
 *
 * Context: any; needs no lock of the owner's.
 * Return: true if no user has a frame of the section now.
 */
bool section_leave(struct section *s)
{
	return atomic_long_dec_and_test(&s->nr_out);
}
EXPORT_SYMBOL_FOR_KUNIT(section_leave);

/**
 * struct walk - a walk over all frames
 * @census:	what was found
 * @nr_blocks:	free blocks of each order
 */
struct walk {
	struct section_census census;
	unsigned long nr_blocks[SECTION_ORDERS];
};

/* The order of the free block that begins at @at; -1: none does. */
static int free_order(const struct section *s, unsigned long at)
{
	unsigned int order;

	for (order = 0; order < SECTION_ORDERS; order++)
		if (IS_ALIGNED(at, 1UL << order) &&
		    test_bit(at >> order, s->free[order]))
			return order;
	return -1;
}

/* A buddy that is free, too, should have been joined. */
static bool is_joined(const struct section *s, unsigned int order,
		      unsigned long at)
{
	return order == SECTION_ORDERS - 1 ||
	       !test_bit((at >> order) ^ 1, s->free[order]);
}

static bool has_nothing(const struct section *s, unsigned long at,
			unsigned int order)
{
	return !memchr_inv(s->state + at, NOTHING, 1UL << order);
}

/* Count what begins at @at. Return: the log2 of its frames; -1: nonsense. */
static int walk_one(const struct section *s, struct walk *walk,
		    unsigned long at)
{
	u8 state = READ_ONCE(s->state[at]);
	int order = free_order(s, at);

	if (order >= 0) {
		walk->nr_blocks[order]++;
		walk->census.nr_free += 1UL << order;
		return is_joined(s, order, at) && has_nothing(s, at, order) ?
			       order : -1;
	}
	if (state == PARKED) {
		walk->census.nr_parked++;
		return 0;
	}
	order = state - taken(0);
	if (order < 0 || order >= SECTION_ORDERS ||
	    !IS_ALIGNED(at, 1UL << order))
		return -1;
	walk->census.nr_out += 1UL << order;
	return order;
}

static bool counts_are_true(const struct section *s, const struct walk *walk)
{
	return s->nr_free == walk->census.nr_free &&
	       atomic_long_read(&s->nr_out) == walk->census.nr_out &&
	       !memcmp(s->nr_blocks, walk->nr_blocks, sizeof(s->nr_blocks));
}

/* No bit is set but for blocks that the walk has come by, and none too early. */
static bool bitmaps_are_true(const struct section *s)
{
	unsigned int order;

	for (order = 0; order < SECTION_ORDERS; order++)
		if (bitmap_weight(s->free[order], blocks_of(s, order)) !=
			    s->nr_blocks[order] ||
		    find_first_bit(s->free[order], blocks_of(s, order)) <
			    s->from[order])
			return false;
	return true;
}

/**
 * section_count - find all counts of a section again
 * @s:		the section, with nobody parking or unparking just now
 * @census:	set
 */
void section_count(const struct section *s, struct section_census *census)
{
	struct walk walk = {};
	unsigned long at = 0;
	int order = 0;

	for (; at < section_size(s) && order >= 0; at += 1UL << order) {
		order = walk_one(s, &walk, at);
		if (order < 0)
			break;
	}
	*census = walk.census;
	census->sound = order >= 0 && counts_are_true(s, &walk) &&
			bitmaps_are_true(s);
}
EXPORT_SYMBOL_FOR_KUNIT(section_count);
