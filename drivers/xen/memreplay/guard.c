// SPDX-License-Identifier: GPL-2.0
/*
 * What a script may not do: take the root table away that the guest runs on.
 *
 * A root that lacks the kernel cannot be loaded for a moment either: the kernel
 * could not even be told what became of it. So a root is loaded if it has the
 * kernel's slots, or if it will be refused, which loading it for user mode
 * shows beforehand.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "grants.h"
#include "run.h"
#include "value.h"

#define FIRST_KERNEL_SLOT	(REPLAY_WINDOW_SLOT + 1)
/* With these it cannot be told which root was loaded. */
#define OPTIONS_THAT_HIDE	(BIT(REPLAY_OPT_COUNT) | \
				 BIT(REPLAY_OPT_DONE) | BIT(REPLAY_OPT_IN) | \
				 BIT(REPLAY_OPT_LIST))
#define ACCESSED_DIRTY		(BIT_ULL(5) | BIT_ULL(6))

/* Has the frame what the guest's own root has for the kernel? */
static bool has_kernel(struct replay_run *run, u16 frame)
{
	unsigned long home = run->home_va;
	unsigned long va = replay_frame_va(&run->frames[frame]);
	u64 own, its;
	u32 i;

	if (run->frames[frame].torn)
		return false;
	for (i = FIRST_KERNEL_SLOT; i < 512; i++) {
		if (!replay_backend.load(home + i * 8, &own, 8) ||
		    !replay_backend.load(va + i * 8, &its, 8) ||
		    (own ^ its) & ~ACCESSED_DIRTY)
			return false;
	}
	return true;
}

static long load_user_root(u64 mfn)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_NEW_USER_BASEPTR,
		.arg1.mfn = mfn,
	};

	return replay_hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1,
				0, DOMID_SELF);
}

static bool would_load(struct replay_run *run, u16 frame)
{
	if (load_user_root(run->frames[frame].mfn))
		return false;
	run->frames[frame].hidden = true;
	load_user_root(run->user_root);
	return true;
}

/* May @st, a part of @whole, load the root @frame? */
static bool may_load(struct replay_run *run,
		     const struct replay_statement *whole,
		     const struct replay_statement *st, u16 frame)
{
	if (frame >= REPLAY_NR_PAGES)
		return true;
	if (run->frames[frame].paged && has_kernel(run, frame))
		return true;
	/* What comes before it in the same call could change the answer. */
	return whole == st && st->nr_items == 1 && !would_load(run, frame);
}

static bool is_kernel_slot(const struct replay_item *item)
{
	return item->last >= FIRST_KERNEL_SLOT;
}

/* Does the item change what @frame has for the kernel? */
static bool takes_kernel(const struct replay_statement *st,
			 const struct replay_item *item, u16 frame)
{
	if (item->at.frame != frame)
		return false;
	if (st->op == REPLAY_MMU_UPDATE)
		return item->at.kind == REPLAY_MADDR && is_kernel_slot(item);
	return st->op == REPLAY_MMUEXT && (item->cmd == MMUEXT_CLEAR_PAGE ||
					   item->cmd == MMUEXT_COPY_PAGE);
}

static bool any_takes_kernel(struct replay_run *run,
			     const struct replay_statement *st,
			     const struct replay_statement *last, u16 frame)
{
	u32 i;

	for (; st <= last; st++)
		for (i = 0; i < st->nr_items; i++)
			if (takes_kernel(st, replay_item(run->script, st, i),
					 frame))
				return true;
	return false;
}

static bool may_run(struct replay_run *run,
		    const struct replay_statement *whole,
		    const struct replay_statement *last,
		    const struct replay_statement *st)
{
	const struct replay_item *item;
	u32 i;

	for (i = 0; st->op == REPLAY_MMUEXT && i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		if (item->cmd != MMUEXT_NEW_BASEPTR ||
		    item->at.kind != REPLAY_MFN)
			continue;
		if (st->options & OPTIONS_THAT_HIDE ||
		    !may_load(run, whole, st, item->at.frame) ||
		    any_takes_kernel(run, whole, last, item->at.frame))
			return false;
	}
	return true;
}

/* Does the guest stand elsewhere after it? */
static bool leads_away(struct replay_run *run,
		       const struct replay_statement *st)
{
	u32 i, cmd;

	for (i = 0; st->op == REPLAY_MMUEXT && i < st->nr_items; i++) {
		cmd = replay_item(run->script, st, i)->cmd;
		if (cmd == MMUEXT_NEW_BASEPTR ||
		    cmd == MMUEXT_NEW_USER_BASEPTR || cmd == MMUEXT_SET_LDT)
			return true;
	}
	return st->op == REPLAY_SET_GDT || st->op == REPLAY_STACK ||
	       st->op == REPLAY_ASSIST || st->op == REPLAY_HYPERCALL;
}

/*
 * What a call may do to a translated guest's memory is told from where that is
 * before the call.
 */
static bool moves_twice(const struct replay_statement *st,
			const struct replay_statement *last)
{
	u32 nr = 0;

	for (; st <= last && replay_backend.translated; st++)
		nr += replay_memory_moves(st);
	return nr > 1;
}

/**
 * replay_call_check() - may a statement run, and does it lead away?
 * @run: the run; @refused and @away are set
 * @st: the statement, with all inside it
 */
void replay_call_check(struct replay_run *run,
		       const struct replay_statement *st)
{
	const struct replay_statement *last = st, *part;

	if (st->op == REPLAY_MULTICALL)
		last = replay_statement(run->script, st->end);
	run->refused = any_takes_kernel(run, st, last, run->root) ||
		       moves_twice(st, last);
	for (part = st; part <= last && !run->refused; part++) {
		run->refused = !may_run(run, st, last, part) ||
			       replay_memory_refused(run, part) ||
			       replay_grants_forbid(run, part);
		run->away |= leads_away(run, part);
	}
}
