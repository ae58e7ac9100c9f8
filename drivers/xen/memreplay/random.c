// SPDX-License-Identifier: GPL-2.0
/*
 * Statements made at random: legal ones, and some that just are not.
 *
 * They are made as text when the script is read, and parsed like any other:
 * what comes of a seed depends on the script alone, and a line of the transcript
 * can be put into a script as it is. So that something is legal at all, each
 * frame has a part to play: data, or a table of one level, in turn.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dice.h"
#include "parse.h"
#include "random.h"
#include "value.h"

#define NR_PARTS	5

static const char *page(struct dice *dice, u32 part)
{
	u32 i = dice_roll(dice, dice->nr_pages);

	if (!dice_one_in(dice, 8) && part < dice->nr_pages) {
		i -= i % NR_PARTS;
		i += part;
		if (i >= dice->nr_pages)
			i = part;
	}
	return dice->p->script->frames[dice->pages[i]].name;
}

static const char *frame(struct dice *dice, u32 part)
{
	static const char * const special[] = { "none", "beyond", "hole" };

	return dice_one_in(dice, 24) ? special[dice_roll(dice, 3)] :
				       page(dice, part);
}

static u32 slot(struct dice *dice)
{
	static const u16 often[] = { 0, 1, 2, 3, 255, 256, 272, 511 };

	return dice_one_in(dice, 8) ? dice_roll(dice, 512) :
				      often[dice_roll(dice, 8)];
}

static void put_flags(struct dice *dice)
{
	static const char * const often[] = { "p", "pw", "pu", "pwu", "pwuad" };
	static const char letters[] = "wutcasdg123x456789k";

	dice_put(dice, "|%s", often[dice_roll(dice, ARRAY_SIZE(often))]);
	if (dice_one_in(dice, 4))
		dice_put(dice, "%c",
			 letters[dice_roll(dice, sizeof(letters) - 1)]);
}

static void put_entry(struct dice *dice, u32 part)
{
	if (dice_one_in(dice, 5)) {
		dice_put(dice, "0");
		return;
	}
	dice_put(dice, "%s", frame(dice, part));
	if (!dice_one_in(dice, 16))
		put_flags(dice);
}

/* What a table of @level has entries for: the level below, or sometimes it. */
static u32 below(struct dice *dice, u32 level)
{
	return dice_one_in(dice, 6) ? level : level - 1;
}

static void put_request(struct dice *dice, u32 level)
{
	u32 low = dice_one_in(dice, 10) ? dice_roll(dice, 5) : 0;

	if (level == 3 && dice_one_in(dice, 3))
		dice_put(dice, "window[%u]", dice_roll(dice, 4));
	else
		dice_put(dice, "%s[%u]", page(dice, level),
			 level == 4 ? dice_roll(dice, 256) : slot(dice));
	if (low && low != 1)
		dice_put(dice, ":%u", low);
	dice_put(dice, " = ");
	put_entry(dice, below(dice, level));
}

static void put_window(struct dice *dice)
{
	dice_put(dice, "window+%#x",
		 dice_roll(dice, 4) << 30 | dice_roll(dice, 3) << 21 |
		 dice_roll(dice, 4) << 12);
}

static void make_l1(struct dice *dice)
{
	put_request(dice, 1);
}

static void make_l2(struct dice *dice)
{
	put_request(dice, 2);
}

static void make_l3(struct dice *dice)
{
	put_request(dice, 3);
}

static void make_l4(struct dice *dice)
{
	put_request(dice, 4);
}

static void make_pin(struct dice *dice)
{
	u32 level = 1 + dice_roll(dice, 4);

	if (dice_one_in(dice, 2))
		dice_put(dice, "mmuext UNPIN_TABLE %s", frame(dice, level));
	else
		dice_put(dice, "mmuext PIN_L%u_TABLE %s", level,
			 frame(dice, level));
}

static void make_va(struct dice *dice)
{
	static const char * const flush[] = {
		"", " flush=tlb", " flush=invlpg", " flush=tlb:all",
		" flush=invlpg:all", " dom=own", " dom=absent",
	};

	dice_put(dice, "va ");
	put_window(dice);
	dice_put(dice, " = ");
	put_entry(dice, dice_one_in(dice, 6));
	dice_put(dice, "%s", flush[dice_roll(dice, ARRAY_SIZE(flush))]);
}

static void make_raw(struct dice *dice)
{
	u32 level = 1 + dice_roll(dice, 4);

	dice_put(dice, "write %s %u ", page(dice, level), slot(dice));
	put_entry(dice, below(dice, level));
}

