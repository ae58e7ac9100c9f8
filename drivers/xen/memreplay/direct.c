// SPDX-License-Identifier: GPL-2.0
/*
 * Statements that are the guest's own doing: its pages through the direct map,
 * and the window through the CPU.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "counts.h"
#include "direct.h"
#include "frames.h"
#include "grants.h"
#include "run.h"
#include "show.h"
#include "value.h"

static bool load_page(struct replay_run *run, u16 frame)
{
	/* Word by word, a hole of a translated guest would take long. */
	return run->frames[frame].paged &&
	       !(replay_backend.translated && run->frames[frame].lost) &&
	       replay_backend.load(replay_frame_va(&run->frames[frame]),
				   run->page, PAGE_SIZE);
}

static bool store_slots(struct replay_run *run, u16 frame, u32 first, u32 last,
			u64 value)
{
	unsigned long va = replay_frame_va(&run->frames[frame]);

	for (; first <= last; first++)
		if (!replay_backend.store(va + first * 8, &value, 8))
			return false;
	return true;
}

static void say_result(struct replay_run *run, const char *result)
{
	replay_say(run->out, " -> %s", result);
	replay_end_line(run->out);
}

/*
 * The hypervisor's own frames are not touched: what is in them is another thing on
 * each machine, and the kernel's business.
 */
static bool is_kept_off(struct replay_run *run, u16 frame)
{
	if (!run->frames[frame].special)
		return false;
	say_result(run, "refused");
	return true;
}

/* Make the mapping writable; a refusal is the statement's answer. */
static bool open_page(struct replay_run *run, u16 frame)
{
	long ret;

	if (!replay_backend.translated && replay_grants_cover(run, frame)) {
		say_result(run, "refused");
		return false;
	}
	ret = replay_backend.translated ? 0 :
	      replay_frame_map(&run->frames[frame], REPLAY_PTE_RW);
	if (ret) {
		replay_show_answer(run, ret);
		replay_end_line(run->out);
	}
	return !ret;
}

static void close_page(struct replay_run *run, u16 frame, bool good)
{
	if (!replay_backend.translated)
		replay_frame_map(&run->frames[frame], REPLAY_PTE_RO);
	say_result(run, good ? "ok" : "fault");
}

/**
 * replay_write() - write and fill
 * @run: the run
 * @st: the statement
 */
void replay_write(struct replay_run *run, const struct replay_statement *st)
{
	const struct replay_item *item = replay_item(run->script, st, 0);
	u16 frame = item->at.frame;
	u64 value = replay_value(run, &item->value);

	replay_show_statement(run, st);
	if (is_kept_off(run, frame) || !open_page(run, frame))
		return;
	run->frames[frame].torn |= item->last > REPLAY_WINDOW_SLOT;
	close_page(run, frame, store_slots(run, frame, item->first,
					   item->last, value));
}

static bool is_xens(u32 slot)
{
	return slot >= 256 && slot < REPLAY_WINDOW_SLOT;
}

/*
 * What the root table that the guest runs on has for the kernel. What it has for
 * the process is another thing in each run.
 */
static bool copy_root(struct replay_run *run, u16 frame)
{
	u64 word;
	u32 i;

	if (!store_slots(run, frame, 0, 255, 0))
		return false;
	for (i = REPLAY_WINDOW_SLOT; i < 512; i++) {
		if (!replay_backend.load(run->home_va + i * 8, &word, 8) ||
		    !store_slots(run, frame, i, i, word))
			return false;
	}
	return true;
}

/**
 * replay_root() - root
 * @run: the run
 * @st: the statement
 */
void replay_root(struct replay_run *run, const struct replay_statement *st)
{
	u16 frame = replay_item(run->script, st, 0)->at.frame;

	replay_show_statement(run, st);
	if (!open_page(run, frame))
		return;
	run->frames[frame].root = true;
	run->frames[frame].torn = false;
	close_page(run, frame, copy_root(run, frame));
}

