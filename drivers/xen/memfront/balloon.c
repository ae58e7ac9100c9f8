// SPDX-License-Identifier: GPL-2.0
/*
 * The policy: how much to move next, when to stop, when to try again, and what
 * to say about it. One step moves one hypercall's worth; then the target and
 * Xen's figures are looked at anew.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include <memfront/kunit.h>

#include "balloon.h"
#include "extent.h"
#include "hotplug.h"
#include "hypercall.h"
#include "inject.h"
#include "limits.h"
#include "pages.h"
#include "reservation.h"
#include "sysfs.h"
#include "takeover.h"
#include "xenstore.h"

/* How often the stock driver's progress is looked at while it is steered. */
#define GOVERNOR_POLL	HZ

#define NEVER		MAX_SCHEDULE_TIMEOUT

#ifdef CONFIG_FAULT_INJECTION
struct fault_attr memfront_fault = FAULT_ATTR_INITIALIZER;
EXPORT_SYMBOL_FOR_KUNIT(memfront_fault);
#endif

struct balloon memfront_balloon;
EXPORT_SYMBOL_FOR_KUNIT(memfront_balloon);

/* Where there is no stock driver to share its setting. */
static bool own_scrub_setting = true;

static const char *const state_names[] = {
	[BALLOON_IDLE] = "idle",
	[BALLOON_INFLATING] = "inflating",
	[BALLOON_DEFLATING] = "deflating",
	[BALLOON_WAITING] = "waiting",
};

static const char *const reason_names[] = {
	[REASON_NONE] = "none",
	[REASON_NO_FREE_MEMORY] = "no-free-memory",
	[REASON_FLOOR] = "floor",
	[REASON_REFUSED] = "refused",
	[REASON_XEN_NO_MEMORY] = "xen-no-memory",
	[REASON_MAX_RESERVATION] = "max-reservation",
	[REASON_NO_HOLES] = "no-holes",
	[REASON_HOLES_LENT] = "holes-lent",
	[REASON_GAVE_UP] = "gave-up",
	[REASON_STOCK_DRIVER] = "stock-driver",
};

/** balloon_state_name - the state in the word that users see. */
const char *balloon_state_name(const struct balloon *balloon)
{
	return state_names[READ_ONCE(balloon->state)];
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_state_name);

/** balloon_reason_name - the reason in the word that users see. */
const char *balloon_reason_name(const struct balloon *balloon)
{
	return reason_names[READ_ONCE(balloon->reason)];
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_reason_name);

static bool owns_stock_files(const struct balloon *balloon)
{
	return balloon->stock && !balloon->governor;
}

/* Pages with a frame, by the guest's own account. */
static unsigned long populated_pages(const struct balloon *balloon)
{
	return balloon->total_pages - balloon->ledger.nr_holes;
}

/* A hypervisor that does not tell its limit will show it when it is reached. */
static unsigned long maximum_pages(void)
{
	long max = reservation_maximum();

	return max >= 0 ? max : ULONG_MAX;
}

/*
 * Xen's figure is the truth, but for a guest that Xen still has to back: there
 * a page given away does not lower the figure.
 */
static void read_figures(struct balloon *balloon)
{
	unsigned long populated = populated_pages(balloon);
	long now = reservation_current();

	if (now >= 0)
		balloon->xen_pages = now;
	else
		pr_warn_ratelimited("Xen does not tell the reservation (%ld): going by the guest's own count\n",
				    now);
	balloon->max_pages = maximum_pages();

	if (now >= 0 && populated <= now)
		balloon->pod = false;
	if (now < 0 || balloon->pod)
		balloon->current_pages = populated;
	else
		balloon->current_pages = max(now - balloon->overhead, 0L);
}

static struct extent_result release_step(struct balloon *balloon,
					 unsigned long want)
{
	struct extent_result result;

	result = growth_release(&balloon->growth, balloon->order, want,
				*balloon->scrub);
	if (result.pages || result.hypervisor_short)
		return result;
	if (balloon->order && want >= MEMFRONT_SUPER_PAGES)
		result = extent_release(&balloon->ledger, balloon->order, want,
					*balloon->scrub);
	if (!result.pages && !result.hypervisor_short)
		result = extent_release(&balloon->ledger, 0, want,
					*balloon->scrub);
	return result;
}