static void make_flush(struct dice *dice)
{
	static const char * const often[] = {
		"TLB_FLUSH_LOCAL", "TLB_FLUSH_ALL", "TLB_FLUSH_MULTI 0 &1",
		"TLB_FLUSH_MULTI 0 @xen", "INVLPG_ALL window+0x1000",
		"INVLPG_LOCAL @noncanonical", "INVLPG_MULTI window &1",
		"FLUSH_CACHE_GLOBAL", "77",
	};

	dice_put(dice, "mmuext %s", often[dice_roll(dice, ARRAY_SIZE(often))]);
	if (dice_one_in(dice, 8))
		dice_put(dice, " dom=own");
}

static void make_page(struct dice *dice)
{
	if (dice_one_in(dice, 2))
		dice_put(dice, "mmuext CLEAR_PAGE %s",
			 frame(dice, dice_roll(dice, 5)));
	else
		dice_put(dice, "mmuext COPY_PAGE %s %s",
			 frame(dice, dice_roll(dice, 5)),
			 frame(dice, dice_roll(dice, 5)));
}

static void make_gdt(struct dice *dice)
{
	static const char * const often[] = {
		"0x00cffb000000ffff", "0x00cff3000000ffff", "0",
		"0x00008b0000000067", "0x00af9b000000ffff",
	};

	if (dice_one_in(dice, 3))
		dice_put(dice, "set_gdt %s %s entries=%u", frame(dice, 0),
			 frame(dice, 0), dice_roll(dice, 1200));
	else
		dice_put(dice, "update_descriptor %s[%u] = %s", page(dice, 0),
			 slot(dice), often[dice_roll(dice, ARRAY_SIZE(often))]);
}

static void make_memory(struct dice *dice)
{
	static const char * const often[] = {
		"reservation", "maximum_reservation", "reservation dom=absent",
		"decrease none", "decrease beyond", "decrease",
		"populate list=@xen nr=1", "populate arg=@xen",
		"populate order=19 nr=1 list=@null", "decrease nr=5 start=5",
		"exchange to", "hypercall memory_op 63 @null",
	};

	dice_put(dice, "%s", often[dice_roll(dice, ARRAY_SIZE(often))]);
}

static void make_root(struct dice *dice)
{
	switch (dice_roll(dice, 5)) {
	case 0:
		dice_put(dice, "mmuext NEW_BASEPTR home");
		break;
	case 1:
		dice_put(dice, "mmuext NEW_BASEPTR %s", frame(dice, 4));
		break;
	case 2:
		dice_put(dice, "mmuext NEW_USER_BASEPTR %s", frame(dice, 4));
		break;
	case 3:
		dice_put(dice, "mmuext NEW_USER_BASEPTR home");
		break;
	default:
		dice_put(dice, "root %s", page(dice, 4));
	}
}

static void make_batch(struct dice *dice)
{
	u32 nr = 2 + dice_roll(dice, 4);

	dice_put(dice, "mmu_update ");
	while (nr--) {
		put_request(dice, 1 + dice_roll(dice, 4));
		if (nr)
			dice_put(dice, " ; ");
	}
	if (dice_one_in(dice, 8))
		dice_put(dice, " count=%u", dice_roll(dice, 4));
}

/* What may be inside a multicall. */
static void (* const calls[])(struct dice *dice) = {
	make_l1, make_l2, make_l3, make_l4, make_pin, make_va, make_flush,
	make_page, make_memory, make_batch,
};

static bool make_multicall(struct dice *dice)
{
	u32 nr = 1 + dice_roll(dice, 4);

	dice_put(dice, "multicall {");
	dice->inside = true;
	if (!dice_put_line(dice))
		return false;
	while (nr--) {
		calls[dice_roll(dice, ARRAY_SIZE(calls))](dice);
		if (!dice_put_line(dice))
			return false;
	}
	dice_put(dice, "}");
	dice->inside = false;
	return dice_put_line(dice);
}

/* Without the flush, what the CPU remembers would decide. */
static bool make_access(struct dice *dice)
{
	char window[32];
	u32 start;

	dice_put(dice, "mmuext INVLPG_LOCAL ");
	start = dice->used;
	put_window(dice);
	strscpy(window, dice->text + start, sizeof(window));
	if (!dice_put_line(dice))
		return false;
	if (dice_one_in(dice, 2))
		dice_put(dice, "access r 8 %s", window);
	else
		dice_put(dice, "access w 8 %s %u", window, dice_roll(dice, 4096));
	return dice_put_line(dice);
}

