// SPDX-License-Identifier: GPL-2.0
/*
 * The allocator of pseudo-physical frames without RAM.
 *
 * What serves is tried in an order that keeps memory whole and address space
 * small: a frame that waits in this CPU's cache; holes of blocks that the balloon
 * has broken already; free frames of sections; the same, after the caches of all
 * CPUs are emptied; blocks that are one hole; and then new address space. A block
 * that is populated is never broken.
 *
 * A section of which no user has a frame any more is given back some seconds
 * later, so that who maps and unmaps in turn does not wait for it each time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include <memfront/kunit.h>

#include "holes.h"
#include "inject.h"
#include "pseudophys.h"
#include "pseudophys-section.h"
#include "pseudophys-source.h"

/* How long sections wait for new users, and how long such as cannot go. */
#define REAP_DELAY	(5 * HZ)
#define STUCK_DELAY	(60 * HZ)

struct pseudophys memfront_pseudophys;
EXPORT_SYMBOL_FOR_KUNIT(memfront_pseudophys);

/* Holes are lent so many at a time: what the stack has room for. */
#define LEND_NR		32

/**
 * struct request - blocks of frames that are wanted
 * @order:	log2 of the frames in each
 * @nr:		how many
 * @got:	how many there are already
 * @pfns:	gets the first frame of each; NULL:
 * @pages:	gets the frames as pages; @order is 0
 */
struct request {
	unsigned int order;
	unsigned int nr;
	unsigned int got;
	struct mf_pfn *pfns;
	struct page **pages;
};

static unsigned int missing(const struct request *rq)
{
	return rq->nr - rq->got;
}

static void note_pfns(struct mf_pfn *to, struct mf_pfn pfn, unsigned int nr)
{
	while (nr--) {
		*to++ = pfn;
		pfn.nr++;
	}
}

/* Single frames that follow each other; or one block. */
static void note(struct request *rq, struct mf_pfn pfn, unsigned int nr)
{
	if (rq->pages)
		pages_from(rq->pages + rq->got, mf_pfn_page(pfn), nr);
	else
		note_pfns(rq->pfns + rq->got, pfn, nr);
	rq->got += nr;
}

static unsigned long number_of(const struct pseudophys *ps, struct mf_pfn pfn)
{
	return pfn.nr >> ps->source->order;
}

/* RCU read side. Most frames are of the section that frames are taken from first. */
static struct section *find_section(struct pseudophys *ps, struct mf_pfn pfn)
{
	struct section *s = rcu_dereference(ps->oldest);

	if (s && number_of(ps, s->first) == number_of(ps, pfn))
		return s;
	if (!ps->source)
		return NULL;
	return xa_load(&ps->by_number, number_of(ps, pfn));
}

/* The list has changed, and the lock is held. */
static void note_oldest(struct pseudophys *ps)
{
	rcu_assign_pointer(ps->oldest,
			   list_first_entry_or_null(&ps->sections,
						    struct section, node));
}

/**
 * pseudophys_reap_later - have sections looked at some seconds from now
 * @ps: the allocator
 *
 * Context: any.
 */
void pseudophys_reap_later(struct pseudophys *ps)
{
	if (!list_empty(&ps->sections))
		queue_delayed_work(system_wq, &ps->reap, REAP_DELAY);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_reap_later);

static void give_parked(struct pseudophys *ps, struct section *s,
			struct mf_pfn pfn, unsigned long nr)
{
	spin_lock(&ps->lock);
	section_give_parked(s, pfn, nr);
	spin_unlock(&ps->lock);
}

/**
 * pseudophys_drain - put the frames that wait in all caches back
 * @ps: the allocator
 *
 * Context: not in an interrupt.
 */
void pseudophys_drain(struct pseudophys *ps)
{
	struct section *s;
	struct mf_pfn pfn;
	unsigned int nr;

	atomic_long_inc(&ps->stats.drains);
	while ((nr = caches_empty(ps->caches, &s, &pfn)))
		give_parked(ps, s, pfn, nr);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_drain);

