// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "size.h"

/**
 * struct size_case - a text and what it means
 * @text: the text
 * @ret: what parsing answers
 * @pages: and yields, if that is 0
 */
struct size_case {
	const char *text;
	int ret;
	unsigned long pages;
};

static const struct size_case kb_cases[] = {
	{ "0", 0, 0 },
	{ "4", 0, 1 },
	{ "7\n", 0, 1 },
	{ "524288", 0, 131072 },
	{ "4398046511104", 0, 1UL << 40 },
	{ "4398046511105", -ERANGE },
	{ "18446744073709551615", -ERANGE },
	{ "18446744073709551616", -ERANGE },
	{ "-5", -EINVAL },
	{ "", -EINVAL },
	{ "\n", -EINVAL },
	{ "12x", -EINVAL },
	{ " 12", -EINVAL },
	{ "0x10", -EINVAL },
	{ "twelve", -EINVAL },
};

static const struct size_case byte_cases[] = {
	{ "0", 0, 0 },
	{ "4096", 0, 1 },
	{ "4095", 0, 0 },
	{ "128M\n", 0, 32768 },
	{ " 128m ", 0, 32768 },
	{ "0x8000000", 0, 32768 },
	{ "524288K", 0, 131072 },
	{ "2g", 0, 524288 },
	{ "1T", 0, 1UL << 28 },
	{ "4096T", 0, 1UL << 40 },
	{ "4097T", -ERANGE },
	{ "18446744073709551615G", -ERANGE },
	{ "99999999999999999999", -ERANGE },
	{ "-1", -EINVAL },
	{ "-1M", -EINVAL },
	{ "M", -EINVAL },
	{ "12MM", -EINVAL },
	{ "12 M 3", -EINVAL },
	{ "1.5G", -EINVAL },
	{ "", -EINVAL },
	{ "00000000000000000000000000000000000001", -EINVAL },
};

static void check(struct kunit *test, const struct size_case *cases,
		  unsigned int nr,
		  int (*parse)(const char *text, unsigned long *pages))
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		unsigned long pages = 12345;
		int ret = parse(cases[i].text, &pages);

		KUNIT_EXPECT_EQ_MSG(test, ret, cases[i].ret, "\"%s\"",
				    cases[i].text);
		if (ret)
			KUNIT_EXPECT_EQ(test, pages, 12345UL);
		else
			KUNIT_EXPECT_EQ_MSG(test, pages, cases[i].pages,
					    "\"%s\"", cases[i].text);
	}
}

static void kb(struct kunit *test)
{
	check(test, kb_cases, ARRAY_SIZE(kb_cases), size_parse_kb);
}

static void bytes(struct kunit *test)
{
	check(test, byte_cases, ARRAY_SIZE(byte_cases), size_parse_bytes);
}

static struct kunit_case size_cases[] = {
	KUNIT_CASE(kb),
	KUNIT_CASE(bytes),
	{}
};

static struct kunit_suite size_suite = {
	.name = "memfront_size",
	.test_cases = size_cases,
};

kunit_test_suite(size_suite);