static const struct {
	const char *name;
	void (*make)(struct dice *dice);
	bool (*make_lines)(struct dice *dice);
} kinds[] = {
	{ "l1", make_l1 },
	{ "l2", make_l2 },
	{ "l3", make_l3 },
	{ "l4", make_l4 },
	{ "pin", make_pin },
	{ "va", make_va },
	{ "raw", make_raw },
	{ "access", NULL, make_access },
	{ "flush", make_flush },
	{ "page", make_page },
	{ "gdt", make_gdt },
	{ "memory", make_memory },
	{ "root", make_root },
	{ "batch", make_batch },
	{ "multicall", NULL, make_multicall },
	{ "reserve", dice_make_reserve },
	{ "exchange", dice_make_exchange },
	{ "physmap", dice_make_physmap },
	{ "ask", dice_make_ask },
	{ "content", dice_make_content },
	{ "grant", dice_make_grant },
	{ "gmap", dice_make_mapping },
	{ "glook", NULL, dice_make_look },
	{ "gcopy", dice_make_copy },
	{ "gtable", dice_make_table },
	{ "gmove", dice_make_moving },
	{ "gtransfer", dice_make_transfer },
};

/* If nothing is said: for PV, for translated callers, for two domains. */
#define PV_KINDS		(BIT(15) - 1)
#define TRANSLATED_KINDS	(BIT(15) | GENMASK(19, 17))
#define PEER_KINDS		GENMASK(25, 20)

static u32 usual_kinds(const struct dice *dice)
{
	if (dice->p->script->peer)
		return PEER_KINDS;
	return dice_is_translated(dice) ? TRANSLATED_KINDS : PV_KINDS;
}

/* Few changes of side: they take the most time on Xen. */
static void choose_side(struct dice *dice)
{
	if (!dice->p->script->peer)
		return;
	if (!dice->left) {
		dice->left = 8 + dice_roll(dice, 9);
		dice_take_side(dice, !dice->side);
	}
	dice->left--;
}

static bool make_one(struct dice *dice)
{
	u32 kind;

	choose_side(dice);
	do {
		kind = dice_roll(dice, ARRAY_SIZE(kinds));
	} while (!(dice->kinds & BIT(kind)));
	if (kinds[kind].make_lines)
		return kinds[kind].make_lines(dice);
	kinds[kind].make(dice);
	return dice_put_line(dice);
}

static bool parse_kind(struct dice *dice, const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i].name, name)) {
			dice->kinds |= BIT(i);
			return true;
		}
	}
	return replay_fail(dice->p, "no such kind of statement");
}

/* seed N random COUNT [KIND ...] */
static bool parse_words(struct dice *dice, u32 *count)
{
	struct replay_parser *p = dice->p;
	u64 seed, number;
	u32 i;

	if (p->nr_words < 4 || strcmp(p->words[2], "random") ||
	    !replay_parse_number(p->words[1], &seed) ||
	    !replay_parse_number(p->words[3], &number) || number > 100000)
		return replay_fail(p, "not: seed N random COUNT");
	/* Neighbouring seeds have little in common after this; none is 0. */
	dice->state = (seed + 1) * 0x9e3779b97f4a7c15ULL | 1;
	*count = number;
	for (i = 4; i < p->nr_words; i++)
		if (!parse_kind(dice, p->words[i]))
			return false;
	if (!dice->kinds)
		dice->kinds = usual_kinds(dice);
	return true;
}

/* If there are two domains, both must have some. */
static bool find_pages(struct dice *dice)
{
	struct replay_script *script = dice->p->script;
	u32 i;
	u8 side;

	for (i = 0; i < script->nr_frames; i++) {
		side = script->frames[i].side;
		if (!script->frames[i].empty)
			dice->all_pages[side][dice->nr_all_pages[side]++] = i;
		else
			dice->state_of[i] = DICE_HOLE;
	}
	for (side = 0; side <= script->peer; side++)
		if (!dice->nr_all_pages[side])
			return replay_fail(dice->p, "there is no frame");
	dice_take_side(dice, 0);
	return true;
}

static bool make_all(struct dice *dice)
{
	u32 count;

	if (!parse_words(dice, &count) || !find_pages(dice))
		return false;
	while (count--)
		if (!make_one(dice))
			return false;
	return true;
}

/**
 * replay_random_parse() - make statements from a seed
 * @p: the parser, with the line that asks for it
 * @st: the statement, already kept
 *
 * Return: false if the line is wrong; the parser says how.
 */
bool replay_random_parse(struct replay_parser *p, struct replay_statement *st)
{
	struct dice *dice = kzalloc(sizeof(*dice), GFP_KERNEL);
	bool good;

	if (!dice)
		return replay_fail(p, "out of memory");
	dice->p = p;
	good = make_all(dice);
	p->step = 0;
	kfree(dice);
	return good;
}
