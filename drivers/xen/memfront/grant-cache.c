// SPDX-License-Identifier: GPL-2.0
/*
 * Caches of mapped grants, for users of rings: the other side sends the same
 * references again and again, and to find one mapped costs no hypercall.
 *
 * A grant that nobody uses stays mapped until its place is needed, that which has
 * waited longest first. The kernel may ask for some of them back when memory is
 * short. It asks where memory is being allocated, perhaps under a lock that an
 * unmap needs; so a worker unmaps those.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/printk.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <memfront/grant.h>
#include <memfront/kunit.h>

#include "grant-cache.h"
#include "inject.h"

struct grant_cache_stats grant_cache_stats;
EXPORT_SYMBOL_FOR_KUNIT(grant_cache_stats);

/**
 * struct memfront_cached_grant - a grant in a cache
 * @hash:	in the table; in none: it is to be unmapped when nobody uses it
 * @node:	in the list of those that nobody uses, or somebody, or that are
 *		unmapped next
 * @map:	the mapping
 * @domid:	whose
 * @ref:	which
 * @users:	how many have it now
 */
struct memfront_cached_grant {
	struct hlist_node hash;
	struct list_head node;
	struct memfront_grant_map *map;
	domid_t domid;
	grant_ref_t ref;
	unsigned int users;
};

/**
 * struct memfront_grant_cache - a cache
 * @lock:	for the rest, but what is written once
 * @max:	how many it may have
 * @nr:		how many it has, or is about to have
 * @flags:	MEMFRONT_GRANT_*
 * @used:	those that somebody uses
 * @idle:	those that nobody uses, that which has waited longest first
 * @nr_idle:	how many
 * @doomed:	those that the work unmaps next
 * @work:	unmaps them
 * @shrinker:	asks for them
 * @bits:	log2 of the size of the table
 * @table:	all, by domain and reference
 */
struct memfront_grant_cache {
	spinlock_t lock; /* for the rest, but what is written once */
	unsigned int max;
	unsigned int nr;
	unsigned int flags;
	struct list_head used;
	struct list_head idle;
	unsigned int nr_idle;
	struct list_head doomed;
	struct work_struct work;
	struct shrinker shrinker;
	unsigned int bits;
	struct hlist_head table[];
};

static struct hlist_head *bucket(struct memfront_grant_cache *cache,
				 domid_t domid, grant_ref_t ref)
{
	return &cache->table[hash_64((u64)domid << 32 | ref, cache->bits)];
}

/* Locked. */
static struct memfront_cached_grant *find(struct memfront_grant_cache *cache,
					  domid_t domid, grant_ref_t ref)
{
	struct memfront_cached_grant *g;

	hlist_for_each_entry(g, bucket(cache, domid, ref), hash)
		if (g->domid == domid && g->ref == ref)
			return g;
	return NULL;
}

/* Locked. The lists' own checks would cost as much as all the rest of a hit. */
static void move(struct memfront_cached_grant *g, struct list_head *list)
{
	list_bulk_move_tail(list, &g->node, &g->node);
}

/* Locked. */
static void use(struct memfront_grant_cache *cache,
		struct memfront_cached_grant *g)
{
	if (g->users++)
		return;
	move(g, &cache->used);
	cache->nr_idle--;
}

/* Locked. It is idle; it goes to @list, and nobody finds it any more. */
static void take_out(struct memfront_grant_cache *cache,
		     struct memfront_cached_grant *g, struct list_head *list)
{
	hlist_del_init(&g->hash);
	list_move_tail(&g->node, list);
	cache->nr_idle--;
}

/* What does not go is kept, and told, by who maps. */
static int unmap(struct memfront_cached_grant *g)
{
	int err = memfront_grant_unmap(g->map);

	kfree(g);
	atomic_long_dec(&grant_cache_stats.mapped);
	return err;
}

/* Return: the first error. */
static int unmap_list(struct memfront_grant_cache *cache,
		      struct list_head *list)
{
	struct memfront_cached_grant *g, *next;
	unsigned int nr = 0;
	int err = 0, ret;

	list_for_each_entry_safe(g, next, list, node) {
		ret = unmap(g);
		err = err ?: ret;
		nr++;
	}
	spin_lock(&cache->lock);
	cache->nr -= nr;
	spin_unlock(&cache->lock);
	return err;
}

