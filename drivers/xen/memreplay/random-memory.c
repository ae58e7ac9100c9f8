// SPDX-License-Identifier: GPL-2.0
/*
 * Memory calls made at random, legal ones for the most part. So that they are, it is
 * kept in mind what is at each name if all that is legal succeeds.
 *
 * A PV guest's frames that were given back are not given back again: somebody
 * else may have them, another name perhaps, and who it is the machine decides.
 */
#include <linux/kernel.h>
#include <linux/limits.h>

#include "dice.h"
#include "parse.h"

#define MAX_NAMES	4
/* Frames without a name that a guest can have besides its own. */
#define MAX_EXTRAS	48
#define NO_NAME		U16_MAX

/**
 * struct extents - the names of a statement
 * @frame: the first name of each extent
 * @nr: how many
 * @order: of each
 */
struct extents {
	u16 frame[MAX_NAMES];
	u32 nr;
	u32 order;
};

static const char *name_of(const struct dice *dice, u16 frame)
{
	return dice->p->script->frames[frame].name;
}

static u32 room_of(const struct dice *dice, u16 frame)
{
	return dice->p->script->frames[frame].room;
}

/* Are all names of an extent in a state? */
static bool all_are(const struct dice *dice, u16 frame, u32 order,
		    enum dice_state state)
{
	u32 i;

	for (i = 0; i < 1U << order; i++)
		if (dice->state_of[frame + i] != state)
			return false;
	return true;
}

static bool is_piece(const struct dice *dice, u16 frame, u32 order)
{
	u32 i;

	for (i = 0; order && i < 1U << order; i++)
		if (!dice->piece[frame] ||
		    dice->piece[frame + i] != dice->piece[frame])
			return false;
	return true;
}

static bool has(const struct extents *e, u16 frame)
{
	u32 i;

	for (i = 0; i < e->nr; i++)
		if (frame + (1U << e->order) > e->frame[i] &&
		    e->frame[i] + (1U << e->order) > frame)
			return true;
	return false;
}

/* May these frames go? */
static bool can_go(const struct dice *dice, const struct extents *e, u16 frame)
{
	return all_are(dice, frame, e->order, DICE_MEMORY) &&
	       (dice_is_translated(dice) || is_piece(dice, frame, e->order));
}

/* What is mapped cannot be exchanged. */
static bool can_be_exchanged(const struct dice *dice, const struct extents *e,
			     u16 frame)
{
	u32 i;

	for (i = 0; i < 1U << e->order; i++)
		if (!dice->unmapped[frame + i])
			return false;
	return can_go(dice, e, frame);
}

static bool can_come(const struct dice *dice, const struct extents *e,
		     u16 frame)
{
	return all_are(dice, frame, e->order, DICE_HOLE);
}

static u16 any_frame(struct dice *dice)
{
	u32 nr = dice->p->script->nr_frames;

	if (dice_is_translated(dice))
		return dice_roll(dice, nr);
	return dice->pages[dice_roll(dice, dice->nr_pages)];
}

/* A name with room for the order, of which @can is true if that can be found. */
static u16 find(struct dice *dice, const struct extents *e,
		bool (*can)(const struct dice *dice, const struct extents *e,
			    u16 frame))
{
	u32 tries;
	u16 frame;

	for (tries = 0; tries < 64; tries++) {
		frame = any_frame(dice);
		if (e->order && !dice_one_in(dice, 3))
			frame -= frame % (1U << e->order);
		if (room_of(dice, frame) >= 1U << e->order &&
		    !has(e, frame) && can(dice, e, frame))
			return frame;
	}
	return NO_NAME;
}

static void choose(struct dice *dice, struct extents *e, u32 nr, u32 order,
		   bool (*can)(const struct dice *dice,
			       const struct extents *e, u16 frame))
{
	u16 frame;

	e->nr = 0;
	e->order = order;
	while (e->nr < nr) {
		frame = find(dice, e, can);
		if (frame == NO_NAME)
			break;
		e->frame[e->nr++] = frame;
	}
}

