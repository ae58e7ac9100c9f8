// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of grants: pages that another domain shares, at addresses of this
 * kernel.
 *
 * Where they are put is another file's: grant-window.c for PV guests,
 * grant-hollow.c for translated ones; grant-idle.c has those that wait for use.
 * Here is what both have in common: each grant has an answer of its own, a frame
 * that is paged out is asked for again for a while, and what is given up is
 * unmapped.
 *
 * The hypervisor has a handle for each grant that is mapped, and the other domain
 * cannot end the grant before it is given back. A mapping of which it does not
 * take back a handle, or to whose pages somebody still has references, stays, with
 * its addresses and its pages: grant-kept.c has it then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <memfront/grant.h>
#include <memfront/kunit.h>

#include "answers.h"
#include "grant-headroom.h"
#include "grant-map.h"
#include "grant-op.h"
#include "hypercall.h"
#include "inject.h"
#include "trace.h"
#include "window.h"

struct grant_map_stats grant_map_stats;
EXPORT_SYMBOL_FOR_KUNIT(grant_map_stats);

/* @all: mappings that somebody has */
static struct {
	spinlock_t lock; /* for the rest */
	struct list_head all;
} maps = {
	.lock = __SPIN_LOCK_UNLOCKED(maps.lock),
	.all = LIST_HEAD_INIT(maps.all),
};

/**
 * struct request - grants that are being asked for
 * @answers:	what becomes of each
 * @map:	where they go
 * @refs:	which
 */
struct request {
	struct answers answers;
	struct memfront_grant_map *map;
	const grant_ref_t *refs;
};

static unsigned int map_flags(const struct memfront_grant_map *map)
{
	return GNTMAP_host_map | map->place->flags |
	       (map->flags & MEMFRONT_GRANT_READ_ONLY ? GNTMAP_readonly : 0);
}

static void fill_map_op(const struct request *r, unsigned int i,
			unsigned int flags, struct gnttab_map_grant_ref *op)
{
	const struct memfront_grant_map *map = r->map;

	op->host_addr = map->at[i];
	op->flags = flags;
	op->ref = r->refs[i];
	op->dom = map->domid;
	op->status = GRANT_NOT_DONE;
	op->handle = GRANT_NO_HANDLE;
}

/* The wanted from @i on that go with a hypercall; sets @i to what is after them. */
static unsigned int gather(const struct request *r, unsigned int *i)
{
	struct memfront_grant_map *map = r->map;
	const int *errs = r->answers.errs;
	unsigned int flags = map_flags(map), nr = 0, at;

	for (at = *i; at < map->nr && nr < GRANT_BATCH; at++) {
		if (errs[at] != ANSWER_WANTED)
			continue;
		fill_map_op(r, at, flags, &map->maps[nr++]);
	}
	*i = at;
	return nr;
}

static int answer_of(const struct gnttab_map_grant_ref *op)
{
	int err;

	if (op->status == GNTST_okay)
		return 0;
	if (op->status == GRANT_NOT_DONE)
		return ANSWER_WANTED;
	err = grant_errno(op->status);
	if (err == -ENOSPC)
		grant_headroom_map_refused();
	return err;
}

/* The wanted from @i to @end are those that were asked for. */
static void note_mapped(struct request *r, unsigned int i, unsigned int end)
{
	struct memfront_grant_map *map = r->map;
	const struct gnttab_map_grant_ref *op = map->maps;
	int *errs = r->answers.errs;
	unsigned int good = 0;
	long mapped = 0;

	for (; i < end; i++) {
		if (errs[i] != ANSWER_WANTED)
			continue;
		errs[i] = answer_of(op);
		if (!errs[i]) {
			map->handles[i] = op->handle;
			mapped += op->handle != GRANT_NO_HANDLE;
			good++;
		}
		op++;
	}
	r->answers.good += good;
	grant_headroom_mapped(mapped);
}

