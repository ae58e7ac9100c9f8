// SPDX-License-Identifier: GPL-2.0
/*
 * Running a script: on one CPU, with interrupts off, so that nothing else
 * changes the state that the transcript tells of. Long scripts let the rest of
 * the guest go on now and then, unless they have led the guest away.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include <memreplay/kunit.h>

#include "call.h"
#include "counts.h"
#include "direct.h"
#include "frames.h"
#include "grants.h"
#include "guests.h"
#include "memory.h"
#include "run.h"
#include "show.h"
#include "translated.h"
#include "sides.h"
#include "value.h"

#define BREATH_NS	(20 * NSEC_PER_MSEC)

static long enter(const struct replay_call *call)
{
	return replay_backend.hypercall(call->nr, call->arg[0], call->arg[1],
					call->arg[2], call->arg[3],
					call->arg[4]);
}

static void finish(struct replay_run *run, const struct replay_call *call)
{
	replay_count_call(run, call);
	replay_call_effect(run, call);
	replay_call_show(run, call);
}

static void show_inner(struct replay_run *run, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		run->inner[i].ret = run->list[i].result;
		replay_show_statement(run, run->inner[i].st);
		if (run->inner[i].ret == REPLAY_NO_ANSWER)
			replay_call_show(run, &run->inner[i]);
		else
			finish(run, &run->inner[i]);
	}
}

/* The calls inside, each with its answer, then the whole. */
static void do_multicall(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;

	replay_end_line(run->out);
	call->ret = enter(call);
	show_inner(run, st->number);
	replay_show_statement(run, replay_statement(run->script, st->end));
	finish(run, call);
}

/*
 * The kernel finds what is its CPU's own by a segment base, so that has to be
 * right again before it runs on.
 */
static void do_segment_base(struct replay_run *run, struct replay_call *call)
{
	static const u8 undone_by[] = { 0, 1, 2, 3, 1 };
	struct multicall_entry *list;
	u32 i;

	list = replay_arena_take(&run->arena, (1 + ARRAY_SIZE(undone_by)) *
				 sizeof(*list));
	list[0].op = call->nr;
	list[0].args[0] = call->arg[0];
	list[0].args[1] = call->arg[1];
	for (i = 0; i < ARRAY_SIZE(undone_by); i++) {
		list[i + 1].op = call->nr;
		list[i + 1].args[0] = undone_by[i];
		list[i + 1].args[1] = run->footing.base[undone_by[i]];
	}
	replay_hypercall(__HYPERVISOR_multicall, (unsigned long)list,
			 1 + ARRAY_SIZE(undone_by), 0, 0);
	call->ret = list[0].result;
	finish(run, call);
}

/* The hypervisor that sleeps is not one that could lose its footing by that. */
static void do_destroy(struct replay_run *run, struct replay_call *call)
{
	if (replay_backend.sleeps)
		local_irq_enable();
	call->ret = replay_guest_destroy(run, call->st);
	if (replay_backend.sleeps)
		local_irq_disable();
	finish(run, call);
}

static void do_call(struct replay_run *run, const struct replay_statement *st)
{
	struct replay_call *call = &run->call;

	run->list = NULL;
	replay_call_check(run, st);
	replay_show_statement(run, st);
	if (run->refused) {
		replay_say(run->out, " -> refused");
		replay_end_line(run->out);
		return;
	}
	replay_call_build(run, st, call);
	if (st->op == REPLAY_MULTICALL) {
		do_multicall(run, call);
	} else if (st->op == REPLAY_SEGMENT_BASE) {
		do_segment_base(run, call);
	} else if (st->op == REPLAY_DESTROY) {
		do_destroy(run, call);
	} else {
		replay_say_ahead(run->out);
		call->ret = enter(call);
		finish(run, call);
	}
}

static void do_other(struct replay_run *run, const struct replay_statement *st)
{
	switch (st->op) {
	case REPLAY_WRITE:
	case REPLAY_FILL:
		replay_write(run, st);
		break;
	case REPLAY_ROOT:
		replay_root(run, st);
		break;
	case REPLAY_READ:
		replay_read(run, st);
		break;
	case REPLAY_DUMP:
		replay_dump(run, st);
		break;
	case REPLAY_ACCESS:
		replay_access(run, st);
		break;
	case REPLAY_ENTRY_WRITE:
		replay_entry_write(run, st);
		break;
	case REPLAY_ENTRY_READ:
		replay_entry_read(run, st);
		break;
	case REPLAY_ENTRY_TAKE:
		replay_entry_take(run, st);
		break;
	case REPLAY_VACATE:
		replay_vacate(run, st);
		break;
	case REPLAY_OCCUPY:
		replay_occupy(run, st);
		break;
	case REPLAY_RANDOM:
		replay_show_statement(run, st);
		replay_end_line(run->out);
		break;
	case REPLAY_WATCH:
		run->watch = st->number;
		replay_watch_frames(run, false);
		break;
	}
}

