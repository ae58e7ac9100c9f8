// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of memory_op that are about no reservation: the physmap, memory maps,
 * claims, and what the guest may be told of itself and of the machine.
 *
 * How much there is of what the machine decides is not shown, only whether it was
 * all that there was room for.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen-public/memory.h>

#include "call.h"
#include "frames.h"
#include "memory.h"
#include "run.h"
#include "show.h"

/* A continuation says where it is in the upper bits of the command. */
#define START_SHIFT	6
#define MAX_ENTRIES	256

/* An entry of a memory map. */
struct map_entry {
	u64 addr;
	u64 size;
	u32 type;
} __packed;

static bool given(const struct replay_call *call, enum replay_option option)
{
	return call->st->options & BIT(option);
}

static u64 option(struct replay_run *run, const struct replay_call *call,
		  enum replay_option option, u64 value)
{
	return replay_option_or(run, call->st, option, value);
}

static u64 domain(struct replay_run *run, const struct replay_call *call)
{
	return option(run, call, REPLAY_OPT_DOM, DOMID_SELF);
}

/* What the call points to. */
static void *take(struct replay_run *run, struct replay_call *call, u32 size)
{
	call->argument = replay_arena_take(&run->arena, size);
	return call->argument;
}

static u64 list_or(struct replay_run *run, const struct replay_call *call,
		   const void *list)
{
	return option(run, call, REPLAY_OPT_LIST, (unsigned long)list);
}

static void build_nothing(struct replay_run *run, struct replay_call *call)
{
}

static void build_domid(struct replay_run *run, struct replay_call *call)
{
	domid_t *arg = take(run, call, sizeof(*arg));

	*arg = domain(run, call);
}

static void build_machphys_list(struct replay_run *run,
				struct replay_call *call)
{
	struct xen_machphys_mfn_list *arg = take(run, call, sizeof(*arg));
	u64 *list = replay_arena_take(&run->arena, MAX_ENTRIES * sizeof(*list));

	arg->max_extents = option(run, call, REPLAY_OPT_NR, 1);
	arg->nr_extents = REPLAY_NO_ANSWER;
	set_xen_guest_handle(arg->extent_start,
			     (xen_pfn_t *)list_or(run, call, list));
}

static void build_mapping(struct replay_run *run, struct replay_call *call)
{
	take(run, call, sizeof(struct xen_machphys_mapping));
}

static void fill_map(struct replay_run *run, struct replay_call *call,
		     struct xen_memory_map *map, u32 nr)
{
	struct map_entry *list;
	u32 i;

	list = replay_arena_take(&run->arena, MAX_ENTRIES * sizeof(*list));
	for (i = 0; i < MAX_ENTRIES; i++) {
		list[i].addr = (u64)i << 20;
		list[i].size = 1 << 20;
		list[i].type = 1 + i % 3;
	}
	map->nr_entries = option(run, call, REPLAY_OPT_NR, nr);
	set_xen_guest_handle(map->buffer, (void *)list_or(run, call, list));
}

static void build_map(struct replay_run *run, struct replay_call *call)
{
	fill_map(run, call, take(run, call, sizeof(struct xen_memory_map)), 1);
}

static void build_set_map(struct replay_run *run, struct replay_call *call)
{
	struct xen_foreign_memory_map *arg = take(run, call, sizeof(*arg));

	arg->domid = domain(run, call);
	fill_map(run, call, &arg->map, 0);
}

static void build_add(struct replay_run *run, struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);
	struct xen_add_to_physmap *arg = take(run, call, sizeof(*arg));

	arg->domid = domain(run, call);
	arg->size = option(run, call, REPLAY_OPT_SIZE, 0);
	arg->space = item->cmd;
	arg->idx = replay_value(run, &item->at);
	arg->gpfn = replay_value(run, &item->value);
}

static void fill_batch(struct replay_run *run, const struct replay_call *call,
		       xen_ulong_t *idxs, xen_pfn_t *gpfns)
{
	const struct replay_item *item;
	u32 i;

	for (i = 0; i < call->st->nr_items; i++) {
		item = replay_item(run->script, call->st, i);
		idxs[i] = replay_value(run, &item->at);
		gpfns[i] = replay_value(run, &item->value);
		call->errs[i] = REPLAY_NO_ANSWER;
	}
	/* For lists that are said to be longer: no gfn at all. */
	gpfns[i] = ~0UL;
}