static void put_names(struct dice *dice, const struct extents *e)
{
	u32 i;

	for (i = 0; i < e->nr; i++)
		dice_put(dice, " %s", name_of(dice, e->frame[i]));
}

static void go(struct dice *dice, const struct extents *e)
{
	u32 i, j;

	for (i = 0; i < e->nr; i++)
		for (j = 0; j < 1U << e->order; j++)
			dice->state_of[e->frame[i] + j] = DICE_HOLE;
}

static void come(struct dice *dice, const struct extents *e)
{
	u32 i, j, frame;

	for (i = 0; i < e->nr; i++) {
		dice->nr_pieces += !!e->order;
		for (j = 0; j < 1U << e->order; j++) {
			frame = e->frame[i] + j;
			dice->nr_extras += dice->state_of[frame] == DICE_MEMORY;
			dice->state_of[frame] = DICE_MEMORY;
			dice->unmapped[frame] = true;
			dice->piece[frame] = e->order ? dice->nr_pieces : 0;
		}
	}
}

static u32 some_order(struct dice *dice)
{
	return dice_one_in(dice, 3) ? 1 + dice_roll(dice, 4) : 0;
}

/*
 * Of things that go wrong for a reservation; nothing happens then. Without a list,
 * or with one that nothing can be written to, frames would come that nobody knows.
 */
static bool put_wrong(struct dice *dice)
{
	static const char * const often[] = {
		"dom=absent", "dom=io", "dom=xen", "dom=invalid", "dom=0",
		"list=@xen", "list=@noncanonical", "arg=@null", "arg=@xen",
		"arg=@noncanonical", "nr=0", "nr=0x4000000", "start=9",
		"flags=bits:12", "flags=bits:1", "flags=exact+node:0",
		"flags=exact+node:77",
	};

	if (!dice_one_in(dice, 5))
		return false;
	dice_put(dice, " %s", often[dice_roll(dice, ARRAY_SIZE(often))]);
	return true;
}

/* And of things that make no difference. */
static void put_harmless(struct dice *dice)
{
	static const char * const often[] = {
		"dom=own", "dom=self", "flags=none", "flags=bits:64",
		"flags=bits:52", "flags=node:0", "flags=node:3",
		"flags=node:200", "flags=vnode+node:0", "flags=vnode",
		"flags=vnode+exact+node:5", "flags=0xff80000",
	};

	if (dice_one_in(dice, 4))
		dice_put(dice, " %s",
			 often[dice_roll(dice, ARRAY_SIZE(often))]);
}

static void put_order(struct dice *dice, const struct extents *e)
{
	if (e->order)
		dice_put(dice, " order=%u", e->order);
}

static bool put_bad_order(struct dice *dice)
{
	static const u32 bad[] = { 10, 12, 18, 19, 31, 32, 63, 64, 255 };

	if (!dice_one_in(dice, 16))
		return false;
	dice_put(dice, " order=%u", bad[dice_roll(dice, ARRAY_SIZE(bad))]);
	return true;
}

/* Some names, then what nobody has: the call ends there. */
static bool put_nobody(struct dice *dice)
{
	static const char * const nobody[] = { "none", "beyond", "hole" };

	if (!dice_one_in(dice, 8))
		return false;
	dice_put(dice, " %s", nobody[dice_roll(dice, ARRAY_SIZE(nobody))]);
	return true;
}

static void make_decrease(struct dice *dice)
{
	struct extents e;

	choose(dice, &e, 1 + dice_roll(dice, 3), some_order(dice), can_go);
	dice_put(dice, "decrease");
	put_names(dice, &e);
	put_nobody(dice);
	if (put_bad_order(dice) || put_wrong(dice))
		return;
	put_order(dice, &e);
	put_harmless(dice);
	go(dice, &e);
}

static bool is_any(const struct dice *dice, const struct extents *e, u16 frame)
{
	return true;
}

static bool may_have_extras(const struct dice *dice, u32 order)
{
	return dice_is_translated(dice) ||
	       dice->nr_extras + (MAX_NAMES << order) < MAX_EXTRAS;
}

