// SPDX-License-Identifier: GPL-2.0
/*
 * Sharing pages with another domain, and taking them back.
 *
 * As long as that domain has a page mapped, its entry in the grant table cannot be
 * ended, and the page cannot be anything else: freed, it would be written by the
 * other domain. So a share that is revoked too early goes, as it is, to a queue,
 * with its references to the pages. A worker looks at some of the queue in a turn;
 * the turns are a tenth of a second apart, and more and more, up to 10 seconds,
 * while nothing moves; while most of what is looked at can go they follow each
 * other, so that who is let go of in time does not wait for who is not. What a
 * domain has mapped goes with it, so its death is no different.
 *
 * The queue has a bound, for a domain that never lets go could otherwise be made to
 * hold all memory: beyond it a share is not taken over, and whoever shared has it
 * still.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include <memfront/grant.h>
#include <memfront/kunit.h>

#include "grant-headroom.h"
#include "grant-op.h"
#include "grant-share.h"
#include "grant-table.h"
#include "hypercall.h"
#include "inject.h"

#define NEXT_DELAY	1
#define FIRST_DELAY	(HZ / 10)
#define LAST_DELAY	(10 * HZ)

/* The most that are shared in one: 1 GiB. */
#define MAX_PAGES	BIT(18)

struct grant_share_stats grant_share_stats;
EXPORT_SYMBOL_FOR_KUNIT(grant_share_stats);

/**
 * struct memfront_share - pages that are shared together
 * @node:	in the list of all, or in the queue
 * @domid:	with whom
 * @flags:	MEMFRONT_GRANT_*
 * @nr:		how many they were
 * @left:	how many still are
 * @next:	in the queue: which is looked at next
 * @since:	when that began, in seconds since boot
 * @refs:	for each its entry in the grant table
 * @pages:	for each the page, with a reference; NULL: shared no more
 */
struct memfront_share {
	struct list_head node;
	domid_t domid;
	unsigned int flags;
	unsigned int nr;
	unsigned int left;
	unsigned int next;
	time64_t since;
	grant_ref_t *refs;
	struct page *pages[];
};

static void look_at_queue(struct work_struct *work);

/*
 * @all:	what is shared
 * @queue:	what is to be shared no more; the first is looked at next
 * @pages:	pages in the queue
 * @delay:	until the next turn, in jiffies
 */
static struct {
	struct mutex lock; /* for the rest */
	struct list_head all;
	struct list_head queue;
	unsigned int pages;
	unsigned long delay;
} shares = {
	.lock = __MUTEX_INITIALIZER(shares.lock),
	.all = LIST_HEAD_INIT(shares.all),
	.queue = LIST_HEAD_INIT(shares.queue),
};

static DECLARE_DELAYED_WORK(queue_work_item, look_at_queue);

static struct memfront_share *alloc_share(domid_t domid, unsigned int nr,
					  unsigned int flags)
{
	struct memfront_share *share = NULL;
	size_t size = struct_size(share, pages, nr);

	if (!memfront_should_fail())
		share = kvzalloc(size + nr * sizeof(*share->refs), GFP_KERNEL);
	if (!share)
		return NULL;
	share->refs = (grant_ref_t *)&share->pages[nr];
	share->domid = domid;
	share->flags = flags;
	share->nr = nr;
	share->since = ktime_get_boottime_seconds();
	return share;
}

static int grant_page(struct memfront_share *share, unsigned int i,
		      struct page *page)
{
	bool read_only = share->flags & MEMFRONT_GRANT_READ_ONLY;
	xen_pfn_t gfn = grant_gfn(mf_page_pfn(page));
	int err;

	if (gfn == GRANT_NO_GFN)
		return -EFAULT;
	err = memfront_hv.grant_table->grant(share->refs[i], share->domid, gfn,
					     read_only);
	if (err)
		return err;
	get_page(page);
	share->pages[i] = page;
	share->left++;
	return 0;
}

/* Return: 0 if page @i is shared no more, or why it still is. */
static int end_page(struct memfront_share *share, unsigned int i)
{
	int err = memfront_hv.grant_table->end(share->refs[i]);

	if (err)
		return err;
	grant_headroom_entries(-1);
	put_page(share->pages[i]);
	share->pages[i] = NULL;
	share->left--;
	return 0;
}

static void end_pages(struct memfront_share *share)
{
	unsigned int i;

	for (i = 0; i < share->nr && share->left; i++) {
		if (share->pages[i])
			end_page(share, i);
		cond_resched();
	}
}

/* Locked. Who comes does not put off the turn that is near. */
static void hurry(void)
{
	if (shares.delay <= FIRST_DELAY &&
	    delayed_work_pending(&queue_work_item))
		return;
	shares.delay = FIRST_DELAY;
	mod_delayed_work(system_wq, &queue_work_item, shares.delay);
}