static void build_batch(struct replay_run *run, struct replay_call *call)
{
	struct xen_add_to_physmap_batch *arg = take(run, call, sizeof(*arg));
	u32 size = (call->st->nr_items + 1) * sizeof(u64);
	xen_ulong_t *idxs = replay_arena_take(&run->arena, size);
	xen_pfn_t *gpfns = replay_arena_take(&run->arena, size);

	call->errs = replay_arena_take(&run->arena, size);
	fill_batch(run, call, idxs, gpfns);
	arg->domid = domain(run, call);
	arg->space = call->st->number;
	arg->size = option(run, call, REPLAY_OPT_SIZE, call->st->nr_items);
	arg->u.foreign_domid = option(run, call, REPLAY_OPT_FOREIGN, 0);
	set_xen_guest_handle(arg->idxs, (xen_ulong_t *)
			     option(run, call, REPLAY_OPT_IDXS,
				    (unsigned long)idxs));
	set_xen_guest_handle(arg->gpfns, (xen_pfn_t *)
			     option(run, call, REPLAY_OPT_GPFNS,
				    (unsigned long)gpfns));
	set_xen_guest_handle(arg->errs, (int *)
			     option(run, call, REPLAY_OPT_ERRS,
				    (unsigned long)call->errs));
}

static void build_remove(struct replay_run *run, struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);
	struct xen_remove_from_physmap *arg = take(run, call, sizeof(*arg));

	arg->domid = domain(run, call);
	arg->gpfn = replay_value(run, &item->at);
}

static void build_claim(struct replay_run *run, struct replay_call *call)
{
	struct xen_memory_reservation *arg = take(run, call, sizeof(*arg));

	arg->domid = domain(run, call);
	arg->nr_extents = option(run, call, REPLAY_OPT_NR, 0);
	arg->extent_order = option(run, call, REPLAY_OPT_ORDER, 0);
	arg->mem_flags = option(run, call, REPLAY_OPT_FLAGS, 0);
	set_xen_guest_handle(arg->extent_start,
			     (xen_pfn_t *)list_or(run, call, NULL));
}

static void build_pod(struct replay_run *run, struct replay_call *call)
{
	struct xen_pod_target *arg = take(run, call, sizeof(*arg));

	arg->domid = domain(run, call);
	arg->target_pages = option(run, call, REPLAY_OPT_NR, 0);
	arg->tot_pages = REPLAY_NO_ANSWER;
}

static void build_vnuma(struct replay_run *run, struct replay_call *call)
{
	struct xen_vnuma_topology_info *arg = take(run, call, sizeof(*arg));

	arg->domid = domain(run, call);
	arg->pad = option(run, call, REPLAY_OPT_PAD, 0);
	arg->nr_vnodes = option(run, call, REPLAY_OPT_VNODES, 1);
	arg->nr_vcpus = option(run, call, REPLAY_OPT_VCPUS, 1);
	arg->nr_vmemranges = option(run, call, REPLAY_OPT_RANGES, 1);
}

static void build_acquire(struct replay_run *run, struct replay_call *call)
{
	const struct replay_item *item = replay_item(run->script, call->st, 0);
	struct xen_mem_acquire_resource *arg = take(run, call, sizeof(*arg));
	u64 *list = replay_arena_take(&run->arena, MAX_ENTRIES * sizeof(*list));

	arg->domid = domain(run, call);
	arg->type = replay_value(run, &item->at);
	arg->id = option(run, call, REPLAY_OPT_ID, 0);
	arg->nr_frames = option(run, call, REPLAY_OPT_NR, 0);
	arg->pad = option(run, call, REPLAY_OPT_PAD, 0);
	arg->frame = option(run, call, REPLAY_OPT_FIRST, 0);
	set_xen_guest_handle(arg->frame_list,
			     (xen_pfn_t *)list_or(run, call, list));
}