static void unmap_doomed(struct work_struct *work)
{
	struct memfront_grant_cache *cache =
		container_of(work, struct memfront_grant_cache, work);
	LIST_HEAD(list);

	spin_lock(&cache->lock);
	list_splice_init(&cache->doomed, &list);
	spin_unlock(&cache->lock);
	unmap_list(cache, &list);
}

/**
 * grant_cache_shrink - have grants unmapped that nobody uses
 * @cache:	the cache
 * @nr:		how many, at most
 *
 * Return: how many will be.
 */
unsigned long grant_cache_shrink(struct memfront_grant_cache *cache,
				 unsigned long nr)
{
	unsigned long done = 0;

	spin_lock(&cache->lock);
	for (; done < nr && cache->nr_idle; done++)
		take_out(cache, list_first_entry(&cache->idle,
						 struct memfront_cached_grant,
						 node), &cache->doomed);
	spin_unlock(&cache->lock);
	atomic_long_add(done, &grant_cache_stats.evictions);
	if (done)
		schedule_work(&cache->work);
	return done;
}
EXPORT_SYMBOL_FOR_KUNIT(grant_cache_shrink);

/**
 * grant_cache_flush - wait until all is unmapped that is to be
 * @cache: the cache
 *
 * Context: may sleep.
 */
void grant_cache_flush(struct memfront_grant_cache *cache)
{
	flush_work(&cache->work);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_cache_flush);

static unsigned long shrink_count(struct shrinker *shrinker,
				  struct shrink_control *control)
{
	struct memfront_grant_cache *cache =
		container_of(shrinker, struct memfront_grant_cache, shrinker);

	return READ_ONCE(cache->nr_idle);
}

static unsigned long shrink_scan(struct shrinker *shrinker,
				 struct shrink_control *control)
{
	struct memfront_grant_cache *cache =
		container_of(shrinker, struct memfront_grant_cache, shrinker);

	return grant_cache_shrink(cache, control->nr_to_scan) ?: SHRINK_STOP;
}

static struct memfront_grant_cache *alloc_cache(unsigned int max)
{
	unsigned int bits = order_base_2(max) + 1;
	struct memfront_grant_cache *cache = NULL;

	if (!memfront_should_fail())
		cache = kvzalloc(struct_size(cache, table, BIT(bits)),
				 GFP_KERNEL);
	if (!cache)
		return NULL;
	spin_lock_init(&cache->lock);
	INIT_LIST_HEAD(&cache->used);
	INIT_LIST_HEAD(&cache->idle);
	INIT_LIST_HEAD(&cache->doomed);
	INIT_WORK(&cache->work, unmap_doomed);
	cache->max = max;
	cache->bits = bits;
	cache->shrinker.count_objects = shrink_count;
	cache->shrinker.scan_objects = shrink_scan;
	cache->shrinker.seeks = DEFAULT_SEEKS;
	return cache;
}

/**
 * memfront_grant_cache_create - make a cache of mapped grants
 * @max:	how many it may have mapped, 1 to 65536
 * @flags:	0 or MEMFRONT_GRANT_READ_ONLY: how it maps them
 *
 * Context: may sleep.
 * Return: the cache, empty; or an ERR_PTR(): -EINVAL, -ENOMEM.
 */
struct memfront_grant_cache *memfront_grant_cache_create(unsigned int max,
							 unsigned int flags)
{
	struct memfront_grant_cache *cache;
	int err;

	if (!max || max > GRANT_CACHE_MAX || flags & ~MEMFRONT_GRANT_READ_ONLY)
		return ERR_PTR(-EINVAL);
	cache = alloc_cache(max);
	if (!cache)
		return ERR_PTR(-ENOMEM);
	cache->flags = flags;
	err = memfront_should_fail() ? -ENOMEM :
	      register_shrinker(&cache->shrinker, "memfront-grant-cache");
	if (err) {
		kvfree(cache);
		return ERR_PTR(err);
	}
	return cache;
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_create);

