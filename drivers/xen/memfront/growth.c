// SPDX-License-Identifier: GPL-2.0
/*
 * A guest grows by units, as large as the kernel can add and take away. A unit
 * comes as one hole, which the balloon then fills. When the guest is to have less,
 * the newest unit is emptied first, and goes when all of it is a hole again.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <memfront/kunit.h>

#include "growth.h"
#include "inject.h"

/*
 * Memory for what can be moved is sure to go again, but the kernel cannot have its
 * own data there. The kernel's policy for memory that comes online is the same 3 : 1
 * (Documentation/admin-guide/mm/memory-hotplug.rst, auto_movable_ratio).
 */
#define MOVABLE_RATIO	3

/**
 * growth_init - nothing has grown yet
 * @growth:	its memory
 * @source:	where memory comes from; NULL: nowhere
 * @lock:	the balloon's
 * @ledger:	the balloon's
 */
void growth_init(struct growth *growth, const struct growth_source *source,
		 struct mutex *lock, struct ledger *ledger)
{
	*growth = (struct growth){
		.source = source,
		.lock = lock,
		.ledger = ledger,
		.units = LIST_HEAD_INIT(growth->units),
	};
}
EXPORT_SYMBOL_FOR_KUNIT(growth_init);

/**
 * growth_exit - forget about it; the memory stays the guest's
 * @growth: no call is under way
 */
void growth_exit(struct growth *growth)
{
	struct growth_unit *unit, *next;

	list_for_each_entry_safe(unit, next, &growth->units, node)
		kfree(unit);
	INIT_LIST_HEAD(&growth->units);
	growth->pages = 0;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_exit);

/**
 * growth_cost - what a unit costs before it is of any use
 * @growth:	it, with a source
 *
 * Return: pages that the kernel needs to describe it.
 */
unsigned long growth_cost(const struct growth *growth)
{
	return growth->source->unit() * sizeof(struct page) / PAGE_SIZE;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_cost);

static struct growth_unit *alloc_unit(void)
{
	return memfront_should_fail() ? NULL :
					kzalloc(sizeof(struct growth_unit),
						GFP_KERNEL | __GFP_NOWARN);
}

/* The kernel tells hotplug.c what it does, which then wants the lock. */
static int add_unit(struct growth *growth, struct growth_unit *unit,
		    bool movable)
{
	int err;

	mutex_unlock(growth->lock);
	err = growth->source->add(movable, &unit->first);
	mutex_lock(growth->lock);
	return err;
}

static int collect(struct growth *growth)
{
	long nr = growth->source->collect(growth->ledger);

	return nr > 0 ? 0 : nr ?: -ENOENT;
}

/**
 * growth_add - get the guest more pages that could be filled
 * @growth:	it
 * @boot_pages:	what the guest has without it
 *
 * Context: balloon lock held, and let go meanwhile; may sleep.
 * Return: 0, and there are new holes; else there are none: -ENOMEM without memory
 * to describe memory with, -EBUSY without address space, or what the kernel says,
 * after a message.
 */
int growth_add(struct growth *growth, unsigned long boot_pages)
{
	bool movable = growth->pages < MOVABLE_RATIO * boot_pages;
	struct growth_unit *unit;
	int err;

	/* There may have been no room in the ledger last time. */
	err = collect(growth);
	if (err != -ENOENT)
		return err;
	unit = alloc_unit();
	if (!unit)
		return -ENOMEM;
	err = add_unit(growth, unit, movable);
	if (err) {
		pr_warn_ratelimited("cannot add memory to the guest (%d)\n",
				    err);
		kfree(unit);
		return err;
	}
	unit->nr = growth->source->unit();
	list_add(&unit->node, &growth->units);
	WRITE_ONCE(growth->pages, growth->pages + unit->nr);
	return collect(growth);
}
EXPORT_SYMBOL_FOR_KUNIT(growth_add);

static struct extent_result release_from(struct growth *growth,
					 const struct growth_unit *unit,
					 unsigned int order,
					 unsigned long max_pages, bool scrub)
{
	struct extent_result result = {};

	if (order && max_pages >= MEMFRONT_SUPER_PAGES)
		result = extent_release_from(growth->ledger, unit->first,
					     unit->nr, order, max_pages, scrub);
	if (!result.pages && !result.hypervisor_short)
		result = extent_release_from(growth->ledger, unit->first,
					     unit->nr, 0, max_pages, scrub);
	return result;
}

/**
 * growth_release - one step of inflating, from what has been added
 * @growth:	it
 * @order:	log2 of the pages in the largest extent to move
 * @max_pages:	how many pages to give at most
 * @scrub:	give them zeroed
 *
 * Context: balloon lock held, may sleep.
 * Return: see struct extent_result; nothing if nothing there can be moved.
 */
