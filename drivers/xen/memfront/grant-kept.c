// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of grants that are to go and cannot yet: somebody still has references
 * to their pages, or the hypervisor has not taken back a grant. Either way they
 * stay as they are, for whoever had their place next would see the other domain's
 * pages there.
 *
 * A worker tries again, after 5 milliseconds at first, as the kernel's own users
 * of grants do, and less and less often, up to every 10 seconds, while nothing
 * moves. In a turn it tries each once at most, and so many pages.
 *
 * While references are out this module cannot be unloaded: they are to pages of
 * its own. What the hypervisor does not take back is lost when the module goes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <memfront/kunit.h>

#include "grant-map.h"

#define LAST_DELAY	(10UL * HZ)

/* In jiffies: what tests set. */
unsigned long grant_kept_first_delay = HZ / 200 ?: 1;
EXPORT_SYMBOL_FOR_KUNIT(grant_kept_first_delay);

static void look_at_kept(struct work_struct *work);

/*
 * @list:	mappings; the first is looked at next
 * @nr:		how many
 * @delay:	until the next turn, in jiffies
 */
static struct {
	struct mutex turn; /* who has it tries; around the other */
	struct mutex lock; /* for the rest */
	struct list_head list;
	unsigned int nr;
	unsigned long delay;
} kept = {
	.turn = __MUTEX_INITIALIZER(kept.turn),
	.lock = __MUTEX_INITIALIZER(kept.lock),
	.list = LIST_HEAD_INIT(kept.list),
};

static DECLARE_DELAYED_WORK(work_item, look_at_kept);

/* Locked. Who comes does not put off the turn that is near. */
static void hurry(void)
{
	if (kept.delay == grant_kept_first_delay &&
	    delayed_work_pending(&work_item))
		return;
	kept.delay = grant_kept_first_delay;
	mod_delayed_work(system_wq, &work_item, kept.delay);
}

static void enqueue(struct memfront_grant_map *map)
{
	mutex_lock(&kept.lock);
	list_add_tail(&map->node, &kept.list);
	kept.nr++;
	hurry();
	mutex_unlock(&kept.lock);
}

/* Whoever wants to know is told once. */
static struct grant_waiter take_waiter(struct memfront_grant_map *map)
{
	struct grant_waiter waiter = map->waiter;

	map->waiter.done = NULL;
	return waiter;
}

static void tell(const struct grant_waiter *waiter, int err)
{
	if (waiter->done)
		waiter->done(waiter->data, err);
}

static void note_refusal(struct memfront_grant_map *map, int err)
{
	map->refused = err;
	atomic_long_inc(&grant_map_stats.unmap_failures);
	pr_err_ratelimited("grant: %u of %u pages of domain %u stay mapped (%d)\n",
			   map->mapped, map->nr, map->domid, err);
}

/* It is the turn's. */
static void remove(struct memfront_grant_map *map)
{
	mutex_lock(&kept.lock);
	list_del(&map->node);
	kept.nr--;
	mutex_unlock(&kept.lock);
}

/*
 * The turn's. The module is let go of last: before it is unloaded the worker is
 * waited for. Return: @map is gone.
 */
static bool try_again(struct memfront_grant_map *map)
{
	bool waited = !map->refused;
	struct grant_waiter waiter;
	int err;

	if (grant_map_is_used(map))
		return false;
	err = grant_map_empty(map);
	if (err && waited)
		note_refusal(map, err);
	waiter = take_waiter(map);
	if (!err) {
		remove(map);
		grant_map_free(map);
	}
	tell(&waiter, err);
	if (waited)
		module_put(THIS_MODULE);
	return !err;
}

/* The first, which is the last from now on. */
static struct memfront_grant_map *rotate(void)
{
	struct memfront_grant_map *map;

	mutex_lock(&kept.lock);
	map = list_first_entry(&kept.list, struct memfront_grant_map, node);
	list_move_tail(&map->node, &kept.list);
	mutex_unlock(&kept.lock);
	return map;
}

static void wait_for_next_turn(bool moved)
{
	mutex_lock(&kept.lock);
	kept.delay = moved ? 0 : min(kept.delay * 2, LAST_DELAY);
	kept.delay = max(kept.delay, grant_kept_first_delay);
	if (kept.nr)
		mod_delayed_work(system_wq, &work_item, kept.delay);
	mutex_unlock(&kept.lock);
}

/* Each once, while there are no more pages than @most. Return: mappings left. */
static unsigned int take_turn(unsigned int most)
{
	unsigned int nr, pages = 0, gone = 0;
	struct memfront_grant_map *map;

	mutex_lock(&kept.turn);
	for (nr = READ_ONCE(kept.nr); nr && pages < most; nr--) {
		map = rotate();
		pages += map->nr;
		atomic_long_inc(&grant_map_stats.looks);
		gone += try_again(map);
	}
	wait_for_next_turn(gone);
	nr = READ_ONCE(kept.nr);
	mutex_unlock(&kept.turn);
	return nr;
}

/**
 * grant_kept_look - a turn of trying again to unmap what is kept
 *
 * Context: may sleep.
 */
void grant_kept_look(void)
{
	take_turn(GRANT_KEPT_PAGES);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_kept_look);

static void look_at_kept(struct work_struct *work)
{
	grant_kept_look();
}

/**
 * grant_maps_recover - try now to take away all that is kept
 *
 * Context: may sleep.
 * Return: how many mappings stay.
 */
unsigned int grant_maps_recover(void)
{
	return take_turn(UINT_MAX);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_maps_recover);

/**
 * grant_map_wait - have a mapping go when nobody has references to its pages
 * @map: the mapping, in no list
 */
void grant_map_wait(struct memfront_grant_map *map)
{
	__module_get(THIS_MODULE);
	atomic_long_inc(&grant_map_stats.deferred);
	enqueue(map);
}

/**
 * grant_map_keep - have a mapping go when the hypervisor lets it
 * @map:	the mapping, in no list
 * @err:	what it says now
 *
 * Who waits for it is told.
 */
void grant_map_keep(struct memfront_grant_map *map, int err)
{
	struct grant_waiter waiter = take_waiter(map);

	note_refusal(map, err);
	enqueue(map);
	tell(&waiter, err);
}

/**
 * grant_kept_exit - the module goes: what the hypervisor keeps is lost
 */
void grant_kept_exit(void)
{
	struct memfront_grant_map *map, *next;

	cancel_delayed_work_sync(&work_item);
	grant_maps_recover();
	cancel_delayed_work_sync(&work_item);
	list_for_each_entry_safe(map, next, &kept.list, node) {
		pr_err("grant: %u pages of domain %u are lost where they are mapped\n",
		       map->mapped, map->domid);
		remove(map);
		map->place->lose(map);
		kvfree(map);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(grant_kept_exit);

/**
 * grant_kept_show - a line for each mapping that is kept
 * @m: the file
 */
void grant_kept_show(struct seq_file *m)
{
	const struct memfront_grant_map *map;

	mutex_lock(&kept.lock);
	list_for_each_entry(map, &kept.list, node)
		grant_map_show_one(m, map->refused ? "kept" : "used", map);
	mutex_unlock(&kept.lock);
}