static void from_cache(struct pseudophys *ps, struct request *rq)
{
	struct mf_pfn pfn;
	unsigned int nr;

	while (missing(rq)) {
		nr = caches_take(ps->caches, missing(rq), &pfn);
		if (!nr)
			return;
		note(rq, pfn, nr);
	}
}

/* Return: whether there may be more. */
static noinline bool borrow_some(struct pseudophys *ps, struct request *rq, bool whole)
{
	unsigned int want = min_t(unsigned int, missing(rq), LEND_NR), nr, i;
	struct mf_pfn pfns[LEND_NR];

	nr = ps->lender->lend(pfns, want, rq->order, whole);
	for (i = 0; i < nr; i++)
		note(rq, pfns[i], 1);
	atomic_long_add((long)nr << rq->order, &ps->stats.lent);
	return nr == want;
}

static void borrow(struct pseudophys *ps, struct request *rq, bool whole)
{
	while (missing(rq) && ps->lender->any() && borrow_some(ps, rq, whole))
		;
}

/* Return: how many; a block is one. */
static unsigned int take_next(struct section *s, const struct request *rq,
			      struct mf_pfn *pfn)
{
	return rq->order ? section_take(s, rq->order, pfn) :
			   section_take_run(s, missing(rq), pfn);
}

static void take_from(struct pseudophys *ps, struct section *s,
		      struct request *rq)
{
	unsigned int got = rq->got, nr;
	struct mf_pfn pfn;

	while (missing(rq)) {
		nr = take_next(s, rq, &pfn);
		if (!nr)
			break;
		note(rq, pfn, nr);
	}
	atomic_long_add((long)(rq->got - got) << rq->order, &ps->stats.taken);
}

static void take_from_all(struct pseudophys *ps, struct request *rq)
{
	struct section *s;

	list_for_each_entry(s, &ps->sections, node)
		take_from(ps, s, rq);
}

static bool fits_cache(unsigned int order, unsigned int nr)
{
	return !order && nr < CACHE_FRAMES;
}

static unsigned int take_parked(struct pseudophys *ps, struct section **from,
				struct mf_pfn *pfn)
{
	struct section *s;
	unsigned int nr = 0;

	spin_lock(&ps->lock);
	list_for_each_entry(s, &ps->sections, node) {
		*from = s;
		nr = section_take_parked(s, CACHE_FRAMES, pfn);
		if (nr)
			break;
	}
	spin_unlock(&ps->lock);
	return nr;
}

/*
 * The section could not go while its frames were on their way, so that is looked
 * at again.
 */
static void fill_cache(struct pseudophys *ps)
{
	struct section *s;
	struct mf_pfn pfn;
	unsigned int nr = take_parked(ps, &s, &pfn);

	if (!nr)
		return;
	if (!caches_fill(ps->caches, s, pfn, nr))
		give_parked(ps, s, pfn, nr);
	pseudophys_reap_soon(ps);
}

/* A few come with more, for the next. */
static void from_sections(struct pseudophys *ps, struct request *rq)
{
	if (missing(rq) && fits_cache(rq->order, rq->nr)) {
		fill_cache(ps);
		from_cache(ps, rq);
	}
	if (!missing(rq))
		return;
	spin_lock(&ps->lock);
	take_from_all(ps, rq);
	spin_unlock(&ps->lock);
}

static void from_all_caches(struct pseudophys *ps, struct request *rq)
{
	if (!missing(rq) || list_empty(&ps->sections))
		return;
	pseudophys_drain(ps);
	spin_lock(&ps->lock);
	take_from_all(ps, rq);
	spin_unlock(&ps->lock);
}

static bool is_possible(const struct pseudophys *ps, const struct section *s)
{
	return IS_ALIGNED(s->first.nr, 1UL << ps->source->order);
}

static void give_back_or_keep(struct pseudophys *ps, struct section *s)
{
	int err = ps->source->remove(s);

	if (!err) {
		atomic_long_inc(&ps->stats.sections_removed);
		section_free(s);
		return;
	}
	atomic_long_inc(&ps->stats.remove_failures);
	pr_warn_ratelimited("pseudophys: %lu frames of address space from pfn %#lx on cannot be given back yet (%d)\n",
			    section_size(s), s->first.nr, err);
	spin_lock(&ps->lock);
	list_add_tail(&s->node, &ps->stuck);
	spin_unlock(&ps->lock);
	queue_delayed_work(system_wq, &ps->retry, STUCK_DELAY);
}