static void make_populate(struct dice *dice)
{
	u32 order = some_order(dice);
	bool over = dice_one_in(dice, 8) && may_have_extras(dice, order);
	struct extents e;

	choose(dice, &e, 1 + dice_roll(dice, 3), order,
	       over ? is_any : can_come);
	dice_put(dice, "populate");
	put_names(dice, &e);
	if (put_bad_order(dice) || put_wrong(dice))
		return;
	put_order(dice, &e);
	if (dice_one_in(dice, 12)) {
		dice_put(dice, " flags=pod");
		return;
	}
	put_harmless(dice);
	/* On a translated guest it is refused. */
	if (!over || !dice_is_translated(dice))
		come(dice, &e);
}

/* The frames of PV guests only have numbers without a page. */
static bool is_empty_name(const struct dice *dice, const struct extents *e,
			  u16 frame)
{
	return dice->p->script->frames[frame].empty &&
	       all_are(dice, frame, e->order, DICE_HOLE);
}

static void choose_empty(struct dice *dice, struct extents *e)
{
	u32 nr = dice->p->script->nr_frames, tries;
	u16 frame;

	e->nr = 0;
	e->order = 0;
	for (tries = 0; tries < 16 && !e->nr; tries++) {
		frame = dice_roll(dice, nr);
		if (is_empty_name(dice, e, frame))
			e->frame[e->nr++] = frame;
	}
}

static void make_increase(struct dice *dice)
{
	struct extents e;

	choose_empty(dice, &e);
	dice_put(dice, "increase");
	put_names(dice, &e);
	if (put_bad_order(dice) || put_wrong(dice))
		return;
	put_harmless(dice);
	if (!dice_is_translated(dice))
		come(dice, &e);
}

static bool is_empty_memory(const struct dice *dice, u16 frame)
{
	return dice->p->script->frames[frame].empty &&
	       dice->state_of[frame] == DICE_MEMORY;
}

/* What came to an empty name goes again. */
static void make_decrease_empty(struct dice *dice)
{
	u32 i, nr = dice->p->script->nr_frames;

	for (i = 0; i < nr && !is_empty_memory(dice, i); i++)
		;
	if (i == nr) {
		dice_put(dice, "reservation");
		return;
	}
	dice_put(dice, "decrease %s", name_of(dice, i));
	dice->state_of[i] = DICE_HOLE;
}

/**
 * dice_make_reserve() - increase, decrease or populate
 * @dice: the dice
 */
void dice_make_reserve(struct dice *dice)
{
	switch (dice_roll(dice, 10)) {
	case 0:
		make_increase(dice);
		break;
	case 1:
		make_decrease_empty(dice);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		make_decrease(dice);
		break;
	default:
		make_populate(dice);
	}
}

/* Of things that are wrong with an exchange. */
static bool put_wrong_exchange(struct dice *dice)
{
	static const char * const often[] = {
		"in_dom=absent out_dom=absent", "in_dom=own", "in_nr=9",
		"out_nr=0", "exchanged=99", "in_list=@xen", "out_list=@xen",
		"arg=@null", "in_order=10", "out_order=19", "in_dom=io",
		"out_flags=exact+node:0", "in_dom=0 out_dom=0",
	};

	if (!dice_one_in(dice, 4))
		return false;
	dice_put(dice, " %s", often[dice_roll(dice, ARRAY_SIZE(often))]);
	return true;
}

static void put_exchange(struct dice *dice, const struct extents *in,
			 const struct extents *out)
{
	dice_put(dice, "exchange");
	put_names(dice, in);
	dice_put(dice, " to");
	put_names(dice, out);
}

static bool is_mapped(const struct dice *dice, const struct extents *e,
		      u16 frame)
{
	return !dice->unmapped[frame] && can_go(dice, e, frame);
}

/* As many frames come as go, in extents of other sizes perhaps. */
static void choose_exchange(struct dice *dice, struct extents *in,
			    struct extents *out)
{
	u32 from = some_order(dice), to = some_order(dice);
	u32 large = max(from, to);

