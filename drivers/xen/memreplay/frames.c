// SPDX-License-Identifier: GPL-2.0
/*
 * The pages that a script plays with.
 *
 * Taken before it runs, mapped read-only in the direct map, so that they can
 * become page tables. Given back afterwards if they have a machine frame and it
 * can be mapped writable; if not, it is better to lose a page than to let the
 * kernel have one that it cannot use.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include <memreplay/kunit.h>

#include "frames.h"
#include "run.h"
#include "translated.h"
#include "value.h"

#define FRAME_MASK	GENMASK_ULL(51, 12)
#define NO_FRAME	(~0UL)

static unsigned long leaked;

/**
 * replay_frames_leaked() - pages kept from the kernel since loading
 */
unsigned long replay_frames_leaked(void)
{
	return leaked;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_frames_leaked);

/**
 * replay_frame_va() - where the direct map has a frame's page
 * @frame: a frame with a page
 */
unsigned long replay_frame_va(const struct replay_frame *frame)
{
	return replay_backend.direct_va(frame->pfn);
}

/**
 * replay_frame_map() - change a page's entry in the direct map, everywhere
 * @frame: a frame with a page
 * @flags: REPLAY_PTE_*
 *
 * Return: what the hypervisor answers.
 */
long replay_frame_map(const struct replay_frame *frame, u64 flags)
{
	u64 pte = flags ? frame->mfn << PAGE_SHIFT | flags : 0;

	return replay_hypercall(__HYPERVISOR_update_va_mapping,
				replay_frame_va(frame), pte,
				UVMF_INVLPG | UVMF_ALL, 0);
}

static bool needs_page(const struct replay_run *run, unsigned int i)
{
	const struct replay_script *script = run->script;

	return (i == REPLAY_WINDOW && !replay_backend.translated) ||
	       (i < script->nr_frames && !script->frames[i].empty &&
		script->frames[i].side == run->side);
}

/* A block of pages, each to be given back on its own. */
static int take_block(struct replay_frame *frame, unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN,
					order);
	u32 i;

	if (!page)
		return -ENOMEM;
	if (order)
		split_page(page, order);
	for (i = 0; i < 1U << order; i++)
		frame[i].page = page + i;
	return 0;
}

/* Of the running kernel, or of the domain that has none. */
static int take_page(struct replay_frame *frame, unsigned int order)
{
	if (replay_backend.take_pfn)
		return replay_backend.take_pfn(&frame->pfn) ? 0 : -ENOMEM;
	if (!frame->page && take_block(frame, order))
		return -ENOMEM;
	frame->pfn = page_to_pfn(frame->page);
	return 0;
}

/**
 * replay_frame_take() - get a page
 * @frame: a frame that has none, or one of a block
 * @order: it is the first of a block
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int replay_frame_take(struct replay_frame *frame, unsigned int order)
{
	if (take_page(frame, order))
		return -ENOMEM;
	frame->paged = true;
	frame->shadow = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!frame->shadow)
		return -ENOMEM;
	frame->mfn = replay_backend_mfn(frame->pfn);
	return 0;
}

static unsigned int block_order(const struct replay_script *script,
				unsigned int i)
{
	return i < script->nr_frames ? script->frames[i].order : 0;
}

/**
 * replay_frames_take() - get the pages
 * @run: the run; release the frames also if this fails
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int replay_frames_take(struct replay_run *run)
{
	unsigned int i;
	int ret = 0;

	run->frames[REPLAY_NONE].mfn = FRAME_MASK >> PAGE_SHIFT;
	run->frames[REPLAY_BEYOND].mfn = BIT_ULL(39) + 5;
	run->frames[REPLAY_HOLE].mfn = REPLAY_HOLE_MFN;
	for (i = 0; i < REPLAY_NR_PAGES && !ret; i++)
		if (needs_page(run, i))
			ret = replay_frame_take(&run->frames[i],
						block_order(run->script, i));
		else
			run->frames[i].lost = true;
	if (replay_backend.translated)
		replay_translated_name(run);
	return ret;
}

/**
 * replay_frames_foreign() - find a frame of another domain, if one is wanted
 * @run: the run
 *
 * Return: 0, or -ENXIO if there is none.
 */