/* Statement @at is a block's begin or end: where to go on. */
static u32 step_block(struct replay_run *run, const struct replay_statement *st,
		      u32 at)
{
	if (st->op == REPLAY_REPEAT) {
		run->left[run->nr_left++] = st->number;
		return at + 1;
	}
	if (st->op == REPLAY_MULTICALL)
		return st->end + 1;
	if (--run->left[run->nr_left - 1])
		return st->end + 1;
	run->nr_left--;
	return at + 1;
}

static void do_statement(struct replay_run *run,
			 const struct replay_statement *st)
{
	replay_arena_reset(&run->arena);
	if (replay_op_calls(st->op))
		do_call(run, st);
	else
		do_other(run, st);
	if (run->watch)
		replay_watch_frames(run, true);
	if (run->out->full)
		run->stopped = "the transcript is full";
}

static u32 step(struct replay_run *run, u32 at)
{
	const struct replay_statement *st = replay_statement(run->script, at);

	if (st->side == run->side)
		do_statement(run, st);
	if (st->op == REPLAY_REPEAT || st->op == REPLAY_MULTICALL ||
	    st->op == REPLAY_END)
		return step_block(run, st, at);
	return at + 1;
}

/* Without a process of its own, the root could change meanwhile. */
static bool may_breathe(struct replay_run *run, u64 since)
{
	return !run->away && current->mm &&
	       local_clock() - since > BREATH_NS;
}

/* What stops one stops both. */
static struct replay_run *run_statements(struct replay_run *run)
{
	u64 since = local_clock();
	u32 at = 0;

	while (at < run->script->statements.nr && !run->stopped) {
		run = replay_sides_turn(run, replay_statement(run->script, at));
		if (run->stopped)
			break;
		at = step(run, at);
		if (!may_breathe(run, since))
			continue;
		local_irq_enable();
		cond_resched();
		local_irq_disable();
		since = local_clock();
	}
	return run;
}

/* Hang the replay's own L3 table into the root. */
static long open_window(struct replay_run *run)
{
	struct mmu_update *update;

	update = replay_arena_take(&run->arena, sizeof(*update));
	update->ptr = (run->footing.root << PAGE_SHIFT) +
		      REPLAY_WINDOW_SLOT * sizeof(u64);
	update->val = run->frames[REPLAY_WINDOW].mfn << PAGE_SHIFT | 7;
	return replay_hypercall(__HYPERVISOR_mmu_update, (unsigned long)update,
				1, 0, DOMID_SELF);
}

/* The root table, and its slot for the window, which must be empty. */
static long look_around(struct replay_run *run)
{
	u64 word, pfn;

	replay_backend.footing(&run->footing);
	run->user_root = run->footing.user_root;
	run->root = REPLAY_HOME;
	pfn = run->footing.root < replay_backend.m2p_size ?
	      replay_backend.m2p[run->footing.root] : 0;
	run->home_va = replay_backend.direct_va(pfn);
	if (!replay_backend.load(run->home_va + REPLAY_WINDOW_SLOT * 8, &word,
				 8))
		return -EFAULT;
	return word ? -EBUSY : 0;
}

static void read_reservation(struct replay_run *run)
{
	domid_t *domid = replay_arena_take(&run->arena, sizeof(*domid));

	*domid = DOMID_SELF;
	run->reservation = replay_hypercall(__HYPERVISOR_memory_op,
					    XENMEM_current_reservation,
					    (unsigned long)domid, 0, 0);
}

/* Does a step of the beginning succeed? If not, that is why there is no run. */
static bool went_well(struct replay_run *run, long ret, const char *why)
{
	if (!ret)
		return true;
	pr_err("%s (%ld)\n", why, ret);
	run->stopped = why;
	return false;
}

/* To make the table visible, a translated domain may have given a page away. */
static bool begin_grants(struct replay_run *run)
{
	if (!went_well(run, replay_grants_open(run),
		       "the grant table cannot be seen"))
		return false;
	read_reservation(run);
	return true;
}

