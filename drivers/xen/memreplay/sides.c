// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts of two domains.
 *
 * On the core this module makes the other domain and runs both parts, one run
 * for each. On Xen the other domain runs the same script by itself, with the
 * other part: each passes over what is the other's, and waits for it where the
 * turn changes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "frames.h"
#include "grants.h"
#include "run.h"
#include "sides.h"

#define CARD_SIZE	1536

/* The name of a frame of which nothing is known: there is no such frame. */
#define UNKNOWN_FRAME	(BIT_ULL(39) + 0x1000)

/**
 * replay_side_enter() - what is called from now on is of this domain
 * @run: its part of the script
 */
void replay_side_enter(struct replay_run *run)
{
	replay_backend = run->backend;
}

static bool is_side(const struct replay_run *run, u32 frame, u8 side)
{
	return frame < run->script->nr_frames &&
	       run->script->frames[frame].side == side;
}

/* What the other domain has to know. */
static int write_card(struct replay_run *run, char *card, size_t size)
{
	u32 i, used;

	used = scnprintf(card, size, "%u %u", replay_backend.own_domid,
			 replay_backend.translated);
	for (i = 0; i < run->script->refs[run->side].nr; i++)
		used += scnprintf(card + used, size - used, " %x",
				  run->refs[run->side][i]);
	for (i = 0; i < run->script->nr_frames; i++)
		if (is_side(run, i, run->side))
			used += scnprintf(card + used, size - used, " %llx",
					  run->frames[i].mfn);
	return used + 1 < size ? 0 : -E2BIG;
}

static u64 next_number(const char **card)
{
	u64 number = 0;
	int len = 0;

	if (sscanf(*card, " %llx%n", &number, &len) == 1)
		*card += len;
	return number;
}

/*
 * The frames of a translated domain are known to itself only; and to it those of
 * another are nothing: the number would be one of its own pages, or none.
 */
static void read_card(struct replay_run *run, const char *card)
{
	u8 side = !run->side;
	u32 translated = 0, domid = 0, i;
	int len = 0;

	if (sscanf(card, "%u %u%n", &domid, &translated, &len) == 2)
		card += len;
	run->other_domid = domid;
	translated |= run->backend.translated;
	for (i = 0; i < run->script->refs[side].nr; i++)
		run->refs[side][i] = next_number(&card);
	for (i = 0; i < run->script->nr_frames; i++)
		if (is_side(run, i, side))
			run->frames[i].mfn = translated ? UNKNOWN_FRAME + i :
							  next_number(&card);
}

static struct replay_run *second_run(const struct replay_run *run)
{
	struct replay_run *second = kvzalloc(sizeof(*second), GFP_KERNEL);

	if (!second)
		return NULL;
	second->script = run->script;
	second->out = run->out;
	second->side = 1;
	second->first = run->first;
	return second;
}

static int exchange_cards(struct replay_run *run, char *card)
{
	struct replay_run *second = run->next;
	int ret = write_card(run, card, CARD_SIZE);

	if (ret)
		return ret;
	read_card(second, card);
	replay_side_enter(second);
	ret = write_card(second, card, CARD_SIZE);
	replay_side_enter(run);
	read_card(run, card);
	return ret;
}

/* Here, too. */
static int make_peer(struct replay_run *run, char *card)
{
	int ret;

	run->next = second_run(run);
	if (!run->next)
		return -ENOMEM;
	ret = replay_backend.make_peer(&run->next->backend);
	if (ret) {
		kvfree(run->next);
		run->next = NULL;
		return ret;
	}
	replay_side_enter(run->next);
	ret = replay_run_prepare(run->next);
	replay_side_enter(run);
	return ret ?: exchange_cards(run, card);
}

/* Somewhere else. */
static int meet_peer(struct replay_run *run, char *card)
{
	int ret = write_card(run, card, CARD_SIZE);

	if (!ret)
		ret = replay_backend.meet(card, CARD_SIZE);
	if (!ret)
		read_card(run, card);
	return ret;
}

/**
 * replay_sides_begin() - a script is the next
 * @run: the run
 *
 * Both domains count those of two domains, whatever becomes of them.
 */
void replay_sides_begin(struct replay_run *run)
{
	if (run->script->peer && replay_backend.begin)
		replay_backend.begin();
}

/**
 * replay_sides_prepare() - find the other domain, if the script has one
 * @run: the run, prepared; @next is set if the other domain runs from here
 *
 * Context: may sleep.
 * Return: 0; -ENXIO if there is none; -ETIMEDOUT if it does not come; or another
 * error.
 */
int replay_sides_prepare(struct replay_run *run)
{
	char *card;
	int ret = -ENXIO;

	if (!run->script->peer)
		return 0;
	card = kmalloc(CARD_SIZE, GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	if (replay_backend.make_peer)
		ret = make_peer(run, card);
	else if (replay_backend.meet)
		ret = meet_peer(run, card);
	kfree(card);
	return ret;
}

/* While this waits, the kernel goes on. */
static void wait_for_turn(struct replay_run *run)
{
	int ret;

	if (run->away) {
		run->stopped = "the guest cannot wait where it stands";
		return;
	}
	local_irq_enable();
	ret = replay_backend.await();
	local_irq_disable();
	if (ret == -ETIMEDOUT)
		run->stopped = "the other domain does not come";
	else if (ret)
		run->stopped = "the other domain has stopped";
}

static void change_turn(struct replay_run *run)
{
	if (run->turn_side == run->side)
		replay_backend.tell();
	else
		wait_for_turn(run);
}

static void say_turn(struct replay_run *run)
{
	replay_say(run->out, "# turn %u", run->turn);
	replay_end_line(run->out);
}

/* Where both are in the script is the same. */
static struct replay_run *hand_over(struct replay_run *run, u8 side)
{
	struct replay_run *first = run->first, *to;

	to = side ? first->next : first;
	to->turn = run->turn;
	to->turn_side = run->turn_side;
	memcpy(to->left, run->left, sizeof(to->left));
	to->nr_left = run->nr_left;
	replay_side_enter(to);
	return to;
}

/**
 * replay_sides_turn() - a statement is next
 * @run: the run so far
 * @st: the statement
 *
 * Return: the run that goes on; not all that comes is of its domain.
 */
struct replay_run *replay_sides_turn(struct replay_run *run,
				     const struct replay_statement *st)
{
	bool both = run->first->next;

	if (!run->script->peer || st->side == run->turn_side)
		return run;
	if (!both)
		change_turn(run);
	run->turn++;
	run->turn_side = st->side;
	if (both)
		run = hand_over(run, st->side);
	if (st->side == run->side)
		say_turn(run);
	return run;
}

/**
 * replay_sides_meet() - wait until the other domain has come as far
 * @run: the run
 *
 * Whose turn it is speaks first.
 */
void replay_sides_meet(struct replay_run *run)
{
	bool speaks = run->turn_side == run->side;

	if (!run->script->peer || run->first->next || run->stopped)
		return;
	if (speaks)
		replay_backend.tell();
	wait_for_turn(run);
	if (!speaks && !run->stopped)
		replay_backend.tell();
}

/**
 * replay_sides_give_up() - tell the other domain that nothing more will come
 * @run: the run
 *
 * Context: may sleep.
 */
void replay_sides_give_up(struct replay_run *run)
{
	if (run->script->peer && replay_backend.meet)
		replay_backend.stop();
}
