// SPDX-License-Identifier: GPL-2.0
/*
 * Making hypercalls of statements: numbers for names, lists in the arena.
 *
 * A script may say that a list is longer than it is. So each ends with one
 * element more, which every hypervisor refuses, and with that all that follow.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "grants.h"
#include "run.h"

/**
 * replay_option_or() - an option's value
 * @run: the run
 * @st: the statement
 * @option: which, enum replay_option
 * @value: what it is if the statement does not have it
 */
u64 replay_option_or(struct replay_run *run,
		     const struct replay_statement *st, int option, u64 value)
{
	const struct replay_value *given;

	given = replay_option(run->script, st, option);
	return given ? replay_value(run, given) : value;
}

/* The arguments that mmu_update and mmuext_op share. */
static void build_list_call(struct replay_run *run, struct replay_call *call,
			    void *list, u32 nr)
{
	const struct replay_statement *st = call->st;

	call->done = replay_arena_take(&run->arena, sizeof(*call->done));
	*call->done = replay_option_or(run, st, REPLAY_OPT_IN,
				       REPLAY_NO_ANSWER);
	call->arg[0] = replay_option_or(run, st, REPLAY_OPT_LIST,
					(unsigned long)list);
	call->arg[1] = replay_option_or(run, st, REPLAY_OPT_COUNT, nr);
	call->arg[2] = replay_option_or(run, st, REPLAY_OPT_DONE,
					(unsigned long)call->done);
	call->arg[3] = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);
}

static struct mmu_update *build_requests(struct replay_run *run,
					 const struct replay_item *item,
					 struct mmu_update *update)
{
	u64 ptr = replay_value(run, &item->at) | item->low;
	u64 val = replay_value(run, &item->value);
	u32 slot;

	for (slot = item->first; slot <= item->last; slot++, update++) {
		update->ptr = ptr + slot * sizeof(u64);
		update->val = val;
	}
	return update;
}

static void build_mmu_update(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u64 none = replay_frame_mfn(run, REPLAY_NONE);
	struct mmu_update *list, *next;
	u32 i;

	list = replay_arena_take(&run->arena,
				 (st->number + 1) * sizeof(*list));
	for (i = 0, next = list; i < st->nr_items; i++)
		next = build_requests(run, replay_item(run->script, st, i),
				      next);
	next->ptr = none << PAGE_SHIFT;
	build_list_call(run, call, list, st->number);
	if (st->options & BIT(REPLAY_OPT_PTDOM))
		call->arg[3] |= (replay_option_or(run, st, REPLAY_OPT_PTDOM,
						  0) + 1) << 16;
}

static void build_mmuext(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	const struct replay_item *item;
	struct mmuext_op *list;
	u32 i;

	list = replay_arena_take(&run->arena,
				 (st->nr_items + 1) * sizeof(*list));
	for (i = 0; i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		list[i].cmd = item->cmd;
		list[i].arg1.mfn = replay_value(run, &item->at);
		list[i].arg2.src_mfn = replay_value(run, &item->value);
	}
	list[i].cmd = MMUEXT_PIN_L1_TABLE;
	list[i].arg1.mfn = replay_frame_mfn(run, REPLAY_NONE);
	build_list_call(run, call, list, st->nr_items);
}

static void build_va(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	const struct replay_item *item = replay_item(run->script, st, 0);

	call->arg[0] = replay_value(run, &item->at);
	call->arg[1] = replay_value(run, &item->value);
	call->arg[2] = replay_option_or(run, st, REPLAY_OPT_FLUSH, UVMF_NONE);
	if (!(st->options & BIT(REPLAY_OPT_DOM)))
		return;
	call->nr = __HYPERVISOR_update_va_mapping_otherdomain;
	call->arg[3] = replay_option_or(run, st, REPLAY_OPT_DOM, 0);
}

static void build_set_gdt(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u64 *list;
	u32 i;

	list = replay_arena_take(&run->arena,
				 (st->nr_items + 1) * sizeof(*list));
	for (i = 0; i < st->nr_items; i++)
		list[i] = replay_value(run, &replay_item(run->script, st,
							 i)->at);
	list[i] = replay_frame_mfn(run, REPLAY_NONE);
	call->arg[0] = replay_option_or(run, st, REPLAY_OPT_LIST,
					(unsigned long)list);
	call->arg[1] = replay_option_or(run, st, REPLAY_OPT_ENTRIES,
					st->nr_items * 512);
}

static void build_descriptor(struct replay_run *run, struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);

	call->arg[0] = (replay_value(run, &item->at) | item->low) +
		       item->first * sizeof(u64);
	call->arg[1] = replay_value(run, &item->value);
}