static void build_reserved(struct replay_run *run, struct replay_call *call)
{
	struct xen_reserved_device_memory_map *arg;
	void *list;

	arg = take(run, call, sizeof(*arg));
	list = replay_arena_take(&run->arena, MAX_ENTRIES * 16);
	arg->flags = option(run, call, REPLAY_OPT_FLAGS, 1);
	arg->nr_entries = option(run, call, REPLAY_OPT_NR, 0);
	set_xen_guest_handle(arg->buffer, (xen_reserved_device_memory_t *)
			     list_or(run, call, list));
}

static void show_nothing(struct replay_run *run, const struct replay_call *call)
{
}

/* Was it all that there was room for? */
static void show_filled(struct replay_run *run, const struct replay_call *call,
			u32 nr, u32 room)
{
	if (call->ret)
		return;
	if (nr == room)
		replay_say(run->out, " all");
	else
		replay_say(run->out, nr < room ? " fewer" : " more");
}

static void show_machphys_list(struct replay_run *run,
			       const struct replay_call *call)
{
	const struct xen_machphys_mfn_list *arg = call->argument;

	show_filled(run, call, arg->nr_extents, arg->max_extents);
}

static void show_map(struct replay_run *run, const struct replay_call *call)
{
	const struct xen_memory_map *map = call->argument;

	show_filled(run, call, map->nr_entries,
		    option(run, call, REPLAY_OPT_NR, 1));
}

static void show_batch(struct replay_run *run, const struct replay_call *call)
{
	u32 i;

	if (given(call, REPLAY_OPT_ARG) || given(call, REPLAY_OPT_ERRS))
		return;
	if (call->st->nr_items)
		replay_say(run->out, " each");
	for (i = 0; i < call->st->nr_items; i++)
		replay_show_number(run, call->errs[i]);
}

/* Of a domain of the script's all is known. */
static bool is_guests(struct replay_run *run, const struct replay_call *call)
{
	const struct replay_value *dom;

	dom = replay_option(run->script, call->st, REPLAY_OPT_DOM);
	return dom && dom->kind == REPLAY_GUEST && call->ret >= 0;
}

static void show_pod(struct replay_run *run, const struct replay_call *call)
{
	const struct xen_pod_target *arg = call->argument;

	if (is_guests(run, call))
		replay_say(run->out, " has %llu cache %llu entries %llu",
			   arg->tot_pages, arg->pod_cache_pages,
			   arg->pod_entries);
}

static void show_vnuma(struct replay_run *run, const struct replay_call *call)
{
	const struct xen_vnuma_topology_info *arg = call->argument;

	if (call->ret == -ENOBUFS || !call->ret)
		replay_say(run->out, " vnodes %u vcpus %u ranges %u",
			   arg->nr_vnodes, arg->nr_vcpus, arg->nr_vmemranges);
}

static void show_acquire(struct replay_run *run, const struct replay_call *call)
{
	const struct xen_mem_acquire_resource *arg = call->argument;

	if (is_guests(run, call))
		replay_say(run->out, " frames %u", arg->nr_frames);
}

static void show_reserved(struct replay_run *run,
			  const struct replay_call *call)
{
	const struct xen_reserved_device_memory_map *arg = call->argument;

	if (!call->ret || call->ret == -ENOBUFS)
		replay_say(run->out, " entries %u", arg->nr_entries);
}

