// SPDX-License-Identifier: GPL-2.0
/*
 * The stock balloon driver is built in and cannot be unloaded, but what moves
 * memory in it is one kthread that can be stopped and started again. Its files
 * and its xenstore watch stay; what they write is heard through a probe on
 * balloon_set_new_target(), and what they show is kept true here.
 *
 * All of this rests on how drivers/xen/balloon.c is made, so it is done on
 * the kernel whose text has been read, and after checking that what is found is
 * what is expected.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/kernfs.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#include <xen/balloon.h>
#include <xen/xen.h>

#include "pages.h"
#include "system-file.h"
#include "takeover.h"

#define THREAD_NAME	"xen-balloon"
#define THREAD_ENTRY	"balloon_thread+0x0/"
#define PROBED		"balloon_set_new_target"

/* Pages that change hands in one call of the stock driver. */
#define HAND_PAGES	512

/**
 * struct stock - what has to be put back at the end
 * @thread_fn:		the stopped thread's function
 * @max_retry_count:	the limit before ours, which is for ever
 * @adopted:		pages taken from the stock balloon
 * @shown:		pages of ours that its low_kb file counts
 * @shown_target:	the target that its files were last made to show
 * @hear:		told about each new target
 * @deaf_to:		PF_* flags of the tasks whose targets it is not told
 * @probe:		on balloon_set_new_target()
 */
static struct stock {
	int (*thread_fn)(void *data);
	unsigned long max_retry_count;
	unsigned long adopted;
	unsigned long shown;
	unsigned long shown_target;
	void (*hear)(unsigned long pages);
	unsigned int deaf_to;
	struct kprobe probe;
} stock;

/**
 * takeover_present - is there a stock driver?
 *
 * Return: true when this kernel runs on Xen, where its initcall started it.
 */
bool takeover_present(void)
{
	return xen_domain();
}

/**
 * takeover_supported - is this a kernel whose stock driver is known?
 *
 * Return: true on Linux 6.1.
 */
bool takeover_supported(void)
{
	return LINUX_VERSION_CODE >> 8 == KERNEL_VERSION(6, 1, 0) >> 8;
}

static bool runs_balloon_thread(struct task_struct *task)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol(symbol, (unsigned long)kthread_func(task));
	return strstarts(symbol, THREAD_ENTRY);
}

/* The thread, with a reference; NULL unless there is exactly one. */
static struct task_struct *find_thread(void)
{
	struct task_struct *found = NULL;
	struct task_struct *task;
	unsigned int nr = 0;

	rcu_read_lock();
	for_each_process(task) {
		if (!(task->flags & PF_KTHREAD) ||
		    strcmp(task->comm, THREAD_NAME) ||
		    !runs_balloon_thread(task))
			continue;
		if (!nr++)
			found = get_task_struct(task);
	}
	rcu_read_unlock();

	if (nr > 1) {
		put_task_struct(found);
		found = NULL;
	}
	return found;
}

static int heard(struct kprobe *probe, struct pt_regs *regs)
{
	if (!(current->flags & stock.deaf_to))
		stock.hear(regs_get_kernel_argument(regs, 0));
	return 0;
}

static int start_hearing(void (*hear)(unsigned long pages),
			 unsigned int deaf_to)
{
	stock.hear = hear;
	stock.deaf_to = deaf_to;
	memset(&stock.probe, 0, sizeof(stock.probe));
	stock.probe.symbol_name = PROBED;
	stock.probe.pre_handler = heard;
	return register_kprobe(&stock.probe);
}

/**
 * takeover_deafen - stop hearing new targets of the stock driver
 */
void takeover_deafen(void)
{
	if (stock.hear)
		unregister_kprobe(&stock.probe);
	stock.hear = NULL;
}

/**
 * takeover_watch - governor: hear the stock driver's targets, its own watch's
 * too, but not those that our worker has steered it to
 * @hear: called, in any context, for each target
 *
 * Return: 0 or an errno.
 */
int takeover_watch(void (*hear)(unsigned long pages))
{
	int ret = start_hearing(hear, PF_WQ_WORKER);

	if (ret)
		stock.hear = NULL;
	return ret;
}

/* Room for all pages of the stock balloon, before any of them is touched. */
static int adopt_batch(struct ledger *ledger, struct page **pages,
		       unsigned int nr)
{
	unsigned int i;
	int ret;

	ret = xen_alloc_ballooned_pages(nr, pages);
	if (ret)
		return ret;

	for (i = 0; i < nr && !ret; i++)
		ret = ledger_reserve(ledger, mf_page_pfn(pages[i]));
	if (ret) {
		xen_free_ballooned_pages(nr, pages);
		return ret;
	}
	for (i = 0; i < nr; i++) {
		pages_adopt(pages[i]);
		ledger_add(ledger, mf_page_pfn(pages[i]), 0);
	}
	stock.adopted += nr;
	return 0;
}

