// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of windows, and how their entries are written.
 *
 * A window is expensive to make and to take apart: on Xen the kernel does either
 * with one trap or hypercall for each of its pages. So windows that are given
 * back wait in a pool, empty, for the next that needs one of about their size.
 * What waits costs address space and its page tables, 2 KiB for each MiB.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <memfront/kunit.h>
#include <memfront/mmu.h>

#include "hypercall.h"
#include "inject.h"
#include "window.h"

/* What may wait in the pool: 256 MiB of address space, in so many pieces. */
#define POOL_PAGES	(SZ_256M >> PAGE_SHIFT)
#define POOL_WINDOWS	256
/* Up to this, powers of two, which are found again; above, whole tables. */
#define POWERS_PAGES	(POOL_PAGES / 2)
/* A window that is larger than this many times what is needed stays. */
#define MAX_WASTE	4

/* Entries that are written together after one that was refused, and then on. */
#define STEP_AFTER_FAILURE	8
#define STEP_GROWTH		4

/*
 * @idle:	windows, the last one given first
 * @lost:	windows that could not be emptied
 * @stats:	of all windows
 */
static struct {
	struct mutex lock; /* for the rest */
	struct list_head idle;
	struct list_head lost;
	struct window_stats stats;
} pool = {
	.lock = __MUTEX_INITIALIZER(pool.lock),
	.idle = LIST_HEAD_INIT(pool.idle),
	.lost = LIST_HEAD_INIT(pool.lost),
};

static void *alloc_array(size_t nr, size_t size)
{
	return memfront_should_fail() ? NULL : kvcalloc(nr, size, GFP_KERNEL);
}

static void free_struct(struct window *w)
{
	kvfree(w->errs);
	kvfree(w->ptes);
	kvfree(w->tables);
	kfree(w);
}

/* The range may begin in the middle of a table, so it may have one more. */
static struct window *alloc_struct(unsigned int nr)
{
	unsigned int at_once = min_t(unsigned int, nr, WINDOW_TABLE_ENTRIES);
	struct window *w = alloc_array(1, sizeof(*w));

	if (!w)
		return NULL;
	INIT_LIST_HEAD(&w->node);
	w->nr = nr;
	w->tables = alloc_array(nr / WINDOW_TABLE_ENTRIES + 2,
				sizeof(*w->tables));
	w->ptes = alloc_array(at_once, sizeof(*w->ptes));
	w->errs = alloc_array(at_once, sizeof(*w->errs));
	if (w->tables && w->ptes && w->errs)
		return w;
	free_struct(w);
	return NULL;
}

/**
 * window_lose - give up a window whose entries could not be made zeros
 * @w: the window
 *
 * Its addresses still show what they show, so nobody else may have them.
 */
void window_lose(struct window *w)
{
	mutex_lock(&pool.lock);
	list_add(&w->node, &pool.lost);
	pool.stats.lost++;
	mutex_unlock(&pool.lock);
	pr_err_ratelimited("foreign: %u pages of address space are lost: they cannot be emptied\n",
			   w->nr);
}

/* A window that cannot be taken apart is lost, with all that it is made of. */
static void unmake(struct window *w)
{
	if (memfront_hv.windows->free(w))
		free_struct(w);
	else
		window_lose(w);
}

static struct window *make(unsigned int nr)
{
	struct window *w = alloc_struct(nr);
	int err;

	if (!w)
		return ERR_PTR(-ENOMEM);
	err = memfront_hv.windows->make(w);
	if (err) {
		free_struct(w);
		return ERR_PTR(err);
	}
	mutex_lock(&pool.lock);
	pool.stats.made++;
	mutex_unlock(&pool.lock);
	return w;
}

static void take_out(struct window *w)
{
	list_del_init(&w->node);
	pool.stats.idle--;
	pool.stats.idle_pages -= w->nr;
}

static bool fits_better(const struct window *w, const struct window *best,
			unsigned int nr)
{
	return w->nr >= nr && w->nr <= nr * MAX_WASTE &&
	       (!best || w->nr < best->nr);
}

