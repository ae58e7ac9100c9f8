// SPDX-License-Identifier: GPL-2.0
/*
 * grant_table_op: what a statement asks for, what came of it, and what the names
 * of handles and frames must follow.
 *
 * Handles are the hypervisor's to choose. So a script names them; one that was
 * unmapped keeps its number until another has it, and then stands for none at
 * all: both are refused alike.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include "call.h"
#include "frames.h"
#include "grants.h"
#include "names.h"
#include "run.h"
#include "show.h"

#define NO_HANDLE	0xffffffffU
#define MAX_TABLE	128

/**
 * struct shape - what an operation of grant_table_op takes
 * @cmd: GNTTABOP_*
 * @size: bytes of one element
 * @status: where the status is in it; 0: there is none
 * @items: items of a statement that make one element
 */
struct shape {
	u8 cmd;
	u8 size;
	u8 status;
	u8 items;
};

#define SHAPE(cmd, type, items) \
	{ cmd, sizeof(struct type), offsetof(struct type, status), items }

static const struct shape shapes[] = {
	SHAPE(GNTTABOP_map_grant_ref, gnttab_map_grant_ref, 1),
	SHAPE(GNTTABOP_unmap_grant_ref, gnttab_unmap_grant_ref, 1),
	SHAPE(GNTTABOP_unmap_and_replace, gnttab_unmap_and_replace, 1),
	SHAPE(GNTTABOP_setup_table, gnttab_setup_table, 1),
	SHAPE(GNTTABOP_transfer, gnttab_transfer, 1),
	SHAPE(GNTTABOP_copy, gnttab_copy, 2),
	SHAPE(GNTTABOP_query_size, gnttab_query_size, 1),
	{ GNTTABOP_set_version, sizeof(struct gnttab_set_version), 0, 1 },
	SHAPE(GNTTABOP_get_status_frames, gnttab_get_status_frames, 1),
	{ GNTTABOP_get_version, sizeof(struct gnttab_get_version), 0, 1 },
	SHAPE(GNTTABOP_swap_grant_ref, gnttab_swap_grant_ref, 1),
	{ GNTTABOP_cache_flush, sizeof(struct gnttab_cache_flush), 0, 1 },
	{ 0, 0, 0, 1 },
};

static const struct shape *shape_of(const struct replay_statement *st)
{
	return &shapes[st->op - REPLAY_GRANT_MAP];
}

/**
 * replay_grant_op() - call grant_table_op
 * @run: the run
 * @cmd: GNTTABOP_*
 * @op: its argument
 * @count: elements of it
 *
 * Return: what the hypervisor answers.
 */
long replay_grant_op(struct replay_run *run, unsigned int cmd, void *op,
		     unsigned int count)
{
	return replay_hypercall(__HYPERVISOR_grant_table_op, cmd,
				(unsigned long)op, count, 0);
}

/**
 * replay_grant_address() - an address as a mapping has it
 * @run: the run
 * @at: the address
 *
 * Where a page is in the direct map of a PV domain, a translated one has its
 * physical address.
 */
u64 replay_grant_address(struct replay_run *run, const struct replay_value *at)
{
	if (replay_backend.translated && at->kind == REPLAY_DIRECT)
		return PFN_PHYS(run->frames[at->frame].pfn) + at->number;
	return replay_value(run, at);
}

/* A frame as grants and their users name it. */
static u64 frame_number(struct replay_run *run, const struct replay_value *at)
{
	if (replay_backend.translated && at->kind == REPLAY_MFN &&
	    run->frames[at->frame].paged)
		return run->frames[at->frame].pfn;
	return replay_value(run, at);
}

static u16 domain_of(struct replay_run *run, const struct replay_statement *st)
{
	return replay_option_or(run, st, REPLAY_OPT_DOM, run->other_domid);
}

static bool is_live(const struct replay_grants *grants, u32 number)
{
	u32 i;

	for (i = 0; i < REPLAY_MAX_HANDLES; i++)
		if (grants->handles[i].left &&
		    grants->handles[i].number == number)
			return true;
	return false;
}

static u32 handle_number(struct replay_run *run, const struct replay_item *item)
{
	const struct replay_handle *handle;

	if (item->first >= REPLAY_MAX_HANDLES)
		return item->cmd;
	handle = &run->grants->handles[item->first];
	if (!handle->known ||
	    (!handle->left && is_live(run->grants, handle->number)))
		return NO_HANDLE;
	return handle->number;
}

