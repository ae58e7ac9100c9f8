/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trials that are told what to do line by line. Where two domains take part, each
 * has the module and knows the pattern that the other writes.
 */
#ifndef TRIAL_PAIR_H
#define TRIAL_PAIR_H

#include <linux/mm.h>
#include <linux/types.h>

#define WORDS_PER_PAGE	(PAGE_SIZE / sizeof(u64))

/**
 * struct trial_command - a word and what it does
 * @name:	the word; NULL in the last of a list
 * @run:	told the rest of the line; 0 or an errno
 */
struct trial_command {
	const char *name;
	int (*run)(const char *args);
};

/* The module's own. */
extern const struct trial_command trial_commands[];

void trial_tell(const char *fmt, ...) __printf(1, 2);

/* What word @word of page @page holds after a fill with @seed. */
static inline u64 trial_word(u64 seed, unsigned int page, unsigned int word)
{
	return seed * 0x9e3779b97f4a7c15ULL + ((u64)page << 32) + word;
}

void trial_fill_page(u64 *words, u64 seed, unsigned int page);
int trial_check_page(const u64 *words, u64 seed, unsigned int page);

#endif