/* Returns pages moved, 0 with a reason. */
static unsigned long inflate(struct balloon *balloon, unsigned long want)
{
	unsigned long current_pages = balloon->current_pages;
	struct extent_result result;

	if (current_pages <= balloon->min_pages) {
		balloon->reason = REASON_FLOOR;
		return 0;
	}
	want = min(want, current_pages - balloon->min_pages);
	want = min(want, limits_available());

	result = want ? release_step(balloon, want) : (struct extent_result){};
	if (!result.pages)
		balloon->reason = result.hypervisor_short ?
					  REASON_REFUSED :
					  REASON_NO_FREE_MEMORY;
	return result.pages;
}

/*
 * Whole blocks first; then blocks that can cheaply be made whole; then single
 * pages. A machine too fragmented for a block still has pages.
 */
static struct extent_result populate_step(struct balloon *balloon,
					  unsigned long want)
{
	struct ledger *ledger = &balloon->ledger;
	struct extent_result result = {};
	unsigned int given;

	if (balloon->order && !ledger->nr_whole && memfront_hv.translated) {
		given = extent_complete(ledger, want, *balloon->scrub);
		balloon->current_pages -= given;
		want += given;
	}
	if (balloon->order && want >= MEMFRONT_SUPER_PAGES)
		result = extent_populate(ledger, balloon->order, want);
	if (!result.pages)
		result = extent_populate(ledger, 0, want);
	return result;
}

static bool can_grow(const struct balloon *balloon)
{
	return balloon->growth.source && !balloon->governor;
}

/* Pages that Xen would still give. */
static unsigned long room(const struct balloon *balloon)
{
	return balloon->max_pages - min(balloon->max_pages, balloon->xen_pages);
}

static enum balloon_reason why_no_holes(const struct balloon *balloon)
{
	if (balloon->ledger.nr_lent)
		return REASON_HOLES_LENT;
	if (can_grow(balloon) &&
	    room(balloon) <= growth_cost(&balloon->growth))
		return REASON_MAX_RESERVATION;
	return REASON_NO_HOLES;
}

/* Returns pages moved, 0 with a reason. */
static unsigned long deflate(struct balloon *balloon, unsigned long want)
{
	struct extent_result result;

	if (!ledger_fillable(&balloon->ledger)) {
		balloon->reason = why_no_holes(balloon);
		return 0;
	}
	want = min(want, room(balloon));
	if (!want) {
		balloon->reason = REASON_MAX_RESERVATION;
		return 0;
	}

	result = populate_step(balloon, want);
	if (!result.pages)
		balloon->reason = result.kernel_short ? REASON_NO_FREE_MEMORY :
							REASON_XEN_NO_MEMORY;
	return result.pages;
}

static long wait_or_give_up(struct balloon *balloon)
{
	unsigned long delay = backoff_next(&balloon->backoff);

	if (balloon->state != BALLOON_WAITING)
		pr_info_ratelimited("at %lu KiB, target %lu KiB: waiting (%s)\n",
				    mf_pages_to_kb(balloon->current_pages),
				    mf_pages_to_kb(balloon->target),
				    balloon_reason_name(balloon));
	if (delay) {
		balloon->state = BALLOON_WAITING;
		return delay * HZ;
	}
	pr_warn("target of %lu KiB given up after %lu tries (%s)\n",
		mf_pages_to_kb(balloon->target),
		balloon->backoff.max_retry_count, balloon_reason_name(balloon));
	balloon->state = BALLOON_IDLE;
	balloon->reason = REASON_GAVE_UP;
	return NEVER;
}

static void set_state(struct balloon *balloon, enum balloon_state state,
		      enum balloon_reason reason)
{
	WRITE_ONCE(balloon->state, state);
	WRITE_ONCE(balloon->reason, reason);
}

static long settle_idle(struct balloon *balloon)
{
	backoff_reset(&balloon->backoff);
	set_state(balloon, BALLOON_IDLE, REASON_NONE);
	return NEVER;
}