struct extent_result growth_release(struct growth *growth, unsigned int order,
				    unsigned long max_pages, bool scrub)
{
	struct extent_result result = {};
	struct growth_unit *unit;

	list_for_each_entry(unit, &growth->units, node) {
		if (unit->stubborn)
			continue;
		result = release_from(growth, unit, order, max_pages, scrub);
		if (result.pages || result.hypervisor_short)
			break;
		unit->stubborn = true;
	}
	return result;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_release);

static struct growth_unit *find_empty(struct growth *growth)
{
	struct growth_unit *unit;

	list_for_each_entry(unit, &growth->units, node)
		if (!unit->stubborn &&
		    ledger_fillable_in(growth->ledger, unit->first,
				       unit->nr) == unit->nr)
			return unit;
	return NULL;
}

/* Nobody may fill or borrow the pages while they go. */
static void hold_pages(struct growth *growth, const struct growth_unit *unit)
{
	unsigned long i;

	for (i = 0; i < unit->nr; i += MEMFRONT_SUPER_PAGES)
		ledger_lend_block(growth->ledger, mf_pfn(unit->first.nr + i));
}

static void let_pages_go(struct growth *growth, const struct growth_unit *unit,
			 bool gone)
{
	unsigned long i;

	for (i = 0; i < unit->nr; i += MEMFRONT_SUPER_PAGES) {
		struct mf_pfn pfn = mf_pfn(unit->first.nr + i);

		ledger_take_back(growth->ledger, pfn, MEMFRONT_SUPER_ORDER);
		if (gone)
			ledger_del(growth->ledger, pfn, MEMFRONT_SUPER_ORDER);
	}
}

static int remove_unit(struct growth *growth, struct growth_unit *unit)
{
	int err;

	hold_pages(growth, unit);
	growth->leaving = unit;
	mutex_unlock(growth->lock);
	err = growth->source->remove(unit->first);
	mutex_lock(growth->lock);
	growth->leaving = NULL;
	let_pages_go(growth, unit, !err);
	return err;
}

/**
 * growth_remove - take away a unit that is one hole
 * @growth: it
 *
 * Context: balloon lock held, and let go meanwhile; may sleep.
 * Return: pages that the guest could have had, and cannot now; 0 if there is no
 * such unit, or, after a message, it cannot go.
 */
unsigned long growth_remove(struct growth *growth)
{
	struct growth_unit *unit = find_empty(growth);
	unsigned long nr;
	int err;

	if (!unit)
		return 0;
	err = remove_unit(growth, unit);
	if (err) {
		pr_warn_ratelimited("memory from pfn %#lx on cannot be taken away yet (%d)\n",
				    unit->first.nr, err);
		unit->stubborn = true;
		return 0;
	}
	nr = unit->nr;
	WRITE_ONCE(growth->pages, growth->pages - nr);
	list_del(&unit->node);
	kfree(unit);
	return nr;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_remove);

/**
 * growth_try_again - what was stubborn may no longer be
 * @growth: it
 *
 * Context: balloon lock held.
 */
void growth_try_again(struct growth *growth)
{
	struct growth_unit *unit;

	list_for_each_entry(unit, &growth->units, node)
		unit->stubborn = false;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_try_again);

/**
 * growth_lets_go - may the kernel take this range offline?
 * @growth:	it
 * @first:	first page
 * @nr:		pages
 *
 * The kernel takes all pages of the range off its count of managed ones; pages in
 * the balloon are not in it, so they are entered before.
 *
 * Context: balloon lock held.
 * Return: true if it is the unit that leaves.
 */
bool growth_lets_go(struct growth *growth, struct mf_pfn first,
		    unsigned long nr)
{
	struct growth_unit *unit = growth->leaving;

	if (!unit || unit->first.nr != first.nr || unit->nr != nr)
		return false;
	if (!unit->counted)
		adjust_managed_page_count(mf_pfn_page(first), nr);
	unit->counted = true;
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_lets_go);

/**
 * growth_keeps - the kernel has not taken it offline after all
 * @growth:	it
 * @first:	first page of what was to go
 *
 * Context: balloon lock held.
 */
void growth_keeps(struct growth *growth, struct mf_pfn first)
{
	struct growth_unit *unit = growth->leaving;

	if (!unit || unit->first.nr != first.nr || !unit->counted)
		return;
	adjust_managed_page_count(mf_pfn_page(first), -(long)unit->nr);
	unit->counted = false;
}
EXPORT_SYMBOL_FOR_KUNIT(growth_keeps);
