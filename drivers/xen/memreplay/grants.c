// SPDX-License-Identifier: GPL-2.0
/*
 * What a domain needs to play with grants, and how it gets out of it again.
 *
 * A mapping that is not undone by the call for it can never be undone: the
 * domain whose frame it is would be left with an entry in use for good. So a
 * script may not map, write or give back anything where a grant is mapped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/interface/grant_table.h>

#include "call.h"
#include "frames.h"
#include "grants.h"
#include "run.h"
#include "show.h"
#include "translated.h"

/* Entries of the table's first frame in either version. */
#define MAX_REF		256

/**
 * replay_script_grants() - does a script say anything of grants?
 * @script: the script
 */
bool replay_script_grants(const struct replay_script *script)
{
	return script->peer || script->refs[0].nr || script->grants;
}

/* All that there can be, whatever the script names: always the same. */
static int take_refs(struct replay_run *run)
{
	u32 *refs = run->refs[run->side];
	int ret = replay_backend.take_refs(refs, REPLAY_MAX_REFS);
	u32 i;

	run->grants->has_refs = !ret;
	for (i = 0; i < REPLAY_MAX_REFS && !ret; i++)
		if (refs[i] >= MAX_REF)
			ret = -ENOSPC;
	return ret;
}

/**
 * replay_grants_take() - get what a script needs that says anything of grants
 * @run: the run; release the grants also if this fails
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int replay_grants_take(struct replay_run *run)
{
	if (!replay_script_grants(run->script))
		return 0;
	run->grants = kzalloc(sizeof(*run->grants), GFP_KERNEL);
	if (!run->grants)
		return -ENOMEM;
	return replay_frame_take(&run->grants->shared, 0) ?:
	       replay_frame_take(&run->grants->status, 0) ?: take_refs(run);
}

/**
 * replay_grants_release() - give it back
 * @run: the run, with its table closed
 *
 * Context: may sleep.
 * Return: false if a page could not be given back.
 */
bool replay_grants_release(struct replay_run *run)
{
	struct replay_grants *grants = run->grants;
	bool all;

	if (!grants)
		return true;
	all = replay_frame_release(&grants->shared);
	all &= replay_frame_release(&grants->status);
	if (grants->has_refs)
		replay_backend.give_refs(run->refs[run->side], REPLAY_MAX_REFS);
	kfree(grants->shared.shadow);
	kfree(grants->status.shadow);
	kfree(grants);
	run->grants = NULL;
	return all;
}

static bool try_unmap(struct replay_run *run, struct replay_handle *handle,
		      u64 host, u64 bus)
{
	struct gnttab_unmap_grant_ref *op;

	op = replay_arena_take(&run->arena, sizeof(*op));
	op->handle = handle->number;
	op->host_addr = host;
	op->dev_bus_addr = bus;
	return !replay_grant_op(run, GNTTABOP_unmap_grant_ref, op, 1) &&
	       !op->status;
}

/* A mapping may have been moved to where another one was. */
static bool unmap_host(struct replay_run *run, struct replay_handle *handle)
{
	const struct replay_handle *other = run->grants->handles;
	u32 i;

	if (try_unmap(run, handle, handle->host, 0))
		return true;
	for (i = 0; i < REPLAY_MAX_HANDLES; i++, other++)
		if (other->host && try_unmap(run, handle, other->host, 0))
			return true;
	return false;
}

static bool unmap(struct replay_run *run, struct replay_handle *handle)
{
	bool good = true;

	replay_arena_reset(&run->arena);
	if (handle->left & GNTMAP_host_map)
		good &= unmap_host(run, handle);
	if (handle->left & GNTMAP_device_map)
		good &= try_unmap(run, handle, 0, handle->bus);
	handle->left = 0;
	return good;
}

/**
 * replay_grants_unmap() - undo all mappings of grants
 * @run: the run
 */
void replay_grants_unmap(struct replay_run *run)
{
	u32 i;

	for (i = 0; run->grants && i < REPLAY_MAX_HANDLES; i++)
		if (!unmap(run, &run->grants->handles[i]))
			run->stopped = "a grant cannot be unmapped";
	replay_arena_reset(&run->arena);
}

static bool is_mapped_host(const struct replay_handle *handle)
{
	return handle->left & GNTMAP_host_map;
}

/* Is a grant mapped in bytes @from to @to, as mappings of this kind name it? */
static bool has_grant(const struct replay_run *run, u64 from, u64 to, bool pte)
{
	const struct replay_handle *handle;
	u32 i;

	for (i = 0; run->grants && i < REPLAY_MAX_HANDLES; i++) {
		handle = &run->grants->handles[i];
		if (is_mapped_host(handle) && handle->host < to &&
		    handle->host >= from &&
		    !(handle->flags & GNTMAP_contains_pte) == !pte)
			return true;
	}
	return false;
}

static bool has_grant_page(const struct replay_run *run, u64 at)
{
	at &= PAGE_MASK;
	return has_grant(run, at, at + PAGE_SIZE, false);
}

/**
 * replay_grants_cover() - is a grant mapped where the guest has a page?
 * @run: the run
 * @frame: the page's frame
 */
bool replay_grants_cover(struct replay_run *run, u16 frame)
{
	const struct replay_value at = {
		.kind = REPLAY_DIRECT,
		.frame = frame,
	};

	return run->grants &&
	       has_grant_page(run, replay_grant_address(run, &at));
}

/* The domain's own page must have gone before: it would be lost there. */
static bool has_own_page(struct replay_run *run, const struct replay_value *at)
{
	return replay_backend.translated &&
	       (at->kind != REPLAY_DIRECT || !run->frames[at->frame].lost);
}

