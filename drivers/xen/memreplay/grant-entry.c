// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of the guest's own grant table: what it lets others do.
 *
 * The flags are written last, as a guest must do it. Of version 2 the
 * hypervisor's part is in a frame of its own, which is only mapped while it is
 * looked at: as long as it is, the version cannot be changed.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/interface/grant_table.h>

#include "call.h"
#include "frames.h"
#include "grants.h"
#include "names.h"
#include "run.h"
#include "show.h"
#include "value.h"

/* Of the index of a grant frame that is added to the physical map. */
#define STATUS_FRAME	BIT(31)

/**
 * struct entry - an entry, of either version
 * @flags: GTF_*
 * @domid: who may use it
 * @frame: the frame; of a transitive one the reference
 * @offset: first byte of a part; of a transitive one the domain
 * @length: of the part
 */
struct entry {
	u16 flags;
	u16 domid;
	u64 frame;
	u16 offset;
	u16 length;
};

static unsigned long entry_va(struct replay_run *run, u32 ref)
{
	u32 size = run->grants->version == 2 ? sizeof(union grant_entry_v2) :
					       sizeof(struct grant_entry_v1);

	return run->grants->table_va + ref * size;
}

static bool put(unsigned long va, u64 value, size_t size)
{
	return replay_backend.store(va, &value, size);
}

static bool is_transitive(const struct entry *entry)
{
	return (entry->flags & GTF_type_mask) == GTF_transitive;
}

static bool write_v1(unsigned long va, const struct entry *entry)
{
	return put(va, 0, 2) && put(va + 4, entry->frame, 4) &&
	       put(va + 2, entry->domid, 2) && put(va, entry->flags, 2);
}

static bool write_v2(unsigned long va, const struct entry *entry)
{
	return put(va, 0, 2) && put(va + 8, entry->frame, 8) &&
	       put(va + 4, entry->offset, 2) && put(va + 6, entry->length, 2) &&
	       put(va + 2, entry->domid, 2) && put(va, entry->flags, 2);
}

static bool write_entry(struct replay_run *run, u32 ref,
			const struct entry *entry)
{
	unsigned long va = entry_va(run, ref);

	return run->grants->version == 2 ? write_v2(va, entry) :
					   write_v1(va, entry);
}

static bool read_entry(struct replay_run *run, u32 ref, struct entry *entry)
{
	u8 raw[sizeof(union grant_entry_v2)] = {};
	bool v2 = run->grants->version == 2;
	unsigned long va = entry_va(run, ref);

	if (!replay_backend.load(va, raw, 8) ||
	    (v2 && !replay_backend.load(va + 8, raw + 8, 8)))
		return false;
	entry->flags = *(u16 *)raw;
	entry->domid = *(u16 *)(raw + 2);
	entry->frame = v2 ? *(u64 *)(raw + 8) : *(u32 *)(raw + 4);
	entry->offset = v2 ? *(u16 *)(raw + 4) : 0;
	entry->length = v2 ? *(u16 *)(raw + 6) : 0;
	return true;
}

/* Does the number stand for a frame that this domain has under a name? */
static bool is_named(const struct replay_run *run, u64 mfn)
{
	unsigned int i;

	for (i = 0; i < run->script->nr_frames; i++)
		if (run->frames[i].mfn == mfn && !run->frames[i].lost &&
		    replay_frame_is_own(run, i))
			return true;
	return false;
}

/*
 * One of the two marks may be that of a mapping: the script has made another
 * entry of one in use, and the number there is what the script wrote.
 */
static bool has_come(const struct replay_run *run, const struct entry *entry)
{
	const u16 marks = GTF_transfer_committed | GTF_transfer_completed;

	return (entry->flags & GTF_type_mask) == GTF_accept_transfer &&
	       (entry->flags & marks) == marks && !is_named(run, entry->frame);
}

/* A frame that came through an entry, and that nobody has given a name. */
static void keep_transferred(struct replay_run *run, u32 ref)
{
	struct entry entry;

	if (replay_backend.translated || !read_entry(run, ref, &entry) ||
	    !has_come(run, &entry) || replay_names_no_frame(entry.frame))
		return;
	if (run->nr_extras < REPLAY_MAX_EXTRAS)
		run->extras[run->nr_extras++] = entry.frame;
	else
		run->stopped = "too many frames without a name";
}