static struct window *reuse(unsigned int nr)
{
	struct window *w, *best = NULL;

	mutex_lock(&pool.lock);
	list_for_each_entry(w, &pool.idle, node)
		if (fits_better(w, best, nr))
			best = w;
	if (best) {
		take_out(best);
		pool.stats.reused++;
	}
	mutex_unlock(&pool.lock);
	return best;
}

static unsigned int size_for(unsigned int nr)
{
	if (nr > POWERS_PAGES)
		return round_up(nr, WINDOW_TABLE_ENTRIES);
	return roundup_pow_of_two(nr);
}

/**
 * window_take - get an empty window
 * @nr: pages that it must have, 1 to WINDOW_MAX_PAGES; it may have more
 *
 * Context: may sleep.
 * Return: the window, or an ERR_PTR().
 */
struct window *window_take(unsigned int nr)
{
	struct window *w = reuse(size_for(nr));

	return w ?: make(size_for(nr));
}
EXPORT_SYMBOL_FOR_KUNIT(window_take);

/* The window that has waited longest, if there is more than may wait. */
static struct window *excess(unsigned long pages, unsigned long windows)
{
	struct window *w = NULL;

	mutex_lock(&pool.lock);
	if (pool.stats.idle_pages > pages || pool.stats.idle > windows) {
		w = list_last_entry(&pool.idle, struct window, node);
		take_out(w);
	}
	mutex_unlock(&pool.lock);
	return w;
}

static void shrink_pool(unsigned long pages, unsigned long windows)
{
	struct window *w;

	while ((w = excess(pages, windows)))
		unmake(w);
}

/**
 * window_give - put an empty window back
 * @w: the window; all of its entries are zeros, and no TLB knows others
 *
 * Context: may sleep.
 */
void window_give(struct window *w)
{
	mutex_lock(&pool.lock);
	list_add(&w->node, &pool.idle);
	pool.stats.idle++;
	pool.stats.idle_pages += w->nr;
	mutex_unlock(&pool.lock);
	shrink_pool(POOL_PAGES, POOL_WINDOWS);
}
EXPORT_SYMBOL_FOR_KUNIT(window_give);

/** windows_drop_idle - take all windows apart that wait in the pool. */
void windows_drop_idle(void)
{
	shrink_pool(0, 0);
}
EXPORT_SYMBOL_FOR_KUNIT(windows_drop_idle);

/**
 * windows_recover - try once more to empty the windows that were lost
 *
 * Context: may sleep.
 */
