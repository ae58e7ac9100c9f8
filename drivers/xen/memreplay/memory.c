// SPDX-License-Identifier: GPL-2.0
/*
 * The calls that change how much memory the guest has.
 */
#include <linux/kernel.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "run.h"

/* A continuation says where it is in the upper bits of the command. */
#define START_SHIFT	6

static unsigned int command_of(const struct replay_statement *st)
{
	switch (st->op) {
	case REPLAY_DECREASE:
		return XENMEM_decrease_reservation;
	case REPLAY_POPULATE:
		return XENMEM_populate_physmap;
	default:
		return XENMEM_increase_reservation;
	}
}

/* What the list has of an item: the page to be filled, or the frame. */
static u64 extent_of(struct replay_run *run, const struct replay_statement *st,
		     const struct replay_item *item)
{
	if (st->op == REPLAY_POPULATE ||
	    (st->op == REPLAY_EXCHANGE && item->cmd))
		return run->frames[item->at.frame].pfn;
	return replay_value(run, &item->at);
}

static u64 *build_extents(struct replay_run *run,
			  const struct replay_statement *st)
{
	u64 *list = replay_arena_take(&run->arena,
				      (st->nr_items + 1) * sizeof(*list));
	u32 i;

	for (i = 0; i < st->nr_items; i++)
		list[i] = extent_of(run, st, replay_item(run->script, st, i));
	/* For lists that are said to be longer: nothing can be done to it. */
	list[i] = replay_frame_mfn(run, REPLAY_NONE);
	return list;
}

static void point_to(struct xen_memory_reservation *arg, unsigned long list)
{
	set_xen_guest_handle(arg->extent_start, (xen_pfn_t *)list);
}

/**
 * replay_memory_build() - decrease, populate or increase
 * @run: the run
 * @call: the call, with its statement
 */
void replay_memory_build(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	struct xen_memory_reservation *arg;
	u64 list, start;

	call->extents = build_extents(run, st);
	arg = replay_arena_take(&run->arena, sizeof(*arg));
	list = replay_option_or(run, st, REPLAY_OPT_LIST,
				(unsigned long)call->extents);
	point_to(arg, list);
	arg->nr_extents = replay_option_or(run, st, REPLAY_OPT_NR,
					   st->nr_items);
	arg->address_bits = replay_option_or(run, st, REPLAY_OPT_FLAGS, 0);
	arg->extent_order = replay_option_or(run, st, REPLAY_OPT_ORDER, 0);
	arg->domid = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);
	start = replay_option_or(run, st, REPLAY_OPT_START, 0);
	call->arg[0] = command_of(st) | start << START_SHIFT;
	call->arg[1] = replay_option_or(run, st, REPLAY_OPT_ARG,
					(unsigned long)arg);
}

static u32 nr_leaving(struct replay_run *run, const struct replay_statement *st)
{
	u32 nr = 0;

	while (nr < st->nr_items && !replay_item(run->script, st, nr)->cmd)
		nr++;
	return nr;
}

static void build_in(struct replay_run *run, const struct replay_call *call,
		     struct xen_memory_reservation *in, u32 nr)
{
	const struct replay_statement *st = call->st;
	u64 list = replay_option_or(run, st, REPLAY_OPT_IN_LIST,
				    (unsigned long)call->extents);

	point_to(in, list);
	in->nr_extents = replay_option_or(run, st, REPLAY_OPT_IN_NR, nr);
	in->address_bits = replay_option_or(run, st, REPLAY_OPT_IN_FLAGS, 0);
	in->extent_order = replay_option_or(run, st, REPLAY_OPT_IN_ORDER, 0);
	in->domid = replay_option_or(run, st, REPLAY_OPT_IN_DOM, DOMID_SELF);
}

static void build_out(struct replay_run *run, const struct replay_call *call,
		      struct xen_memory_reservation *out, u32 nr)
{
	const struct replay_statement *st = call->st;
	u64 list = replay_option_or(run, st, REPLAY_OPT_OUT_LIST,
				    (unsigned long)(call->extents + nr));

	point_to(out, list);
	out->nr_extents = replay_option_or(run, st, REPLAY_OPT_OUT_NR,
					   st->nr_items - nr);
	out->address_bits = replay_option_or(run, st, REPLAY_OPT_OUT_FLAGS, 0);
	out->extent_order = replay_option_or(run, st, REPLAY_OPT_OUT_ORDER, 0);
	out->domid = replay_option_or(run, st, REPLAY_OPT_OUT_DOM, DOMID_SELF);
}

/**
 * replay_exchange_build() - exchange
 * @run: the run
 * @call: the call, with its statement
 */
void replay_exchange_build(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u32 nr = nr_leaving(run, st);

	call->extents = build_extents(run, st);
	call->exchange = replay_arena_take(&run->arena,
					   sizeof(*call->exchange));
	build_in(run, call, &call->exchange->in, nr);
	build_out(run, call, &call->exchange->out, nr);
	call->exchange->nr_exchanged = replay_option_or(run, st,
							REPLAY_OPT_EXCHANGED,
							0);
	call->arg[0] = XENMEM_exchange;
	call->arg[1] = replay_option_or(run, st, REPLAY_OPT_ARG,
					(unsigned long)call->exchange);
}

/**
 * replay_reservation_build() - how much memory the guest has, or may have
 * @run: the run
 * @call: the call, with its statement
 */
void replay_reservation_build(struct replay_run *run, struct replay_call *call)
{
	domid_t *domid = replay_arena_take(&run->arena, sizeof(*domid));

	*domid = replay_option_or(run, call->st, REPLAY_OPT_DOM, DOMID_SELF);
	call->arg[0] = call->st->op == REPLAY_RESERVATION ?
		       XENMEM_current_reservation : XENMEM_maximum_reservation;
	call->arg[1] = (unsigned long)domid;
}
