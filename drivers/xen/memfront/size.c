// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes as people and toolstacks write them, refused if there is any doubt.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <memfront/kunit.h>

#include "size.h"

/* No x86 machine addresses more: 2^52 bytes. */
#define MAX_SHIFT	52

/* Room for any number worth reading, its suffix and the newline. */
#define TEXT_MAX	32

static int to_pages(unsigned long long value, unsigned int shift,
		    unsigned long *pages)
{
	if (value > 1ULL << (MAX_SHIFT - shift))
		return -ERANGE;
	*pages = value << shift >> PAGE_SHIFT;
	return 0;
}

/**
 * size_parse_kb - a size in KiB
 * @text:	decimal digits; one newline may follow
 * @pages:	set to the size in whole pages, rounded down
 *
 * Return: 0; -EINVAL if it is not a number, negative ones included; -ERANGE
 * if no machine is that large. @pages is set only on 0.
 */
int size_parse_kb(const char *text, unsigned long *pages)
{
	unsigned long long kb;
	int ret = kstrtoull(text, 10, &kb);

	return ret ?: to_pages(kb, 10, pages);
}
EXPORT_SYMBOL_FOR_KUNIT(size_parse_kb);

/* Cuts the suffix off. Returns what it stands for, as a power of two. */
static unsigned int cut_suffix(char *text)
{
	static const char suffixes[] = "kmgt";
	size_t len = strlen(text);
	const char *found;

	if (!len)
		return 0;
	found = strchr(suffixes, tolower(text[len - 1]));
	if (!found)
		return 0;
	text[len - 1] = '\0';
	return (found - suffixes + 1) * 10;
}

/**
 * size_parse_bytes - a size in bytes, or with a suffix K, M, G or T
 * @text:	as 134217728, 0x8000000, 128M; blanks around it do not matter
 * @pages:	set to the size in whole pages, rounded down
 *
 * Return: as size_parse_kb().
 */
int size_parse_bytes(const char *text, unsigned long *pages)
{
	unsigned long long value;
	char copy[TEXT_MAX];
	unsigned int shift;
	char *word;
	int ret;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return -EINVAL;
	word = strim(copy);
	shift = cut_suffix(word);
	ret = kstrtoull(word, 0, &value);
	return ret ?: to_pages(value, shift, pages);
}
EXPORT_SYMBOL_FOR_KUNIT(size_parse_bytes);
