// SPDX-License-Identifier: GPL-2.0
#include <linux/uaccess.h>

#include <memfront/p2m.h>

#include "pages.h"

struct data data;

static long nr_out, nr_lost;

struct page *page_take(void)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	nr_out += !!page;
	return page;
}

void page_give(struct page *page)
{
	if (!page)
		return;
	nr_out--;
	__free_page(page);
}

/* A page that is still a table cannot go back. */
void page_lose(void)
{
	nr_lost++;
}

long pages_out(void)
{
	return nr_out;
}

long pages_lost(void)
{
	return nr_lost;
}

int data_take(void)
{
	unsigned int i;

	for (i = 0; i < NR_DATA; i++) {
		data.page[i] = page_take();
		if (!data.page[i])
			return -ENOMEM;
		data.stamp[i] = 0x5eed0000 + i;
		*(u64 *)page_address(data.page[i]) = data.stamp[i];
	}
	return 0;
}

void data_give(void)
{
	unsigned int i;

	for (i = 0; i < NR_DATA; i++) {
		page_give(data.page[i]);
		data.page[i] = NULL;
	}
}

/* As the direct map shows it. */
bool data_true(void)
{
	unsigned int i;

	for (i = 0; i < NR_DATA; i++)
		if (READ_ONCE(*(u64 *)page_address(data.page[i])) !=
		    data.stamp[i])
			return false;
	return true;
}

struct mf_mfn page_mfn(struct page *page)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(page)));
}

bool peek(unsigned long va, u64 *word)
{
	__get_kernel_nofault(word, (u64 *)va, u64, fault);
	return true;
fault:
	return false;
}

bool poke(unsigned long va, u64 word)
{
	__put_kernel_nofault((u64 *)va, &word, u64, fault);
	return true;
fault:
	return false;
}

/* Every word of it, so that no entry of a table is spared. */
bool page_writable(struct page *page)
{
	unsigned long va = (unsigned long)page_address(page);
	unsigned int i;
	u64 word;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (!poke(va + i * 8, va ^ i) || !peek(va + i * 8, &word) ||
		    word != (va ^ i))
			return false;
	return true;
}