/* What it was made for is taken before anybody else can take it. */
static int publish(struct pseudophys *ps, struct section *s,
		   struct request *rq)
{
	int err = -ENOMEM;

	if (!is_possible(ps, s))
		return -EIO;
	section_open(s);
	if (!memfront_should_fail())
		err = xa_insert(&ps->by_number, number_of(ps, s->first), s,
				GFP_KERNEL);
	if (err)
		return err;
	spin_lock(&ps->lock);
	take_from(ps, s, rq);
	list_add_tail(&s->node, &ps->sections);
	note_oldest(ps);
	spin_unlock(&ps->lock);
	return 0;
}

static int add_section(struct pseudophys *ps, struct request *rq)
{
	struct section *s = section_new(ps->source->order);
	int err;

	if (!s)
		return -ENOMEM;
	err = ps->source->add(s);
	if (err) {
		section_free(s);
		return err;
	}
	atomic_long_inc(&ps->stats.sections_added);
	err = publish(ps, s, rq);
	if (err)
		give_back_or_keep(ps, s);
	return err;
}

/* Somebody else may have grown it just now. */
static int grow(struct pseudophys *ps, struct request *rq)
{
	int err = 0;

	if (!ps->source)
		return -ENOMEM;
	mutex_lock(&ps->grow);
	from_sections(ps, rq);
	while (!err && missing(rq))
		err = add_section(ps, rq);
	mutex_unlock(&ps->grow);
	if (!err)
		return 0;
	atomic_long_inc(&ps->stats.add_failures);
	pr_warn_ratelimited("pseudophys: no address space for %u blocks of %lu frames (%d)\n",
			    missing(rq), 1UL << rq->order, err);
	return err;
}

/* Each place gives what is missing still, or as much of it as it has. */
static void from_places(struct pseudophys *ps, struct request *rq)
{
	if (fits_cache(rq->order, rq->nr))
		from_cache(ps, rq);
	borrow(ps, rq, false);
	from_sections(ps, rq);
	from_all_caches(ps, rq);
	borrow(ps, rq, true);
}

static unsigned long free_some(struct pseudophys *ps, struct request *rq)
{
	return rq->pages ? pseudophys_free_pages(ps, rq->got, rq->pages) :
			   pseudophys_free(ps, rq->order, rq->got, rq->pfns);
}

static int alloc_slowly(struct pseudophys *ps, struct request *rq)
{
	int err = 0;

	might_sleep();
	from_places(ps, rq);
	if (missing(rq))
		err = grow(ps, rq);
	if (err)
		free_some(ps, rq);
	return err;
}

/**
 * pseudophys_alloc - hand out blocks of frames that have no RAM
 * @ps:		the allocator
 * @order:	log2 of the frames in a block, to MEMFRONT_PSEUDOPHYS_MAX_ORDER
 * @nr:		how many blocks
 * @pfns:	gets the first frame of each, naturally aligned
 *
 * Context: may sleep.
 * Return: 0, and all are there; or an errno, and none is.
 */
int pseudophys_alloc(struct pseudophys *ps, unsigned int order,
		     unsigned int nr, struct mf_pfn *pfns)
{
	struct request rq = { .order = order, .nr = nr, .pfns = pfns };

	return alloc_slowly(ps, &rq);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_alloc);

/**
 * pseudophys_alloc_pages_slowly - what pseudophys_alloc_pages() does otherwise
 * @ps:		the allocator
 * @nr:		how many
 * @pages:	gets them
 */
int pseudophys_alloc_pages_slowly(struct pseudophys *ps, unsigned int nr,
				  struct page **pages)
{
	struct request rq = { .nr = nr, .pages = pages };

	return alloc_slowly(ps, &rq);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_alloc_pages_slowly);

