// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of grants that nobody has, whole but for the grants.
 *
 * What a mapping is made of (memory, pages without RAM or address space, and that
 * these are seen somewhere) costs more than the grants themselves if they are few.
 * So one that was unmapped waits here, by its size and by whether it can be written,
 * for the next: the one given last is taken first. The hypervisor has taken the
 * frames away for all CPUs, so nobody sees anything in it.
 *
 * What has waited for five seconds or ten goes, and all together are bounded: 16 MiB
 * of pages or addresses.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <memfront/kunit.h>

#include "grant-map.h"

/* The largest that wait, and all. */
#define TOP_ORDER	8
#define MAX_PAGES	4096U
#define TURN		(5 * HZ)

static void end_turn(struct work_struct *work);

/*
 * @stacks:	the last given, by MEMFRONT_GRANT_READ_ONLY and log2 of the size;
 *		below each are those given before
 * @pages:	of all
 * @turn:	counts up every five seconds
 */
static struct {
	spinlock_t lock; /* for the rest */
	struct memfront_grant_map *stacks[2][TOP_ORDER + 1];
	unsigned int pages;
	unsigned int turn;
} idle = {
	.lock = __SPIN_LOCK_UNLOCKED(idle.lock),
};

static DECLARE_DELAYED_WORK(turn_work, end_turn);

/**
 * grant_idle_size - how large a mapping is made
 * @nr: for so many grants
 *
 * Return: at least that many; if it can wait here, a power of two.
 */
unsigned int grant_idle_size(unsigned int nr)
{
	return nr <= BIT(TOP_ORDER) ? roundup_pow_of_two(nr) : nr;
}

static struct memfront_grant_map **stack_for(unsigned int size,
					     unsigned int flags)
{
	return &idle.stacks[!!(flags & MEMFRONT_GRANT_READ_ONLY)][ilog2(size)];
}

/**
 * grant_idle_take - get a mapping that waits
 * @size:	as large
 * @flags:	MEMFRONT_GRANT_*
 *
 * Return: the mapping, in no list; or NULL.
 */
struct memfront_grant_map *grant_idle_take(unsigned int size,
					   unsigned int flags)
{
	struct memfront_grant_map **stack, *map;

	if (size > BIT(TOP_ORDER))
		return NULL;
	stack = stack_for(size, flags);
	spin_lock(&idle.lock);
	map = *stack;
	if (map) {
		*stack = map->below;
		idle.pages -= size;
	}
	spin_unlock(&idle.lock);
	return map;
}

/**
 * grant_idle_give - have a mapping wait
 * @map: the mapping, in no list, with nothing in it, all of it to be seen again
 *
 * Return: false: there is no room for it, or it is too large.
 */
bool grant_idle_give(struct memfront_grant_map *map)
{
	struct memfront_grant_map **stack;
	bool room;

	if (map->size > BIT(TOP_ORDER))
		return false;
	stack = stack_for(map->size, map->flags);
	spin_lock(&idle.lock);
	room = idle.pages + map->size <= MAX_PAGES;
	if (room) {
		map->below = *stack;
		*stack = map;
		map->turn = idle.turn;
		idle.pages += map->size;
	}
	spin_unlock(&idle.lock);
	if (room && !delayed_work_pending(&turn_work))
		schedule_delayed_work(&turn_work, TURN);
	return room;
}

/* Return: those of before this turn and the last, or all, below each other. */
static struct memfront_grant_map *take_old(struct memfront_grant_map **stack,
					   bool all)
{
	struct memfront_grant_map *map, *old;

	spin_lock(&idle.lock);
	while (!all && *stack && idle.turn - (*stack)->turn < 2)
		stack = &(*stack)->below;
	old = *stack;
	*stack = NULL;
	for (map = old; map; map = map->below)
		idle.pages -= map->size;
	spin_unlock(&idle.lock);
	return old;
}

static void drop_old(struct memfront_grant_map **stack, bool all)
{
	struct memfront_grant_map *map, *old = take_old(stack, all);

	while (old) {
		map = old;
		old = map->below;
		grant_map_unmake(map);
		cond_resched();
	}
}

static void drop(bool all)
{
	unsigned int order;

	for (order = 0; order <= TOP_ORDER; order++) {
		drop_old(stack_for(BIT(order), 0), all);
		drop_old(stack_for(BIT(order), MEMFRONT_GRANT_READ_ONLY), all);
	}
}

/**
 * grant_idle_turn - let those go that have waited for a turn
 *
 * Context: may sleep.
 */
void grant_idle_turn(void)
{
	spin_lock(&idle.lock);
	idle.turn++;
	spin_unlock(&idle.lock);
	drop(false);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_idle_turn);

static void end_turn(struct work_struct *work)
{
	grant_idle_turn();
	if (READ_ONCE(idle.pages))
		schedule_delayed_work(&turn_work, TURN);
}

/**
 * grant_idle_drop - have none wait any more
 *
 * Context: may sleep.
 */
void grant_idle_drop(void)
{
	cancel_delayed_work_sync(&turn_work);
	drop(true);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_idle_drop);

/** grant_idle_pages - the pages, or addresses of pages, of those that wait. */
unsigned int grant_idle_pages(void)
{
	return READ_ONCE(idle.pages);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_idle_pages);
