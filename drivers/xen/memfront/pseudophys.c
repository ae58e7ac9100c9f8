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

/**
 * struct request - blocks of frames that are wanted
 * @order:	log2 of the frames in each
 * @nr:		how many
 * @got:	how many there are already
 * @pfns:	the first frame of each
 */
struct request {
	unsigned int order;
	unsigned int nr;
	unsigned int got;
	struct mf_pfn *pfns;
};

static unsigned int missing(const struct request *rq)
{
	return rq->nr - rq->got;
}

/* RCU read side. */
static struct section *find_section(struct pseudophys *ps, struct mf_pfn pfn)
{
	if (!ps->source)
		return NULL;
	return xa_load(&ps->by_number, pfn.nr >> ps->source->order);
}

static void give_parked(struct pseudophys *ps, const struct mf_pfn *pfns,
			unsigned int nr)
{
	unsigned int i;

	spin_lock(&ps->lock);
	for (i = 0; i < nr; i++)
		section_give_parked(find_section(ps, pfns[i]), pfns[i]);
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
	struct mf_pfn pfns[CACHE_BATCH];
	unsigned int nr;

	atomic_long_inc(&ps->stats.drains);
	while ((nr = caches_pop_any(ps->caches, pfns, CACHE_BATCH)))
		give_parked(ps, pfns, nr);
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_drain);

static void from_cache(struct pseudophys *ps, struct request *rq)
{
	struct mf_pfn *pfns = rq->pfns + rq->got;
	unsigned int nr, i;

	if (rq->order)
		return;
	nr = caches_pop(ps->caches, pfns, missing(rq));
	rcu_read_lock();
	for (i = 0; i < nr; i++)
		section_unpark(find_section(ps, pfns[i]), pfns[i]);
	rcu_read_unlock();
	rq->got += nr;
	atomic_long_add(nr, &ps->stats.cached);
}

static void borrow(struct pseudophys *ps, struct request *rq, bool whole)
{
	unsigned int nr = ps->lender->lend(rq->pfns + rq->got, missing(rq),
					   rq->order, whole);

	rq->got += nr;
	atomic_long_add((long)nr << rq->order, &ps->stats.lent);
}

static void from_broken_blocks(struct pseudophys *ps, struct request *rq)
{
	borrow(ps, rq, false);
}

static void from_whole_blocks(struct pseudophys *ps, struct request *rq)
{
	borrow(ps, rq, true);
}

static void take_from(struct pseudophys *ps, struct section *s,
		      struct request *rq)
{
	unsigned int got = rq->got;

	while (missing(rq) && section_take(s, rq->order, &rq->pfns[rq->got]))
		rq->got++;
	atomic_long_add((long)(rq->got - got) << rq->order, &ps->stats.taken);
}

/* Frames for the cache, while the lock is held anyway. */
static unsigned int take_more(struct pseudophys *ps, struct mf_pfn *pfns)
{
	unsigned int nr = 0;
	struct section *s;

	list_for_each_entry(s, &ps->sections, node)
		while (nr < CACHE_BATCH && section_take_parked(s, &pfns[nr]))
			nr++;
	return nr;
}

static void fill_cache(struct pseudophys *ps, const struct mf_pfn *pfns,
		       unsigned int nr)
{
	unsigned int room = caches_push(ps->caches, pfns, nr);

	give_parked(ps, pfns + room, nr - room);
}

static void take_from_all(struct pseudophys *ps, struct request *rq)
{
	struct section *s;

	list_for_each_entry(s, &ps->sections, node)
		take_from(ps, s, rq);
}

static void from_sections(struct pseudophys *ps, struct request *rq)
{
	struct mf_pfn more[CACHE_BATCH];
	unsigned int nr = 0;

	spin_lock(&ps->lock);
	take_from_all(ps, rq);
	if (!rq->order && rq->nr < CACHE_BATCH && !missing(rq))
		nr = take_more(ps, more);
	spin_unlock(&ps->lock);
	fill_cache(ps, more, nr);
}