static int ask(struct answers *answers)
{
	struct request *r = container_of(answers, struct request, answers);
	unsigned int first, i = 0, nr;
	int err = 0;

	while (!err && i < answers->nr) {
		first = i;
		nr = gather(r, &i);
		if (!nr)
			continue;
		err = grant_op(GNTTABOP_map_grant_ref, r->map->maps, nr);
		note_mapped(r, first, i);
		if (i < answers->nr)
			cond_resched();
	}
	return err;
}

/* Return: how many are there. */
static unsigned int ask_with_patience(struct memfront_grant_map *map,
				      const grant_ref_t *refs, int *errs)
{
	struct request r = {
		.answers = {
			.ask = ask,
			.errs = errs,
			.nr = map->nr,
			.again = -EAGAIN,
			.retries = &grant_map_stats.retries,
		},
		.map = map,
		.refs = refs,
	};

	answers_get(&r.answers);
	return r.answers.good;
}

/* Those with an error are not there. Return: the first error. */
static int note_bad(struct memfront_grant_map *map, const int *errs)
{
	unsigned int i, good;

	for (i = 0; i < map->nr; i++)
		if (errs[i] && map->place->empty)
			map->place->empty(map, i, 1);
	atomic_long_add(map->nr - map->mapped, &grant_map_stats.ref_failures);
	return answers_first_error(errs, map->nr, &good);
}

/* Ask, and decide whether what came of it is a mapping. */
static int fill(struct memfront_grant_map *map, const grant_ref_t *refs,
		int *errs, bool all)
{
	int err;

	if (map->place->expect)
		map->place->expect(map);
	map->mapped = ask_with_patience(map, refs, errs);
	if (map->mapped == map->nr)
		return 0;
	err = note_bad(map, errs);
	if (all || !map->mapped)
		return err;
	if (map->place->hide_bad)
		map->spoilt = map->place->hide_bad(map, errs);
	return 0;
}

static void fill_unmap_op(const struct memfront_grant_map *map, unsigned int i,
			  struct gnttab_unmap_grant_ref *op)
{
	op->host_addr = map->at[i];
	op->dev_bus_addr = 0;
	op->handle = map->handles[i];
	op->status = GRANT_NOT_DONE;
}

/* What is mapped from @i on and goes with a hypercall. */
static unsigned int gather_mapped(struct memfront_grant_map *map,
				  unsigned int *i)
{
	unsigned int nr = 0;

	for (; *i < map->nr && nr < GRANT_BATCH; (*i)++)
		if (map->handles[*i] != GRANT_NO_HANDLE)
			fill_unmap_op(map, *i, &map->unmaps[nr++]);
	return nr;
}

/* From @i to @end all have gone. Return: how many those are. */
static unsigned int empty_run(struct memfront_grant_map *map, unsigned int i,
			      unsigned int end)
{
	if (i < end && map->place->empty)
		map->place->empty(map, i, end - i);
	return end - i;
}

/* Return: the first error. */
static int note_unmapped(struct memfront_grant_map *map, unsigned int i,
			 unsigned int end)
{
	const struct gnttab_unmap_grant_ref *op = map->unmaps;
	unsigned int run = i, gone = 0;
	int err = 0;
	s16 status;

	for (; i < end; i++) {
		if (map->handles[i] != GRANT_NO_HANDLE) {
			status = op++->status;
			if (status == GNTST_okay) {
				map->handles[i] = GRANT_NO_HANDLE;
				continue;
			}
			err = err ?: grant_errno(status);
		}
		gone += empty_run(map, run, i);
		run = i + 1;
	}
	gone += empty_run(map, run, end);
	map->mapped -= gone;
	grant_headroom_mapped(-(long)gone);
	return err;
}

/* All that goes, whatever is refused on the way. Return: 0, or the first error. */
static int unmap_grants(struct memfront_grant_map *map)
{
	unsigned int first, i = 0, nr;
	int err = 0, ret;

	while (i < map->nr && map->mapped) {
		first = i;
		nr = gather_mapped(map, &i);
		if (!nr)
			continue;
		ret = grant_op(GNTTABOP_unmap_grant_ref, map->unmaps, nr);
		err = err ?: ret;
		ret = note_unmapped(map, first, i);
		err = err ?: ret;
		if (i < map->nr)
			cond_resched();
	}
	/* It has given no handle for what it has mapped. */
	return err ?: map->mapped ? -EIO : 0;
}