static void build_map(struct replay_run *run, const struct replay_statement *st,
		      const struct replay_item *item, void *to)
{
	struct gnttab_map_grant_ref *op = to;

	op->host_addr = replay_grant_address(run, &item->at) | item->low;
	op->flags = item->cmd;
	op->ref = replay_value(run, &item->value);
	op->dom = domain_of(run, st);
}

/* Both are what the mapping has, if the statement does not say. */
static u64 host_of(struct replay_run *run, const struct replay_item *item)
{
	if (item->last & 1)
		return replay_grant_address(run, &item->at) | item->low;
	if (item->first >= REPLAY_MAX_HANDLES)
		return 0;
	return run->grants->handles[item->first].host;
}

static u64 bus_of(struct replay_run *run, const struct replay_item *item)
{
	if (item->last & 2)
		return replay_value(run, &item->value);
	if (item->first >= REPLAY_MAX_HANDLES)
		return 0;
	return run->grants->handles[item->first].bus;
}

static void build_unmap(struct replay_run *run,
			const struct replay_statement *st,
			const struct replay_item *item, void *to)
{
	struct gnttab_unmap_grant_ref *op = to;

	op->host_addr = host_of(run, item);
	op->dev_bus_addr = bus_of(run, item);
	op->handle = handle_number(run, item);
}

static void build_replace(struct replay_run *run,
			  const struct replay_statement *st,
			  const struct replay_item *item, void *to)
{
	struct gnttab_unmap_and_replace *op = to;

	op->host_addr = host_of(run, item);
	op->new_addr = replay_grant_address(run, &item->value);
	op->handle = handle_number(run, item);
}

/* A count of frames may be told from what there was at the start. */
static u32 table_size(struct replay_run *run, const struct replay_item *item)
{
	u32 nr = replay_value(run, &item->at);

	return item->low ? run->grants->nr_frames + nr : nr;
}

static unsigned long table_list(struct replay_run *run,
				const struct replay_statement *st)
{
	u64 *list = replay_arena_take(&run->arena, MAX_TABLE * sizeof(*list));

	return replay_option_or(run, st, REPLAY_OPT_LIST, (unsigned long)list);
}

static void build_setup(struct replay_run *run,
			const struct replay_statement *st,
			const struct replay_item *item, void *to)
{
	struct gnttab_setup_table *op = to;

	op->dom = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);
	op->nr_frames = table_size(run, item);
	set_xen_guest_handle(op->frame_list, (xen_pfn_t *)table_list(run, st));
}

static void build_status_frames(struct replay_run *run,
				const struct replay_statement *st,
				const struct replay_item *item, void *to)
{
	struct gnttab_get_status_frames *op = to;

	op->dom = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);
	op->nr_frames = table_size(run, item);
	set_xen_guest_handle(op->frame_list, (u64 *)table_list(run, st));
}

static void build_transfer(struct replay_run *run,
			   const struct replay_statement *st,
			   const struct replay_item *item, void *to)
{
	struct gnttab_transfer *op = to;

	op->mfn = frame_number(run, &item->at);
	op->domid = domain_of(run, st);
	op->ref = replay_value(run, &item->value);
}

static bool build_end(struct replay_run *run, const struct replay_item *item,
		      struct gnttab_copy_ptr *end)
{
	bool is_ref = item->at.kind == REPLAY_REF || item->low & 1;

	if (is_ref)
		end->u.ref = replay_value(run, &item->at);
	else
		end->u.gmfn = frame_number(run, &item->at);
	end->domid = replay_value(run, &item->value);
	end->offset = item->first;
	return is_ref;
}

/* The second item is where to, and has the flags if they are given. */
static void build_copy(struct replay_run *run,
		       const struct replay_statement *st,
		       const struct replay_item *item, void *to)
{
	struct gnttab_copy *op = to;

	if (build_end(run, item, &op->source))
		op->flags |= GNTCOPY_source_gref;
	if (build_end(run, item + 1, &op->dest))
		op->flags |= GNTCOPY_dest_gref;
	op->len = item->last;
	if (item[1].low & 2)
		op->flags = item[1].cmd;
}

static void build_query(struct replay_run *run,
			const struct replay_statement *st,
			const struct replay_item *item, void *to)
{
	struct gnttab_query_size *op = to;

	op->dom = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);
}

static void build_set_version(struct replay_run *run,
			      const struct replay_statement *st,
			      const struct replay_item *item, void *to)
{
	struct gnttab_set_version *op = to;

	op->version = replay_value(run, &item->at);
}