/* Locked. */
static void enqueue(struct memfront_share *share)
{
	pr_warn_ratelimited("grant: domain %u has %u of %u pages mapped that it is to give back: they stay until it does\n",
			    share->domid, share->left, share->nr);
	share->next = 0;
	share->since = ktime_get_boottime_seconds();
	list_move_tail(&share->node, &shares.queue);
	shares.pages += share->left;
	hurry();
	atomic_long_add(share->left, &grant_share_stats.deferred);
}

/* Locked. Looks at @share from where it was left. Return: pages looked at. */
static unsigned int look_at(struct memfront_share *share, unsigned int most)
{
	unsigned int looks = 0;

	for (; share->next < share->nr && looks < most; share->next++) {
		if (!share->pages[share->next])
			continue;
		looks++;
		if (!end_page(share, share->next))
			shares.pages--;
	}
	return looks;
}

/* Locked. It is the first. Return: it has been looked at to its end. */
static bool pass_on(struct memfront_share *share)
{
	if (!share->left) {
		list_del(&share->node);
		kvfree(share);
		return false;
	}
	if (share->next < share->nr)
		return false;
	share->next = 0;
	list_move_tail(&share->node, &shares.queue);
	return true;
}

/* Locked. One turn, which sees no page twice. Return: pages looked at. */
static unsigned int look_at_some(void)
{
	struct memfront_share *share, *first = NULL;
	unsigned int looks = 0;

	while (looks < GRANT_QUEUE_LOOKS && !list_empty(&shares.queue)) {
		share = list_first_entry(&shares.queue, struct memfront_share,
					 node);
		if (share == first)
			break;
		looks += look_at(share, GRANT_QUEUE_LOOKS - looks);
		if (pass_on(share) && !first)
			first = share;
	}
	atomic_long_add(looks, &grant_share_stats.looks);
	return looks;
}

/* After so many pages were looked at, and so many could go. Locked. */
static unsigned long next_delay(unsigned int looks, unsigned int gone)
{
	if (gone && gone >= looks / 2)
		return NEXT_DELAY;
	return gone ? FIRST_DELAY :
		      min_t(unsigned long, shares.delay * 2, LAST_DELAY);
}

/**
 * grant_shares_look - a turn of looking at what is to be shared no more
 *
 * Context: may sleep.
 * Return: how many pages were looked at.
 */
unsigned int grant_shares_look(void)
{
	unsigned int before, looks;

	mutex_lock(&shares.lock);
	before = shares.pages;
	looks = look_at_some();
	shares.delay = next_delay(looks, before - shares.pages);
	if (!list_empty(&shares.queue))
		mod_delayed_work(system_wq, &queue_work_item, shares.delay);
	mutex_unlock(&shares.lock);
	return looks;
}
EXPORT_SYMBOL_FOR_KUNIT(grant_shares_look);

static void look_at_queue(struct work_struct *work)
{
	grant_shares_look();
}

/* The domain may have mapped what it was granted a moment ago. */
static void undo(struct memfront_share *share, unsigned int granted)
{
	memfront_hv.grant_table->put(share->refs + granted,
				     share->nr - granted);
	grant_headroom_entries(-(long)(share->nr - granted));
	share->nr = granted;
	end_pages(share);
	if (!share->left) {
		kvfree(share);
		return;
	}
	INIT_LIST_HEAD(&share->node);
	mutex_lock(&shares.lock);
	enqueue(share);
	mutex_unlock(&shares.lock);
}

static int grant_pages(struct memfront_share *share, struct page *const *pages)
{
	unsigned int i;
	int err;

	for (i = 0; i < share->nr; i++) {
		err = grant_page(share, i, pages[i]);
		if (err) {
			undo(share, i);
			return err;
		}
		cond_resched();
	}
	return 0;
}

/* Return: 0, or an errno: no entry is taken. */
static int take_entries(struct memfront_share *share)
{
	int err = memfront_hv.grant_table->take(share->refs, share->nr);

	if (!err)
		grant_headroom_entries(share->nr);
	else if (err == -ENOSPC)
		grant_headroom_share_refused();
	return err;
}

static struct memfront_share *make_share(domid_t domid,
					 struct page *const *pages,
					 unsigned int nr, unsigned int flags)
{
	struct memfront_share *share = alloc_share(domid, nr, flags);
	int err;

	if (!share)
		return ERR_PTR(-ENOMEM);
	err = take_entries(share);
	if (err) {
		kvfree(share);
		return ERR_PTR(err);
	}
	err = grant_pages(share, pages);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&shares.lock);
	list_add_tail(&share->node, &shares.all);
	mutex_unlock(&shares.lock);
	atomic_long_inc(&grant_share_stats.shares);
	return share;
}

/**
 * memfront_grant_share - share pages with another domain
 * @domid:	with whom
 * @pages:	pages of this kernel's own; a page may be there more than once
 * @nr:		how many, 1 to 262144
 * @flags:	0 or MEMFRONT_GRANT_READ_ONLY: it may read them only
 *
 * All or none. Each page has a reference taken, which goes when the domain can
 * use it no more. Whether there is such a domain is not asked.
 *
 * Context: may sleep.
 * Return: the share; or an ERR_PTR(): -ENOSPC if the grant table has not so many
 * entries left, -EFAULT for a page without a frame of this domain, -EINVAL for
 * arguments that are no request, -EOPNOTSUPP without a grant table, -ENOMEM.
 */