/**
 * grant_map_is_used - has somebody references to its pages?
 * @map: the mapping, whose addresses nobody uses any more
 *
 * Return: false also if no page stands for it; then it stays so.
 */
bool grant_map_is_used(const struct memfront_grant_map *map)
{
	return map->place->is_used && map->place->is_used(map);
}

/**
 * grant_map_empty - unmap all of a mapping that goes
 * @map: the mapping, used by nobody
 *
 * Context: may sleep.
 * Return: 0, and nothing is in it; or the first error: what is left stays where
 * it is.
 */
int grant_map_empty(struct memfront_grant_map *map)
{
	return unmap_grants(map);
}

/**
 * grant_map_unmake - give back what a mapping is made of
 * @map: the mapping, in no list and with nothing in it
 *
 * Context: may sleep.
 */
void grant_map_unmake(struct memfront_grant_map *map)
{
	map->place->give(map);
	kvfree(map);
}

/**
 * grant_map_free - nobody has a mapping any more
 * @map: the mapping, in no list and with nothing in it
 *
 * Context: may sleep.
 */
void grant_map_free(struct memfront_grant_map *map)
{
	if (map->spoilt || !grant_idle_give(map))
		grant_map_unmake(map);
}

/* @map is in no list; it is gone afterwards, or kept. */
static int release(struct memfront_grant_map *map)
{
	int err;

	if (grant_map_is_used(map)) {
		grant_map_wait(map);
		return -EINPROGRESS;
	}
	err = grant_map_empty(map);
	if (err)
		grant_map_keep(map, err);
	else
		grant_map_free(map);
	return err;
}

/* The lists lie behind it: the requests, then those of a word for each grant. */
static size_t list_size(unsigned int size)
{
	return min_t(unsigned int, size, GRANT_BATCH);
}

static size_t bytes_for(unsigned int size)
{
	struct memfront_grant_map *map = NULL;

	return struct_size(map, maps, list_size(size)) +
	       size * (sizeof(*map->at) + sizeof(*map->handles) +
		       sizeof(*map->errs));
}

static struct memfront_grant_map *alloc_map(unsigned int size)
{
	struct memfront_grant_map *map = NULL;

	if (!memfront_should_fail())
		map = kvmalloc(bytes_for(size), GFP_KERNEL);
	if (!map)
		return NULL;
	memset(map, 0, sizeof(*map));
	map->size = size;
	map->at = (u64 *)&map->maps[list_size(size)];
	map->handles = (grant_handle_t *)(map->at + size);
	map->errs = (int *)(map->handles + size);
	memset(map->handles, 0xff, size * sizeof(*map->handles));
	return map;
}

/* With a place, which the hypervisor knows by addresses. */
static int find_place(struct memfront_grant_map *map)
{
	unsigned int i;
	int err;

	map->place = memfront_hv.translated ? &grant_hollow_ops :
					      &grant_window_ops;
	err = map->place->prepare(map);
	if (err)
		return err;
	for (i = 0; i < map->size; i++)
		map->at[i] = map->place->address(map, i);
	return 0;
}

static struct memfront_grant_map *new_map(unsigned int size, unsigned int flags)
{
	struct memfront_grant_map *map = alloc_map(size);
	int err;

	if (!map)
		return ERR_PTR(-ENOMEM);
	map->flags = flags;
	err = find_place(map);
	if (err) {
		kvfree(map);
		return ERR_PTR(err);
	}
	return map;
}

static struct memfront_grant_map *get_map(domid_t domid, unsigned int nr,
					  unsigned int flags)
{
	unsigned int size = grant_idle_size(nr);
	struct memfront_grant_map *map = grant_idle_take(size, flags) ?:
					 new_map(size, flags);

	if (IS_ERR(map))
		return map;
	map->domid = domid;
	map->nr = nr;
	map->refused = 0;
	map->waiter = (struct grant_waiter){};
	map->since = get_jiffies_64();
	return map;
}