static void from_all_caches(struct pseudophys *ps, struct request *rq)
{
	if (list_empty(&ps->sections))
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

/* Its first users' frames are taken before anybody else can see it. */
static int publish(struct pseudophys *ps, struct section *s,
		   struct request *rq)
{
	int err = -ENOMEM;

	if (!is_possible(ps, s))
		return -EIO;
	if (!memfront_should_fail())
		err = xa_insert(&ps->by_number,
				s->first.nr >> ps->source->order, s,
				GFP_KERNEL);
	if (err)
		return err;
	section_open(s);
	take_from(ps, s, rq);
	spin_lock(&ps->lock);
	list_add_tail(&s->node, &ps->sections);
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

typedef void (*place_fn)(struct pseudophys *ps, struct request *rq);

static const place_fn places[] = {
	from_cache,
	from_broken_blocks,
	from_sections,
	from_all_caches,
	from_whole_blocks,
};

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
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(places) && missing(&rq); i++)
		places[i](ps, &rq);
	if (missing(&rq))
		err = grow(ps, &rq);
	if (err)
		pseudophys_free(ps, order, rq.got, pfns);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_alloc);

/* Who takes and gives one frame in turn comes by here each time. */
static void reap_soon(struct pseudophys *ps)
{
	if (!delayed_work_pending(&ps->reap))
		queue_delayed_work(system_wq, &ps->reap, REAP_DELAY);
}

/* The cache is full: some of it makes room. */
static void spill(struct pseudophys *ps, struct mf_pfn pfn)
{
	struct mf_pfn pfns[CACHE_BATCH];
	unsigned int nr = caches_pop(ps->caches, pfns, CACHE_BATCH - 1);

	pfns[nr++] = pfn;
	give_parked(ps, pfns, nr);
}

/* RCU read side, which keeps the memory of a section that goes meanwhile. */
static bool to_cache(struct pseudophys *ps, struct section *s,
		     struct mf_pfn pfn)
{
	if (!section_park(s, pfn))
		return false;
	if (!caches_push(ps->caches, &pfn, 1))
		spill(ps, pfn);
	if (section_leave(s))
		reap_soon(ps);
	return true;
}

/* RCU read side. */
static bool to_section(struct pseudophys *ps, struct section *s,
		       struct mf_pfn pfn, unsigned int order)
{
	bool good;

	spin_lock(&ps->lock);
	good = section_give(s, pfn, order);
	spin_unlock(&ps->lock);
	if (good && !atomic_long_read(&s->nr_out))
		reap_soon(ps);
	return good;
}

/**
 * struct returns - blocks on their way back
 * @order:	log2 of the frames in each
 * @cached:	single frames may wait in a cache
 * @good:	blocks that are back
 * @nr:		blocks that are no section's
 * @pfns:	those
 */
struct returns {
	unsigned int order;
	bool cached;
	unsigned int good;
	unsigned int nr;
	struct mf_pfn pfns[CACHE_BATCH];
};

static void settle_lent(struct pseudophys *ps, struct returns *back)
{
	if (back->nr)
		back->good += ps->lender->take_back(back->pfns, back->nr,
						    back->order);
	back->nr = 0;
}

static void give_one(struct pseudophys *ps, struct returns *back,
		     struct mf_pfn pfn)
{
	struct section *s;

	rcu_read_lock();
	s = find_section(ps, pfn);
	if (!s)
		back->pfns[back->nr++] = pfn;
	else if (back->cached)
		back->good += to_cache(ps, s, pfn);
	else
		back->good += to_section(ps, s, pfn, back->order);
	rcu_read_unlock();
	if (back->nr == CACHE_BATCH)
		settle_lent(ps, back);
}

/**
 * pseudophys_free - take blocks of frames back
 * @ps:		the allocator
 * @order:	log2 of the frames in a block, as they were handed out
 * @nr:		how many blocks
 * @pfns:	the first frame of each; nothing is behind the frames
 *
 * A block that is not out is left alone, counted, and told in the log.
 *
 * Context: may sleep.
 * Return: how many were out.
 */
unsigned int pseudophys_free(struct pseudophys *ps, unsigned int order,
			     unsigned int nr, const struct mf_pfn *pfns)
{
	/* Many frames would only pass through the cache. */
	struct returns back = {
		.order = order,
		.cached = !order && nr <= CACHE_FRAMES,
	};
	unsigned int i;

	for (i = 0; i < nr; i++)
		give_one(ps, &back, pfns[i]);
	settle_lent(ps, &back);
	if (back.good == nr)
		return nr;
	atomic_long_add(nr - back.good, &ps->stats.bad_frees);
	pr_err_ratelimited("pseudophys: %u blocks of order %u were given back that nobody had\n",
			   nr - back.good, order);
	return back.good;
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_free);

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
		xa_erase(&ps->by_number, s->first.nr >> ps->source->order);
		list_move(&s->node, gone);
	}
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
	list_for_each_entry_safe(s, next, &gone, node)
		give_back_or_keep(ps, s);
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