/* A place for one more, if need be that of one that nobody uses. */
static int make_room(struct memfront_grant_cache *cache)
{
	struct memfront_cached_grant *old = NULL;
	int err = 0;
	LIST_HEAD(list);

	spin_lock(&cache->lock);
	old = list_first_entry_or_null(&cache->idle,
				       struct memfront_cached_grant, node);
	if (cache->nr < cache->max)
		cache->nr++;
	else if (old)
		take_out(cache, old, &list);
	else
		err = -EBUSY;
	spin_unlock(&cache->lock);
	if (list_empty(&list))
		return err;
	unmap(old);
	atomic_long_inc(&grant_cache_stats.evictions);
	return 0;
}

static void give_room(struct memfront_grant_cache *cache)
{
	spin_lock(&cache->lock);
	cache->nr--;
	spin_unlock(&cache->lock);
}

static struct memfront_cached_grant *
map_grant(struct memfront_grant_cache *cache, domid_t domid, grant_ref_t ref)
{
	struct memfront_cached_grant *g = NULL;
	struct memfront_grant_map *map;

	if (!memfront_should_fail())
		g = kzalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return ERR_PTR(-ENOMEM);
	map = memfront_grant_map(domid, &ref, 1, cache->flags, NULL);
	if (IS_ERR(map)) {
		kfree(g);
		return ERR_CAST(map);
	}
	INIT_LIST_HEAD(&g->node);
	g->map = map;
	g->domid = domid;
	g->ref = ref;
	g->users = 1;
	atomic_long_inc(&grant_cache_stats.mapped);
	return g;
}

/* Locked. */
static void put_in(struct memfront_grant_cache *cache,
		   struct memfront_cached_grant *g)
{
	hlist_add_head(&g->hash, bucket(cache, g->domid, g->ref));
	list_add(&g->node, &cache->used);
}

/* Somebody else may have been faster: then theirs is taken. */
static struct memfront_cached_grant *
add_grant(struct memfront_grant_cache *cache, struct memfront_cached_grant *g)
{
	struct memfront_cached_grant *other;

	spin_lock(&cache->lock);
	other = find(cache, g->domid, g->ref);
	if (other)
		use(cache, other);
	else
		put_in(cache, g);
	spin_unlock(&cache->lock);
	if (!other)
		return g;
	unmap(g);
	give_room(cache);
	return other;
}

static struct memfront_cached_grant *
get_missing(struct memfront_grant_cache *cache, domid_t domid, grant_ref_t ref)
{
	struct memfront_cached_grant *g;
	int err = make_room(cache);

	if (err)
		return ERR_PTR(err);
	g = map_grant(cache, domid, ref);
	if (!IS_ERR(g))
		return add_grant(cache, g);
	give_room(cache);
	return g;
}

/**
 * memfront_grant_cache_get - have a grant mapped
 * @cache:	the cache
 * @domid:	whose
 * @ref:	which
 *
 * Context: may sleep, but does not for one that is mapped already.
 * Return: the grant, to be put again; or an ERR_PTR(): -EBUSY if the cache is full
 * of grants that are used; else as memfront_grant_map().
 */
struct memfront_cached_grant *
memfront_grant_cache_get(struct memfront_grant_cache *cache, domid_t domid,
			 grant_ref_t ref)
{
	struct memfront_cached_grant *g;

	spin_lock(&cache->lock);
	g = find(cache, domid, ref);
	if (g)
		use(cache, g);
	spin_unlock(&cache->lock);
	atomic_long_inc(g ? &grant_cache_stats.hits :
			    &grant_cache_stats.misses);
	return g ?: get_missing(cache, domid, ref);
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_get);

/**
 * memfront_grant_cache_addr - where a grant is mapped
 * @grant: the grant, not put yet
 *
 * Return: the address of its page, as memfront_grant_addr().
 */
void *memfront_grant_cache_addr(const struct memfront_cached_grant *grant)
{
	return memfront_grant_addr(grant->map);
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_addr);

/**
 * memfront_grant_cache_page - what stands for the page of a grant
 * @grant: the grant, not put yet
 *
 * Return: the page, as memfront_grant_page().
 */
struct page *
memfront_grant_cache_page(const struct memfront_cached_grant *grant)
{
	return memfront_grant_page(grant->map, 0);
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_page);

/**
 * memfront_grant_cache_put - use a grant no more
 * @cache:	the cache
 * @grant:	the grant
 *
 * Context: process context; does not sleep.
 */