/**
 * struct returns - frames on their way back
 * @order:	log2 of those in a block
 * @good:	frames that are back
 * @nr:		blocks that are no section's, and go to the lender next
 * @pfns:	those
 */
struct returns {
	unsigned int order;
	unsigned long good;
	unsigned int nr;
	struct mf_pfn pfns[LEND_NR];
};

static void settle_lent(struct pseudophys *ps, struct returns *back)
{
	unsigned long nr = 0;

	if (back->nr)
		nr = ps->lender->take_back(back->pfns, back->nr, back->order);
	back->good += nr << back->order;
	back->nr = 0;
}

static void note_lent(struct pseudophys *ps, struct returns *back,
		      struct mf_pfn pfn, unsigned long nr)
{
	for (; nr; nr -= min(nr, 1UL << back->order)) {
		back->pfns[back->nr++] = pfn;
		pfn.nr += 1UL << back->order;
		if (back->nr == LEND_NR)
			settle_lent(ps, back);
	}
}

/* The cache has enough of a word: its frames make room for others. */
static void turn_over_cache(struct pseudophys *ps)
{
	struct section *s;
	struct mf_pfn pfn;
	unsigned int nr;

	if (!caches_are_full(ps->caches))
		return;
	nr = caches_empty_own(ps->caches, &s, &pfn);
	if (nr)
		give_parked(ps, s, pfn, nr);
}

/* RCU read side. A few frames are the next to be wanted, and those beside them. */
static bool to_section(struct pseudophys *ps, struct section *s,
		       struct mf_pfn pfn, unsigned long nr)
{
	bool of_a_word = pfn.nr % CACHE_FRAMES + nr <= CACHE_FRAMES;

	if (!section_park(s, pfn, nr))
		return false;
	if (of_a_word)
		turn_over_cache(ps);
	if (!of_a_word || !caches_fill(ps->caches, s, pfn, nr))
		give_parked(ps, s, pfn, nr);
	return true;
}

/* Of single frames those go back that are out; a block is whole or none. */
static unsigned long to_section_singly(struct pseudophys *ps,
				       struct section *s, struct mf_pfn pfn,
				       unsigned long nr)
{
	unsigned long good = 0;

	for (; nr; nr--, pfn.nr++)
		good += to_section(ps, s, pfn, 1);
	return good;
}

/* All of them are of one section, or of none. */
static void give_run(struct pseudophys *ps, struct returns *back,
		     struct mf_pfn pfn, unsigned long nr)
{
	struct section *s;

	rcu_read_lock();
	s = find_section(ps, pfn);
	if (s && to_section(ps, s, pfn, nr))
		back->good += nr;
	else if (s && !back->order)
		back->good += to_section_singly(ps, s, pfn, nr);
	rcu_read_unlock();
	if (!s)
		note_lent(ps, back, pfn, nr);
}

/* Up to where the next section could begin. */
static unsigned long in_section(const struct pseudophys *ps, struct mf_pfn pfn,
				unsigned long nr)
{
	unsigned long size = ps->source ? 1UL << ps->source->order : 1;

	return min(nr, size - pfn.nr % size);
}

static void give_slowly(struct pseudophys *ps, struct returns *back,
			struct mf_pfn pfn, unsigned long nr)
{
	unsigned long n;

	for (; nr; nr -= n, pfn.nr += n) {
		n = back->order ? nr : in_section(ps, pfn, nr);
		give_run(ps, back, pfn, n);
	}
}

static void give(struct pseudophys *ps, struct returns *back,
		 struct mf_pfn pfn, unsigned int nr)
{
	if (caches_give(ps->caches, pfn, nr))
		back->good += nr;
	else
		give_slowly(ps, back, pfn, nr);
}

static void tell_bad(struct pseudophys *ps, unsigned int order,
		     unsigned long bad)
{
	atomic_long_add(bad, &ps->stats.bad_frees);
	pr_err_ratelimited("pseudophys: %lu frames were given back that nobody had (blocks of order %u)\n",
			   bad, order);
}

