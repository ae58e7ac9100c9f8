// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "memreplay_fixture.h"
#include "value.h"

/* Frames 0 to 2 are A, B and E, and E is empty. */
static const char frames[] = "frame A\nframe B\nempty E\n";

static struct replay_script *with_frames(struct kunit *test)
{
	struct replay_case *c = test->priv;

	KUNIT_ASSERT_EQ(test, read_script(test, frames), 0);
	return &c->script;
}

static const struct {
	const char *word;
	struct replay_value value;
} good[] = {
	{ "0", { 0, 0, REPLAY_NUMBER } },
	{ "17", { 17, 0, REPLAY_NUMBER } },
	{ "0x1f", { 0x1f, 0, REPLAY_NUMBER } },
	{ "-1", { ~0ULL, 0, REPLAY_NUMBER } },
	{ "0xffffffffffffffff", { ~0ULL, 0, REPLAY_NUMBER } },
	{ "A", { 0, 0, REPLAY_ENTRY } },
	{ "B|", { 0, 1, REPLAY_ENTRY } },
	{ "B|pwu", { 7, 1, REPLAY_ENTRY } },
	{ "A|uwp", { 7, 0, REPLAY_ENTRY } },
	{ "A|px", { BIT_ULL(63) | 1, 0, REPLAY_ENTRY } },
	{ "A|1k", { BIT_ULL(52) | BIT(9), 0, REPLAY_ENTRY } },
	{ "none|p", { 1, REPLAY_NONE, REPLAY_ENTRY } },
	{ "window|p", { 1, REPLAY_WINDOW, REPLAY_ENTRY } },
	{ "mfn(B)", { 0, 1, REPLAY_MFN } },
	{ "maddr(B)", { 0, 1, REPLAY_MADDR } },
	{ "pfn(B)", { 0, 1, REPLAY_PFN } },
	{ "@A", { 0, 0, REPLAY_DIRECT } },
	{ "@B+0x18", { 0x18, 1, REPLAY_DIRECT } },
	{ "@null", { 0, 0, REPLAY_NUMBER } },
	{ "window", { REPLAY_WINDOW_VA, 0, REPLAY_NUMBER } },
	{ "window+8", { REPLAY_WINDOW_VA + 8, 0, REPLAY_NUMBER } },
	{ "&5", { 5, 0, REPLAY_WORD } },
};

static void reads_values(struct kunit *test)
{
	struct replay_script *script = with_frames(test);
	struct replay_value value;
	char word[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		strscpy(word, good[i].word, sizeof(word));
		KUNIT_EXPECT_TRUE_MSG(test,
				      replay_parse_value(script, word, &value),
				      "%s", good[i].word);
		KUNIT_EXPECT_EQ_MSG(test, value.number, good[i].value.number,
				    "%s", good[i].word);
		KUNIT_EXPECT_EQ(test, value.frame, good[i].value.frame);
		KUNIT_EXPECT_EQ(test, value.kind, good[i].value.kind);
	}
}

static void refuses_what_is_no_value(struct kunit *test)
{
	static const char * const bad[] = {
		"", "-", "--1", "5x", "0x", "0x10000000000000000", "C", "A|y",
		"A|p|p", "a", "top", "home", "top|p", "mfn(C)", "mfn(A",
		"mfn(A)x", "mfn()", "pfn(none)", "@", "@C", "@E", "@none",
		"@A+", "@A+x", "window+", "window+-", "&", "&A", "windows",
	};
	struct replay_script *script = with_frames(test);
	struct replay_value value;
	char word[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		strscpy(word, bad[i], sizeof(word));
		KUNIT_EXPECT_FALSE_MSG(test,
				       replay_parse_value(script, word, &value),
				       "%s", bad[i]);
	}
}

static void reads_slots(struct kunit *test)
{
	static const struct {
		const char *word;
		u16 frame, first, last;
		u8 low;
	} slots[] = {
		{ "A", 0, 0, 0, 0 },
		{ "B[3]", 1, 3, 3, 0 },
		{ "B[0x1ff]", 1, 511, 511, 0 },
		{ "A[3..7]", 0, 3, 7, 0 },
		{ "A[0..511]:2", 0, 0, 511, 2 },
		{ "A:1", 0, 0, 0, 1 },
		{ "window[2]:7", REPLAY_WINDOW, 2, 2, 7 },
		{ "top", REPLAY_TOP, 272, 272, 0 },
		{ "none[1]", REPLAY_NONE, 1, 1, 0 },
	};
	struct replay_script *script = with_frames(test);
	char word[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slots); i++) {
		struct replay_item item = {};

		strscpy(word, slots[i].word, sizeof(word));
		KUNIT_EXPECT_TRUE_MSG(test,
				      replay_parse_slots(script, word, &item),
				      "%s", slots[i].word);
		KUNIT_EXPECT_EQ(test, item.at.frame, slots[i].frame);
		KUNIT_EXPECT_EQ(test, item.first, slots[i].first);
		KUNIT_EXPECT_EQ(test, item.last, slots[i].last);
		KUNIT_EXPECT_EQ(test, item.low, slots[i].low);
	}
}

static void refuses_what_is_no_slot(struct kunit *test)
{
	static const char * const bad[] = {
		"", "C", "C[1]", "A[512]", "A[-1]", "A[1", "A1]", "A[]",
		"A[2..1]", "A[1..]", "A[..1]", "A[1]:8", "A[1]:", "A[1]x",
		"top[1]", "home", "A[1]:-1",
	};
	struct replay_script *script = with_frames(test);
	char word[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct replay_item item = {};

		strscpy(word, bad[i], sizeof(word));
		KUNIT_EXPECT_FALSE_MSG(test,
				       replay_parse_slots(script, word, &item),
				       "%s", bad[i]);
	}
}

static void reads_domains(struct kunit *test)
{
	struct replay_script *script = with_frames(test);
	struct replay_value value;

	KUNIT_EXPECT_TRUE(test, replay_parse_domain(script, "self", &value));
	KUNIT_EXPECT_EQ(test, value.number, 0x7ff0ULL);
	KUNIT_EXPECT_TRUE(test, replay_parse_domain(script, "own", &value));
	KUNIT_EXPECT_EQ(test, value.kind, REPLAY_OWN);
	KUNIT_EXPECT_TRUE(test, replay_parse_domain(script, "77", &value));
	KUNIT_EXPECT_EQ(test, value.number, 77ULL);
	KUNIT_EXPECT_FALSE(test, replay_parse_domain(script, "other", &value));
}

/* A number must not be able to name one of the kernel's frames. */
static void numbers_name_no_frame(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, replay_names_no_frame(0));
	KUNIT_EXPECT_FALSE(test, replay_names_no_frame(1));
	KUNIT_EXPECT_FALSE(test, replay_names_no_frame(BIT_ULL(28) - 1));
	KUNIT_EXPECT_TRUE(test, replay_names_no_frame(BIT_ULL(28)));
}

static struct kunit_case value_cases[] = {
	KUNIT_CASE(reads_values),
	KUNIT_CASE(refuses_what_is_no_value),
	KUNIT_CASE(reads_slots),
	KUNIT_CASE(refuses_what_is_no_slot),
	KUNIT_CASE(reads_domains),
	KUNIT_CASE(numbers_name_no_frame),
	{}
};

static struct kunit_suite value_suite = {
	.name = "memreplay_value",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = value_cases,
};

kunit_test_suite(value_suite);
