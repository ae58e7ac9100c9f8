// SPDX-License-Identifier: GPL-2.0
/*
 * Callers that number their frames themselves: PVH and HVM guests.
 *
 * A name stands for a page's number for good; a frame is behind it or not. There
 * are no tables to look after, and nothing that the guest stands on. But a frame
 * that is taken from its page and not given back can never be had again: the
 * hypervisor keeps it for the guest until that ends. So what would do this is
 * only for a domain that is thrown away.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/printk.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "frames.h"
#include "run.h"
#include "translated.h"
#include "value.h"

#define NOWHERE		(~0UL)

/**
 * replay_translated_name() - let the frames without a page have a number
 * @run: the run
 */
void replay_translated_name(struct replay_run *run)
{
	const struct replay_script *script = run->script;
	unsigned int i;

	run->frames[REPLAY_HOLE].mfn = REPLAY_HOLE_GFN;
	for (i = 0; i < script->nr_frames; i++) {
		if (!script->frames[i].empty || !replay_frame_is_own(run, i))
			continue;
		run->frames[i].pfn = REPLAY_EMPTY_GFN + i;
		run->frames[i].mfn = REPLAY_EMPTY_GFN + i;
	}
}

/**
 * replay_translated_wipe() - zeros, whatever is in a page
 * @frame: its frame
 */
void replay_translated_wipe(const struct replay_frame *frame)
{
	u64 zero = 0;
	u32 i;

	for (i = 0; i < PAGE_SIZE / sizeof(zero); i++)
		replay_backend.store(replay_frame_va(frame) + i * sizeof(zero),
				     &zero, sizeof(zero));
}

/**
 * replay_translated_begin() - the pages are all zero, and there is a way back
 * @run: the run
 *
 * Return: 0, or -ENXIO if what the script changes could not be put right.
 */
long replay_translated_begin(struct replay_run *run)
{
	unsigned int i;

	run->shared_info = NOWHERE;
	if (run->script->shared_info && replay_backend.shared_info) {
		run->shared_info = replay_backend.shared_info();
		if (run->shared_info == NOWHERE)
			return -ENXIO;
	}
	for (i = 0; i < run->script->nr_frames; i++)
		if (run->frames[i].paged)
			replay_translated_wipe(&run->frames[i]);
	return 0;
}

static long move(unsigned int op, unsigned long gfn)
{
	xen_pfn_t extent = gfn;
	struct xen_memory_reservation arg = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(arg.extent_start, &extent);
	return replay_hypercall(__HYPERVISOR_memory_op, op,
				(unsigned long)&arg, 0, 0);
}

static void take_away(struct replay_frame *frame)
{
	struct xen_remove_from_physmap arg = {
		.domid = DOMID_SELF,
		.gpfn = frame->pfn,
	};

	replay_hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
			 (unsigned long)&arg, 0, 0);
	frame->special = REPLAY_NOTHING;
}

static void restore_shared_info(struct replay_run *run)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = run->shared_info,
	};

	if (run->shared_info != NOWHERE &&
	    replay_hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			     (unsigned long)&arg, 0, 0))
		pr_err("the shared info cannot be restored\n");
}

/* What came to where there was nothing. */
static void empty_again(struct replay_frame *frame)
{
	if (!frame->lost &&
	    move(XENMEM_decrease_reservation, frame->pfn) != 1)
		pr_warn("a frame without a page is kept\n");
	frame->lost = true;
}

/* What is written to a hole does not stay. */
static bool is_hole(const struct replay_frame *frame)
{
	u64 word = 0;

	replay_backend.store(replay_frame_va(frame), &word, sizeof(word));
	return replay_backend.load(replay_frame_va(frame), &word,
				   sizeof(word)) && !~word;
}

/**
 * replay_translated_refill() - a page has a frame again
 * @frame: its frame
 *
 * The page itself is asked, not what is known of it: the kernel would lose what it
 * writes to a hole.
 *
 * Return: false if there is none to be had.
 */
bool replay_translated_refill(struct replay_frame *frame)
{
	bool hole = is_hole(frame);

	if (hole != frame->lost)
		pr_warn("page %#lx is %s hole, against what was known\n",
			frame->pfn, hole ? "a" : "no");
	if (hole && move(XENMEM_populate_physmap, frame->pfn) != 1)
		return false;
	frame->lost = false;
	return true;
}

/**
 * replay_translated_undo() - put right what the script may have changed
 * @run: the run
 *
 * Pages without a frame get one when they are given back.
 */
void replay_translated_undo(struct replay_run *run)
{
	const struct replay_script *script = run->script;
	unsigned int i;

	for (i = 0; i < script->nr_frames; i++)
		if (run->frames[i].special)
			take_away(&run->frames[i]);
	restore_shared_info(run);
	for (i = 0; i < script->nr_frames; i++)
		if (script->frames[i].empty && replay_frame_is_own(run, i))
			empty_again(&run->frames[i]);
}