struct memfront_share *memfront_grant_share(domid_t domid,
					    struct page *const *pages,
					    unsigned int nr,
					    unsigned int flags)
{
	struct memfront_share *share;

	might_sleep();
	if (!pages || !nr || nr > MAX_PAGES ||
	    flags & ~MEMFRONT_GRANT_READ_ONLY)
		return ERR_PTR(-EINVAL);
	if (!memfront_hv.grant_table)
		return ERR_PTR(-EOPNOTSUPP);
	share = make_share(domid, pages, nr, flags);
	if (IS_ERR(share))
		atomic_long_inc(&grant_share_stats.share_failures);
	return share;
}
EXPORT_SYMBOL_GPL(memfront_grant_share);

/**
 * memfront_grant_refs - the references by which the other domain finds the pages
 * @share: the share
 *
 * Return: one for each page, in their order; there as long as the share is.
 */
const grant_ref_t *memfront_grant_refs(const struct memfront_share *share)
{
	return share->refs;
}
EXPORT_SYMBOL_GPL(memfront_grant_refs);

/**
 * memfront_grant_revoke - share pages no more
 * @share: the share
 *
 * Context: may sleep.
 * Return: 0: the domain can use none of the pages any more. -EINPROGRESS: it has
 * some of them mapped; those keep their references, stay shared until it lets go,
 * or dies, and need no care. In either case the share is gone. -EBUSY: it has some
 * mapped and already too many wait like this: those are shared still, and so is
 * the share there to be revoked again.
 */
int memfront_grant_revoke(struct memfront_share *share)
{
	int err = 0;

	might_sleep();
	end_pages(share);
	mutex_lock(&shares.lock);
	if (!share->left)
		list_del(&share->node);
	else if (shares.pages + share->left <= GRANT_QUEUE_PAGES)
		err = -EINPROGRESS;
	else
		err = -EBUSY;
	if (err == -EINPROGRESS)
		enqueue(share);
	mutex_unlock(&shares.lock);
	if (!err)
		kvfree(share);
	atomic_long_inc(err == -EBUSY ? &grant_share_stats.refused :
					&grant_share_stats.revokes);
	return err;
}
EXPORT_SYMBOL_GPL(memfront_grant_revoke);

static void abandon(struct memfront_share *share)
{
	unsigned int i;

	end_pages(share);
	atomic_long_add(share->left, &grant_share_stats.abandoned);
	grant_headroom_entries(-(long)share->left);
	for (i = 0; i < share->nr; i++)
		if (share->pages[i])
			memfront_hv.grant_table->abandon(share->refs[i],
							 share->pages[i]);
	list_del(&share->node);
	kvfree(share);
}

/**
 * grant_shares_exit - the module goes: what waits is the kernel's to wait for
 *
 * Who shares holds the module by its symbols, so a share that is left has been
 * forgotten.
 */
void grant_shares_exit(void)
{
	struct memfront_share *share, *next;

	if (!list_empty(&shares.all))
		pr_err("grant: pages are shared that nobody took back\n");
	cancel_delayed_work_sync(&queue_work_item);
	list_for_each_entry_safe(share, next, &shares.queue, node)
		abandon(share);
	shares.pages = 0;
}
EXPORT_SYMBOL_FOR_KUNIT(grant_shares_exit);

static void show_list(struct seq_file *m, const char *name,
		      const struct list_head *list)
{
	time64_t now = ktime_get_boottime_seconds();
	const struct memfront_share *share;

	list_for_each_entry(share, list, node)
		seq_printf(m, "%s domid %u pages %u left %u %s age_s %lld\n",
			   name, share->domid, share->nr, share->left,
			   share->flags & MEMFRONT_GRANT_READ_ONLY ? "ro" :
								     "rw",
			   now - share->since);
}

static void show_count(struct seq_file *m, const char *name,
		       const atomic_long_t *count)
{
	seq_printf(m, "%s %lu\n", name, atomic_long_read(count));
}

/**
 * grant_shares_show - counters, a name and a number a line; then what is shared
 * @m: the file
 */
void grant_shares_show(struct seq_file *m)
{
	show_count(m, "shares", &grant_share_stats.shares);
	show_count(m, "share_failures", &grant_share_stats.share_failures);
	show_count(m, "revokes", &grant_share_stats.revokes);
	show_count(m, "revokes_refused", &grant_share_stats.refused);
	show_count(m, "pages_deferred", &grant_share_stats.deferred);
	show_count(m, "queue_looks", &grant_share_stats.looks);
	mutex_lock(&shares.lock);
	seq_printf(m, "queue_pages %u\n", shares.pages);
	show_list(m, "share", &shares.all);
	show_list(m, "waits", &shares.queue);
	mutex_unlock(&shares.lock);
}
