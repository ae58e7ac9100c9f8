// SPDX-License-Identifier: GPL-2.0
/*
 * The buddies of a section: a bitmap for each order, and the number of bits that
 * are set in it. The block that is taken is the lowest of the smallest that do,
 * so that what is in use stays together and large blocks stay whole.
 *
 * Beside them is a bit for each frame that a user has. By that a frame that is given
 * back twice, or never was taken, is refused; and since it takes one atomic operation
 * for up to 64 frames, caches take and give under no lock of the section's.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <memfront/kunit.h>

#include "inject.h"
#include "pseudophys-section.h"

static unsigned long blocks_of(const struct section *s, unsigned int order)
{
	return 1UL << (s->order - order);
}

static unsigned long words_of(const struct section *s)
{
	return section_size(s) / BITS_PER_LONG;
}

/* The longs of all bitmaps. */
static size_t longs_of(const struct section *s)
{
	size_t longs = words_of(s);
	unsigned int order;

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
	s->out = (atomic_long_t *)words;
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
	struct section *s;

	if (memfront_should_fail())
		return NULL;
	s = kvzalloc(sizeof(*s) + longs_of(&head) * sizeof(long), GFP_KERNEL);
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

/* Frames from @at on that are in its word, @nr at most. */
static unsigned int in_word(unsigned long at, unsigned long nr)
{
	return min(nr, BITS_PER_LONG - at % BITS_PER_LONG);
}

static atomic_long_t *word_of(const struct section *s, unsigned long at)
{
	return &s->out[at / BITS_PER_LONG];
}

/* Words in which nobody has a frame, and none can be given back. */
static void set_words(atomic_long_t *word, unsigned long nr)
{
	while (nr--)
		atomic_long_set(word++, ~0L);
}

/* None of them is out. */
static void set_out(struct section *s, unsigned long at, unsigned long nr)
{
	unsigned int n;

	if (!(at % BITS_PER_LONG)) {
		set_words(word_of(s, at), nr / BITS_PER_LONG);
		at += round_down(nr, BITS_PER_LONG);
		nr %= BITS_PER_LONG;
	}
	for (; nr; nr -= n, at += n) {
		n = in_word(at, nr);
		atomic_long_or(word_mask(at, n), word_of(s, at));
	}
}

/* Return: how many from the first on were full, and are empty. */
static unsigned long clear_words(atomic_long_t *word, unsigned long nr)
{
	unsigned long done = 0;

	while (done < nr && word_clear(word + done, ~0UL))
		done++;
	return done;
}

static bool clear_out(struct section *s, unsigned long at, unsigned long nr)
{
	unsigned long done = 0;
	unsigned int n;

	if (!(at % BITS_PER_LONG))
		done = BITS_PER_LONG * clear_words(word_of(s, at),
						   nr / BITS_PER_LONG);
	for (; done < nr; done += n) {
		n = in_word(at + done, nr - done);
		if (!word_clear(word_of(s, at + done),
				word_mask(at + done, n))) {
			set_out(s, at, done);
			return false;
		}
	}
	return true;
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
	set_out(s, at, 1UL << order);
	*pfn = pfn_at(s, at);
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(section_take);

/* As many as are wanted, as far as that is a power of two; or the most there is. */
static unsigned int carve_run(struct section *s, unsigned int max,
			      unsigned long *at)
{
	unsigned int order = min_t(unsigned int, ilog2(max),
				   SECTION_ORDERS - 1);

	if (!s->nr_free)
		return 0;
	while (!carve(s, order, at))
		order--;
	return 1U << order;
}

/**
 * section_take_run - take frames out that follow each other
 * @s:		the section
 * @max:	how many at most, not 0
 * @pfn:	set to the first
 *
 * Return: how many; 0 if all are taken.
 */
unsigned int section_take_run(struct section *s, unsigned int max,
			      struct mf_pfn *pfn)
{
	unsigned int nr;
	unsigned long at;

	nr = carve_run(s, max, &at);
	if (!nr)
		return 0;
	set_out(s, at, nr);
	*pfn = pfn_at(s, at);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(section_take_run);

/**
 * section_take_parked - take frames out for a cache, all of one word
 * @s:		the section
 * @max:	how many at most, to BITS_PER_LONG, not 0
 * @pfn:	set to the first
 *
 * Return: how many; 0 if all are taken.
 */
unsigned int section_take_parked(struct section *s, unsigned int max,
				 struct mf_pfn *pfn)
{
	unsigned int nr;
	unsigned long at;

	nr = carve_run(s, max, &at);
	if (nr)
		*pfn = pfn_at(s, at);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(section_take_parked);

/**
 * section_give_parked - put frames back that were parked
 * @s:		the section
 * @pfn:	the first of some that follow each other, and that no cache has
 * @nr:		how many
 */
void section_give_parked(struct section *s, struct mf_pfn pfn,
			 unsigned long nr)
{
	unsigned long at = at_of(s, pfn);
	unsigned int order;

	for (; nr; nr -= 1UL << order, at += 1UL << order) {
		order = min_t(unsigned int, ilog2(nr), SECTION_ORDERS - 1);
		if (at)
			order = min_t(unsigned int, order, __ffs(at));
		join(s, order, at);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(section_give_parked);

/**
 * section_park - frames go from their user to where they are parked
 * @s:		the section
 * @pfn:	the first of some that follow each other, all in the section
 * @nr:		how many
 *
 * Context: any; needs no lock of the owner's.
 * Return: false, and nothing is changed, if one of them is not out.
 */
bool section_park(struct section *s, struct mf_pfn pfn, unsigned long nr)
{
	return clear_out(s, at_of(s, pfn), nr);
}
EXPORT_SYMBOL_FOR_KUNIT(section_park);

/**
 * section_unpark - parked frames go to a user
 * @s:		the section
 * @pfn:	the first of some that follow each other, and that no cache has
 * @nr:		how many
 *
 * Context: any; needs no lock of the owner's.
 */
void section_unpark(struct section *s, struct mf_pfn pfn, unsigned long nr)
{
	set_out(s, at_of(s, pfn), nr);
}
EXPORT_SYMBOL_FOR_KUNIT(section_unpark);

/* Is the block part of a larger free one, or should it have been joined? */
static bool is_loose(const struct section *s, unsigned int order,
		     unsigned long block)
{
	if (order < SECTION_ORDERS - 1 && test_bit(block ^ 1, s->free[order]))
		return false;
	while (++order < SECTION_ORDERS) {
		block /= 2;
		if (test_bit(block, s->free[order]))
			return false;
	}
	return true;
}

static const unsigned long *out_map(const struct section *s)
{
	return (const unsigned long *)s->out;
}

static bool nobody_has(const struct section *s, unsigned long at,
		       unsigned long nr)
{
	return find_next_bit(out_map(s), at + nr, at) >= at + nr;
}

/* Blocks of an order: as many as are counted, none too early, none wrong. */
static bool blocks_are_sound(const struct section *s, unsigned int order)
{
	unsigned long block, nr = 0;

	for_each_set_bit(block, s->free[order], blocks_of(s, order)) {
		if (block < s->from[order] || !is_loose(s, order, block) ||
		    !nobody_has(s, block << order, 1UL << order))
			return false;
		nr++;
	}
	return nr == s->nr_blocks[order];
}

/**
 * section_count - find all counts of a section again
 * @s:		the section, with nobody parking or unparking just now
 * @census:	set
 */
void section_count(const struct section *s, struct section_census *census)
{
	unsigned int order;

	*census = (struct section_census){ .sound = true };
	for (order = 0; order < SECTION_ORDERS; order++) {
		census->sound &= blocks_are_sound(s, order);
		census->nr_free += s->nr_blocks[order] << order;
	}
	census->nr_out = section_out(s);
	census->nr_parked = section_size(s) - census->nr_free - census->nr_out;
	census->sound &= s->nr_free == census->nr_free;
}
EXPORT_SYMBOL_FOR_KUNIT(section_count);

/**
 * section_out - how many frames users have
 * @s: the section
 */
unsigned long section_out(const struct section *s)
{
	return bitmap_weight(out_map(s), section_size(s));
}