void memfront_grant_cache_put(struct memfront_grant_cache *cache,
			      struct memfront_cached_grant *grant)
{
	bool doomed = false;

	spin_lock(&cache->lock);
	if (!--grant->users) {
		doomed = hlist_unhashed(&grant->hash);
		move(grant, doomed ? &cache->doomed : &cache->idle);
		cache->nr_idle += !doomed;
	}
	spin_unlock(&cache->lock);
	if (doomed)
		schedule_work(&cache->work);
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_put);

/* Locked. Return: it is used, and goes when it is no more. */
static bool forget(struct memfront_grant_cache *cache,
		   struct memfront_cached_grant *g, struct list_head *list)
{
	if (!g->users) {
		take_out(cache, g, list);
		return false;
	}
	hlist_del_init(&g->hash);
	return true;
}

/**
 * memfront_grant_cache_forget - have a grant mapped no more
 * @cache:	the cache
 * @domid:	whose
 * @ref:	which
 *
 * For when the other side wants to end it.
 *
 * Context: may sleep.
 * Return: 0: it is not mapped; -EINPROGRESS: it is used just now, or its page is,
 * and goes when that is put; or what memfront_grant_unmap() says.
 */
int memfront_grant_cache_forget(struct memfront_grant_cache *cache,
				domid_t domid, grant_ref_t ref)
{
	struct memfront_cached_grant *g;
	bool used = false;
	LIST_HEAD(list);
	int err;

	spin_lock(&cache->lock);
	g = find(cache, domid, ref);
	if (g)
		used = forget(cache, g, &list);
	spin_unlock(&cache->lock);
	err = unmap_list(cache, &list);
	return used ? -EINPROGRESS : err;
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_forget);

/* Those of @domid, or with @all everybody's. */
static int forget_some(struct memfront_grant_cache *cache, domid_t domid,
		       bool all)
{
	struct memfront_cached_grant *g;
	struct hlist_node *next;
	bool used = false;
	LIST_HEAD(list);
	unsigned int i;
	int err;

	spin_lock(&cache->lock);
	for (i = 0; i < BIT(cache->bits); i++)
		hlist_for_each_entry_safe(g, next, &cache->table[i], hash)
			if (all || g->domid == domid)
				used |= forget(cache, g, &list);
	spin_unlock(&cache->lock);
	err = unmap_list(cache, &list);
	return used ? -EINPROGRESS : err;
}

/**
 * memfront_grant_cache_forget_domain - have nothing of a domain mapped any more
 * @cache:	the cache
 * @domid:	the domain
 *
 * Context: may sleep.
 * Return: 0; -EINPROGRESS: some are used just now, and go when they are put; or
 * the first error of memfront_grant_unmap().
 */
int memfront_grant_cache_forget_domain(struct memfront_grant_cache *cache,
				       domid_t domid)
{
	return forget_some(cache, domid, false);
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_forget_domain);

/**
 * memfront_grant_cache_destroy - unmap all, and the cache is gone
 * @cache: the cache, with nobody using a grant of it
 *
 * If a grant has been forgotten the cache stays for it, and the log tells.
 *
 * Context: may sleep.
 */
void memfront_grant_cache_destroy(struct memfront_grant_cache *cache)
{
	unregister_shrinker(&cache->shrinker);
	forget_some(cache, 0, true);
	flush_work(&cache->work);
	if (cache->nr)
		pr_err("grant: a cache is lost: %u of its grants are in use\n",
		       cache->nr);
	else
		kvfree(cache);
}
EXPORT_SYMBOL_GPL(memfront_grant_cache_destroy);

static void show_count(struct seq_file *m, const char *name,
		       const atomic_long_t *count)
{
	seq_printf(m, "%s %lu\n", name, atomic_long_read(count));
}

/**
 * grant_caches_show - counters, a name and a number a line
 * @m: the file
 */
void grant_caches_show(struct seq_file *m)
{
	show_count(m, "cache_hits", &grant_cache_stats.hits);
	show_count(m, "cache_misses", &grant_cache_stats.misses);
	show_count(m, "cache_evictions", &grant_cache_stats.evictions);
	show_count(m, "cache_mapped", &grant_cache_stats.mapped);
}
