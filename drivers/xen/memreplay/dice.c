// SPDX-License-Identifier: GPL-2.0
/*
 * What statements are made with from a seed: numbers, and the line under way.
 */
#include <linux/kernel.h>
#include <linux/stdarg.h>

#include "dice.h"
#include "parse.h"

/**
 * dice_roll() - a number, the same everywhere
 * @dice: the dice
 * @sides: it is below this
 */
u32 dice_roll(struct dice *dice, u32 sides)
{
	/* xorshift64* */
	dice->state ^= dice->state >> 12;
	dice->state ^= dice->state << 25;
	dice->state ^= dice->state >> 27;
	return ((dice->state * 0x2545f4914f6cdd1dULL) >> 32) % sides;
}

/**
 * dice_one_in() - true once in a while
 * @dice: the dice
 * @sides: how often
 */
bool dice_one_in(struct dice *dice, u32 sides)
{
	return !dice_roll(dice, sides);
}

/**
 * dice_put() - words of the line
 * @dice: the dice
 * @format: as for printf
 */
void dice_put(struct dice *dice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	dice->used += vscnprintf(dice->text + dice->used,
				 DICE_MAX_TEXT - dice->used, format, args);
	va_end(args);
}

/* A new line, which says whose it is. */
static void start_line(struct dice *dice)
{
	dice->used = 0;
	dice->text[0] = '\0';
	if (dice->side && !dice->inside)
		dice_put(dice, "peer ");
}

/**
 * dice_take_side() - the next lines are of this domain
 * @dice: the dice, between two lines
 * @side: which
 */
void dice_take_side(struct dice *dice, u8 side)
{
	dice->side = side;
	dice->pages = dice->all_pages[side];
	dice->nr_pages = dice->nr_all_pages[side];
	start_line(dice);
}

/**
 * dice_put_line() - the line is complete
 * @dice: the dice
 *
 * Return: false if it is wrong; the parser says how.
 */
bool dice_put_line(struct dice *dice)
{
	bool good;

	dice->p->step++;
	good = replay_parse_line(dice->p, dice->text);
	start_line(dice);
	return good;
}

/**
 * dice_is_translated() - is it a script for translated callers only?
 * @dice: the dice
 */
bool dice_is_translated(const struct dice *dice)
{
	return dice->p->script->callers == REPLAY_CALLER_TRANSLATED;
}