static void build_get_version(struct replay_run *run,
			      const struct replay_statement *st,
			      const struct replay_item *item, void *to)
{
	struct gnttab_get_version *op = to;

	op->dom = replay_option_or(run, st, REPLAY_OPT_DOM, DOMID_SELF);
}

static void build_swap(struct replay_run *run,
		       const struct replay_statement *st,
		       const struct replay_item *item, void *to)
{
	struct gnttab_swap_grant_ref *op = to;

	op->ref_a = replay_value(run, &item->at);
	op->ref_b = replay_value(run, &item->value);
}

static void build_flush(struct replay_run *run,
			const struct replay_statement *st,
			const struct replay_item *item, void *to)
{
	struct gnttab_cache_flush *op = to;

	if (item->at.kind == REPLAY_REF)
		op->a.ref = replay_value(run, &item->at);
	else
		op->a.dev_bus_addr = replay_value(run, &item->at);
	op->op = item->cmd;
	op->offset = item->first;
	op->length = item->last;
}

static void build_other(struct replay_run *run,
			const struct replay_statement *st,
			const struct replay_item *item, void *to)
{
}

static void (* const builders[])(struct replay_run *run,
				 const struct replay_statement *st,
				 const struct replay_item *item, void *to) = {
	build_map, build_unmap, build_replace, build_setup, build_transfer,
	build_copy, build_query, build_set_version, build_status_frames,
	build_get_version, build_swap, build_flush, build_other,
};

static u32 nr_elements(const struct replay_statement *st)
{
	return st->nr_items / shape_of(st)->items;
}

static s16 *status_at(const struct replay_statement *st, void *ops, u32 i)
{
	const struct shape *shape = shape_of(st);

	return ops + i * shape->size + shape->status;
}

/**
 * replay_grant_build() - the arguments of a call of grant_table_op
 * @run: the run
 * @call: the call, with its statement
 */
void replay_grant_build(struct replay_run *run, struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	const struct shape *shape = shape_of(st);
	u32 i, nr = nr_elements(st);

	call->ops = replay_arena_take(&run->arena, max(nr, 1U) * shape->size +
				      sizeof(u64));
	for (i = 0; i < nr; i++) {
		if (shape->status)
			*status_at(st, call->ops, i) = REPLAY_NO_STATUS;
		builders[st->op - REPLAY_GRANT_MAP](run, st,
			replay_item(run->script, st, i * shape->items),
			call->ops + i * shape->size);
	}
	call->arg[0] = st->op == REPLAY_GRANT_OTHER ? st->number : shape->cmd;
	call->arg[1] = replay_option_or(run, st, REPLAY_OPT_ARG,
					(unsigned long)call->ops);
	call->arg[2] = replay_option_or(run, st, REPLAY_OPT_COUNT, nr);
}

static void map_effect(struct replay_run *run, const struct replay_item *item,
		       const void *from)
{
	const struct gnttab_map_grant_ref *op = from;
	struct replay_handle *handle = &run->grants->handles[item->first];

	if (op->status)
		return;
	handle->number = op->handle;
	handle->flags = op->flags;
	handle->left = op->flags & (GNTMAP_host_map | GNTMAP_device_map);
	handle->host = op->flags & GNTMAP_host_map ? op->host_addr : 0;
	handle->bus = op->flags & GNTMAP_device_map ? op->dev_bus_addr : 0;
	handle->known = true;
}

/* The mapping that was said to be in one place is in another. */
static void moved(struct replay_run *run, const struct replay_handle *but,
		  u64 from, u64 to)
{
	struct replay_handle *handle = run->grants->handles;
	u32 i;

	for (i = 0; i < REPLAY_MAX_HANDLES; i++, handle++)
		if (handle != but && handle->left & GNTMAP_host_map &&
		    handle->host == from) {
			handle->host = to;
			return;
		}
}

/*
 * Of two mappings of a frame, either can be unmapped in the place of the other,
 * which then is where the first was.
 */
static void unmapped(struct replay_run *run, struct replay_handle *handle,
		     u64 host, u64 bus)
{
	if (host && handle->left & GNTMAP_host_map) {
		moved(run, handle, host, handle->host);
		handle->left &= ~GNTMAP_host_map;
	}
	if (bus)
		handle->left &= ~GNTMAP_device_map;
}

