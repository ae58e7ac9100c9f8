// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_* calls on the domain's own reservation. An answer that is short or
 * absurd becomes a count of extents that the caller can rely on.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include <memfront/kunit.h>

#include "hypercall.h"
#include "inject.h"
#include "reservation.h"
#include "stats.h"

/* In Xen's public memory.h, but not in the kernel's copy of it. */
#define XENMEM_MAXIMUM_GPFN	14

static long memory_op(unsigned int op, void *arg)
{
	memfront_stats.hypercalls++;
	return memfront_call(__HYPERVISOR_memory_op, op, (unsigned long)arg, 0,
			     0, 0);
}

/*
 * Xen answers with the number of extents done, never with an errno, but a
 * count outside 0..nr must not become a loop bound here.
 */
static unsigned int extents_done(long ret, unsigned int nr, const char *what)
{
	if (ret >= 0 && ret <= nr)
		return ret;

	memfront_stats.call_errors++;
	pr_warn_ratelimited("%s of %u extents was answered with %ld\n", what,
			    nr, ret);
	return ret < 0 ? 0 : nr;
}

static unsigned int move(unsigned int op, unsigned long *frames,
			 unsigned int nr, unsigned int order, const char *what)
{
	struct xen_memory_reservation arg = {
		.nr_extents = memfront_should_fail() ? nr / 2 : nr,
		.extent_order = order,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(arg.extent_start, frames);
	return extents_done(memory_op(op, &arg), nr, what);
}

/**
 * reservation_decrease - give extents to the hypervisor
 * @frames:	first frame of each extent: pfns for a translated guest, mfns
 *		for PV
 * @nr:		extents
 * @order:	log2 of the frames in each
 *
 * Extents are done in the order of the list. If fewer than @nr are, the one
 * that failed may be gone in part when @order > 0: Xen 4.17 takes the frames
 * of an extent one by one. The P2M tells.
 *
 * Context: balloon lock held, may sleep.
 * Return: extents done, 0..@nr.
 */
unsigned int reservation_decrease(unsigned long *frames, unsigned int nr,
				  unsigned int order)
{
	unsigned int done = move(XENMEM_decrease_reservation, frames, nr,
				 order, "decrease_reservation");

	if (done < nr)
		memfront_stats.release_short++;
	return done;
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_decrease);

/**
 * reservation_populate - get extents from the hypervisor
 * @frames:	first pfn of each extent; for PV replaced by the first mfn of
 *		each extent done
 * @nr:		extents
 * @order:	log2 of the frames in each; an extent is contiguous in the
 *		machine, and comes whole or not at all
 *
 * Context: balloon lock held, may sleep.
 * Return: extents done, 0..@nr.
 */
unsigned int reservation_populate(unsigned long *frames, unsigned int nr,
				  unsigned int order)
{
	unsigned int done = move(XENMEM_populate_physmap, frames, nr, order,
				 "populate_physmap");

	if (done < nr)
		memfront_stats.populate_short++;
	return done;
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_populate);

/* All of the one chunk, or nothing with a reason: anything else is absurd. */
static int judge_exchange(long ret, const struct xen_memory_exchange *arg)
{
	if (!ret && arg->nr_exchanged == arg->in.nr_extents)
		return 0;
	if (ret < 0 && !arg->nr_exchanged)
		return ret;
	memfront_stats.call_errors++;
	pr_err_ratelimited("exchange of %lu extents was answered with %ld and %lu of them\n",
			   (unsigned long)arg->in.nr_extents, ret,
			   (unsigned long)arg->nr_exchanged);
	return -ESTALE;
}

static int exchange(struct xen_memory_exchange *arg)
{
	long ret;

	if (memfront_should_fail())
		return -ENOMEM;
	arg->in.domid = DOMID_SELF;
	arg->out.domid = DOMID_SELF;
	ret = memory_op(XENMEM_exchange, arg);
	return judge_exchange(ret, arg);
}

/**
 * reservation_exchange - PV: give single frames for as many neighbours
 * @frames:	the frames, that nothing maps
 * @order:	log2 of how many
 * @width:	bits of the addresses that the new ones may have; 0: any
 * @pfn:	where they will be, for the hypervisor's M2P
 * @mfn:	set to the first of the new ones
 *
 * Context: balloon lock held, may sleep.
 * Return: 0; an errno of the hypervisor's, and nothing is changed: -ENOMEM if
 * it has no such frames; -ESTALE for an answer that cannot be: then nobody knows
 * which frames there are.
 */
int reservation_exchange(unsigned long *frames, unsigned int order,
			 unsigned int width, struct mf_pfn pfn,
			 struct mf_mfn *mfn)
{
	xen_pfn_t out = pfn.nr;
	struct xen_memory_exchange arg = {
		.in.nr_extents = 1UL << order,
		.out.nr_extents = 1,
		.out.extent_order = order,
		.out.address_bits = width,
	};
	int err;

	set_xen_guest_handle(arg.in.extent_start, frames);
	set_xen_guest_handle(arg.out.extent_start, &out);
	err = exchange(&arg);
	*mfn = mf_mfn(out);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_exchange);

/**
 * reservation_exchange_back - PV: give neighbours for as many single frames
 * @mfn:	the first of the neighbours, that nothing maps; aligned
 * @order:	log2 of how many
 * @frames:	where each of the new ones will be, for the hypervisor's M2P; set
 *		to them
 *
 * Context: balloon lock held, may sleep.
 * Return: as reservation_exchange().
 */
int reservation_exchange_back(struct mf_mfn mfn, unsigned int order,
			      unsigned long *frames)
{
	xen_pfn_t in = mfn.nr;
	struct xen_memory_exchange arg = {
		.in.nr_extents = 1,
		.in.extent_order = order,
		.out.nr_extents = 1UL << order,
	};

	set_xen_guest_handle(arg.in.extent_start, &in);
	set_xen_guest_handle(arg.out.extent_start, frames);
	return exchange(&arg);
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_exchange_back);

static long ask_pages(unsigned int op)
{
	domid_t domid = DOMID_SELF;

	return memory_op(op, &domid);
}

/**
 * reservation_current - frames that the domain has now, as Xen counts them
 *
 * Return: frames, or a negative errno.
 */
long reservation_current(void)
{
	return ask_pages(XENMEM_current_reservation);
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_current);

/**
 * reservation_maximum - frames that the domain may have, as Xen limits them
 *
 * Return: frames, or a negative errno.
 */
long reservation_maximum(void)
{
	return ask_pages(XENMEM_maximum_reservation);
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_maximum);

/**
 * reservation_end - where the guest's frames end, as Xen sees it
 *
 * Of a PV guest Xen knows what the guest has told its tools.
 *
 * Return: the highest pfn with a frame, or that may have one, plus 1; or a
 * negative errno.
 */
long reservation_end(void)
{
	long last = ask_pages(XENMEM_MAXIMUM_GPFN);

	return last < 0 ? last : last + 1;
}
EXPORT_SYMBOL_FOR_KUNIT(reservation_end);