static unsigned long settle(struct pseudophys *ps, struct returns *back,
			    unsigned int nr)
{
	settle_lent(ps, back);
	if (back->good != (unsigned long)nr << back->order)
		tell_bad(ps, back->order,
			 ((unsigned long)nr << back->order) - back->good);
	if (back->good)
		pseudophys_reap_soon(ps);
	return back->good;
}

static bool is_block(struct mf_pfn pfn, unsigned int order)
{
	return IS_ALIGNED(pfn.nr, 1UL << order);
}

static void give_blocks(struct pseudophys *ps, struct returns *back,
			unsigned int nr, const struct mf_pfn *pfns)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (is_block(pfns[i], back->order))
			give(ps, back, pfns[i], 1U << back->order);
}

/* How many follow each other. */
static unsigned int pfns_in_row(const struct mf_pfn *pfns, unsigned int nr)
{
	unsigned int i = 1;

	while (i < nr && pfns[i].nr == pfns[0].nr + i)
		i++;
	return i;
}

static void give_frames(struct pseudophys *ps, struct returns *back,
			unsigned int nr, const struct mf_pfn *pfns)
{
	unsigned int n;

	for (; nr; nr -= n, pfns += n) {
		n = pfns_in_row(pfns, nr);
		give(ps, back, pfns[0], n);
	}
}

/**
 * pseudophys_free - take blocks of frames back
 * @ps:		the allocator
 * @order:	log2 of the frames in a block: that with which they were handed out,
 *		or less, for parts of them
 * @nr:		how many blocks
 * @pfns:	the first frame of each; nothing is behind the frames
 *
 * What is not out is left alone, counted, and told in the log.
 *
 * Context: may sleep.
 * Return: how many frames were out.
 */
unsigned long pseudophys_free(struct pseudophys *ps, unsigned int order,
			      unsigned int nr, const struct mf_pfn *pfns)
{
	struct returns back;

	back.order = order;
	back.good = 0;
	back.nr = 0;
	if (!order)
		give_frames(ps, &back, nr, pfns);
	else if (order <= MEMFRONT_PSEUDOPHYS_MAX_ORDER)
		give_blocks(ps, &back, nr, pfns);
	return settle(ps, &back, nr);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_free);

/* Frames that follow each other, of one section; or nothing is done. */
static bool give_row(struct pseudophys *ps, struct mf_pfn pfn, unsigned int nr)
{
	struct section *s;
	bool good;

	if (in_section(ps, pfn, nr) < nr)
		return false;
	rcu_read_lock();
	s = find_section(ps, pfn);
	good = s && to_section(ps, s, pfn, nr);
	rcu_read_unlock();
	return good;
}

/*
 * Row after row; that the first has @n is known. Out of line, for all that it has on
 * the stack.
 */
static noinline unsigned long give_rows(struct pseudophys *ps, unsigned int nr,
					struct page **pages, unsigned int n)
{
	struct returns back;
	unsigned int i;

	back.order = 0;
	back.good = 0;
	back.nr = 0;
	for (i = 0; i < nr; i += n) {
		if (i)
			n = pages_in_row(pages + i, nr - i);
		give(ps, &back, mf_page_pfn(pages[i]), n);
	}
	return settle(ps, &back, nr);
}

/**
 * pseudophys_free_pages_slowly - what pseudophys_free_pages() does otherwise
 * @ps:		the allocator
 * @nr:		how many
 * @pages:	the pages
 */
unsigned long pseudophys_free_pages_slowly(struct pseudophys *ps,
					   unsigned int nr, struct page **pages)
{
	unsigned int n = nr ? pages_in_row(pages, nr) : 0;

	if (!nr || n < nr || !give_row(ps, mf_page_pfn(pages[0]), nr))
		return give_rows(ps, nr, pages, n);
	pseudophys_reap_soon(ps);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_free_pages_slowly);

static bool is_idle(const struct section *s)
{
	return s->nr_free == section_size(s);
}

/* @grow is held. Nobody can find those that go any more. */
static void unlink_idle(struct pseudophys *ps, struct list_head *gone)
{
	struct section *s, *next;

	spin_lock(&ps->lock);
	list_splice_init(&ps->stuck, gone);
	list_for_each_entry_safe(s, next, &ps->sections, node) {
		if (!is_idle(s))
			continue;
		xa_erase(&ps->by_number, number_of(ps, s->first));
		list_move(&s->node, gone);
	}
	note_oldest(ps);
	spin_unlock(&ps->lock);
}

