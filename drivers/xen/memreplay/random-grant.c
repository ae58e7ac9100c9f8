// SPDX-License-Identifier: GPL-2.0
/*
 * Statements about grants, made at random, for scripts of two domains.
 *
 * Each domain grants some frames to the other, maps some of the other's, copies,
 * and so on, with few names, so that what one does meets what the other did. The
 * last page of a domain is for entries that are named by their address: the
 * script makes it an L1 table, if it can.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "dice.h"
#include "parse.h"

#define NR_HANDLES	12

static const char *one_of(struct dice *dice, const char * const *words,
			  u32 nr)
{
	return words[dice_roll(dice, nr)];
}

#define ONE_OF(dice, ...) ({						\
	static const char * const words[] = { __VA_ARGS__ };		\
	one_of(dice, words, ARRAY_SIZE(words));				\
})

static const char *page_name(struct dice *dice, u32 i)
{
	return dice->p->script->frames[dice->pages[i]].name;
}

static const char *page(struct dice *dice)
{
	u32 nr = dice->nr_pages;

	return page_name(dice, dice_roll(dice, nr > 1 ? nr - 1 : 1));
}

static const char *table(struct dice *dice)
{
	return page_name(dice, dice->nr_pages - 1);
}

/* A reference of this domain, or of the other. */
static void put_ref(struct dice *dice, bool own)
{
	u8 side = own ? dice->side : !dice->side;
	const struct replay_refs_name *refs = &dice->p->script->refs[side];

	if (!own && (dice_one_in(dice, 40) || !refs->nr))
		dice_put(dice, " 0x10000");
	else
		dice_put(dice, " %s%u", refs->name,
			 refs->nr ? dice_roll(dice, refs->nr) : 0);
}

static void put_handle(struct dice *dice)
{
	dice_put(dice, " h%u", dice_roll(dice, NR_HANDLES));
}

static const char *domain(struct dice *dice)
{
	return dice_one_in(dice, 12) ?
	       ONE_OF(dice, "self", "own", "absent", "invalid", "io") : "other";
}

static void put_access(struct dice *dice)
{
	dice_put(dice, " %s %s %s",
		 ONE_OF(dice, "access", "access", "access", "access|ro",
			"access|ro", "access|pwt", "access|writing"),
		 domain(dice), page(dice));
}

static void put_part(struct dice *dice)
{
	dice_put(dice, " %s other %s %u %u",
		 ONE_OF(dice, "access|sub", "access|sub|ro"), page(dice),
		 dice_roll(dice, 3) * 1024, dice_roll(dice, 4) * 1024);
}

static void put_transitive(struct dice *dice)
{
	bool own = dice_one_in(dice, 2);

	dice_put(dice, " %s other %s",
		 ONE_OF(dice, "transitive", "transitive|ro"),
		 own ? "own" : domain(dice));
	put_ref(dice, own);
}

/**
 * dice_make_grant() - an entry of the domain's own, written or read
 * @dice: the dice
 */
void dice_make_grant(struct dice *dice)
{
	u32 what = dice_roll(dice, 16);

	dice_put(dice, what < 5 ? "entry" : "grant");
	put_ref(dice, true);
	if (what < 5)
		return;
	dice_put(dice, " =");
	if (what < 12)
		put_access(dice);
	else if (what == 12)
		put_part(dice);
	else if (what == 13)
		put_transitive(dice);
	else if (what == 14)
		dice_put(dice, " accept %s %s", domain(dice), page(dice));
	else
		dice_put(dice, " 0");
}

static void put_map(struct dice *dice)
{
	const char *flags = ONE_OF(dice, "host", "host", "host", "host",
				   "host|ro", "host|ro", "host|pte",
				   "host|pte", "host|pte|ro", "device",
				   "device|ro", "host|device",
				   "host|device|ro", "ro", "0", "host|app",
				   "host|0x10000");

	put_handle(dice);
	dice_put(dice, " =");
	put_ref(dice, dice_one_in(dice, 20));
	dice_put(dice, " %s", flags);
	if (strstarts(flags, "host|pte"))
		dice_put(dice, " %s[%u]%s", table(dice),
			 dice_roll(dice, 8),
			 dice_one_in(dice, 20) ? ":4" : "");
	else if (flags[0] == 'h')
		dice_put(dice, " @%s", dice_one_in(dice, 40) ? "unmapped" :
			 page(dice));
}

static void put_unmap(struct dice *dice)
{
	put_handle(dice);
	if (dice_one_in(dice, 10))
		dice_put(dice, " @%s", page(dice));
	else if (dice_one_in(dice, 10))
		dice_put(dice, " 0");
	else if (dice_one_in(dice, 10))
		dice_put(dice, " - %u", dice_roll(dice, 2) * 0x1000);
}

static void put_batch(struct dice *dice,
		      void (*make)(struct dice *dice))
{
	u32 nr = dice_one_in(dice, 4) ? 2 + dice_roll(dice, 3) : 1;

	while (nr--) {
		make(dice);
		if (nr)
			dice_put(dice, " ;");
	}
}

/**
 * dice_make_mapping() - the other's frames are mapped or unmapped
 * @dice: the dice
 */
