// SPDX-License-Identifier: GPL-2.0
/*
 * Frames with RAM that are neighbours in the machine, too, below an address that a
 * device can reach: for PV guests, whose frames are where Xen had some. Pages of
 * the kernel keep their place in the guest, and other frames come behind them.
 * When they go back they get frames from anywhere, for low ones are scarce.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <memfront/p2m.h>

#include "balloon.h"
#include "direct-map.h"
#include "hypercall.h"
#include "inject.h"
#include "pseudophys.h"
#include "reservation.h"
#include "stats.h"

/* No frame is below an address of fewer bits. */
#define MIN_WIDTH	PAGE_SHIFT
#define MAP_TRIES	3

/**
 * struct region - pages on the way
 * @first:	the first
 * @order:	log2 of how many
 * @width:	bits of the addresses that are wanted
 * @frames:	what is behind them
 * @others:	room for what will be
 */
struct region {
	struct mf_pfn first;
	unsigned int order;
	unsigned int width;
	unsigned long frames[MEMFRONT_SUPER_PAGES];
	unsigned long others[MEMFRONT_SUPER_PAGES];
};

/* Sets the frames to others, or is an errno. */
typedef int (*exchange_fn)(struct region *r);

static unsigned int size_of(const struct region *r)
{
	return 1U << r->order;
}

static struct mf_pfn pfn_of(const struct region *r, unsigned int i)
{
	return mf_pfn(r->first.nr + i);
}

static bool note_frames(struct region *r)
{
	struct mf_p2m_entry entry;
	unsigned int i;

	for (i = 0; i < size_of(r); i++) {
		entry = memfront_p2m_lookup(pfn_of(r, i));
		if (mf_p2m_state(entry) != MF_P2M_RAM)
			return false;
		r->frames[i] = mf_p2m_mfn(entry).nr;
	}
	return true;
}

/* Return: how many are not mapped any more, the first ones. */
static unsigned int unmap(const struct region *r)
{
	unsigned int i;

	for (i = 0; i < size_of(r); i++)
		if (!direct_map_queue_out(pfn_of(r, i)))
			break;
	return direct_map_commit();
}

/* Return: how many from @from up to @to have their frame, and are mapped. */
static unsigned int map(const struct region *r, unsigned int from,
			unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++) {
		struct mf_mfn mfn = mf_mfn(r->frames[i]);

		if (memfront_p2m_set(pfn_of(r, i), mfn) ||
		    !direct_map_queue_in(pfn_of(r, i), mfn))
			break;
	}
	return direct_map_commit();
}

/* Once may be bad luck, and what is not mapped is lost. */
static unsigned int map_all(const struct region *r, unsigned int nr)
{
	unsigned int mapped = 0, tries;

	for (tries = 0; tries < MAP_TRIES && mapped < nr; tries++)
		mapped += map(r, mapped, nr);
	return mapped;
}

static void clear(const struct region *r)
{
	unsigned int i;

	for (i = 0; i < size_of(r); i++)
		memfront_p2m_clear(pfn_of(r, i));
}

/* Pages @from up to @to are nobody's for ever, the others the kernel's again. */
static int give_up(const struct region *r, unsigned int from, unsigned int to)
{
	unsigned int i;

	memfront_stats.stuck += to - from;
	pr_err_ratelimited("pseudophys: %u pages are out of use: nothing maps them any more\n",
			   to - from);
	for (i = 0; i < size_of(r); i++)
		if (i < from || i >= to)
			__free_page(mf_pfn_page(pfn_of(r, i)));
	return -ESTALE;
}

static int exchange_for_neighbours(struct region *r)
{
	unsigned int i;
	struct mf_mfn mfn;
	int err = reservation_exchange(r->frames, r->order, r->width, r->first,
				       &mfn);

	for (i = 0; i < size_of(r) && !err; i++)
		r->frames[i] = mfn.nr + i;
	return err;
}

static int exchange_for_any(struct region *r)
{
	unsigned int i;
	int err;

	for (i = 0; i < size_of(r); i++)
		r->others[i] = pfn_of(r, i).nr;
	err = reservation_exchange_back(mf_mfn(r->frames[0]), r->order,
					r->others);
	for (i = 0; i < size_of(r) && !err; i++)
		r->frames[i] = r->others[i];
	return err;
}

static int exchange(struct region *r, exchange_fn how)
{
	int err;

	clear(r);
	err = how(r);
	return err == -ESTALE ? give_up(r, 0, size_of(r)) : err;
}

/*
 * The balloon is held still. Whatever comes of it the pages are mapped; but with
 * -ESTALE some are not, and then none of them is the caller's any more.
 */
static int replace_frames(struct region *r, exchange_fn how)
{
	unsigned int unmapped = unmap(r), mapped;
	int err = -EBUSY;

	if (unmapped == size_of(r))
		err = exchange(r, how);
	if (err == -ESTALE)
		return err;
	mapped = map_all(r, unmapped);
	return mapped < unmapped ? give_up(r, mapped, unmapped) : err;
}