/**
 * replay_read() - read
 * @run: the run
 * @st: the statement
 */
void replay_read(struct replay_run *run, const struct replay_statement *st)
{
	const struct replay_item *item = replay_item(run->script, st, 0);

	replay_show_statement(run, st);
	if (!load_page(run, item->at.frame)) {
		say_result(run, "fault");
		return;
	}
	replay_say(run->out, " -> ");
	replay_show_word(run, run->page[item->first]);
	replay_end_line(run->out);
}

/*
 * Of a root table, what it has of the guest's own is left out, and also the
 * slots that the hypervisor keeps for itself.
 */
static bool is_shown(struct replay_run *run, u16 frame, u32 slot, u64 word)
{
	u64 mfn = (word & GENMASK_ULL(51, 12)) >> PAGE_SHIFT;

	if (run->frames[frame].hidden && is_xens(slot))
		return false;
	return !run->frames[frame].root || replay_names_no_frame(mfn) ||
	       replay_frame_of(run, mfn) >= 0;
}

static u32 count_shown(struct replay_run *run, u16 frame)
{
	u32 i, nr = 0;

	for (i = 0; i < 512; i++)
		nr += run->page[i] && is_shown(run, frame, i, run->page[i]);
	return nr;
}

/**
 * replay_dump() - dump
 * @run: the run
 * @st: the statement
 */
void replay_dump(struct replay_run *run, const struct replay_statement *st)
{
	u16 frame = replay_item(run->script, st, 0)->at.frame;
	u32 i;

	replay_show_statement(run, st);
	if (!load_page(run, frame)) {
		say_result(run, "fault");
		return;
	}
	replay_say(run->out, " -> %u", count_shown(run, frame));
	replay_end_line(run->out);
	for (i = 0; i < 512; i++)
		if (run->page[i] && is_shown(run, frame, i, run->page[i]))
			replay_show_slot(run, frame, i, run->page[i]);
}

static void access_read(struct replay_run *run, u64 va, u32 size)
{
	u64 value = 0;

	if (!replay_backend.load(va, &value, size)) {
		say_result(run, "fault");
		return;
	}
	replay_say(run->out, " -> ");
	replay_show_word(run, value);
	replay_end_line(run->out);
}

/**
 * replay_access() - access
 * @run: the run
 * @st: the statement
 */
void replay_access(struct replay_run *run, const struct replay_statement *st)
{
	const struct replay_item *item = replay_item(run->script, st, 0);
	u64 va = replay_value(run, &item->at), value;

	replay_show_statement(run, st);
	if (item->at.kind == REPLAY_DIRECT && is_kept_off(run, item->at.frame))
		return;
	replay_count_access(item->cmd);
	if (!item->cmd) {
		access_read(run, va, item->low);
		return;
	}
	value = replay_value(run, &item->value);
	say_result(run, replay_backend.store(va, &value, item->low) ?
		   "ok" : "fault");
}

/* Tell how a frame differs from its shadow, which follows. */
static void look_at(struct replay_run *run, u16 frame, bool tell)
{
	u64 *shadow = run->frames[frame].shadow;
	u32 i;

	if (!load_page(run, frame) || !memcmp(shadow, run->page, PAGE_SIZE))
		return;
	for (i = 0; i < 512 && tell; i++)
		if (shadow[i] != run->page[i] &&
		    is_shown(run, frame, i, run->page[i]))
			replay_show_slot(run, frame, i, run->page[i]);
	memcpy(shadow, run->page, PAGE_SIZE);
}

/**
 * replay_watch_frames() - look at all frames
 * @run: the run
 * @tell: list the words that have changed
 */
void replay_watch_frames(struct replay_run *run, bool tell)
{
	u16 frame;

	for (frame = 0; frame < REPLAY_NR_PAGES; frame++)
		if (run->frames[frame].paged)
			look_at(run, frame, tell);
}