/* Entries are 8 bytes of a table, pages are pages. */
static bool same_place(const struct replay_item *one,
		       const struct replay_item *other)
{
	u32 shift = one->cmd & GNTMAP_contains_pte ? 3 : PAGE_SHIFT;

	return one->cmd & other->cmd & GNTMAP_host_map &&
	       one->at.kind == other->at.kind &&
	       one->at.frame == other->at.frame &&
	       one->at.number >> shift == other->at.number >> shift;
}

static bool forbids_map(struct replay_run *run,
			const struct replay_statement *st, u32 i)
{
	const struct replay_item *item = replay_item(run->script, st, i);
	const struct replay_item *earlier;
	u64 at = replay_grant_address(run, &item->at);
	bool pte = item->cmd & GNTMAP_contains_pte;
	u32 j;

	if (run->grants->handles[item->first].left)
		return true;
	for (j = 0; j < i; j++) {
		earlier = replay_item(run->script, st, j);
		if (earlier->first == item->first || same_place(earlier, item))
			return true;
	}
	if (!(item->cmd & GNTMAP_host_map))
		return false;
	return has_own_page(run, &item->at) ||
	       (pte ? has_grant(run, at, at + 8, true) :
		      has_grant_page(run, at));
}

/* A page that is put in the place of a mapping must not be one itself. */
static bool forbids_replace(struct replay_run *run,
			    const struct replay_item *item)
{
	u64 at = replay_grant_address(run, &item->value);

	return at && (replay_backend.translated || has_grant_page(run, at));
}

/* What says that it wants the same frame there may change its flags. */
static bool is_others(struct replay_run *run, const struct replay_value *value)
{
	return value->kind == REPLAY_ENTRY &&
	       value->frame < run->script->nr_frames &&
	       run->script->frames[value->frame].side != run->side;
}

static bool forbids_update(struct replay_run *run,
			   const struct replay_item *item)
{
	u64 at = replay_value(run, &item->at);

	return item->at.kind == REPLAY_MADDR &&
	       has_grant(run, at + item->first * sizeof(u64),
			 at + (item->last + 1) * sizeof(u64), true) &&
	       !is_others(run, &item->value);
}

static bool forbids_item(struct replay_run *run,
			 const struct replay_statement *st, u32 i)
{
	const struct replay_item *item = replay_item(run->script, st, i);

	switch (st->op) {
	case REPLAY_GRANT_MAP:
		return forbids_map(run, st, i);
	case REPLAY_GRANT_REPLACE:
		return forbids_replace(run, item);
	case REPLAY_MMU_UPDATE:
		return forbids_update(run, item);
	case REPLAY_VA:
		return has_grant_page(run, replay_value(run, &item->at)) &&
		       !is_others(run, &item->value);
	case REPLAY_POPULATE:
	case REPLAY_EXCHANGE:
		return replay_backend.translated &&
		       item->at.frame < REPLAY_MAX_FRAMES &&
		       replay_grants_cover(run, item->at.frame);
	default:
		return false;
	}
}

/**
 * replay_grants_forbid() - would a statement leave a mapping behind for good?
 * @run: the run
 * @st: the statement
 */
bool replay_grants_forbid(struct replay_run *run,
			  const struct replay_statement *st)
{
	u32 i;

	for (i = 0; run->grants && i < st->nr_items; i++)
		if (forbids_item(run, st, i))
			return true;
	return false;
}

static long move_frame(struct replay_run *run, struct replay_frame *frame,
		       unsigned int op)
{
	xen_pfn_t *extent = replay_arena_take(&run->arena, sizeof(*extent));
	struct xen_memory_reservation *arg;

	arg = replay_arena_take(&run->arena, sizeof(*arg));
	*extent = frame->pfn;
	set_xen_guest_handle(arg->extent_start, extent);
	arg->nr_extents = 1;
	arg->domid = DOMID_SELF;
	if (replay_hypercall(__HYPERVISOR_memory_op, op, (unsigned long)arg, 0,
			     0) != 1)
		return -EBUSY;
	frame->lost = op == XENMEM_decrease_reservation;
	/* The frame that comes may hold what a frame held that went. */
	if (!frame->lost)
		replay_translated_wipe(frame);
	return 0;
}

/* A grant that is mapped there has the place already, and keeps it. */
static void say_moved(struct replay_run *run, const struct replay_statement *st,
		      long ret)
{
	replay_show_statement(run, st);
	replay_show_answer(run, ret);
	replay_end_line(run->out);
}

/**
 * replay_vacate() - make room for a mapping where a page is
 * @run: the run
 * @st: the statement
 *
 * A translated domain gives the frame back, a PV domain does not map it.
 */
void replay_vacate(struct replay_run *run, const struct replay_statement *st)
{
	u16 i = replay_item(run->script, st, 0)->at.frame;
	struct replay_frame *frame = &run->frames[i];
	long ret = 0;

	if (replay_grants_cover(run, i))
		ret = -EBUSY;
	else if (!replay_backend.translated)
		ret = replay_frame_map(frame, REPLAY_PTE_NONE);
	else if (!frame->lost)
		ret = move_frame(run, frame, XENMEM_decrease_reservation);
	say_moved(run, st, ret);
}

/**
 * replay_occupy() - a page is where it was again
 * @run: the run
 * @st: the statement
 */
void replay_occupy(struct replay_run *run, const struct replay_statement *st)
{
	u16 i = replay_item(run->script, st, 0)->at.frame;
	struct replay_frame *frame = &run->frames[i];
	long ret = 0;

	if (replay_grants_cover(run, i))
		ret = -EBUSY;
	else if (!replay_backend.translated)
		ret = replay_frame_map(frame, REPLAY_PTE_RO);
	else if (frame->lost)
		ret = move_frame(run, frame, XENMEM_populate_physmap);
	say_moved(run, st, ret);
}