static void add_map(struct memfront_grant_map *map)
{
	spin_lock(&maps.lock);
	list_add_tail(&map->node, &maps.all);
	spin_unlock(&maps.lock);
	atomic_long_inc(&grant_map_stats.maps);
	atomic_long_add(map->mapped, &grant_map_stats.refs);
	trace_memfront_grant_map(map->domid, map->nr, map->mapped);
}

static struct memfront_grant_map *make_map(domid_t domid,
					   const grant_ref_t *refs,
					   unsigned int nr, unsigned int flags,
					   int *errs)
{
	struct memfront_grant_map *map = get_map(domid, nr, flags);
	int err;

	if (IS_ERR(map))
		return map;
	err = fill(map, refs, errs ?: map->errs, !errs);
	if (err) {
		release(map);
		return ERR_PTR(err);
	}
	add_map(map);
	return map;
}

/**
 * memfront_grant_map - map pages that another domain grants
 * @domid:	whose
 * @refs:	the references
 * @nr:		how many, 1 to 262144
 * @flags:	0 or MEMFRONT_GRANT_READ_ONLY
 * @errs:	set for each reference to 0 or an errno; NULL: all pages or none
 *
 * The pages are at neighbouring addresses in the order of the list; a reference
 * that is there twice is mapped twice. Of those with an error there is nothing to
 * see: touching their pages faults. What Xen 4.17 answers for a reference: -ESRCH
 * for a domain that is not there, -EINVAL for a reference that its table does not
 * have, -EACCES for one that it does not grant to this domain, or not to be
 * written, -ENXIO for one without a frame, -ENOSPC if this domain has no handle
 * left for another mapping. -EAGAIN, paged out, is tried again for about a second.
 *
 * On a PV guest the pages are addresses only: no struct page stands for them.
 *
 * A page that is mapped stays there, whatever becomes of the other domain; that
 * cannot end the grant as long as it is mapped.
 *
 * Context: may sleep.
 * Return: the mapping, if at least one page is in it; with @errs NULL, if all
 * are. Else an ERR_PTR(): the first reference's error, -EINVAL for arguments that
 * are no request, -ENOMEM, or -EOPNOTSUPP where there is nowhere to map to. What
 * is in @errs counts only with a mapping or a reference's error.
 */
struct memfront_grant_map *memfront_grant_map(domid_t domid,
					      const grant_ref_t *refs,
					      unsigned int nr,
					      unsigned int flags, int *errs)
{
	struct memfront_grant_map *map;

	might_sleep();
	if (!refs || !nr || nr > WINDOW_MAX_PAGES ||
	    flags & ~MEMFRONT_GRANT_READ_ONLY)
		return ERR_PTR(-EINVAL);
	map = make_map(domid, refs, nr, flags, errs);
	if (IS_ERR(map))
		atomic_long_inc(&grant_map_stats.map_failures);
	return map;
}
EXPORT_SYMBOL_GPL(memfront_grant_map);

/**
 * memfront_grant_addr - where a mapping is
 * @map: the mapping
 *
 * Return: the address of the first page; on the in-tree core as PV guest an
 * address of the model, for memcore_access().
 */
void *memfront_grant_addr(const struct memfront_grant_map *map)
{
	return map->addr;
}
EXPORT_SYMBOL_GPL(memfront_grant_addr);

/**
 * memfront_grant_page - what stands for a page of a mapping
 * @map:	the mapping
 * @i:		which of its pages, without an error
 *
 * For those who need a struct page, such as bios and sockets. References to it may
 * be taken, and may be held longer than the mapping is; see
 * memfront_grant_unmap(). Its frame is not this domain's: the page is neither to
 * be freed nor to be mapped by user programs.
 *
 * Return: the page; on a PV guest NULL.
 */
struct page *memfront_grant_page(const struct memfront_grant_map *map,
				 unsigned int i)
{
	return map->place->page ? map->place->page(map, i) : NULL;
}
EXPORT_SYMBOL_GPL(memfront_grant_page);

