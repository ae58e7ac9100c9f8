/* SPDX-License-Identifier: GPL-2.0 */
/* Pages of the module's own. Each that is taken is counted until it is given back. */
#ifndef MEMTRIAL_PAGES_H
#define MEMTRIAL_PAGES_H

#include <linux/mm.h>
#include <linux/types.h>

#include <memfront/frame.h>

#define TABLE_ENTRIES	512
#define NR_DATA		512

/* A frame that no machine has. */
#define NO_SUCH_FRAME	0xffffffff0UL

/**
 * struct data - what trees map
 * @page:	the pages
 * @stamp:	the first word of each, as it should be
 */
struct data {
	struct page *page[NR_DATA];
	u64 stamp[NR_DATA];
};

extern struct data data;

struct page *page_take(void);
void page_give(struct page *page);
void page_lose(void);
long pages_out(void);
long pages_lost(void);

int data_take(void);
void data_give(void);
bool data_true(void);

struct mf_mfn page_mfn(struct page *page);
bool page_writable(struct page *page);
bool peek(unsigned long va, u64 *word);
bool poke(unsigned long va, u64 word);

#endif /* MEMTRIAL_PAGES_H */
