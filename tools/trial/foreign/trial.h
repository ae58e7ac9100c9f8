/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FOREIGNTRIAL_TRIAL_H
#define FOREIGNTRIAL_TRIAL_H

#include <linux/mm.h>
#include <linux/types.h>

#define WORDS_PER_PAGE	(PAGE_SIZE / sizeof(u64))

/* What word @word of page @page holds after a fill with @seed. */
static inline u64 trial_word(u64 seed, unsigned int page, unsigned int word)
{
	return seed * 0x9e3779b97f4a7c15ULL + ((u64)page << 32) + word;
}

void trial_fill_page(u64 *words, u64 seed, unsigned int page);
int trial_check_page(const u64 *words, u64 seed, unsigned int page);
void trial_tell(const char *fmt, ...) __printf(1, 2);

int taker_map(const char *args);
int taker_range(const char *args);
int taker_look(const char *args);
int taker_check(const char *args);
int taker_fill(const char *args);
int taker_unmap(const char *args);
void taker_exit(void);

int giver_make(const char *args);
int giver_frames(const char *args);
int giver_fill(const char *args);
int giver_check(const char *args);
int giver_drop(const char *args);
void giver_exit(void);

#endif
