// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/string.h>

#include "transcript.h"

static void joins_words_to_lines(struct kunit *test)
{
	struct replay_transcript t;

	KUNIT_ASSERT_EQ(test, replay_transcript_init(&t, 64), 0);
	replay_say(&t, "%d", 5);
	replay_say(&t, ": %s", "five");
	replay_end_line(&t);
	replay_say(&t, "6");
	replay_end_line(&t);
	KUNIT_EXPECT_EQ(test, t.used, strlen("5: five\n6\n"));
	KUNIT_EXPECT_EQ(test, memcmp(t.text, "5: five\n6\n", t.used), 0);
	KUNIT_EXPECT_FALSE(test, t.full);
	replay_transcript_exit(&t);
}

/* At every length: it is either whole or told to be full. */
static void tells_when_full(struct kunit *test)
{
	struct replay_transcript t;
	size_t size;

	for (size = 1; size < 16; size++) {
		KUNIT_ASSERT_EQ(test, replay_transcript_init(&t, size), 0);
		replay_say(&t, "0123456789");
		KUNIT_EXPECT_EQ(test, t.full, size <= 10);
		KUNIT_EXPECT_EQ(test, t.used, size <= 10 ? 0UL : 10UL);
		replay_transcript_exit(&t);
	}
}

static void reset_forgets(struct kunit *test)
{
	struct replay_transcript t;

	KUNIT_ASSERT_EQ(test, replay_transcript_init(&t, 4), 0);
	replay_say(&t, "12345");
	KUNIT_EXPECT_TRUE(test, t.full);
	replay_transcript_reset(&t, false);
	KUNIT_EXPECT_FALSE(test, t.full);
	KUNIT_EXPECT_EQ(test, t.used, 0UL);
	replay_transcript_exit(&t);
}

static struct kunit_case transcript_cases[] = {
	KUNIT_CASE(joins_words_to_lines),
	KUNIT_CASE(tells_when_full),
	KUNIT_CASE(reset_forgets),
	{}
};

static struct kunit_suite transcript_suite = {
	.name = "memreplay_transcript",
	.test_cases = transcript_cases,
};

kunit_test_suite(transcript_suite);