static u32 ref_of(struct replay_run *run, const struct replay_item *item)
{
	return run->refs[item->at.frame][item->at.number];
}

static u64 frame_of(struct replay_run *run, const struct replay_value *value)
{
	if (replay_backend.translated && value->kind == REPLAY_MFN &&
	    run->frames[value->frame].paged)
		return run->frames[value->frame].pfn;
	return replay_value(run, value);
}

/* The first item has the reference and the frame, the second the rest. */
static struct entry entry_of(struct replay_run *run,
			     const struct replay_statement *st)
{
	const struct replay_item *item = replay_item(run->script, st, 0);
	struct entry entry = {
		.flags = item->cmd,
		.frame = frame_of(run, &item->value),
		.domid = replay_value(run, &item[1].at),
		.offset = item[1].first,
		.length = item[1].last,
	};

	if (is_transitive(&entry)) {
		entry.offset = replay_value(run, &item[1].value);
		entry.length = 0;
	}
	return entry;
}

static void show_flags(struct replay_run *run, u16 flags)
{
	static const char * const types[] = {
		"invalid", "access", "accept", "transitive",
	};
	const struct replay_name *flag;

	replay_say(run->out, "%s", types[flags & GTF_type_mask]);
	for (flag = replay_grant_flags; flag->name; flag++)
		if (flags & ~GTF_type_mask & flag->number)
			replay_say(run->out, "|%s", flag->name);
	if (flags & 0xfe00)
		replay_say(run->out, "|%#x", flags & 0xfe00);
}

static void show_domain(struct replay_run *run, u16 domid)
{
	const char *name = replay_name_of(replay_domains, domid);

	if (domid == replay_backend.own_domid)
		name = "own";
	else if (run->script->peer && domid == run->other_domid)
		name = "other";
	if (name)
		replay_say(run->out, " %s", name);
	else
		replay_say(run->out, " %u", domid);
}

static int own_page(struct replay_run *run, u64 pfn)
{
	int i;

	for (i = 0; i < run->script->nr_frames; i++)
		if (run->frames[i].paged && run->frames[i].pfn == pfn)
			return i;
	return -1;
}

static void show_frame(struct replay_run *run, u64 number)
{
	int frame = replay_backend.translated ? own_page(run, number) :
					       replay_frame_of(run, number);

	if (frame >= 0)
		replay_say(run->out, " %s",
			   replay_frame_name(run->script, frame));
	else if (replay_names_no_frame(number))
		replay_say(run->out, " %#llx", number);
	else
		replay_say(run->out, " kernel");
}

static void show_ref(struct replay_run *run, u32 ref)
{
	u32 side, i;

	for (side = 0; side < REPLAY_NR_SIDES; side++) {
		for (i = 0; i < run->script->refs[side].nr; i++) {
			if (run->refs[side][i] != ref)
				continue;
			replay_say(run->out, " %s%u",
				   run->script->refs[side].name, i);
			return;
		}
	}
	replay_say(run->out, " %#x", ref);
}

static void show_entry(struct replay_run *run, const struct entry *entry)
{
	replay_say(run->out, " -> ");
	show_flags(run, entry->flags);
	show_domain(run, entry->domid);
	if (is_transitive(entry)) {
		show_domain(run, entry->offset);
		replay_say(run->out, " ref");
		return;
	}
	show_frame(run, entry->frame);
	if (entry->offset || entry->length)
		replay_say(run->out, " %u %u", entry->offset, entry->length);
}

static bool find_status_frame(struct replay_run *run, u64 *frame)
{
	struct gnttab_get_status_frames *op;
	u64 *list = replay_arena_take(&run->arena, sizeof(*list));

	op = replay_arena_take(&run->arena, sizeof(*op));
	op->dom = DOMID_SELF;
	op->nr_frames = 1;
	set_xen_guest_handle(op->frame_list, list);
	if (replay_grant_op(run, GNTTABOP_get_status_frames, op, 1) ||
	    op->status)
		return false;
	*frame = *list;
	return true;
}

static unsigned long see_status(struct replay_run *run)
{
	struct replay_frame *page = &run->grants->status;

	if (!find_status_frame(run, &page->mfn) ||
	    replay_frame_map(page, REPLAY_PTE_RO))
		return 0;
	return replay_frame_va(page);
}