static const struct {
	u32 cmd;
	void (*build)(struct replay_run *run, struct replay_call *call);
	void (*show)(struct replay_run *run, const struct replay_call *call);
} calls[] = {
	[REPLAY_MAX_RAM_PAGE] = { XENMEM_maximum_ram_page, build_nothing,
				  show_nothing },
	[REPLAY_MAX_GPFN] = { XENMEM_maximum_gpfn, build_domid, show_nothing },
	[REPLAY_MACHPHYS_LIST] = { XENMEM_machphys_mfn_list,
				   build_machphys_list, show_machphys_list },
	[REPLAY_MACHPHYS_COMPAT_LIST] = { XENMEM_machphys_compat_mfn_list,
					  build_machphys_list,
					  show_machphys_list },
	[REPLAY_MACHPHYS_MAPPING] = { XENMEM_machphys_mapping, build_mapping,
				      show_nothing },
	[REPLAY_MEMORY_MAP] = { XENMEM_memory_map, build_map, show_map },
	[REPLAY_MACHINE_MEMORY_MAP] = { XENMEM_machine_memory_map, build_map,
					show_map },
	[REPLAY_SET_MEMORY_MAP] = { XENMEM_set_memory_map, build_set_map,
				    show_nothing },
	[REPLAY_ADD_TO_PHYSMAP] = { XENMEM_add_to_physmap, build_add,
				    show_nothing },
	[REPLAY_ADD_TO_PHYSMAP_BATCH] = { XENMEM_add_to_physmap_batch,
					  build_batch, show_batch },
	[REPLAY_REMOVE_FROM_PHYSMAP] = { XENMEM_remove_from_physmap,
					 build_remove, show_nothing },
	[REPLAY_CLAIM] = { XENMEM_claim_pages, build_claim, show_nothing },
	[REPLAY_GET_POD_TARGET] = { XENMEM_get_pod_target, build_pod,
				    show_pod },
	[REPLAY_SET_POD_TARGET] = { XENMEM_set_pod_target, build_pod,
				    show_pod },
	[REPLAY_GET_VNUMAINFO] = { XENMEM_get_vnumainfo, build_vnuma,
				   show_vnuma },
	[REPLAY_ACQUIRE_RESOURCE] = { XENMEM_acquire_resource, build_acquire,
				      show_acquire },
	[REPLAY_RESERVED_MAP] = { XENMEM_reserved_device_memory_map,
				  build_reserved, show_reserved },
};

/**
 * replay_memory_other_build() - a call that is about no reservation
 * @run: the run
 * @call: the call, with its statement
 */
void replay_memory_other_build(struct replay_run *run,
			       struct replay_call *call)
{
	u64 start = option(run, call, REPLAY_OPT_START, 0) << START_SHIFT;

	if (call->st->op == REPLAY_MEMORY_OP) {
		call->arg[0] = call->st->number | start;
		call->arg[1] = replay_value(run, &replay_item(run->script,
							      call->st,
							      0)->at);
		return;
	}
	calls[call->st->op].build(run, call);
	call->arg[0] = calls[call->st->op].cmd | start;
	call->arg[1] = option(run, call, REPLAY_OPT_ARG,
			      (unsigned long)call->argument);
}

/**
 * replay_memory_other_show() - what a call has told besides its answer
 * @run: the run
 * @call: the call, with its answer
 */
void replay_memory_other_show(struct replay_run *run,
			      const struct replay_call *call)
{
	if (!given(call, REPLAY_OPT_ARG) && call->ret != REPLAY_NO_ANSWER)
		calls[call->st->op].show(run, call);
}

static long ask_map(struct replay_run *run, u32 *nr)
{
	struct xen_memory_map arg = { .nr_entries = MAX_ENTRIES };
	long ret;

	set_xen_guest_handle(arg.buffer, (void *)run->memory_map);
	ret = replay_hypercall(__HYPERVISOR_memory_op, XENMEM_memory_map,
			       (unsigned long)&arg, 0, 0);
	*nr = arg.nr_entries;
	return ret;
}

/**
 * replay_memory_map_take() - room for the guest's memory map
 * @run: the run
 *
 * Return: 0 or -ENOMEM.
 */
int replay_memory_map_take(struct replay_run *run)
{
	if (!run->script->memory_map)
		return 0;
	run->memory_map = kcalloc(MAX_ENTRIES, sizeof(struct map_entry),
				  GFP_KERNEL);
	return run->memory_map ? 0 : -ENOMEM;
}

/**
 * replay_memory_map_keep() - keep the guest's memory map as it is
 * @run: the run
 */
void replay_memory_map_keep(struct replay_run *run)
{
	if (run->memory_map && ask_map(run, &run->nr_memory_map))
		run->nr_memory_map = 0;
}

/**
 * replay_memory_map_restore() - give the guest the map that it had
 * @run: the run
 */
void replay_memory_map_restore(struct replay_run *run)
{
	struct xen_foreign_memory_map arg = {
		.domid = DOMID_SELF,
		.map.nr_entries = run->nr_memory_map,
	};

	if (!run->memory_map)
		return;
	set_xen_guest_handle(arg.map.buffer, (void *)run->memory_map);
	replay_hypercall(__HYPERVISOR_memory_op, XENMEM_set_memory_map,
			 (unsigned long)&arg, 0, 0);
}