/* Two arguments as they are. */
static void build_pair(struct replay_run *run, struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);

	call->arg[0] = replay_value(run, &item->at);
	call->arg[1] = replay_value(run, &item->value);
}

/* See guests.c: the call may have to be made more than once. */
static void build_destroy(struct replay_run *run, struct replay_call *call)
{
}

static void build_hypercall(struct replay_run *run, struct replay_call *call)
{
	u32 i;

	call->nr = call->st->number;
	for (i = 0; i < call->st->nr_items; i++)
		call->arg[i] = replay_value(run, &replay_item(run->script,
							      call->st,
							      i)->at);
}

static void build_entry(struct replay_run *run, struct replay_call *call,
			const struct replay_statement *st,
			struct multicall_entry *entry)
{
	int i;

	replay_call_build(run, st, call);
	entry->op = call->nr;
	entry->result = REPLAY_NO_ANSWER;
	for (i = 0; i < ARRAY_SIZE(call->arg); i++)
		entry->args[i] = call->arg[i];
}

/*
 * The calls inside, as a list. Those of the outermost list are kept, for their
 * answers are to be shown; an inner list has no answers, since Xen refuses it.
 */
static void build_multicall(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st, *inner = st + 1;
	struct multicall_entry *list;
	struct replay_call unkept;
	bool keep = !run->list;
	u32 nr;

	list = replay_arena_take(&run->arena, st->number * sizeof(*list));
	if (keep)
		run->list = list;
	for (nr = 0; inner->op != REPLAY_END; nr++, inner++) {
		build_entry(run, keep ? &run->inner[nr] : &unkept, inner,
			    &list[nr]);
		if (inner->op == REPLAY_MULTICALL)
			inner = replay_statement(run->script, inner->end);
	}
	call->arg[0] = replay_option_or(run, st, REPLAY_OPT_LIST,
					(unsigned long)list);
	call->arg[1] = replay_option_or(run, st, REPLAY_OPT_COUNT, nr);
}

static const struct {
	unsigned int nr;
	void (*build)(struct replay_run *run, struct replay_call *call);
} builders[] = {
	[REPLAY_MMU_UPDATE] = { __HYPERVISOR_mmu_update, build_mmu_update },
	[REPLAY_VA] = { __HYPERVISOR_update_va_mapping, build_va },
	[REPLAY_MMUEXT] = { __HYPERVISOR_mmuext_op, build_mmuext },
	[REPLAY_SET_GDT] = { __HYPERVISOR_set_gdt, build_set_gdt },
	[REPLAY_DESCRIPTOR] = { __HYPERVISOR_update_descriptor,
				build_descriptor },
	[REPLAY_STACK] = { __HYPERVISOR_stack_switch, build_pair },
	[REPLAY_ASSIST] = { __HYPERVISOR_vm_assist, build_pair },
	[REPLAY_DECREASE] = { __HYPERVISOR_memory_op, replay_memory_build },
	[REPLAY_POPULATE] = { __HYPERVISOR_memory_op, replay_memory_build },
	[REPLAY_INCREASE] = { __HYPERVISOR_memory_op, replay_memory_build },
	[REPLAY_EXCHANGE] = { __HYPERVISOR_memory_op, replay_exchange_build },
	[REPLAY_RESERVATION] = { __HYPERVISOR_memory_op,
				 replay_reservation_build },
	[REPLAY_MAX_RESERVATION] = { __HYPERVISOR_memory_op,
				     replay_reservation_build },
	[REPLAY_MAX_RAM_PAGE ... REPLAY_MEMORY_OP] = {
		__HYPERVISOR_memory_op, replay_memory_other_build },
	[REPLAY_HYPERCALL] = { 0, build_hypercall },
	[REPLAY_MULTICALL] = { __HYPERVISOR_multicall, build_multicall },
	[REPLAY_DESTROY] = { __HYPERVISOR_domctl, build_destroy },
	[REPLAY_SEGMENT_BASE] = { __HYPERVISOR_set_segment_base, build_pair },
};

/**
 * replay_call_build() - make a hypercall of a statement
 * @run: the run
 * @st: a statement that calls
 * @call: filled in; what it points to is valid until the arena is reset
 */
void replay_call_build(struct replay_run *run,
		       const struct replay_statement *st,
		       struct replay_call *call)
{
	*call = (struct replay_call) { .st = st };
	if (replay_op_grants(st->op)) {
		call->nr = __HYPERVISOR_grant_table_op;
		replay_grant_build(run, call);
		return;
	}
	call->nr = builders[st->op].nr;
	builders[st->op].build(run, call);
}