/**
 * pseudophys_reap - give back all sections of which no user has a frame
 * @ps: the allocator
 *
 * Context: may sleep.
 */
void pseudophys_reap(struct pseudophys *ps)
{
	struct section *s, *next;
	LIST_HEAD(gone);

	mutex_lock(&ps->grow);
	pseudophys_drain(ps);
	unlink_idle(ps, &gone);
	list_for_each_entry_safe(s, next, &gone, node) {
		list_del_init(&s->node);
		give_back_or_keep(ps, s);
	}
	mutex_unlock(&ps->grow);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_reap);

static void reap_work(struct work_struct *work)
{
	pseudophys_reap(container_of(to_delayed_work(work), struct pseudophys,
				     reap));
}

static void retry_work(struct work_struct *work)
{
	pseudophys_reap(container_of(to_delayed_work(work), struct pseudophys,
				     retry));
}

/**
 * pseudophys_init - make an allocator that has nothing yet
 * @ps:		its memory, zeroed
 * @source:	of address space; NULL for none
 * @lender:	of holes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pseudophys_init(struct pseudophys *ps, const struct section_source *source,
		    const struct hole_lender *lender)
{
	ps->source = source;
	ps->lender = lender;
	ps->has_pages = !source || source->has_pages;
	mutex_init(&ps->grow);
	spin_lock_init(&ps->lock);
	INIT_LIST_HEAD(&ps->sections);
	INIT_LIST_HEAD(&ps->stuck);
	xa_init(&ps->by_number);
	INIT_DELAYED_WORK(&ps->reap, reap_work);
	INIT_DELAYED_WORK(&ps->retry, retry_work);
	ps->caches = caches_new();
	return ps->caches ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_init);

static void report_kept(struct list_head *sections, const char *why)
{
	struct section *s;

	list_for_each_entry(s, sections, node)
		pr_err("pseudophys: %lu frames of address space from pfn %#lx on stay taken for ever: %s\n",
		       section_size(s), s->first.nr, why);
}

/**
 * pseudophys_exit - give everything back
 * @ps: the allocator, which nobody uses any more
 *
 * What somebody has not given back stays as it is.
 *
 * Context: may sleep.
 */
void pseudophys_exit(struct pseudophys *ps)
{
	cancel_delayed_work_sync(&ps->reap);
	pseudophys_reap(ps);
	cancel_delayed_work_sync(&ps->retry);
	report_kept(&ps->sections, "somebody has frames of it");
	report_kept(&ps->stuck, "something is still behind frames of it");
	xa_destroy(&ps->by_number);
	caches_free(ps->caches);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_exit);

static void add_up(struct pseudophys *ps, struct pseudophys_census *census,
		   const struct section *s)
{
	struct section_census one;

	rcu_read_lock();
	census->sound &= find_section(ps, s->first) == s;
	rcu_read_unlock();
	spin_lock(&ps->lock);
	section_count(s, &one);
	spin_unlock(&ps->lock);
	census->sound &= one.sound;
	census->nr_sections++;
	census->nr_frames += section_size(s);
	census->nr_free += one.nr_free;
	census->nr_out += one.nr_out;
	census->nr_parked += one.nr_parked;
}

/**
 * pseudophys_count - count everything anew
 * @ps:		the allocator; the counts need not fit while others use it
 * @census:	set
 *
 * Context: may sleep.
 */
void pseudophys_count(struct pseudophys *ps, struct pseudophys_census *census)
{
	struct section *s;

	*census = (struct pseudophys_census){ .sound = true };
	mutex_lock(&ps->grow);
	list_for_each_entry(s, &ps->sections, node)
		add_up(ps, census, s);
	list_for_each_entry(s, &ps->stuck, node)
		census->nr_stuck++;
	mutex_unlock(&ps->grow);
	census->sound &= caches_count(ps->caches) == census->nr_parked;
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_count);