/* Returns pages moved, and keeps the figure true until Xen is asked again. */
static unsigned long move(struct balloon *balloon, unsigned long target)
{
	unsigned long now = balloon->current_pages;
	unsigned long moved;

	if (target > now) {
		moved = deflate(balloon, target - now);
		balloon->current_pages += moved;
	} else {
		moved = inflate(balloon, now - target);
		balloon->current_pages -= moved;
	}
	return moved;
}

/*
 * All that could be filled is, and more would be gained than it costs. For up to
 * what the guest has without growing, holes that are lent are waited for.
 */
static bool must_grow(const struct balloon *balloon, unsigned long target)
{
	unsigned long whole = balloon->total_pages;

	return target > whole && can_grow(balloon) &&
	       !ledger_fillable(&balloon->ledger) &&
	       min(target - whole, room(balloon)) >
		       growth_cost(&balloon->growth);
}

/* Returns whether there are new holes; if not there is a reason. */
static bool grow(struct balloon *balloon)
{
	struct growth *growth = &balloon->growth;
	unsigned long own = balloon->total_pages - growth->pages;
	int err = growth_add(growth, own);

	balloon->total_pages = own + growth->pages;
	if (err)
		balloon->reason = err == -ENOMEM ? REASON_NO_FREE_MEMORY :
						   REASON_NO_HOLES;
	return !err;
}

/* Returns whether memory has gone that the guest is not to have. */
static bool shrink(struct balloon *balloon, unsigned long target)
{
	unsigned long nr = target <= balloon->current_pages ?
				   growth_remove(&balloon->growth) : 0;

	balloon->total_pages -= nr;
	return nr;
}

/* One step towards the target. Returns jiffies until the next one. */
static long pursue(struct balloon *balloon)
{
	unsigned long target = READ_ONCE(balloon->target);
	unsigned long now = balloon->current_pages;
	enum balloon_state moving = target > now ? BALLOON_DEFLATING :
						   BALLOON_INFLATING;

	if (shrink(balloon, target))
		return 0;
	if (target == now)
		return settle_idle(balloon);
	/* A step takes its time, and whoever looks meanwhile wants to know. */
	if (balloon->state == BALLOON_IDLE)
		set_state(balloon, moving, REASON_NONE);
	if (!(must_grow(balloon, target) ? grow(balloon) :
					   move(balloon, target)))
		return wait_or_give_up(balloon);

	backoff_reset(&balloon->backoff);
	set_state(balloon, moving, REASON_NONE);
	return 0;
}

/*
 * The stock driver gives up after some tries; telling it the target once more
 * makes it start again.
 */
static long govern(struct balloon *balloon, bool retarget)
{
	struct stock_figures figures = takeover_figures();
	unsigned long target = READ_ONCE(balloon->target);
	bool moved = figures.current_pages != balloon->current_pages;

	balloon->current_pages = figures.current_pages;
	balloon->xen_pages = max(reservation_current(), 0L);
	balloon->max_pages = maximum_pages();
	if (retarget && figures.target_pages != target)
		takeover_steer(target);
	if (target == figures.current_pages)
		return settle_idle(balloon);

	if (!moved && !retarget) {
		takeover_steer(target);
		balloon->reason = REASON_STOCK_DRIVER;
		return wait_or_give_up(balloon);
	}
	set_state(balloon,
		  target > figures.current_pages ? BALLOON_DEFLATING :
						   BALLOON_INFLATING,
		  REASON_NONE);
	return GOVERNOR_POLL;
}

static void show_stock(struct balloon *balloon)
{
	struct stock_figures figures = {
		.current_pages = balloon->current_pages,
		.target_pages = READ_ONCE(balloon->target),
	};

	takeover_show(&figures, &balloon->backoff, balloon->ledger.nr_holes);
}

