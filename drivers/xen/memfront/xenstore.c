// SPDX-License-Identifier: GPL-2.0
/*
 * memory/target is watched, memory/static-max read once; the state of the
 * balloon is published under data/memfront/. All of it is optional: without a
 * xenstore the balloon works from its files.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <xen/xen.h>
#include <xen/xenbus.h>

#include "balloon.h"
#include "hypercall.h"
#include "size.h"
#include "takeover.h"
#include "xenstore.h"

#define MEMORY_DIR	"memory"
#define PUBLISH_DIR	"data/memfront"

/* Of a value that makes no sense, this much is shown in the log. */
#define MAX_SHOWN	((size_t)32)

static void target_changed(struct xenbus_watch *watch, const char *path,
			   const char *token);
static void publish(struct work_struct *work);
static int xenstore_up(struct notifier_block *block, unsigned long event,
		       void *data);

static DECLARE_WORK(publish_work, publish);

static struct xenbus_watch target_watch = {
	.node = MEMORY_DIR "/target",
	.callback = target_changed,
};

static struct notifier_block up_notifier = {
	.notifier_call = xenstore_up,
};

/**
 * struct store - what is known of xenstore
 * @lock:	serialises coming up and going away
 * @up:		there is a xenstore to talk to
 * @watching:	the watch is registered
 * @at_load:	xenstore was there when the module was loaded
 * @settled:	the watch has fired once
 * @mute:	publishing was refused; said once
 * @offset:	pages in xenstore's number that are not in the guest's
 */
static struct store {
	struct mutex lock; /* coming up and going away */
	bool up;
	bool watching;
	bool at_load;
	bool settled;
	bool mute;
	long offset;
} store = {
	.lock = __MUTEX_INITIALIZER(store.lock),
};

/** xenstore_offset - pages that xenstore counts and the guest does not. */
long xenstore_offset(void)
{
	return READ_ONCE(store.offset);
}

/* Returns an errno after a message if the node exists and is no size. */
static int read_pages(const char *node, unsigned long *pages)
{
	char *text = xenbus_read(XBT_NIL, MEMORY_DIR, node, NULL);
	int ret;

	if (IS_ERR(text))
		return PTR_ERR(text);

	ret = size_parse_kb(text, pages);
	if (ret)
		pr_warn_ratelimited("xenstore %s/%s is \"%*pE\", not a size in KiB: ignored\n",
				    MEMORY_DIR, node, (int)min(strlen(text), MAX_SHOWN), text);
	kfree(text);
	return ret;
}

/*
 * For PVH the toolstack's number has what the builder put beside the guest's
 * RAM; static-max less all the RAM is what that comes to, whatever is ballooned
 * at the moment. For PV and for dom0 both count the same.
 */
static void settle_offset(void)
{
	unsigned long total = memfront_balloon.total_pages;
	unsigned long static_max;
	long offset = 0;

	if (memfront_hv.translated && !xen_initial_domain() &&
	    (!read_pages("static-max", &static_max) ||
	     !read_pages("memory_static_max", &static_max)))
		offset = static_max - total;
	WRITE_ONCE(store.offset, offset);
}

/*
 * A target in xenstore that was there before us has had its effect already,
 * and may have been overridden in sysfs since; only what the stock driver's
 * watch has heard while ours was not there is new.
 */
static bool is_old_news(unsigned long *pages)
{
	bool first = !store.settled;

	store.settled = true;
	return first && store.at_load && !takeover_missed_target(pages);
}

static void target_changed(struct xenbus_watch *watch, const char *path,
			   const char *token)
{
	unsigned long pages;
	long target;

	if (is_old_news(&pages))
		return;
	if (read_pages("target", &pages)) {
		/* The stock watch may have let its files show the garbage. */
		takeover_show_target(READ_ONCE(memfront_balloon.target));
		return;
	}
	target = (long)pages - xenstore_offset();
	balloon_set_target(&memfront_balloon, max(target, 0L));
}

static int publish_kb(const char *node, unsigned long pages)
{
	return xenbus_printf(XBT_NIL, PUBLISH_DIR, node, "%lu",
			     mf_pages_to_kb(pages));
}

static int publish_all(const struct balloon *balloon)
{
	int ret;

	ret = xenbus_printf(XBT_NIL, PUBLISH_DIR, "state", "%s",
			    balloon_state_name(balloon));
	if (!ret)
		ret = xenbus_printf(XBT_NIL, PUBLISH_DIR, "reason", "%s",
				    balloon_reason_name(balloon));
	if (!ret)
		ret = publish_kb("current", READ_ONCE(balloon->current_pages));
	if (!ret)
		ret = publish_kb("target", READ_ONCE(balloon->target));
	if (!ret)
		ret = publish_kb("min", READ_ONCE(balloon->min_pages));
	if (!ret)
		ret = publish_kb("max", balloon_max_pages(balloon));
	return ret;
}

/*
 * Not in the balloon's worker: a xenstore that does not answer holds up who
 * asks, and memory shall move all the same.
 */
static void publish(struct work_struct *work)
{
	int ret = publish_all(&memfront_balloon);

	if (!ret || READ_ONCE(store.mute))
		return;
	WRITE_ONCE(store.mute, true);
	pr_warn("xenstore does not take the state under %s (%d)\n",
		PUBLISH_DIR, ret);
}

/**
 * xenstore_state_changed - publish the balloon's state soon
 *
 * Context: any.
 */
void xenstore_state_changed(void)
{
	if (READ_ONCE(store.up) && !READ_ONCE(store.mute))
		schedule_work(&publish_work);
}

static int xenstore_up(struct notifier_block *block, unsigned long event,
		       void *data)
{
	int ret;

	mutex_lock(&store.lock);
	settle_offset();
	if (!memfront_balloon.governor) {
		ret = register_xenbus_watch(&target_watch);
		store.watching = !ret;
		if (ret)
			pr_err("cannot watch xenstore's %s (%d): the toolstack's targets are not heard\n",
			       target_watch.node, ret);
	}
	WRITE_ONCE(store.up, true);
	mutex_unlock(&store.lock);
	xenstore_state_changed();
	return NOTIFY_DONE;
}

/**
 * xenstore_init - watch and publish, now or when xenstore comes up
 *
 * Context: module load, after balloon_init(); may sleep.
 * Return: 0 or an errno.
 */
int xenstore_init(void)
{
	int ret;

	if (!memfront_xen_present())
		return 0;
	store.at_load = true;
	ret = register_xenstore_notifier(&up_notifier);
	store.at_load = store.up;
	return ret;
}

/**
 * xenstore_exit - stop watching, take the published state away
 *
 * After balloon_stop(), so that nothing is to be published any more.
 *
 * Waits for a watch event or a request that is under way.
 */
void xenstore_exit(void)
{
	if (!memfront_xen_present())
		return;
	unregister_xenstore_notifier(&up_notifier);
	mutex_lock(&store.lock);
	if (store.watching)
		unregister_xenbus_watch(&target_watch);
	if (store.up) {
		WRITE_ONCE(store.up, false);
		cancel_work_sync(&publish_work);
		xenbus_rm(XBT_NIL, "data", "memfront");
	}
	mutex_unlock(&store.lock);
}