int replay_frames_foreign(struct replay_run *run)
{
	if (run->script->foreign &&
	    !replay_backend_foreign(&run->frames[REPLAY_FOREIGN].mfn))
		return -ENXIO;
	return 0;
}

/*
 * On the core a frame's content can be another than the kernel's page, if the
 * page was given back and filled again while the old frame was still in use.
 */
static void wipe(struct replay_run *run, const struct replay_frame *frame)
{
	unsigned long va = replay_frame_va(frame);
	u64 zero = 0;
	u32 i;

	if (!replay_backend.load(va, run->page, PAGE_SIZE))
		return;
	for (i = 0; i < PAGE_SIZE / sizeof(zero); i++)
		if (run->page[i])
			replay_backend.store(va + i * sizeof(zero), &zero,
					     sizeof(zero));
}

static long protect(struct replay_run *run, const struct replay_frame *frame)
{
	if (!frame->paged)
		return 0;
	wipe(run, frame);
	return replay_frame_map(frame, REPLAY_PTE_RO);
}

/**
 * replay_frames_protect() - make the pages read-only, and all zero
 * @run: the run
 *
 * Return: 0 or what the hypervisor answers.
 */
int replay_frames_protect(struct replay_run *run)
{
	unsigned int i;
	long ret = 0;

	for (i = 0; i < REPLAY_NR_PAGES && !ret; i++)
		ret = protect(run, &run->frames[i]);
	return ret;
}

/* What the machine's table says that page @frame is. */
static void fix_m2p(const struct replay_frame *frame)
{
	struct mmu_update update = {
		.ptr = frame->mfn << PAGE_SHIFT | MMU_MACHPHYS_UPDATE,
		.val = frame->pfn,
	};

	replay_hypercall(__HYPERVISOR_mmu_update, (unsigned long)&update, 1, 0,
			 DOMID_SELF);
}

/* Pages that were never looked at have no frame to care for. */
static bool is_taken(const struct replay_frame *frame)
{
	return frame->paged && frame->shadow;
}

/* Get another machine frame for a page that has none. */
static bool refill(struct replay_frame *frame)
{
	xen_pfn_t extent = frame->pfn;
	struct xen_memory_reservation reservation = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(reservation.extent_start, &extent);
	replay_frame_map(frame, REPLAY_PTE_NONE);
	replay_backend.p2m[frame->pfn] = NO_FRAME;
	if (replay_hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
			     (unsigned long)&reservation, 0, 0) != 1)
		return false;
	frame->mfn = extent;
	frame->lost = false;
	replay_backend.p2m[frame->pfn] = extent;
	return true;
}

/* The kernel's again. */
static bool make_good(struct replay_frame *frame)
{
	if (replay_backend.translated)
		return replay_translated_refill(frame);
	if (frame->lost && !refill(frame))
		return false;
	fix_m2p(frame);
	return !replay_frame_map(frame, REPLAY_PTE_RW);
}

/**
 * replay_frame_release() - give a page back
 * @frame: a frame, with a page or without
 *
 * Return: false if the kernel cannot have it as it is.
 */
bool replay_frame_release(struct replay_frame *frame)
{
	if (is_taken(frame) && !make_good(frame))
		return false;
	if (frame->page)
		__free_page(frame->page);
	frame->page = NULL;
	frame->paged = false;
	return true;
}

static long mmuext(unsigned int cmd, u64 mfn)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };

	return replay_hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1,
				0, DOMID_SELF);
}