static int unmap(struct memfront_grant_map *map)
{
	domid_t domid = map->domid;
	unsigned int nr = map->nr;
	int err;

	might_sleep();
	spin_lock(&maps.lock);
	list_del(&map->node);
	spin_unlock(&maps.lock);
	err = release(map);
	atomic_long_inc(&grant_map_stats.unmaps);
	trace_memfront_grant_unmap(domid, nr, err);
	return err;
}

/**
 * memfront_grant_unmap - take a mapping away
 * @map: the mapping, with nobody using its addresses; gone afterwards
 *
 * Context: may sleep.
 * Return: 0, and no CPU can reach the pages any more. -EINPROGRESS: somebody has
 * references to some of its pages; all of it stays as it is until they are put,
 * then goes, and needs no care. Or the hypervisor's first errno if it did not take
 * a grant back: what is left of the mapping stays where it is and is used for
 * nothing else, which the log and debugfs tell, and is tried again now and then.
 */
int memfront_grant_unmap(struct memfront_grant_map *map)
{
	return unmap(map);
}
EXPORT_SYMBOL_GPL(memfront_grant_unmap);

/**
 * memfront_grant_unmap_async - take a mapping away when nobody uses its pages
 * @map:	the mapping, with nobody using its addresses
 * @done:	told what memfront_grant_unmap() would say, never -EINPROGRESS: then
 *		the mapping is gone. May sleep; may be called before this returns
 * @data:	for @done
 *
 * For those who have to answer the other domain when its pages are free again. As
 * long as @done has not been called its module must stay.
 *
 * Context: may sleep.
 */
void memfront_grant_unmap_async(struct memfront_grant_map *map,
				void (*done)(void *data, int err), void *data)
{
	int err;

	map->waiter = (struct grant_waiter){ done, data };
	err = unmap(map);
	if (!err)
		done(data, 0);
}
EXPORT_SYMBOL_GPL(memfront_grant_unmap_async);

/**
 * grant_maps_exit - the module goes: nothing may be mapped any more
 *
 * Who has a mapping holds the module by its symbols, so a mapping that is left
 * has been forgotten. Before foreign_exit(), which has the windows.
 */
void grant_maps_exit(void)
{
	if (!list_empty(&maps.all))
		pr_err("grant: mappings are left that nobody took away\n");
	grant_kept_exit();
	grant_idle_drop();
}

static void show_count(struct seq_file *m, const char *name,
		       const atomic_long_t *count)
{
	seq_printf(m, "%s %lu\n", name, atomic_long_read(count));
}

/**
 * grant_map_show_one - a line for a mapping
 * @m:		the file
 * @name:	its first word
 * @map:	the mapping
 */
void grant_map_show_one(struct seq_file *m, const char *name,
			const struct memfront_grant_map *map)
{
	u64 age = div_u64(get_jiffies_64() - map->since, HZ);

	seq_printf(m, "%s domid %u refs %u mapped %u %s age_s %llu\n", name,
		   map->domid, map->nr, map->mapped,
		   map->flags & MEMFRONT_GRANT_READ_ONLY ? "ro" : "rw", age);
}

/**
 * grant_maps_show - counters, a name and a number a line; then the mappings
 * @m: the file
 */
void grant_maps_show(struct seq_file *m)
{
	const struct memfront_grant_map *map;

	show_count(m, "maps", &grant_map_stats.maps);
	show_count(m, "map_failures", &grant_map_stats.map_failures);
	show_count(m, "unmaps", &grant_map_stats.unmaps);
	show_count(m, "unmap_failures", &grant_map_stats.unmap_failures);
	show_count(m, "unmaps_deferred", &grant_map_stats.deferred);
	show_count(m, "kept_looks", &grant_map_stats.looks);
	show_count(m, "refs", &grant_map_stats.refs);
	show_count(m, "ref_failures", &grant_map_stats.ref_failures);
	show_count(m, "retries", &grant_map_stats.retries);
	seq_printf(m, "idle_pages %u\n", grant_idle_pages());
	spin_lock(&maps.lock);
	list_for_each_entry(map, &maps.all, node)
		grant_map_show_one(m, "map", map);
	spin_unlock(&maps.lock);
	grant_kept_show(m);
}