/* A translated guest gives it a place, which it has until version 1 is back. */
static unsigned long see_status_translated(struct replay_run *run)
{
	struct replay_frame *page = &run->grants->status;
	struct xen_add_to_physmap *arg;

	if (run->grants->sees_status)
		return replay_frame_va(page);
	arg = replay_arena_take(&run->arena, sizeof(*arg));
	arg->domid = DOMID_SELF;
	arg->space = XENMAPSPACE_grant_table;
	arg->idx = STATUS_FRAME;
	arg->gpfn = page->pfn;
	if (replay_hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			     (unsigned long)arg, 0, 0))
		return 0;
	page->lost = true;
	run->grants->sees_status = true;
	return replay_frame_va(page);
}

static bool read_status(struct replay_run *run, u32 ref, u16 *status)
{
	unsigned long va;
	bool good;

	va = replay_backend.translated ? see_status_translated(run) :
					 see_status(run);
	good = va && replay_backend.load(va + ref * sizeof(*status), status,
					 sizeof(*status));
	if (!replay_backend.translated)
		replay_frame_map(&run->grants->status, REPLAY_PTE_NONE);
	return good;
}

/*
 * Xen tries a copy again and again that uses a grant through another one, if that
 * was in use already as something else: the caller never comes back.
 */
static bool would_hang(struct replay_run *run, u32 ref,
		       const struct entry *entry)
{
	u16 status = 0;

	return run->grants->version == 2 && is_transitive(entry) &&
	       (!read_status(run, ref, &status) || status);
}

static const char *do_write(struct replay_run *run, u32 ref,
			    const struct entry *entry)
{
	if (would_hang(run, ref, entry))
		return "refused";
	keep_transferred(run, ref);
	return write_entry(run, ref, entry) ? "ok" : "fault";
}

/**
 * replay_entry_write() - grant
 * @run: the run
 * @st: the statement
 */
void replay_entry_write(struct replay_run *run,
			const struct replay_statement *st)
{
	u32 ref = ref_of(run, replay_item(run->script, st, 0));
	struct entry entry = entry_of(run, st);

	replay_show_statement(run, st);
	replay_say(run->out, " -> %s", do_write(run, ref, &entry));
	replay_end_line(run->out);
}

static void show_uses(struct replay_run *run, u32 ref)
{
	u16 status = 0;

	if (run->grants->version != 2)
		return;
	if (!read_status(run, ref, &status))
		replay_say(run->out, " status fault");
	else
		replay_say(run->out, " status%s%s%s",
			   status & GTF_reading ? " reading" : "",
			   status & GTF_writing ? " writing" : "",
			   status ? "" : " none");
}

/**
 * replay_entry_read() - entry
 * @run: the run
 * @st: the statement
 */
void replay_entry_read(struct replay_run *run,
		       const struct replay_statement *st)
{
	u32 ref = ref_of(run, replay_item(run->script, st, 0));
	struct entry entry;

	replay_show_statement(run, st);
	if (!read_entry(run, ref, &entry)) {
		replay_say(run->out, " -> fault");
	} else {
		show_entry(run, &entry);
		if (is_transitive(&entry))
			show_ref(run, entry.frame);
		show_uses(run, ref);
	}
	replay_end_line(run->out);
}

/* The frame gets a name, and the entry is over. */
static bool take_frame(struct replay_run *run, u32 ref,
		       struct replay_frame *frame)
{
	static const struct entry none;
	struct entry entry;

	if (replay_backend.translated || !frame->lost ||
	    !read_entry(run, ref, &entry) || !has_come(run, &entry))
		return false;
	frame->mfn = entry.frame;
	frame->lost = false;
	if (frame->paged)
		replay_backend.p2m[frame->pfn] = entry.frame;
	return write_entry(run, ref, &none);
}

/**
 * replay_entry_take() - take
 * @run: the run
 * @st: the statement
 */
void replay_entry_take(struct replay_run *run,
		       const struct replay_statement *st)
{
	const struct replay_item *item = replay_item(run->script, st, 0);

	replay_show_statement(run, st);
	replay_say(run->out, take_frame(run, ref_of(run, item),
					&run->frames[item->value.frame]) ?
		   " -> ok" : " -> none");
	replay_end_line(run->out);
}