static bool begin_translated(struct replay_run *run)
{
	if (!went_well(run, replay_translated_begin(run),
		       "there would be no way back"))
		return false;
	return begin_grants(run);
}

static bool begin(struct replay_run *run)
{
	if (replay_backend.translated)
		return begin_translated(run);
	if (!went_well(run, look_around(run), "the root table has no room") ||
	    !went_well(run, replay_frames_protect(run),
		       "a page cannot be made read-only") ||
	    !went_well(run, open_window(run), "the window cannot be opened"))
		return false;
	replay_hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
			 VMASST_TYPE_writable_pagetables, 0, 0);
	return begin_grants(run);
}

static bool begin_all(struct replay_run *first)
{
	struct replay_run *run;
	bool good = true;

	for (run = first; run; run = run->next) {
		replay_side_enter(run);
		good &= begin(run);
	}
	replay_side_enter(first);
	return good;
}

/* Nobody ends what the other still uses. */
static void undo_all(struct replay_run *first, struct replay_run *last)
{
	struct replay_run *run;

	if (last->stopped)
		first->stopped = last->stopped;
	replay_sides_meet(first);
	for (run = first; run; run = run->next) {
		replay_side_enter(run);
		replay_grants_unmap(run);
	}
	replay_sides_meet(first);
	for (run = first; run; run = run->next) {
		replay_side_enter(run);
		replay_grants_close(run);
		replay_undo(run);
		if (run->stopped)
			first->stopped = run->stopped;
	}
	replay_side_enter(first);
}

static void run_all(struct replay_run *first)
{
	struct replay_run *last;

	replay_say(first->out, "# xen-memreplay 1");
	replay_end_line(first->out);
	replay_memory_map_keep(first);
	last = run_statements(first);
	undo_all(first, last);
	if (!first->stopped) {
		replay_say(first->out, "# end");
		replay_end_line(first->out);
	}
}

static void run_alone(struct replay_run *run)
{
	local_irq_disable();
	if (begin_all(run))
		run_all(run);
	local_irq_enable();
}

/**
 * replay_run_prepare() - get what a run needs
 * @run: the run; release it also if this fails
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -ENXIO or -ENOSPC.
 */
int replay_run_prepare(struct replay_run *run)
{
	run->page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!run->page)
		return -ENOMEM;
	return replay_arena_init(&run->arena) ?:
	       replay_memory_map_take(run) ?: replay_frames_take(run) ?:
	       replay_guests_make(run) ?: replay_frames_foreign(run) ?:
	       replay_grants_take(run);
}

static void release(struct replay_run *run)
{
	replay_guests_end(run);
	if (!run->adrift)
		replay_grants_release(run);
	replay_frames_release(run);
	replay_arena_exit(&run->arena);
	kfree(run->memory_map);
	kfree(run->page);
}

/* Of the other domain nothing is left: it goes as a whole. */
static void free_run(struct replay_run *run)
{
	struct replay_run *second = run->next;

	if (second) {
		replay_side_enter(second);
		release(second);
		replay_side_enter(run);
		replay_backend.end_peer();
		kvfree(second);
	}
	release(run);
	kvfree(run);
}

static struct replay_run *new_run(const struct replay_script *script,
				  struct replay_transcript *out)
{
	struct replay_run *run = kvzalloc(sizeof(*run), GFP_KERNEL);

	if (!run)
		return NULL;
	run->script = script;
	run->out = out;
	run->first = run;
	run->backend = replay_backend;
	if (script->peer && replay_backend.side)
		run->side = replay_backend.side();
	return run;
}

/**
 * replay_run() - run a script
 * @script: the script
 * @out: what it says
 * @why: why it did not run, or stopped; NULL if it did
 *
 * Context: a process; one at a time.
 * Return: 0; -EPERM if the caller is not privileged enough; -ENXIO if there is
 * no foreign frame, or no other domain; -ENOMEM; -EIO if it stopped.
 */
int replay_run(const struct replay_script *script,
	       struct replay_transcript *out, const char **why)
{
	struct replay_run *run = new_run(script, out);
	int ret;

	if (!run)
		return -ENOMEM;
	migrate_disable();
	replay_sides_begin(run);
	ret = replay_run_prepare(run) ?: replay_sides_prepare(run);
	if (!ret)
		run_alone(run);
	if (ret || run->stopped)
		replay_sides_give_up(run);
	run->adrift = script->peer && !run->next && run->stopped;
	if (!ret && run->stopped)
		ret = -EIO;
	*why = run->stopped;
	free_run(run);
	migrate_enable();
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_run);