/*
 * Never ask for more pages than the stock balloon holds: it would inflate to
 * serve us.
 */
static int adopt_pages(struct ledger *ledger)
{
	unsigned long left = takeover_holes() - stock.shown;
	struct page **pages;
	int ret = 0;

	pages = kmalloc_array(HAND_PAGES, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	while (left && !ret) {
		unsigned int nr = min_t(unsigned long, left, HAND_PAGES);

		ret = adopt_batch(ledger, pages, nr);
		left -= nr;
		cond_resched();
	}
	kfree(pages);
	return ret;
}

/**
 * takeover_adopt - take what has come into the stock balloon since
 * @ledger: gets it
 *
 * Pages that come online do.
 *
 * Context: balloon lock held, may sleep.
 * Return: how many pages came, or an errno if none did for that reason.
 */
long takeover_adopt(struct ledger *ledger)
{
	unsigned long before = ledger->nr_holes;
	int err = adopt_pages(ledger);

	return ledger->nr_holes != before ? ledger->nr_holes - before : err;
}

/**
 * takeover_count - tell the stock driver how much RAM has come or gone
 * @pages: how many; negative if they have gone
 */
void takeover_count(long pages)
{
	balloon_stats.total_pages += pages;
}

/**
 * takeover_begin - stop the stock driver and take its pages
 * @ledger:	gets them
 * @hear:	called, in any context, for each target written to its files
 *
 * Context: module load, may sleep.
 * Return: 0; or an errno after a message, and nothing is changed.
 */
int takeover_begin(struct ledger *ledger, void (*hear)(unsigned long pages))
{
	struct task_struct *thread = find_thread();
	int ret;

	if (!thread) {
		pr_err("no single kernel thread %s that runs balloon_thread(): not taking over from what is not known\n",
		       THREAD_NAME);
		return -ENODEV;
	}
	/*
	 * The stock xenstore watch, in a kthread, sets targets too; there is
	 * a watch of our own for that, which looks at what it reads.
	 */
	ret = start_hearing(hear, PF_KTHREAD);
	if (ret) {
		stock.hear = NULL;
		put_task_struct(thread);
		pr_err("cannot probe %s (%d): the stock files would have no effect, not taking over\n",
		       PROBED, ret);
		return ret;
	}

	stock.thread_fn = kthread_func(thread);
	stock.max_retry_count = balloon_stats.max_retry_count;
	stock.adopted = 0;
	stock.shown = 0;
	stock.shown_target = balloon_stats.target_pages;
	kthread_stop(thread);
	put_task_struct(thread);
	balloon_stats.max_retry_count = RETRY_FOR_EVER;

	ret = adopt_pages(ledger);
	if (ret) {
		pr_err("cannot adopt the pages of the stock balloon (%d)\n",
		       ret);
		takeover_deafen();
		takeover_end(ledger);
	}
	return ret;
}

static void hand_batch(struct ledger *ledger, unsigned long *pfns,
		       struct page **pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		ledger_del(ledger, mf_pfn(pfns[i]), 0);
		pages[i] = pfn_to_page(pfns[i]);
		pages_disown(pages[i]);
	}
	xen_free_ballooned_pages(nr, pages);
}

/*
 * xen_free_ballooned_pages() takes each page as one that was asked for with
 * its counterpart; for those that we inflated, nobody asked.
 */
static void hand_pages(struct ledger *ledger)
{
	static unsigned long pfns[HAND_PAGES];
	static struct page *pages[HAND_PAGES];
	unsigned long handed = 0;
	unsigned int nr;

	while ((nr = ledger_pick_single(ledger, pfns, HAND_PAGES))) {
		hand_batch(ledger, pfns, pages, nr);
		handed += nr;
		cond_resched();
	}
	balloon_stats.target_unpopulated += handed - stock.adopted;
}

/*
 * In a worker: the process that unloads the module may have been killed, and
 * a kthread is not made on behalf of such a one.
 */
static void restart_thread(struct work_struct *work)
{
	struct task_struct *task;

	for (;;) {
		task = kthread_run(stock.thread_fn, NULL, THREAD_NAME);
		if (!IS_ERR(task))
			return;
		pr_warn_ratelimited("cannot start %s again yet (%ld)\n",
				    THREAD_NAME, PTR_ERR(task));
		msleep(1000);
	}
}