/*
 * Xen 4.17 can leave a table partly validated for good: if an L2 table fails in
 * the middle, it is the first entry of an L3 table, and that is not the first
 * of an L4 table that is being pinned. Pinning it makes it fail again, and then
 * all of it is dropped by the next call.
 */
static void drop_partial(const struct replay_frame *frame)
{
	unsigned int cmd;

	if (!frame->paged || replay_backend.translated)
		return;
	for (cmd = MMUEXT_PIN_L1_TABLE; cmd <= MMUEXT_PIN_L4_TABLE; cmd++)
		if (!mmuext(cmd, frame->mfn))
			mmuext(MMUEXT_UNPIN_TABLE, frame->mfn);
	mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

static bool release_all(struct replay_run *run)
{
	bool all = true;
	unsigned int i;

	for (i = 0; i < REPLAY_NR_PAGES; i++)
		all &= replay_frame_release(&run->frames[i]);
	return all;
}

static void leak(struct replay_run *run, unsigned int i)
{
	if (!run->frames[i].paged)
		return;
	leaked++;
	pr_warn("the page of %s cannot be given back to the kernel\n",
		replay_frame_name(run->script, i));
}

/* A page is dropped by what holds it first, so once for each level. */
#define MAX_TRIES	4

/**
 * replay_frames_release() - give the pages back
 * @run: the run; nothing of it may be in use as a table any more
 */
void replay_frames_release(struct replay_run *run)
{
	unsigned int i, tries = 0;

	while (!run->adrift && !release_all(run) && tries++ < MAX_TRIES)
		for (i = 0; i < REPLAY_NR_PAGES; i++)
			drop_partial(&run->frames[i]);
	for (i = 0; i < REPLAY_NR_PAGES; i++) {
		leak(run, i);
		kfree(run->frames[i].shadow);
	}
}

/**
 * replay_frame_mfn() - the machine frame that a name stands for
 * @run: the run
 * @frame: the name's number
 */
u64 replay_frame_mfn(const struct replay_run *run, u16 frame)
{
	if (frame == REPLAY_HOME)
		return run->footing.root;
	if (frame == REPLAY_TOP)
		return replay_frame_mfn(run, run->root);
	return run->frames[frame].mfn;
}

/**
 * replay_frame_of() - the name that stands for a machine frame
 * @run: the run
 * @mfn: the frame
 *
 * Return: its number; -1 if there is none.
 */
int replay_frame_of(const struct replay_run *run, u64 mfn)
{
	int i, old = -1;

	for (i = 0; i < REPLAY_TOP; i++) {
		if (!mfn || run->frames[i].mfn != mfn)
			continue;
		if (!run->frames[i].lost)
			return i;
		old = i;
	}
	return old;
}

static u64 word_at(struct replay_run *run, u64 number)
{
	u64 *word = replay_arena_take(&run->arena, sizeof(*word));

	*word = number;
	return (unsigned long)word;
}

/**
 * replay_value() - what a value is just now
 * @run: the run
 * @value: the value
 */
u64 replay_value(struct replay_run *run, const struct replay_value *value)
{
	const struct replay_frame *frame = &run->frames[value->frame];
	u64 mfn = replay_frame_mfn(run, value->frame);

	switch (value->kind) {
	case REPLAY_ENTRY:
		return mfn << PAGE_SHIFT | value->number;
	case REPLAY_MFN:
		return mfn;
	case REPLAY_MADDR:
		return (mfn << PAGE_SHIFT) + value->number;
	case REPLAY_PFN:
		return frame->pfn;
	case REPLAY_DIRECT:
		return replay_frame_va(frame) + value->number;
	case REPLAY_WORD:
		return word_at(run, value->number);
	case REPLAY_OWN:
		return replay_backend.own_domid;
	case REPLAY_GUEST:
		return run->guests[value->frame];
	case REPLAY_OTHER:
		return run->other_domid;
	case REPLAY_REF:
		return run->refs[value->frame][value->number];
	}
	return value->number;
}