	if (large - min(from, to) > 2)
		to = from;
	large = max(from, to);
	choose(dice, in, 1 << (large - from), from, can_be_exchanged);
	choose(dice, out, 1 << (large - to), to,
	       may_have_extras(dice, to) ? is_any : can_come);
}

/* Of frames that are mapped nothing is exchanged. */
static void exchange_mapped(struct dice *dice)
{
	struct extents in, out;

	choose(dice, &in, 2, 0, is_mapped);
	choose(dice, &out, in.nr, 0, can_come);
	put_exchange(dice, &in, &out);
	put_wrong_exchange(dice);
}

/**
 * dice_make_exchange() - exchange
 * @dice: the dice
 */
void dice_make_exchange(struct dice *dice)
{
	struct extents in, out;

	if (dice_one_in(dice, 6)) {
		exchange_mapped(dice);
		return;
	}
	choose_exchange(dice, &in, &out);
	put_exchange(dice, &in, &out);
	if (put_wrong_exchange(dice))
		return;
	if (in.order)
		dice_put(dice, " in_order=%u", in.order);
	if (out.order)
		dice_put(dice, " out_order=%u", out.order);
	if (dice_is_translated(dice) ||
	    in.nr << in.order != out.nr << out.order)
		return;
	go(dice, &in);
	come(dice, &out);
}

static u16 any_name(struct dice *dice)
{
	return dice_roll(dice, dice->p->script->nr_frames);
}

/* Mostly one where there is something. */
static u16 any_source(struct dice *dice)
{
	u32 tries = 0;
	u16 frame;

	do {
		frame = any_name(dice);
	} while (dice->state_of[frame] == DICE_HOLE && tries++ < 8);
	return frame;
}

static void put_pair(struct dice *dice, u32 space)
{
	u16 from = any_source(dice), to = any_name(dice);

	if (space == 0)
		dice_put(dice, "%u", dice_one_in(dice, 8));
	else if (space == 1)
		dice_put(dice, "%u", 1 + dice_roll(dice, 4));
	else
		dice_put(dice, "%s", name_of(dice, from));
	dice_put(dice, " %s", dice_one_in(dice, 24) ? "none" :
		 name_of(dice, to));
	if (!dice_is_translated(dice))
		return;
	if (space == 2) {
		dice->state_of[to] = dice->state_of[from];
		dice->state_of[from] = DICE_HOLE;
	} else if (space < 2) {
		dice->state_of[to] = DICE_SPECIAL;
	}
}

static void put_wrong_add(struct dice *dice)
{
	static const char * const often[] = {
		"dom=absent", "dom=own", "dom=0", "dom=io", "arg=@xen",
		"arg=@null", "start=0x10000", "start=1", "size=0",
	};

	if (dice_one_in(dice, 8))
		dice_put(dice, " %s",
			 often[dice_roll(dice, ARRAY_SIZE(often))]);
}

static u32 some_space(struct dice *dice)
{
	static const u8 often[] = { 2, 2, 2, 2, 1, 1, 0, 0, 4, 5, 9 };

	return often[dice_roll(dice, ARRAY_SIZE(often))];
}

static void make_add(struct dice *dice)
{
	u32 space = some_space(dice);

	dice_put(dice, "add_to_physmap %u ", space);
	put_pair(dice, space);
	put_wrong_add(dice);
}

static void make_range(struct dice *dice)
{
	u16 from = any_source(dice), to = any_name(dice);
	u32 size = dice_roll(dice, 5);

	size = min3(size, room_of(dice, from), room_of(dice, to));
	dice_put(dice, "add_to_physmap gmfn_range %s %s size=%u",
		 name_of(dice, from), name_of(dice, to), size);
}

static void make_batch(struct dice *dice)
{
	u32 nr = 1 + dice_roll(dice, 4), space = some_space(dice);

	dice_put(dice, "add_to_physmap_batch %u ", space);
	while (nr--) {
		put_pair(dice, space);
		if (nr)
			dice_put(dice, " ; ");
	}
	if (dice_one_in(dice, 10))
		dice_put(dice, " size=%u", dice_roll(dice, 3));
	else
		put_wrong_add(dice);
}