static void find_size(struct replay_run *run)
{
	struct gnttab_query_size *op;

	op = replay_arena_take(&run->arena, sizeof(*op));
	op->dom = DOMID_SELF;
	run->grants->nr_frames = 1;
	if (!replay_grant_op(run, GNTTABOP_query_size, op, 1) && !op->status)
		run->grants->nr_frames = op->nr_frames;
}

static long find_table(struct replay_run *run, u64 *frame)
{
	u64 *list = replay_arena_take(&run->arena, sizeof(*list));
	struct gnttab_setup_table *op;
	long ret;

	op = replay_arena_take(&run->arena, sizeof(*op));
	op->dom = DOMID_SELF;
	op->nr_frames = 1;
	set_xen_guest_handle(op->frame_list, (xen_pfn_t *)list);
	ret = replay_grant_op(run, GNTTABOP_setup_table, op, 1);
	*frame = *list;
	return ret ?: op->status;
}

/* A translated kernel may have it in sight already. */
static long see_translated(struct replay_run *run)
{
	struct replay_grants *grants = run->grants;
	struct xen_add_to_physmap *arg;
	long ret;

	if (grants->table != ~0ULL) {
		grants->table_va = replay_backend.direct_va(grants->table);
		return 0;
	}
	arg = replay_arena_take(&run->arena, sizeof(*arg));
	arg->domid = DOMID_SELF;
	arg->space = XENMAPSPACE_grant_table;
	arg->gpfn = grants->shared.pfn;
	ret = replay_hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			       (unsigned long)arg, 0, 0);
	grants->shared.lost = !ret;
	return ret;
}

static long see_table(struct replay_run *run)
{
	struct replay_grants *grants = run->grants;
	struct replay_frame seen = grants->shared;

	grants->table_va = replay_frame_va(&seen);
	if (replay_backend.translated)
		return see_translated(run);
	seen.mfn = grants->table;
	return replay_frame_map(&seen, REPLAY_PTE_RW);
}

/**
 * replay_grants_open() - make the guest's grant table visible
 * @run: the run
 *
 * Return: 0 or what the hypervisor answers.
 */
long replay_grants_open(struct replay_run *run)
{
	struct replay_grants *grants = run->grants;
	long ret;

	if (!grants)
		return 0;
	grants->version = 1;
	find_size(run);
	ret = find_table(run, &grants->table) ?: see_table(run);
	grants->open = !ret;
	replay_arena_reset(&run->arena);
	return ret;
}

/* The kernel's own entries are the same in each version, and stay. */
static void restore_version(struct replay_run *run)
{
	struct gnttab_set_version *op;

	op = replay_arena_take(&run->arena, sizeof(*op));
	op->version = 1;
	if (!replay_grant_op(run, GNTTABOP_set_version, op, 1))
		run->grants->version = 1;
	else
		run->stopped = "the grant table cannot be what it was";
}

static void end_entries(struct replay_run *run)
{
	static const struct entry none;
	u32 i;

	for (i = 0; i < run->script->refs[run->side].nr; i++) {
		keep_transferred(run, run->refs[run->side][i]);
		write_entry(run, run->refs[run->side][i], &none);
	}
}

static void remove_page(struct replay_run *run, unsigned long pfn)
{
	struct xen_remove_from_physmap *arg;

	arg = replay_arena_take(&run->arena, sizeof(*arg));
	arg->domid = DOMID_SELF;
	arg->gpfn = pfn;
	replay_hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
			 (unsigned long)arg, 0, 0);
}

static void hide_table(struct replay_run *run)
{
	struct replay_grants *grants = run->grants;

	if (!replay_backend.translated) {
		replay_frame_map(&grants->shared, REPLAY_PTE_RW);
		grants->status.mfn = replay_backend.p2m[grants->status.pfn];
		replay_frame_map(&grants->status, REPLAY_PTE_RW);
	} else if (grants->shared.lost) {
		remove_page(run, grants->shared.pfn);
	}
	grants->open = false;
}

/**
 * replay_grants_close() - end all entries, and hide the table again
 * @run: the run; nobody may have mapped anything of it any more
 */
void replay_grants_close(struct replay_run *run)
{
	if (!run->grants || !run->grants->open)
		return;
	end_entries(run);
	restore_version(run);
	hide_table(run);
	replay_arena_reset(&run->arena);
}