static void unmap_effect(struct replay_run *run, const struct replay_item *item,
			 const void *from)
{
	const struct gnttab_unmap_grant_ref *op = from;

	if (!op->status && item->first < REPLAY_MAX_HANDLES)
		unmapped(run, &run->grants->handles[item->first],
			 op->host_addr, op->dev_bus_addr);
}

static void replace_effect(struct replay_run *run,
			   const struct replay_item *item, const void *from)
{
	const struct gnttab_unmap_and_replace *op = from;
	struct replay_handle *handle;

	if (op->status || item->first >= REPLAY_MAX_HANDLES)
		return;
	handle = &run->grants->handles[item->first];
	unmapped(run, handle, op->host_addr, 0);
	moved(run, handle, op->new_addr, op->host_addr);
}

/* What is wrong with the frame is found first; after that it is gone. */
static void transfer_effect(struct replay_run *run,
			    const struct replay_item *item, const void *from)
{
	const struct gnttab_transfer *op = from;
	struct replay_frame *frame = &run->frames[item->at.frame];

	if (op->status == REPLAY_NO_STATUS || op->status == GNTST_bad_page ||
	    replay_backend.translated || item->at.kind != REPLAY_MFN ||
	    item->at.frame >= REPLAY_MAX_FRAMES)
		return;
	frame->lost = true;
	if (frame->paged)
		replay_backend.p2m[frame->pfn] = ~0UL;
}

static void version_effect(struct replay_run *run,
			   const struct replay_call *call)
{
	const struct gnttab_set_version *op = call->ops;

	if (call->ret == 0 && call->arg[1] == (unsigned long)op)
		run->grants->version = op->version;
	if (run->grants->version == 1)
		run->grants->sees_status = false;
}

static void element_effect(struct replay_run *run,
			   const struct replay_call *call,
			   const struct replay_item *item, const void *op)
{
	switch (call->st->op) {
	case REPLAY_GRANT_MAP:
		map_effect(run, item, op);
		break;
	case REPLAY_GRANT_UNMAP:
		unmap_effect(run, item, op);
		break;
	case REPLAY_GRANT_REPLACE:
		replace_effect(run, item, op);
		break;
	case REPLAY_GRANT_TRANSFER:
		transfer_effect(run, item, op);
		break;
	case REPLAY_GRANT_SET_VERSION:
		version_effect(run, call);
		break;
	}
}

/**
 * replay_grant_effect() - let the names follow what a call has done
 * @run: the run
 * @call: the call, with its answer
 *
 * What had no answer keeps the mark that it began with.
 */
void replay_grant_effect(struct replay_run *run,
			 const struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	const struct shape *shape = shape_of(st);
	u32 i, nr = nr_elements(st);

	for (i = 0; i < nr; i++)
		element_effect(run, call,
			       replay_item(run->script, st, i * shape->items),
			       call->ops + i * shape->size);
}

static void show_status(struct replay_run *run, s16 status)
{
	const char *name = replay_name_of(replay_statuses, (u16)-status);

	if (status == REPLAY_NO_STATUS)
		replay_say(run->out, " -");
	else if (name)
		replay_say(run->out, " %s", name);
	else
		replay_say(run->out, " status %d", status);
}

static void show_size(struct replay_run *run,
		      const struct gnttab_query_size *op)
{
	if (op->status)
		return;
	replay_say(run->out, " frames %+d max %u",
		   (int)(op->nr_frames - run->grants->nr_frames),
		   op->max_nr_frames);
}

static void show_more(struct replay_run *run, const struct replay_call *call)
{
	const struct gnttab_get_version *get = call->ops;
	const struct gnttab_set_version *set = call->ops;

	switch (call->st->op) {
	case REPLAY_GRANT_QUERY:
		show_size(run, call->ops);
		break;
	case REPLAY_GRANT_SET_VERSION:
		replay_say(run->out, " version %u", set->version);
		break;
	case REPLAY_GRANT_GET_VERSION:
		replay_say(run->out, " version %u", get->version);
		break;
	}
}

/**
 * replay_grant_show() - each element's status
 * @run: the run
 * @call: the call, with its answer
 */
void replay_grant_show(struct replay_run *run, const struct replay_call *call)
{
	const struct replay_statement *st = call->st;
	u32 i, nr = nr_elements(st);

	for (i = 0; i < nr && shape_of(st)->status; i++)
		show_status(run, *status_at(st, call->ops, i));
	if (nr)
		show_more(run, call);
}