/* Xen gives what it gets to others as it is. */
static void scrub(const struct region *r)
{
	unsigned int i;

	for (i = 0; i < size_of(r); i++)
		clear_highpage(mf_pfn_page(pfn_of(r, i)));
}

static bool is_low_enough(const struct region *r)
{
	unsigned long last = r->frames[size_of(r) - 1];

	return r->width >= BITS_PER_LONG ||
	       last >> (r->width - PAGE_SHIFT) == 0;
}

static bool are_neighbours(const struct region *r)
{
	unsigned int i;

	for (i = 1; i < size_of(r); i++)
		if (r->frames[i] != r->frames[0] + i)
			return false;
	return IS_ALIGNED(r->frames[0], size_of(r));
}

static struct region *new_region(unsigned int order)
{
	struct region *r = NULL;

	if (!memfront_should_fail())
		r = kvmalloc(sizeof(*r), GFP_KERNEL);
	if (r)
		r->order = order;
	return r;
}

static bool is_possible(unsigned int order, unsigned int width)
{
	return order <= MEMFRONT_PSEUDOPHYS_MAX_ORDER &&
	       width >= MIN_WIDTH + order && width <= BITS_PER_LONG;
}

static int gather(struct region *r)
{
	int err = -EINVAL;

	scrub(r);
	mutex_lock(&memfront_balloon.lock);
	if (note_frames(r))
		err = replace_frames(r, exchange_for_neighbours);
	mutex_unlock(&memfront_balloon.lock);
	return !err && !is_low_enough(r) ? -EIO : err;
}

static int scatter(struct region *r)
{
	int err = -EINVAL;

	scrub(r);
	mutex_lock(&memfront_balloon.lock);
	if (note_frames(r) && are_neighbours(r))
		err = replace_frames(r, exchange_for_any);
	mutex_unlock(&memfront_balloon.lock);
	return err;
}

/* With -ESTALE the pages are nobody's, or the kernel's, already. */
static void give_pages(struct memfront_pseudophys_user *user,
		       struct mf_pfn pfn, unsigned int order, int err)
{
	if (err == -ESTALE)
		atomic_long_sub(1L << order, &user->frames);
	else
		memfront_pseudophys_free_populated(user, pfn, order);
}

static int fill(struct memfront_pseudophys_user *user, struct region *r)
{
	int err;

	err = memfront_pseudophys_alloc_populated(user, r->order, r->order,
						  NUMA_NO_NODE, &r->first);
	if (err)
		return err;
	err = gather(r);
	if (err)
		give_pages(user, r->first, r->order, err);
	return err;
}

/**
 * memfront_pseudophys_alloc_contiguous - get frames that are neighbours in the
 * machine
 * @user:	who gets them
 * @order:	log2 of the frames, to MEMFRONT_PSEUDOPHYS_MAX_ORDER
 * @width:	bits of the machine addresses that they may have, 12 + @order to 64
 * @pfn:	set to the first in the guest's memory, naturally aligned
 * @mfn:	set to the first in the machine's, aligned likewise
 *
 * The pages are the kernel's, each with a reference of its own. What is in them
 * comes from anywhere.
 *
 * Context: may sleep, and waits for a step of the balloon.
 * Return: 0; -EINVAL for what is no request; -ENOMEM if the kernel or Xen has no
 * such memory; -EOPNOTSUPP for a translated guest; an errno of Xen's, such as
 * -EPERM for an order that it does not allow; -ESTALE if some pages got lost
 * over an answer of Xen's that cannot be, which the log tells.
 */
int memfront_pseudophys_alloc_contiguous(struct memfront_pseudophys_user *user,
					 unsigned int order,
					 unsigned int width,
					 struct mf_pfn *pfn, struct mf_mfn *mfn)
{
	struct region *r;
	int err;

	if (!memfront_hv.direct_map)
		return -EOPNOTSUPP;
	if (!is_possible(order, width))
		return -EINVAL;
	r = new_region(order);
	if (!r)
		return -ENOMEM;
	r->width = width;
	err = fill(user, r);
	if (!err) {
		*pfn = r->first;
		*mfn = mf_mfn(r->frames[0]);
	}
	kvfree(r);
	return err;
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_alloc_contiguous);

/**
 * memfront_pseudophys_free_contiguous - give back frames that are neighbours in
 * the machine
 * @user:	who had them
 * @pfn:	the first in the guest's memory
 * @order:	as they were got
 *
 * The hypervisor gets the frames, and the pages others from anywhere. If it has
 * none they are the kernel's as they are, which debugfs tells.
 *
 * Context: may sleep, and waits for a step of the balloon.
 */
void memfront_pseudophys_free_contiguous(struct memfront_pseudophys_user *user,
					 struct mf_pfn pfn, unsigned int order)
{
	struct region *r = new_region(order);
	int err = -ENOMEM;

	if (r) {
		r->first = pfn;
		err = scatter(r);
	}
	if (err)
		atomic_long_add(1L << order,
				&memfront_pseudophys.stats.not_exchanged);
	give_pages(user, pfn, order, err);
	kvfree(r);
}
EXPORT_SYMBOL_GPL(memfront_pseudophys_free_contiguous);