void windows_recover(void)
{
	struct window *w, *next;
	LIST_HEAD(lost);

	mutex_lock(&pool.lock);
	list_splice_init(&pool.lost, &lost);
	pool.stats.lost = 0;
	mutex_unlock(&pool.lock);
	list_for_each_entry_safe(w, next, &lost, node) {
		list_del_init(&w->node);
		if (window_clear(w, w->nr))
			window_lose(w);
		else
			window_give(w);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(windows_recover);

/** windows_exit - take all apart; none is in use. */
void windows_exit(void)
{
	if (!memfront_hv.windows)
		return;
	windows_recover();
	windows_drop_idle();
	if (memfront_hv.windows->exit)
		memfront_hv.windows->exit();
}

/**
 * window_read_stats - what has become of the windows
 * @stats: set
 */
void window_read_stats(struct window_stats *stats)
{
	mutex_lock(&pool.lock);
	*stats = pool.stats;
	mutex_unlock(&pool.lock);
}
EXPORT_SYMBOL_FOR_KUNIT(window_read_stats);

/**
 * struct writer - entries of a window that are being written
 * @sink:	told of each
 * @errs:	where to note it
 */
struct writer {
	struct memfront_mmu_sink sink;
	int *errs;
};

static void note_result(struct memfront_mmu_sink *sink, unsigned long cookie,
			int err)
{
	container_of(sink, struct writer, sink)->errs[cookie] = err;
}

/**
 * window_entry - the page-table entry of a page
 * @w:		the window
 * @page:	which of its pages
 *
 * Return: the entry's machine address.
 */
struct mf_maddr window_entry(const struct window *w, unsigned int page)
{
	unsigned int slot = w->first_slot + page;
	struct mf_maddr at = w->tables[slot >> WINDOW_TABLE_SHIFT];

	at.addr += (slot & (WINDOW_TABLE_ENTRIES - 1)) * sizeof(u64);
	return at;
}

/* Pages from @page on whose entries are in one table, at most @nr. */
static unsigned int run_in_table(const struct window *w, unsigned int page,
				 unsigned int nr)
{
	unsigned int slot = (w->first_slot + page) & (WINDOW_TABLE_ENTRIES - 1);

	return min_t(unsigned int, nr, WINDOW_TABLE_ENTRIES - slot);
}

static int queue_run(const struct window *w, unsigned int first,
		     unsigned int from, unsigned int to, domid_t owner,
		     struct writer *writer)
{
	struct memfront_mmu_result result = { .sink = &writer->sink };
	unsigned int run;
	int err = 0;

	while (from < to && !err) {
		run = run_in_table(w, first + from, to - from);
		result.cookie = from;
		err = memfront_mmu_set_ptes(window_entry(w, first + from),
					    w->ptes + from, run, owner,
					    result);
		from += run;
	}
	return err;
}

/* Entries @from to @to of ptes[], as far as the hypervisor goes. */
static int write_run(struct window *w, unsigned int first, unsigned int from,
		     unsigned int to, domid_t owner)
{
	struct writer writer = {
		.sink.done = note_result,
		.errs = w->errs,
	};
	int err = memfront_mmu_begin();

	if (err)
		return err;
	err = queue_run(w, first, from, to, owner, &writer);
	/* Its word is that of the entries, which they have given themselves. */
	memfront_mmu_end();
	return err;
}

static unsigned int first_cancelled(const struct window *w, unsigned int from,
				    unsigned int to)
{
	while (from < to && w->errs[from] != -ECANCELED)
		from++;
	return from;
}

/**
 * window_write - write w->ptes[] to entries of a window
 * @w:		the window
 * @first:	page of the window that ptes[0] is for
 * @nr:		how many, at most WINDOW_TABLE_ENTRIES
 * @owner:	whose frames the entries name
 *
 * The hypervisor stops at an entry that it refuses; here the others are gone on
 * with, few at first, for where one is bad the next may be, too. Nothing is
 * flushed.
 *
 * Context: may sleep.
 * Return: 0, with 0 or an errno in w->errs[] for each entry; or an errno if the
 * requests themselves were refused: then some entries may be written.
 */
int window_write(struct window *w, unsigned int first, unsigned int nr,
		 domid_t owner)
{
	unsigned int from = 0, step = nr, next, to;
	int err = 0;

	for (next = 0; next < nr; next++)
		w->errs[next] = -ECANCELED;
	while (!err && from < nr) {
		to = min(nr, from + step);
		err = write_run(w, first, from, to, owner);
		next = first_cancelled(w, from, to);
		if (!err && next == from)
			err = -EIO;
		step = next == to && !w->errs[to - 1] ? step * STEP_GROWTH :
							STEP_AFTER_FAILURE;
		from = next;
	}
	cond_resched();
	return err;
}

/* The first that is not zero now. */
static int first_error(const struct window *w, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (w->errs[i])
			return w->errs[i];
	return 0;
}

/**
 * window_clear - make a window empty again
 * @w:	the window
 * @nr:	pages from its start whose entries may be in use
 *
 * Context: may sleep.
 * Return: 0, and no TLB knows what was there; or an errno: then it must be
 * given up.
 */
int window_clear(struct window *w, unsigned int nr)
{
	unsigned int page, run;
	int err = 0, ret;

	memset(w->ptes, 0, min_t(unsigned int, w->nr, WINDOW_TABLE_ENTRIES) *
			   sizeof(*w->ptes));
	for (page = 0; page < nr; page += run) {
		run = min_t(unsigned int, nr - page, WINDOW_TABLE_ENTRIES);
		ret = window_write(w, page, run, DOMID_SELF);
		err = err ?: ret ?: first_error(w, run);
	}
	ret = memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	return err ?: ret;
}