static bool is_special(const struct dice *dice, u16 frame)
{
	return dice->state_of[frame] == DICE_SPECIAL;
}

static void make_remove(struct dice *dice)
{
	u32 tries = 0;
	u16 frame;

	do {
		frame = any_name(dice);
	} while (!is_special(dice, frame) && tries++ < 32);
	dice_put(dice, "remove_from_physmap %s", name_of(dice, frame));
	if (is_special(dice, frame))
		dice->state_of[frame] = DICE_HOLE;
	if (dice_one_in(dice, 8))
		dice_put(dice, " dom=absent");
}

/**
 * dice_make_physmap() - what is at a page number besides memory
 * @dice: the dice
 */
void dice_make_physmap(struct dice *dice)
{
	switch (dice_roll(dice, 6)) {
	case 0:
		make_remove(dice);
		break;
	case 1:
		make_batch(dice);
		break;
	case 2:
		make_range(dice);
		break;
	default:
		make_add(dice);
	}
}

/**
 * dice_make_ask() - what changes nothing
 * @dice: the dice
 */
void dice_make_ask(struct dice *dice)
{
	static const char * const often[] = {
		"reservation", "reservation dom=own", "reservation dom=0",
		"reservation dom=absent", "maximum_reservation",
		"maximum_reservation dom=io", "maximum_gpfn",
		"maximum_gpfn dom=absent", "maximum_gpfn arg=@null",
		"maximum_ram_page", "maximum_ram_page start=1",
		"machphys_mfn_list", "machphys_mfn_list nr=0",
		"machphys_mfn_list list=@xen", "machphys_compat_mfn_list",
		"machphys_compat_mfn_list nr=0", "machphys_mapping",
		"machphys_mapping arg=@null", "memory_map", "memory_map nr=0",
		"memory_map arg=@xen", "machine_memory_map",
		"set_memory_map nr=5", "set_memory_map nr=0",
		"set_memory_map dom=absent", "set_memory_map dom=0",
		"claim", "claim nr=1", "claim dom=own", "claim dom=absent",
		"claim order=1", "claim list=@user", "claim flags=1",
		"get_pod_target", "get_pod_target dom=0",
		"set_pod_target nr=1", "set_pod_target dom=absent",
		"get_vnumainfo", "get_vnumainfo pad=1",
		"get_vnumainfo dom=absent", "get_vnumainfo arg=@null",
		"acquire_resource grant_table",
		"acquire_resource grant_table dom=0 nr=1",
		"acquire_resource ioreq_server dom=0", "reserved_memory_map",
		"reserved_memory_map flags=2", "memory_op 9 @null",
		"memory_op 29 @null", "memory_op 63 @null", "exchange to",
		"decrease", "populate", "decrease list=@unmapped nr=1",
		"populate list=@unmapped nr=1", "add_to_physmap gmfn none none",
		"remove_from_physmap none", "remove_from_physmap hole",
		"remove_from_physmap beyond dom=own",
	};

	dice_put(dice, "%s", often[dice_roll(dice, ARRAY_SIZE(often))]);
}

/**
 * dice_make_content() - what the guest itself does with a page
 * @dice: the dice
 */
void dice_make_content(struct dice *dice)
{
	const char *name = name_of(dice, dice->pages[dice_roll(dice,
							dice->nr_pages)]);

	switch (dice_roll(dice, 5)) {
	case 0:
	case 1:
		dice_put(dice, "write %s %u %u", name, dice_roll(dice, 4),
			 1 + dice_roll(dice, 4000));
		break;
	case 2:
		dice_put(dice, "dump %s", name);
		break;
	case 3:
		dice_put(dice, "access r 8 @%s+%u", name,
			 8 * dice_roll(dice, 4));
		break;
	default:
		dice_put(dice, "access w 8 @%s+%u %u", name,
			 8 * dice_roll(dice, 4), 1 + dice_roll(dice, 4000));
	}
}
