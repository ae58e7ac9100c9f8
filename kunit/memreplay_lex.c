// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/string.h>

#include "lex.h"

static const struct {
	const char *line;
	const char *clean;
} lines[] = {
	{ "", "" },
	{ "   \t ", "" },
	{ "# a comment", "" },
	{ "a", "a" },
	{ "  a\t\tb  ", "a b" },
	{ "a b # c", "a b" },
	{ "a# b", "a" },
	{ "a b\r", "a b" },
};

static void cleans_lines(struct kunit *test)
{
	char line[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		strscpy(line, lines[i].line, sizeof(line));
		replay_line_clean(line);
		KUNIT_EXPECT_STREQ(test, line, lines[i].clean);
	}
}

static void clean_lines_stay(struct kunit *test)
{
	char line[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		strscpy(line, lines[i].clean, sizeof(line));
		replay_line_clean(line);
		KUNIT_EXPECT_STREQ(test, line, lines[i].clean);
	}
}

static void cuts_words_in_order(struct kunit *test)
{
	char line[] = "one two three";
	struct replay_words words = { .at = line };

	KUNIT_EXPECT_STREQ(test, replay_word(&words), "one");
	KUNIT_EXPECT_STREQ(test, replay_word(&words), "two");
	KUNIT_EXPECT_STREQ(test, replay_word(&words), "three");
	KUNIT_EXPECT_NULL(test, replay_word(&words));
	KUNIT_EXPECT_NULL(test, replay_word(&words));
}

static void empty_line_has_no_word(struct kunit *test)
{
	char line[] = "";
	struct replay_words words = { .at = line };

	KUNIT_EXPECT_NULL(test, replay_word(&words));
}

static struct kunit_case lex_cases[] = {
	KUNIT_CASE(cleans_lines),
	KUNIT_CASE(clean_lines_stay),
	KUNIT_CASE(cuts_words_in_order),
	KUNIT_CASE(empty_line_has_no_word),
	{}
};

static struct kunit_suite lex_suite = {
	.name = "memreplay_lex",
	.test_cases = lex_cases,
};

kunit_test_suite(lex_suite);
