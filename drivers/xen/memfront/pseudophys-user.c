// SPDX-License-Identifier: GPL-2.0
/*
 * The users of pseudo-physical frames: what they call, and what each has.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "pseudophys.h"

static LIST_HEAD(users);
static DEFINE_MUTEX(users_lock);

/**
 * memfront_pseudophys_register - become a user of frames
 * @user: a name, and otherwise zeros
 *
 * Context: may sleep.
 */
void memfront_pseudophys_register(struct memfront_pseudophys_user *user)
{
	mutex_lock(&users_lock);
	list_add_tail(&user->node, &users);
	mutex_unlock(&users_lock);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_register);

/**
 * memfront_pseudophys_unregister - be one no more
 * @user: has given all its frames back
 *
 * Context: may sleep.
 * Return: how many frames it has not given back; they stay taken, and the log
 * tells.
 */
long memfront_pseudophys_unregister(struct memfront_pseudophys_user *user)
{
	long left = atomic_long_read(&user->frames);

	mutex_lock(&users_lock);
	list_del(&user->node);
	mutex_unlock(&users_lock);
	if (left)
		pr_err("pseudophys: %s has gone without %ld frames that it had\n",
		       user->name, left);
	return left;
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_unregister);

static int alloc_for(struct memfront_pseudophys_user *user, unsigned int order,
		     unsigned int nr, struct mf_pfn *pfns)
{
	int err = pseudophys_alloc(&memfront_pseudophys, order, nr, pfns);

	if (!err)
		atomic_long_add((long)nr << order, &user->frames);
	return err;
}

static void free_for(struct memfront_pseudophys_user *user, unsigned int order,
		     unsigned int nr, const struct mf_pfn *pfns)
{
	atomic_long_sub(pseudophys_free(&memfront_pseudophys, order, nr, pfns),
			&user->frames);
}

/**
 * memfront_pseudophys_alloc - get a block of neighbouring frames without RAM
 * @user:	who gets them
 * @order:	log2 of the frames, to MEMFRONT_PSEUDOPHYS_MAX_ORDER
 * @pfn:	set to the first, naturally aligned
 *
 * Nothing is behind the frames; on a PV guest the P2M can be written for them
 * without memory. They are holes that the balloon has, or beyond all RAM.
 *
 * Context: may sleep; waits for a step of the balloon while that has holes.
 * Return: 0; -EINVAL for an order that is too large; -ENOMEM without memory, or
 * an errno of the kernel's without address space for them.
 */
int memfront_pseudophys_alloc(struct memfront_pseudophys_user *user,
			      unsigned int order, struct mf_pfn *pfn)
{
	if (order > MEMFRONT_PSEUDOPHYS_MAX_ORDER)
		return -EINVAL;
	return alloc_for(user, order, 1, pfn);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_alloc);

/**
 * memfront_pseudophys_free - give a block of frames back
 * @user:	who had them
 * @pfn:	first frame; again nothing is behind them, for any CPU
 * @order:	as they were got; or less, for a part of them
 *
 * A frame with something behind it that cannot be taken away must not be given
 * back: others would see it.
 *
 * Context: may sleep.
 */
void memfront_pseudophys_free(struct memfront_pseudophys_user *user,
			      struct mf_pfn pfn, unsigned int order)
{
	free_for(user, order, 1, &pfn);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_free);

/**
 * memfront_pseudophys_alloc_frames - get single frames without RAM
 * @user:	who gets them
 * @nr:		how many
 * @pfns:	gets them, in no order
 *
 * As memfront_pseudophys_alloc().
 *
 * Context: may sleep.
 * Return: 0, and all are there; or an errno, and none is.
 */
int memfront_pseudophys_alloc_frames(struct memfront_pseudophys_user *user,
				     unsigned int nr, struct mf_pfn *pfns)
{
	return alloc_for(user, 0, nr, pfns);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_alloc_frames);

/**
 * memfront_pseudophys_free_frames - give single frames back
 * @user:	who had them
 * @nr:		how many
 * @pfns:	the frames; again nothing is behind them
 *
 * Context: may sleep.
 */
void memfront_pseudophys_free_frames(struct memfront_pseudophys_user *user,
				     unsigned int nr,
				     const struct mf_pfn *pfns)
{
	free_for(user, 0, nr, pfns);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_free_frames);

static noinline int alloc_pages_slowly(struct memfront_pseudophys_user *user,
				       unsigned int nr, struct page **pages)
{
	int err = pseudophys_alloc_pages_slowly(&memfront_pseudophys, nr, pages);

	if (!err)
		atomic_long_add(nr, &user->frames);
	return err;
}

/* Out of line, like all that is not one page: that is as quick as can be. */
static noinline int alloc_several(struct memfront_pseudophys_user *user,
				  unsigned int nr, struct page **pages)
{
	if (!pseudophys_alloc_several(&memfront_pseudophys, nr, pages))
		return alloc_pages_slowly(user, nr, pages);
	atomic_long_add(nr, &user->frames);
	return 0;
}

static noinline void free_pages_slowly(struct memfront_pseudophys_user *user,
				       unsigned int nr, struct page **pages)
{
	atomic_long_sub(pseudophys_free_pages_slowly(&memfront_pseudophys, nr,
						     pages),
			&user->frames);
}

static noinline void free_several(struct memfront_pseudophys_user *user,
				  unsigned int nr, struct page **pages)
{
	if (!pseudophys_free_several(&memfront_pseudophys, nr, pages)) {
		free_pages_slowly(user, nr, pages);
		return;
	}
	atomic_long_sub(nr, &user->frames);
	pseudophys_reap_soon(&memfront_pseudophys);
}

/**
 * memfront_pseudophys_alloc_pages - get single frames without RAM, as pages
 * @user:	who gets them
 * @nr:		how many
 * @pages:	gets them, each with one reference
 *
 * Context: may sleep.
 * Return: 0, and all are there; or an errno, and none is: -EOPNOTSUPP where
 * frames beyond RAM have no struct page, as on the in-tree core.
 */
int memfront_pseudophys_alloc_pages(struct memfront_pseudophys_user *user,
				    unsigned int nr, struct page **pages)
{
	if (unlikely(!memfront_pseudophys.has_pages))
		return -EOPNOTSUPP;
	if (nr != 1)
		return alloc_several(user, nr, pages);
	if (unlikely(!caches_take_page(memfront_pseudophys.caches, pages)))
		return alloc_pages_slowly(user, 1, pages);
	atomic_long_inc(&user->frames);
	return 0;
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_alloc_pages);

/**
 * memfront_pseudophys_free_pages - give single frames back, as pages
 * @user:	who had them
 * @nr:		how many
 * @pages:	the pages, each with that one reference; nothing is behind them
 *
 * Context: may sleep.
 */
void memfront_pseudophys_free_pages(struct memfront_pseudophys_user *user,
				    unsigned int nr, struct page **pages)
{
	if (nr != 1) {
		free_several(user, nr, pages);
		return;
	}
	if (unlikely(!caches_give_page(memfront_pseudophys.caches, pages[0]))) {
		free_pages_slowly(user, 1, pages);
		return;
	}
	atomic_long_dec(&user->frames);
	pseudophys_reap_soon(&memfront_pseudophys);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_free_pages);

/** pseudophys_users_show - a line for each user. */
void pseudophys_users_show(struct seq_file *m)
{
	const struct memfront_pseudophys_user *user;

	mutex_lock(&users_lock);
	list_for_each_entry(user, &users, node)
		seq_printf(m, "user %s frames %ld\n", user->name,
			   atomic_long_read(&user->frames));
	mutex_unlock(&users_lock);
}