static long step(struct balloon *balloon)
{
	bool retarget = test_and_clear_bit(0, &balloon->retarget);
	enum balloon_reason reason = balloon->reason;
	enum balloon_state state = balloon->state;
	unsigned long pages = balloon->current_pages;
	long delay;

	if (balloon->stock)
		takeover_load_limits(&balloon->backoff);
	if (retarget) {
		backoff_reset(&balloon->backoff);
		growth_try_again(&balloon->growth);
	}
	if (balloon->governor) {
		delay = govern(balloon, retarget);
	} else {
		read_figures(balloon);
		delay = pursue(balloon);
	}
	if (owns_stock_files(balloon))
		show_stock(balloon);
	if (retarget || state != balloon->state || reason != balloon->reason)
		sysfs_state_changed();
	if (retarget || state != balloon->state || reason != balloon->reason ||
	    pages != balloon->current_pages)
		xenstore_state_changed();
	return delay;
}

static void balloon_work(struct work_struct *work)
{
	struct balloon *balloon = container_of(to_delayed_work(work),
					       struct balloon, work);
	long delay = NEVER;

	mutex_lock(&balloon->lock);
	/* A kick may have overtaken balloon_stop(). */
	if (READ_ONCE(balloon->running))
		delay = step(balloon);
	mutex_unlock(&balloon->lock);

	/* A kick that came meanwhile has queued the work at once already. */
	if (delay != NEVER)
		queue_delayed_work(balloon->wq, &balloon->work, delay);
}

/**
 * balloon_kick - have the worker look at the settings now
 * @balloon: the balloon
 *
 * Context: any.
 */
void balloon_kick(struct balloon *balloon)
{
	if (READ_ONCE(balloon->running))
		mod_delayed_work(balloon->wq, &balloon->work, 0);
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_kick);

/**
 * balloon_set_target - pursue another target
 * @balloon:	the balloon
 * @pages:	what the guest should have, in the guest's count; any number
 *
 * Context: any.
 */
void balloon_set_target(struct balloon *balloon, unsigned long pages)
{
	WRITE_ONCE(balloon->target, pages);
	set_bit(0, &balloon->retarget);
	balloon_kick(balloon);
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_set_target);

/**
 * balloon_max_pages - the most that the guest can have now
 * @balloon: the balloon
 *
 * Return: pages in the guest's count: all its RAM, or Xen's limit if lower.
 */
unsigned long balloon_max_pages(const struct balloon *balloon)
{
	unsigned long limit = READ_ONCE(balloon->max_pages);
	long overhead = balloon->overhead;

	if (limit == ULONG_MAX || (long)limit - overhead < 0)
		return balloon->total_pages;
	return min(balloon->total_pages, limit - overhead);
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_max_pages);

static void hear_stock_target(unsigned long pages)
{
	balloon_set_target(&memfront_balloon, pages);
}

/*
 * What the guest has at load is taken from the stock driver's account, whose
 * holes have just been adopted; without one it is all of its RAM.
 */
static int settle_account(struct balloon *balloon)
{
	struct stock_figures figures = takeover_figures();
	unsigned long holes = balloon->ledger.nr_holes;
	long now = reservation_current();

	if (now < 0) {
		pr_err("%s does not tell the reservation (%ld)\n",
		       memfront_hv.name, now);
		return now;
	}
	if (!balloon->stock) {
		figures.current_pages = now;
		figures.target_pages = now;
	}
	if (balloon->governor)
		holes = takeover_holes();

	balloon->total_pages = figures.current_pages + holes;
	balloon->target = figures.target_pages;
	balloon->current_pages = figures.current_pages;
	balloon->overhead = now - (long)figures.current_pages;
	if (balloon->overhead < 0 && memfront_hv.translated) {
		balloon->pod = true;
		balloon->overhead = 0;
	}
	balloon->xen_pages = now;
	balloon->max_pages = maximum_pages();
	balloon->min_pages = limits_floor(balloon->total_pages);
	return 0;
}

/* Returns false if the stock setting is not where it should be. */
static bool choose_scrub(struct balloon *balloon)
{
	balloon->scrub = balloon->stock ? takeover_scrub_setting() :
					  &own_scrub_setting;
	return balloon->scrub;
}