void dice_make_mapping(struct dice *dice)
{
	u32 what = dice_roll(dice, 16);

	if (what < 9) {
		dice_put(dice, "map");
		put_batch(dice, put_map);
		if (dice_one_in(dice, 12))
			dice_put(dice, " dom=%s", domain(dice));
	} else if (what < 15) {
		dice_put(dice, "unmap");
		put_batch(dice, put_unmap);
	} else {
		dice_put(dice, "replace");
		put_handle(dice);
		if (dice_one_in(dice, 4))
			dice_put(dice, " - 0");
		else
			dice_put(dice, " - @%s", page(dice));
	}
}

/**
 * dice_make_look() - the CPU reads or writes where something may be mapped
 * @dice: the dice
 *
 * Without the flush, what the CPU remembers would decide.
 *
 * Return: false if the parser does not like it.
 */
bool dice_make_look(struct dice *dice)
{
	const char *name = page(dice);
	u32 word = dice_roll(dice, 4) * 8;

	dice_put(dice, "mmuext INVLPG_LOCAL @%s", name);
	if (!dice_put_line(dice))
		return false;
	if (dice_one_in(dice, 2))
		dice_put(dice, "access r 8 @%s+%u", name, word);
	else
		dice_put(dice, "access w 8 @%s+%u %u", name, word,
			 dice_roll(dice, 4096));
	return dice_put_line(dice);
}

static void put_copy_end(struct dice *dice, u32 offset)
{
	u32 what = dice_roll(dice, 8);

	if (what < 4) {
		dice_put(dice, " %s", domain(dice));
		put_ref(dice, false);
	} else if (what < 7) {
		dice_put(dice, " self %s", page(dice));
	} else {
		dice_put(dice, " %s", ONE_OF(dice, "own", "self"));
		put_ref(dice, true);
	}
	dice_put(dice, " %u", offset);
}

/*
 * With the flags that fit: others take a frame's number for a reference, or a
 * reference for a frame's number, which is another thing on each machine.
 */
static void put_copy(struct dice *dice)
{
	static const u16 offsets[] = { 0, 0, 8, 16, 1024, 4088, 4096 };
	static const u16 lengths[] = { 8, 8, 16, 24, 1024, 4096, 0, 4097 };

	put_copy_end(dice, offsets[dice_roll(dice, ARRAY_SIZE(offsets))]);
	dice_put(dice, " to");
	put_copy_end(dice, offsets[dice_roll(dice, ARRAY_SIZE(offsets))]);
	dice_put(dice, " %u",
		 lengths[dice_roll(dice, ARRAY_SIZE(lengths))]);
}

/**
 * dice_make_copy() - something is copied
 * @dice: the dice
 */
void dice_make_copy(struct dice *dice)
{
	dice_put(dice, "copy");
	put_batch(dice, put_copy);
}

/**
 * dice_make_table() - about the table as a whole
 * @dice: the dice
 */
void dice_make_table(struct dice *dice)
{
	u32 what = dice_roll(dice, 16);

	if (what < 3) {
		dice_put(dice, "set_version %u",
			 dice_one_in(dice, 6) ? 3 :
			 1 + dice_roll(dice, 2));
	} else if (what < 9) {
		dice_put(dice, "swap");
		put_ref(dice, true);
		put_ref(dice, !dice_one_in(dice, 8));
	} else if (what < 11) {
		dice_put(dice, "cache_flush %s maddr(%s) %u %u",
			 ONE_OF(dice, "clean", "invalidate",
				"clean|invalidate", "0", "4"),
			 page(dice), dice_roll(dice, 3) * 2048,
			 dice_roll(dice, 3) * 2048);
	} else {
		dice_put(dice, "%s",
			 ONE_OF(dice, "query_size", "query_size dom=other",
				"get_version", "get_version dom=other",
				"get_version dom=absent",
				"setup_table 1", "setup_table 65 list=@xen",
				"setup_table 1 dom=other",
				"get_status_frames 1",
				"get_status_frames 9", "grant_op 13",
				"map count=0x80000000", "copy arg=@xen count=1",
				"unmap count=0", "query_size count=2"));
	}
}

/**
 * dice_make_moving() - a page makes room for a mapping, or is there again
 * @dice: the dice
 */
void dice_make_moving(struct dice *dice)
{
	u32 what = dice_roll(dice, 8);

	if (what < 4)
		dice_put(dice, "vacate %s", page(dice));
	else if (what < 6)
		dice_put(dice, "occupy %s", page(dice));
	else
		dice_put(dice, "write %s %u %u", page(dice),
			 dice_roll(dice, 4), dice_roll(dice, 4096));
}

/**
 * dice_make_transfer() - a frame is given away, or taken
 * @dice: the dice
 *
 * Whose a frame is then that nobody took is another thing on each machine.
 */
void dice_make_transfer(struct dice *dice)
{
	u32 what = dice_roll(dice, 4);

	if (what < 2) {
		dice_put(dice, "transfer %s to", page(dice));
		put_ref(dice, false);
	} else {
		dice_put(dice, "take %s from", page(dice));
		put_ref(dice, true);
	}
}