/**
 * takeover_end - give the stock driver its pages back and let it run
 * @ledger: is empty afterwards
 *
 * It goes on with the target as it stands. takeover_deafen() has been called.
 *
 * Context: module unload, may sleep.
 */
void takeover_end(struct ledger *ledger)
{
	struct work_struct work;

	/* They were counted there for show; now each is added for real. */
	balloon_stats.balloon_low -= stock.shown;
	hand_pages(ledger);
	if (balloon_stats.max_retry_count == RETRY_FOR_EVER)
		balloon_stats.max_retry_count = stock.max_retry_count;
	balloon_stats.schedule_delay = 1;
	balloon_stats.retry_count = 1;

	INIT_WORK_ONSTACK(&work, restart_thread);
	schedule_work(&work);
	flush_work(&work);
	destroy_work_on_stack(&work);
}

/**
 * takeover_scrub_setting - the variable behind the stock scrub_pages file
 *
 * xen_scrub_pages is not exported, but its file is a generic boolean attribute
 * that holds the variable's address.
 *
 * Return: the variable, or NULL if the file is not what is expected.
 */
bool *takeover_scrub_setting(void)
{
	struct kernfs_node *node = system_file("xen_memory", "xen_memory0",
					       "scrub_pages");
	struct dev_ext_attribute *attr;
	bool *setting = NULL;

	if (!node)
		return NULL;
	attr = container_of(node->priv, struct dev_ext_attribute, attr.attr);
	if (attr->attr.show == device_show_bool)
		setting = attr->var;
	kernfs_put(node);
	return setting;
}

/**
 * takeover_load_limits - read the limits that the stock files set
 * @backoff: its two limits are written
 */
void takeover_load_limits(struct backoff *backoff)
{
	backoff->max_schedule_delay =
		READ_ONCE(balloon_stats.max_schedule_delay);
	backoff->max_retry_count = READ_ONCE(balloon_stats.max_retry_count);
}

/**
 * takeover_store_limits - make the stock files show these limits
 * @backoff: its two limits are read
 */
void takeover_store_limits(const struct backoff *backoff)
{
	WRITE_ONCE(balloon_stats.max_schedule_delay,
		   backoff->max_schedule_delay);
	WRITE_ONCE(balloon_stats.max_retry_count, backoff->max_retry_count);
}

/**
 * takeover_show_target - make the stock files show this target
 * @pages: the target
 */
void takeover_show_target(unsigned long pages)
{
	stock.shown_target = pages;
	WRITE_ONCE(balloon_stats.target_pages, pages);
}

/**
 * takeover_missed_target - has the stock driver a target that was not heard?
 * @pages: set to it if so
 *
 * Its watch may have set one before ours was there.
 */
bool takeover_missed_target(unsigned long *pages)
{
	*pages = READ_ONCE(balloon_stats.target_pages);
	return *pages != stock.shown_target;
}

/**
 * takeover_show - make the stock files show the state of our balloon
 * @figures:	what the guest has and should have; the target only if it is
 *		another than last time
 * @backoff:	the retries
 * @holes:	pages in our balloon
 */
void takeover_show(const struct stock_figures *figures,
		   const struct backoff *backoff, unsigned long holes)
{
	WRITE_ONCE(balloon_stats.current_pages, figures->current_pages);
	if (figures->target_pages != stock.shown_target)
		takeover_show_target(figures->target_pages);
	WRITE_ONCE(balloon_stats.schedule_delay, backoff->schedule_delay);
	WRITE_ONCE(balloon_stats.retry_count, backoff->retry_count);
	balloon_stats.balloon_low += holes - stock.shown;
	stock.shown = holes;
}

/** takeover_figures - what the stock driver's account says now. */
struct stock_figures takeover_figures(void)
{
	return (struct stock_figures){
		.current_pages = READ_ONCE(balloon_stats.current_pages),
		.target_pages = READ_ONCE(balloon_stats.target_pages),
	};
}

/** takeover_holes - pages in the stock driver's own balloon. */
unsigned long takeover_holes(void)
{
	return READ_ONCE(balloon_stats.balloon_low) +
	       READ_ONCE(balloon_stats.balloon_high);
}

/**
 * takeover_steer - governor: tell the stock driver a target
 * @target_pages: what the guest should have
 */
void takeover_steer(unsigned long target_pages)
{
	balloon_set_new_target(target_pages);
}