static int take_over(struct balloon *balloon)
{
	bool scrub = choose_scrub(balloon);

	if (!balloon->stock)
		return 0;
	if (balloon->governor) {
		if (takeover_watch(hear_stock_target))
			pr_warn("cannot hear the stock driver's targets: only those written here are pursued\n");
		return 0;
	}
	if (!scrub) {
		pr_err("the stock scrub_pages file is not what is expected: not taking over\n");
		return -ENODEV;
	}
	return takeover_begin(&balloon->ledger, hear_stock_target);
}

/**
 * balloon_init - make the balloon and take over from the stock driver
 * @balloon:	its memory, zeroed
 * @takeover:	false to leave the moving to the stock driver
 *
 * Nothing moves until balloon_start().
 *
 * Context: module load, after memfront_attach().
 * Return: 0; or an errno after a message, and the stock driver is as before.
 */
int balloon_init(struct balloon *balloon, bool takeover)
{
	int ret;

	mutex_init(&balloon->lock);
	INIT_DELAYED_WORK(&balloon->work, balloon_work);
	ledger_init(&balloon->ledger);
	growth_init(&balloon->growth, memfront_hv.growth, &balloon->lock,
		    &balloon->ledger);
	backoff_reset(&balloon->backoff);
	balloon->backoff.max_schedule_delay = 32;
	balloon->order = MEMFRONT_SUPER_ORDER;
	balloon->stock = takeover_present();
	balloon->governor = balloon->stock && !takeover;

	balloon->wq = alloc_ordered_workqueue("xen_memfront",
					      WQ_FREEZABLE | WQ_MEM_RECLAIM);
	if (!balloon->wq)
		return -ENOMEM;
	ret = extent_init();
	if (ret)
		goto out_wq;
	ret = hotplug_init();
	if (ret)
		goto out_extent;
	ret = take_over(balloon);
	if (ret)
		goto out_hotplug;
	ret = settle_account(balloon);
	if (!ret)
		return 0;

	balloon_stop(balloon);
	balloon_exit(balloon);
	return ret;

out_hotplug:
	hotplug_exit();
out_extent:
	extent_exit();
out_wq:
	destroy_workqueue(balloon->wq);
	ledger_destroy(&balloon->ledger);
	return ret;
}

/**
 * balloon_start - let the worker pursue the target
 * @balloon: the balloon
 */
void balloon_start(struct balloon *balloon)
{
	WRITE_ONCE(balloon->running, true);
	balloon_kick(balloon);
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_start);

/**
 * balloon_stop - stop hearing the stock files, then the worker
 * @balloon: the balloon; a target set later is noted and not pursued
 */
void balloon_stop(struct balloon *balloon)
{
	if (balloon->stock)
		takeover_deafen();
	WRITE_ONCE(balloon->running, false);
	cancel_delayed_work_sync(&balloon->work);
}
EXPORT_SYMBOL_FOR_KUNIT(balloon_stop);

/* Without a stock driver the holes are filled, so that no memory is lost. */
static void fill_all_holes(struct balloon *balloon)
{
	struct ledger *ledger = &balloon->ledger;

	while (ledger_fillable(ledger)) {
		if (populate_step(balloon, ledger_fillable(ledger)).pages)
			continue;
		pr_err("%lu KiB stay with the hypervisor: it gives no memory back\n",
		       mf_pages_to_kb(ledger_fillable(ledger)));
		return;
	}
}

/**
 * balloon_exit - hand the balloon back and free everything
 * @balloon: a stopped balloon
 *
 * Context: module unload or a failed load, may sleep.
 */
void balloon_exit(struct balloon *balloon)
{
	if (owns_stock_files(balloon))
		takeover_end(&balloon->ledger);
	else if (!balloon->stock)
		fill_all_holes(balloon);
	if (balloon->ledger.nr_lent)
		pr_err("%lu KiB are out of use: they were lent, and have not come back\n",
		       mf_pages_to_kb(balloon->ledger.nr_lent));
	hotplug_exit();
	growth_exit(&balloon->growth);
	extent_exit();
	destroy_workqueue(balloon->wq);
	ledger_destroy(&balloon->ledger);
}
